"""The fragments that several transaction sets share: N1 loops, REF, DTM, TD5, SCH, notes and product ids."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated

from hub.edi.documents.layout import At, Many, Pairs, Texts, layout_of
from hub.edi.documents.layout_reading import read_loop
from hub.edi.documents.reading import Reading
from hub.edi.segment import Segment

ProductIds = tuple[tuple[str, str], ...]
"""(qualifier, value) pairs of PO1, LIN and IT1, in the partner's order."""


@dataclass(frozen=True, slots=True)
class Reference:
    """REF: qualifier, value, description."""

    qualifier: Annotated[str, At(1)]
    value: Annotated[str, At(2)]
    description: Annotated[str, At(3)] = ""


@dataclass(frozen=True, slots=True)
class DateReference:
    """DTM: qualifier, date, local time of the sender and its zone code; None where not sent."""

    qualifier: Annotated[str, At(1)]
    date: Annotated[dt.date | None, At(2)]
    time: Annotated[dt.time | None, At(3)] = None
    zone: Annotated[str, At(4)] = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """PER: function code, name, (qualifier, number) pairs such as ("TE", ...)."""

    function: Annotated[str, At(1)]
    name: Annotated[str, At(2)] = field(default="", repr=False)
    numbers: Annotated[ProductIds, Pairs(3)] = field(default=(), repr=False)


References = Annotated[tuple[Reference, ...], Many("REF")]
Contacts = Annotated[tuple[Contact, ...], Many("PER")]
Descriptions = Annotated[tuple[str, ...], Texts("PID", (5,), beside=((1, "F"),))]
Messages = Annotated[tuple[str, ...], Texts("MSG", also=(("MTX", 2), ("NTE", 2)))]


@dataclass(frozen=True, slots=True)
class Party:
    """N1 loop: entity code (ST, BY, SF, WH ...), name, id and address."""

    entity: Annotated[str, At(1)]
    name: Annotated[str, At(2)] = field(default="", repr=False)
    id_qualifier: Annotated[str, At(3)] = ""
    id: Annotated[str, At(4)] = ""
    additional_names: Annotated[tuple[str, ...], Texts("N2", (1, 2))] = field(default=(), repr=False)
    address_lines: Annotated[tuple[str, ...], Texts("N3", (1, 2))] = field(default=(), repr=False)
    city: Annotated[str, At(1, "N4")] = field(default="", repr=False)
    state: Annotated[str, At(2, "N4")] = ""
    postal_code: Annotated[str, At(3, "N4")] = field(default="", repr=False)
    country: Annotated[str, At(4, "N4")] = ""
    references: References = ()
    contacts: Contacts = ()


@dataclass(frozen=True, slots=True)
class CarrierDetail:
    """TD5: routing sequence, carrier id (qualifier 2 = SCAC), method, routing text, service level (TD512)."""

    sequence: Annotated[str, At(1)] = ""
    id_qualifier: Annotated[str, At(2)] = ""
    id: Annotated[str, At(3)] = ""
    method: Annotated[str, At(4)] = ""
    routing: Annotated[str, At(5)] = ""
    service_level: Annotated[str, At(12)] = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """SCH: a part of the quantity, with its place and date."""

    quantity: Annotated[Decimal | None, At(1)]
    unit: Annotated[str, At(2)]
    entity: Annotated[str, At(3)] = ""
    name: Annotated[str, At(4)] = field(default="", repr=False)
    date_qualifier: Annotated[str, At(5)] = ""
    date: Annotated[dt.date | None, At(6)] = None


@dataclass(frozen=True, slots=True)
class SiteQuantity:
    """One (site, quantity) pair of an SDQ; ``site_qualifier`` is SDQ02 (54 warehouse, 92 ours, 94 theirs)."""

    site: Annotated[str, At(3)]
    site_qualifier: Annotated[str, At(2)]
    amount: Annotated[Decimal | None, At(4)]
    unit: Annotated[str, At(1)]


@dataclass(frozen=True, slots=True)
class Note:
    """N9 loop: a reference and the free text said under it (MSG, MTX)."""

    qualifier: Annotated[str, At(1)]
    value: Annotated[str, At(2)] = ""
    description: Annotated[str, At(3)] = ""
    date: Annotated[dt.date | None, At(4)] = None
    messages: Messages = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Mark:
    """MAN: ``qualifier`` GM or AA for an SSCC, CP for the carrier's package number, MC or UC for others."""

    qualifier: Annotated[str, At(1)]
    number: Annotated[str, At(2)]


@dataclass(frozen=True, slots=True)
class ItemDescription:
    """PID: ``characteristic`` is PID02 (08 product, 73 colour, 74 size ...), ``code`` PID04 of the ``agency``."""

    type: Annotated[str, At(1)]
    characteristic: Annotated[str, At(2)] = ""
    agency: Annotated[str, At(3)] = ""
    code: Annotated[str, At(4)] = ""
    text: Annotated[str, At(5)] = ""


