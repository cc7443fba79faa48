"""TD5 to the delivery service that was sold, and the carrier's code back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from hub.edi.documents.parts import CarrierDetail
from hub.mapping.codebook import Codebook

_WORDS = frozenset({"standard", "express", "expedited", "overnight", "pickup"})
_LEVELS: Mapping[str, str] = MappingProxyType(
    {
        "CG": "standard",
        "SG": "standard",
        "ST": "standard",
        "ES": "expedited",
        "3D": "expedited",
        "SC": "express",
        "SE": "express",
        "ND": "overnight",
        "ON": "overnight",
    }
)
"""TD512 (element 284) where the retailer means by it what the standard says."""


def service(carriers: Iterable[CarrierDetail], codebook: Codebook) -> str:
    """The codebook's ``services`` table by service level, routing text and carrier; else the standard's level or a word
    of the hub's in the routing text; else ``standard``."""
    details = list(carriers)
    told = [each for one in details for each in (one.service_level, one.routing, one.id) if each]
    known = [codebook.code("services", each) for each in told]
    known += [_LEVELS.get(one.service_level) for one in details]
    known += [one.routing.lower() for one in details if one.routing.lower() in _WORDS]
    return next(filter(None, known), "standard")


def carrier_detail(carrier: str, codebook: Codebook) -> CarrierDetail:
    """TD5 of what left: the retailer's code by its table ``carriers``, four capitals as a SCAC, else a name."""
    code = next((code for code, ours in codebook.tables.get("carriers", {}).items() if ours == carrier), "")
    is_scac = len(carrier) == 4 and carrier.isascii() and carrier.isalpha() and carrier.isupper()
    if code or is_scac:
        return CarrierDetail(id_qualifier="2", id=code or carrier)
    return CarrierDetail(routing=carrier)
