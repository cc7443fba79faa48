"""856 written: the tree of `ShipNotice` as segments. Parents stand before their children, as HL02 needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from hub.edi.documents.layout_rows import loop_rows
from hub.edi.documents.parts import flat
from hub.edi.documents.ship_notice import ShipLevel, ShipNotice, ShippedQuantity
from hub.edi.documents.text import date_text, decimal_text, time_text
from hub.edi.write import OutboundSet, Row


def render_ship_notice(notice: ShipNotice) -> OutboundSet:
    """The 856's segments between ST and SE; HL01 and HL02 as the levels carry them, CTT01 counted here.

    Where a level has no id, all of them are numbered in their order, as X12 wants it.
    """
    if not all(level.id for level in notice.levels()):
        numbers = count(1)
        notice = replace(notice, roots=tuple(_numbered(root, "", numbers) for root in notice.roots))
    return OutboundSet("856", tuple(_rows(notice)))


def _numbered(level: ShipLevel, parent: str, numbers: Iterator[int]) -> ShipLevel:
    own = str(next(numbers))
    children = tuple(_numbered(child, own, numbers) for child in level.children)
    return replace(level, id=own, parent_id=parent, children=children)


def _rows(notice: ShipNotice) -> Iterator[Row]:
    when = (date_text(notice.date), time_text(notice.time))
    yield ("BSN", notice.purpose, notice.shipment_id, *when, notice.structure)
    for reference in notice.references:
        yield from loop_rows(reference, "REF")
    for date in notice.dates:
        yield from loop_rows(date, "DTM")
    lines = 0
    for level in notice.levels():
        lines += len(level.items)
        yield from _level_rows(level)
    yield ("CTT", str(lines))


def _level_rows(level: ShipLevel) -> Iterator[Row]:
    head, *others = loop_rows(level, "HL")
    yield head
    for item in level.items:
        yield from _item_rows(item)
    yield from others


def _item_rows(item: ShippedQuantity) -> Iterator[Row]:
    yield ("LIN", item.line_number, *flat(item.ids))
    shipped = (decimal_text(item.quantity), item.unit)
    ordered = (decimal_text(item.ordered), item.ordered_unit)
    yield ("SN1", "", *shipped, "", *ordered, "", item.status)
    yield from (("PID", "F", "", "", "", text) for text in item.descriptions)
