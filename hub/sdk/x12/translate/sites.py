"""Of which site and location an 846 speaks, and how large its quantities may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from hub.edi.documents.inventory import InventoryAdvice, StockLine
from hub.edi.documents.parts import Party
from hub.errors import DataError
from hub.mapping.codebook import Codebook
from hub.mapping.x12_profile import X12Profile
from hub.model.identity import LocationId
from hub.model.quantity import Units, to_base
from hub.sdk.x12.translate.reading import profile_of

PLACES = 6
"""Decimal places the ledger keeps."""

_ONE = Decimal(1)
_LARGEST = Decimal(10) ** 12
"""Quantities from here on are mistakes, and more than the ledger can keep."""


def storable(amount: Decimal, each: Units = _ONE) -> bool:
    """Whether so many units of so many eaches are a quantity that the ledger can keep."""
    if abs(amount) >= _LARGEST or amount != round(amount, PLACES):
        return False
    try:
        return abs(to_base(amount, each)) < _LARGEST
    except DataError:
        return False


def header_locations(advice: InventoryAdvice, codebook: Codebook) -> dict[LocationId, None]:
    """The locations the feed's header names. Raises DataError ``data.unknown-site``."""
    codes = _codes(advice.sites, profile_of(codebook))
    return dict.fromkeys(location_of(code, codebook, "846/N1") for code in codes)


def spoken_for(named: Iterable[LocationId], codebook: Codebook) -> tuple[LocationId, ...]:
    """The locations a report speaks for: those it names, else the partner's only one."""
    return tuple(named) or tuple(filter(None, (codebook.default_location,)))


def site_of_feed(advice: InventoryAdvice, profile: X12Profile) -> str:
    """The site code that holds where an item names none, empty where the feed names none either."""
    return next(_codes(advice.sites, profile), "")


def line_site(line: StockLine, advice: InventoryAdvice, profile: X12Profile) -> str:
    """The site code of an item, of what its quantities say themselves apart."""
    return next(_codes(line.sites, profile), site_of_feed(advice, profile))


def location_code(party: Party, profile: X12Profile) -> str:
    """The code by which partner.yaml knows a site."""
    return party.name if profile.site_by == "name" else party.id


def location_of(site: str, codebook: Codebook, path: str) -> LocationId:
    """The location of a site code. Raises DataError ``data.unknown-site``."""
    found = codebook.location_for(site)
    if found is None:
        raise DataError(
            f"Site {site or '(none)'} of partner {codebook.partner} is not mapped to a location.",
            code="data.unknown-site",
            cure=f"Add it under sites in mappings/partners/{codebook.partner}/partner.yaml and reprocess.",
            path=path,
            value=site,
        )
    return found


def _codes(parties: Iterable[Party], profile: X12Profile) -> Iterator[str]:
    """The codes of those parties that are sites of the partner."""
    return (location_code(party, profile) for party in parties if party.entity in profile.site_entities)
