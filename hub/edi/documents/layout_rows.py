"""Laid out documents written: the reverse of `hub.edi.documents.layout`, from the same annotations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from hub.edi.documents.layout import At, Counted, LaidField, Many, One, Pairs, Texts, layout_of
from hub.edi.documents.text import date_text, decimal_text, time_text
from hub.edi.write import OutboundSet, Row
from hub.errors import DataError


def set_rows(set_id: str, head: str, document: Any) -> OutboundSet:
    """The segments of a whole set between ST and SE. Raises DataError ``x12.not-writable`` as `loop_rows` does."""
    return OutboundSet(set_id, tuple(loop_rows(document, head)))


def loop_rows(item: Any, head: str, leaving: tuple[str, ...] = ()) -> Iterator[Row]:
    """The segments of a loop, ``head`` being the id of its first one; wholly empty ones are left out.

    Raises DataError ``x12.not-writable`` for a value that its element cannot carry.
    """
    layout = layout_of(type(item))
    yield from _row(item, head, layout.heads)
    written: set[str] = set()
    for field in layout.fields:
        match field.place:
            case At(segment=name) if name and name not in written and name not in leaving:
                written.add(name)
                yield from _row(item, name, layout.singles[name])
            case Texts() as texts if texts.segment not in leaving:
                yield from _text_rows(getattr(item, field.name), texts)
            case Many(segment=name) if name in leaving and getattr(item, field.name):
                raise _not_writable(f"{name} has no place behind {head} in this set.", name)
            case Many(segment=name, leaving=theirs):
                for entry in getattr(item, field.name):
                    yield from loop_rows(entry, name, theirs)
            case One(segment=name) if getattr(item, field.name) is not None:
                yield from loop_rows(getattr(item, field.name), name)
            case Counted() as counted:
                yield (counted.segment, str(len(getattr(item, counted.of))))


def _row(item: Any, segment: str, laid: tuple[LaidField, ...]) -> Iterator[Row]:
    elements: dict[int, str] = {}
    for field in laid:
        value = getattr(item, field.name)
        if isinstance(field.place, At):
            text = _text(value, field.place, f"{segment}{field.place.element:02}")
            elements[field.place.element] = text
            elements.update(field.place.beside if text else ())
        elif isinstance(field.place, Pairs):
            elements.update(_pair_elements(value, field.place, segment))
    if any(elements.values()):
        yield (segment, *(elements.get(number, "") for number in range(1, max(elements) + 1)))


def _pair_elements(value: tuple[tuple[str, str], ...], pairs: Pairs, segment: str) -> Iterator[tuple[int, str]]:
    room = pairs.places or tuple(range(pairs.start, (pairs.last or pairs.start + 2 * len(value)) + 1, 2))
    if len(value) > len(room):
        raise _not_writable(f"{segment} has room for {len(room)} product ids.", f"{segment}{room[0]:02}")
    for place, (qualifier, text) in zip(room, value, strict=False):
        yield place, qualifier
        yield place + 1, text


def _text_rows(values: tuple[str, ...], texts: Texts) -> Iterator[Row]:
    for first in range(0, len(values), len(texts.elements)):
        elements = dict(texts.beside)
        elements.update(zip(texts.elements, values[first : first + len(texts.elements)], strict=False))
        yield (texts.segment, *(elements.get(number, "") for number in range(1, max(elements) + 1)))


def _text(value: Any, place: At, path: str) -> str:
    if isinstance(value, Decimal):
        if not place.implied:
            return decimal_text(value)
        scaled = value.scaleb(place.implied)
        if scaled != scaled.to_integral_value():
            raise _not_writable(f"{path} carries {place.implied} decimals and the amount has more.", path)
        return str(int(scaled))
    if isinstance(value, dt.date):
        return date_text(value)
    if isinstance(value, dt.time):
        return time_text(value)
    return "" if value is None else str(value)


def _not_writable(message: str, path: str) -> DataError:
    return DataError(
        message, code="x12.not-writable", cure="Round the value, or leave out what does not fit.", path=path
    )
