"""832 price catalogue, read and written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from hub.edi.documents.layout import At, Counted, Many, Pairs
from hub.edi.documents.layout_reading import read_set
from hub.edi.documents.layout_rows import set_rows
from hub.edi.documents.parts import Contacts, Dates, ItemDescription, Messages, Notes, Parties, ProductIds, References
from hub.edi.documents.pricing import AllowanceCharges, Packs, Price, TermsOfSale
from hub.edi.findings import Finding
from hub.edi.interchange import TransactionSet
from hub.edi.write import OutboundSet


@dataclass(frozen=True, slots=True)
class CataloguePrice(Price):
    """CTP loop: a price and the dates and allowances that go with it.

    Several prices of one ``qualifier`` with rising quantities are quantity breaks.
    """

    dates: Dates = ()
    allowances: AllowanceCharges = ()


@dataclass(frozen=True, slots=True)
class CatalogueLine:
    """LIN loop: an item, its descriptions and prices; ``dates`` say from when and until when (DTM 007, 196, 197)."""

    number: Annotated[str, At(1)]
    ids: Annotated[ProductIds, Pairs(2)] = ()
    dates: Dates = ()
    references: References = ()
    descriptions: Annotated[tuple[ItemDescription, ...], Many("PID")] = ()
    packs: Packs = ()
    allowances: AllowanceCharges = ()
    messages: Messages = field(default=(), repr=False)
    prices: Annotated[tuple[CataloguePrice, ...], Many("CTP")] = ()
    parties: Parties = ()


@dataclass(frozen=True, slots=True)
class PriceCatalogue:
    """832. ``purpose`` is BCT01 (PC price catalogue, PS price sheet, RC resale), ``number`` BCT02; ``action`` BCT10
    (00 original, 04 change, 05 replace).
    """

    purpose: Annotated[str, At(1)]
    number: Annotated[str, At(2)] = ""
    version: Annotated[str, At(3)] = ""
    revision: Annotated[str, At(4)] = ""
    description: Annotated[str, At(9)] = ""
    action: Annotated[str, At(10)] = ""
    currency: Annotated[str, At(2, "CUR", beside=((1, "SE"),))] = ""
    references: References = ()
    contacts: Contacts = ()
    dates: Dates = ()
    terms: TermsOfSale = ()
    allowances: AllowanceCharges = ()
    messages: Messages = field(default=(), repr=False)
    notes: Notes = ()
    parties: Parties = ()
    lines: Annotated[tuple[CatalogueLine, ...], Many("LIN", detail=True)] = ()
    lines_claimed: Annotated[int | None, Counted("CTT", "lines")] = None
    findings: tuple[Finding, ...] = field(default=(), compare=False)


def parse_catalogue(transaction_set: TransactionSet) -> PriceCatalogue:
    """Read an 832. Unreadable values are None and a finding; raises DataError only for another set."""
    return read_set(PriceCatalogue, "832", "BCT", transaction_set)


def render_catalogue(document: PriceCatalogue) -> OutboundSet:
    """The 832's segments between ST and SE; CTT01 is counted here."""
    return set_rows("832", "BCT", document)
