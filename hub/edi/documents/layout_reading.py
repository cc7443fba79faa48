"""Laid out documents read: segments to the fields that `hub.edi.documents.layout` gives them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from hub.edi.documents.check_digits import note_check_digits
from hub.edi.documents.layout import At, LaidField, Many, One, Pairs, Texts, layout_of
from hub.edi.documents.reading import Reading
from hub.edi.interchange import TransactionSet
from hub.edi.segment import Segment

Kind = TypeVar("Kind")


def read_loop(kind: type[Kind], segments: Sequence[Segment], reading: Reading, **others: Any) -> Kind:
    """``kind`` from a loop's segments, of which the first is its head; ``others`` are its fields without a place."""
    return kind(**_filled(kind, segments[0], segments[1:], reading).values(reading), **others)


def read_set(kind: type[Kind], set_id: str, head: str, transaction_set: TransactionSet) -> Kind:
    """``kind`` with its ``findings`` from a whole set; ``head`` is the segment behind ST, which may be missing.

    Raises DataError ``x12.wrong-set`` when this is another set.
    """
    reading = Reading(transaction_set, set_id)
    segments = transaction_set.segments
    first = next((segment for segment in segments if segment.id == head), Segment((head,)))
    note_check_digits(segments, reading)
    values = _filled(kind, first, segments, reading).values(reading)
    values["findings"] = reading.in_order()
    return kind(**values)


def _filled(kind: Any, head: Segment, segments: Iterable[Segment], reading: Reading) -> _Loop:
    open_loops = [_Loop(kind, head, ())]
    for segment in segments:
        for depth in range(len(open_loops) - 1, -1, -1):
            if open_loops[depth].takes(segment):
                del open_loops[depth + 1 :]
                open_loops.extend(open_loops[depth].take(segment, reading))
                break
    return open_loops[0]


class _Loop:
    """One loop on its way: what has been taken so far."""

    __slots__ = ("_entries", "_first", "_head", "_kind", "_layout", "_leaving", "_singles")

    def __init__(self, kind: Any, head: Segment, leaving: tuple[str, ...]) -> None:
        self._kind = kind
        self._layout = layout_of(kind)
        self._head = head
        self._leaving = leaving
        self._first = 0
        self._singles: dict[str, Segment] = {}
        self._entries: dict[str, list[Any]] = {}

    def takes(self, segment: Segment) -> bool:
        field = self._layout.takers.get(segment.id)
        return field is not None and field.index >= self._first and segment.id not in self._leaving

    def take(self, segment: Segment, reading: Reading) -> list[_Loop]:
        """Keep the segment; the loops it opens, outermost first."""
        field = self._layout.takers[segment.id]
        match field.place:
            case Texts() as texts:
                self._listed(field).extend(filter(None, map(segment.get, texts.places(segment.id))))
            case Many(read=read) if read is not None:
                self._listed(field).extend(read(segment, reading))
            case Many(segment=usual, leaving=leaving, detail=detail):
                self._first = field.index if detail else self._first
                implied = segment.id != usual
                opened = _Loop(field.kind, Segment((usual,)) if implied else segment, leaving)
                self._listed(field).append(opened)
                return [opened, *opened.take(segment, reading)] if implied else [opened]
            case _:
                self._singles.setdefault(segment.id, segment)
        return []

    def build(self, reading: Reading) -> Any:
        return self._kind(**self.values(reading))

    def values(self, reading: Reading) -> dict[str, Any]:
        values = dict(self._layout.empty)
        for field in self._layout.heads:
            values[field.name] = _value(self._head, field, reading)
        for name, segment in self._singles.items():
            for field in self._layout.singles[name]:
                values[field.name] = _value(segment, field, reading)
        for name, entries in self._entries.items():
            values[name] = tuple(entry.build(reading) if isinstance(entry, _Loop) else entry for entry in entries)
        return values

    def _listed(self, field: LaidField) -> list[Any]:
        return self._entries.setdefault(field.name, [])


def _value(segment: Segment, field: LaidField, reading: Reading) -> Any:
    place = field.place
    if isinstance(place, At):
        return _element(segment, place, field.kind, reading)
    if isinstance(place, Pairs):
        return _pairs(segment, place)
    if isinstance(place, One):
        return _Loop(field.kind, segment, ()).build(reading)
    return reading.integer(segment, 1)


def _element(segment: Segment, place: At, kind: type, reading: Reading) -> Any:
    if kind is str:
        return segment.components(place.element)[0] if place.composite else segment.get(place.element)
    if kind is Decimal:
        return reading.decimal(segment, place.element, implied=place.implied)
    if kind is int:
        return reading.integer(segment, place.element)
    return reading.date(segment, place.element) if kind is dt.date else reading.time(segment, place.element)


def _pairs(segment: Segment, pairs: Pairs) -> tuple[tuple[str, str], ...]:
    places = pairs.places or range(pairs.start, min(len(segment.elements), (pairs.last or 999) + 1), 2)
    found = ((segment.get(place), segment.get(place + 1)) for place in places)
    return tuple(pair for pair in found if pair[1])