@dataclass(frozen=True, slots=True)
class FreightTerms:
    """FOB: who pays the freight (PP prepaid, CC collect ...) and where responsibility passes."""

    payment: Annotated[str, At(1)]
    location_qualifier: Annotated[str, At(2)] = ""
    location: Annotated[str, At(3)] = ""
    terms_qualifier: Annotated[str, At(4)] = ""
    terms: Annotated[str, At(5)] = ""


@dataclass(frozen=True, slots=True)
class SalesRequirement:
    """CSH: ``code`` N no backorder, Y backorder if out of stock, SC ship complete ...; ``action`` CSH02."""

    code: Annotated[str, At(1)]
    action: Annotated[str, At(2)] = ""
    date: Annotated[dt.date | None, At(5)] = None


@dataclass(frozen=True, slots=True)
class Subline:
    """SLN loop: a component of a line's kit or prepack; ``relation`` is SLN03 (I included, O for information)."""

    number: Annotated[str, At(1)]
    relation: Annotated[str, At(3)] = ""
    quantity: Annotated[Decimal | None, At(4)] = None
    unit: Annotated[str, At(5, composite=True)] = ""
    price: Annotated[Decimal | None, At(6)] = None
    price_basis: Annotated[str, At(7)] = ""
    ids: Annotated[ProductIds, Pairs(9)] = ()
    descriptions: Descriptions = ()


def date_references(segment: Segment, reading: Reading) -> Iterator[DateReference]:
    """DTM, its date in DTM02 or, as some partners write it, in DTM06 with the format D8."""
    place = 6 if not segment.get(2) and segment.get(5) == "D8" else 2
    yield DateReference(segment.get(1), reading.date(segment, place), reading.time(segment, 3), zone=segment.get(4))


def site_quantities(segment: Segment, reading: Reading) -> Iterator[SiteQuantity]:
    """SDQ: up to ten sites in one segment, each with its own quantity."""
    for number in range(3, min(len(segment.elements), 23), 2):
        if segment.get(number):
            amount = reading.decimal(segment, number + 1)
            yield SiteQuantity(segment.get(number), segment.get(2), amount, segment.get(1))


def marks(segment: Segment, _: Reading) -> Iterator[Mark]:
    """MAN holds up to two qualified numbers, each possibly with the end of a range, which is left out."""
    for number in (1, 4):
        if segment.get(number + 1):
            yield Mark(segment.get(number), segment.get(number + 1))


Dates = Annotated[tuple[DateReference, ...], Many("DTM", read=date_references)]
Parties = Annotated[tuple[Party, ...], Many("N1")]
Freight = Annotated[tuple[FreightTerms, ...], Many("FOB")]
Requirements = Annotated[tuple[SalesRequirement, ...], Many("CSH")]
Sublines = Annotated[tuple[Subline, ...], Many("SLN")]
Carriers = Annotated[tuple[CarrierDetail, ...], Many("TD5")]
Schedules = Annotated[tuple[Schedule, ...], Many("SCH")]
SiteQuantities = Annotated[tuple[SiteQuantity, ...], Many("SDQ", read=site_quantities)]
Notes = Annotated[tuple[Note, ...], Many("N9")]
Marks = Annotated[tuple[Mark, ...], Many("MAN", read=marks)]


def party_named(parties: Iterable[Party], *entities: str) -> Party | None:
    """The first party with one of the entity codes, the codes being tried in the order given."""
    known = list(parties)
    for entity in entities:
        for party in known:
            if party.entity == entity:
                return party
    return None


def n1_loop(segments: Sequence[Segment], index: int, reading: Reading) -> tuple[Party, int]:
    """Read the N1 loop at ``index``; the party and the index of the first segment after the loop."""
    members = layout_of(Party).takers
    end = index + 1
    while end < len(segments) and segments[end].id in members:
        end += 1
    return read_loop(Party, segments[index:end], reading), end


def without_parties(header: Sequence[Segment], reading: Reading) -> tuple[tuple[Party, ...], list[Segment]]:
    """The header's N1 loops as parties, and its other segments in their order."""
    parties: list[Party] = []
    rest: list[Segment] = []
    index = 0
    while index < len(header):
        if header[index].id == "N1":
            party, index = n1_loop(header, index, reading)
            parties.append(party)
            continue
        rest.append(header[index])
        index += 1
    return tuple(parties), rest


def flat(pairs: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Pairs as elements one after the other."""
    return tuple(part for pair in pairs for part in pair)


def blocks(segments: Sequence[Segment], *starts: str) -> tuple[tuple[Segment, ...], list[tuple[Segment, ...]]]:
    """The segments before the first of ``starts``, and one block per start, trailers included in the last."""
    places = [number for number, segment in enumerate(segments) if segment.id in starts]
    if not places:
        return tuple(segments), []
    ends = [*places[1:], len(segments)]
    return tuple(segments[: places[0]]), [tuple(segments[first:end]) for first, end in zip(places, ends, strict=True)]
