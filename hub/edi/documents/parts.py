"""The fragments that several transaction sets share: N1 loops, REF, DTM, TD5, SCH and their writing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from hub.edi.documents.reading import Reading
from hub.edi.segment import Segment
from hub.edi.write import Row

ProductIds = tuple[tuple[str, str], ...]
"""(qualifier, value) pairs of PO1, LIN and IT1, in the partner's order."""


@dataclass(frozen=True, slots=True)
class Reference:
    """REF: qualifier, value, description."""

    qualifier: str
    value: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class DateReference:
    """DTM: qualifier, date, local time of the sender and its zone code; None where not sent."""

    qualifier: str
    date: dt.date | None
    time: dt.time | None = None
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """PER: function code, name, (qualifier, number) pairs such as ("TE", ...)."""

    function: str
    name: str = field(default="", repr=False)
    numbers: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Party:
    """N1 loop: entity code (ST, BY, SF, WH ...), name, id and address."""

    entity: str
    name: str = field(default="", repr=False)
    id_qualifier: str = ""
    id: str = ""
    additional_names: tuple[str, ...] = field(default=(), repr=False)
    address_lines: tuple[str, ...] = field(default=(), repr=False)
    city: str = field(default="", repr=False)
    state: str = ""
    postal_code: str = field(default="", repr=False)
    country: str = ""
    contacts: tuple[Contact, ...] = ()
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class CarrierDetail:
    """TD5: routing sequence, carrier id (qualifier 2 = SCAC), method, routing text, service level (TD512)."""

    sequence: str = ""
    id_qualifier: str = ""
    id: str = ""
    method: str = ""
    routing: str = ""
    service_level: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """SCH: a part of the quantity, with its place and date."""

    quantity: Decimal | None
    unit: str
    entity: str = ""
    name: str = field(default="", repr=False)
    date_qualifier: str = ""
    date: dt.date | None = None


def party_named(parties: Iterable[Party], *entities: str) -> Party | None:
    """The first party with one of the entity codes, the codes being tried in the order given."""
    known = list(parties)
    for entity in entities:
        for party in known:
            if party.entity == entity:
                return party
    return None


def reference(segment: Segment) -> Reference:
    return Reference(segment.get(1), segment.get(2), segment.get(3))


def date_reference(segment: Segment, reading: Reading) -> DateReference:
    """DTM, its date in DTM02 or, as some partners write it, in DTM06 with the format D8."""
    place = 6 if not segment.get(2) and segment.get(5) == "D8" else 2
    return DateReference(segment.get(1), reading.date(segment, place), reading.time(segment, 3), zone=segment.get(4))


def carrier_detail(segment: Segment) -> CarrierDetail:
    return CarrierDetail(
        sequence=segment.get(1),
        id_qualifier=segment.get(2),
        id=segment.get(3),
        method=segment.get(4),
        routing=segment.get(5),
        service_level=segment.get(12),
    )


def schedule(segment: Segment, reading: Reading) -> Schedule:
    return Schedule(
        quantity=reading.decimal(segment, 1),
        unit=segment.get(2),
        entity=segment.get(3),
        name=segment.get(4),
        date_qualifier=segment.get(5),
        date=reading.date(segment, 6),
    )


def contact(segment: Segment) -> Contact:
    return Contact(segment.get(1), segment.get(2), segment.pairs(3))


def n1_loop(segments: Sequence[Segment], index: int, *, own_references: bool = True) -> tuple[Party, int]:
    """Read the N1 loop at ``index``; the party and the index of the first segment after the loop.

    With ``own_references`` False a REF ends the loop: ship notices put tracking numbers behind it.
    """
    members = {"N2", "N3", "N4", "PER", "REF"} if own_references else {"N2", "N3", "N4", "PER"}
    head = segments[index]
    names: list[str] = []
    lines: list[str] = []
    contacts: list[Contact] = []
    references: list[Reference] = []
    place: Segment | None = None
    index += 1
    while index < len(segments) and segments[index].id in members:
        segment = segments[index]
        if segment.id == "N2":
            names.extend(filter(None, (segment.get(1), segment.get(2))))
        elif segment.id == "N3":
            lines.extend(filter(None, (segment.get(1), segment.get(2))))
        elif segment.id == "N4":
            place = segment
        elif segment.id == "PER":
            contacts.append(contact(segment))
        else:
            references.append(reference(segment))
        index += 1
    party = Party(
        entity=head.get(1),
        name=head.get(2),
        id_qualifier=head.get(3),
        id=head.get(4),
        additional_names=tuple(names),
        address_lines=tuple(lines),
        city=place.get(1) if place else "",
        state=place.get(2) if place else "",
        postal_code=place.get(3) if place else "",
        country=place.get(4) if place else "",
        contacts=tuple(contacts),
        references=tuple(references),
    )
    return party, index


def without_parties(header: Sequence[Segment]) -> tuple[tuple[Party, ...], list[Segment]]:
    """The header's N1 loops as parties, and its other segments in their order."""
    parties: list[Party] = []
    rest: list[Segment] = []
    index = 0
    while index < len(header):
        if header[index].id == "N1":
            party, index = n1_loop(header, index)
            parties.append(party)
            continue
        rest.append(header[index])
        index += 1
    return tuple(parties), rest


def reference_row(item: Reference) -> Row:
    return ("REF", item.qualifier, item.value, item.description)


def date_row(item: DateReference) -> Row:
    return ("DTM", item.qualifier, date_text(item.date), time_text(item.time), item.zone)


def carrier_row(item: CarrierDetail) -> Row:
    head = ("TD5", item.sequence, item.id_qualifier, item.id, item.method, item.routing)
    return (*head, "", "", "", "", "", "", item.service_level)


def schedule_row(item: Schedule) -> Row:
    head = ("SCH", decimal_text(item.quantity), item.unit, item.entity, item.name)
    return (*head, item.date_qualifier, date_text(item.date))


def party_rows(party: Party) -> Iterator[Row]:
    yield ("N1", party.entity, party.name, party.id_qualifier, party.id)
    for first in range(0, len(party.additional_names), 2):
        yield ("N2", *party.additional_names[first : first + 2])
    for first in range(0, len(party.address_lines), 2):
        yield ("N3", *party.address_lines[first : first + 2])
    if party.city or party.state or party.postal_code or party.country:
        yield ("N4", party.city, party.state, party.postal_code, party.country)
    yield from (reference_row(item) for item in party.references)
    for item in party.contacts:
        yield ("PER", item.function, item.name, *(part for pair in item.numbers for part in pair))


def flat(pairs: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Pairs as elements one after the other."""
    return tuple(part for pair in pairs for part in pair)


def decimal_text(value: Decimal | None) -> str:
    """A number as X12 type R writes it: no exponent, no trailing zeros after the point."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def date_text(value: dt.date | None) -> str:
    return f"{value:%Y%m%d}" if value else ""


def time_text(value: dt.time | None) -> str:
    if value is None:
        return ""
    return f"{value:%H%M%S}" if value.second else f"{value:%H%M}"


def blocks(segments: Sequence[Segment], *starts: str) -> tuple[tuple[Segment, ...], list[tuple[Segment, ...]]]:
    """The segments before the first of ``starts``, and one block per start, trailers included in the last."""
    marks = [number for number, segment in enumerate(segments) if segment.id in starts]
    if not marks:
        return tuple(segments), []
    ends = [*marks[1:], len(segments)]
    return tuple(segments[: marks[0]]), [tuple(segments[first:end]) for first, end in zip(marks, ends, strict=True)]
