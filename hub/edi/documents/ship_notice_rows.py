"""856 written: the tree of `ShipNotice` as segments. Parents stand before their children, as HL02 needs."""

from __future__ import annotations

from collections.abc import Iterator

from hub.edi.documents.parts import (
    carrier_row,
    date_row,
    date_text,
    decimal_text,
    flat,
    party_rows,
    reference_row,
    time_text,
)
from hub.edi.documents.ship_notice import ShipLevel, ShipNotice, ShippedQuantity
from hub.edi.write import OutboundSet, Row


def render_ship_notice(notice: ShipNotice) -> OutboundSet:
    """The 856's segments between ST and SE; HL01 and HL02 as the levels carry them, CTT01 counted here."""
    return OutboundSet("856", tuple(_rows(notice)))


def _rows(notice: ShipNotice) -> Iterator[Row]:
    when = (date_text(notice.date), time_text(notice.time))
    yield ("BSN", notice.purpose, notice.shipment_id, *when, notice.structure)
    yield from (date_row(item) for item in notice.dates)
    lines = 0
    for level in notice.levels():
        lines += len(level.items)
        yield from _level_rows(level)
    yield ("CTT", str(lines))


def _level_rows(level: ShipLevel) -> Iterator[Row]:
    yield ("HL", level.id, level.parent_id, level.code)
    if level.order:
        yield ("PRF", level.order.number, level.order.release, "", date_text(level.order.date))
    for item in level.items:
        yield from _item_rows(item)
    for lading in level.ladings:
        packages, weight = decimal_text(lading.packages), decimal_text(lading.weight)
        qualifier = "G" if weight else ""
        yield ("TD1", lading.packaging, packages, "", "", "", qualifier, weight, lading.weight_unit)
    yield from (carrier_row(item) for item in level.carriers)
    yield from (reference_row(item) for item in level.references)
    yield from (("MAN", mark.qualifier, mark.number) for mark in level.marks)
    yield from (date_row(item) for item in level.dates)
    for party in level.parties:
        yield from party_rows(party)


def _item_rows(item: ShippedQuantity) -> Iterator[Row]:
    yield ("LIN", item.line_number, *flat(item.ids))
    shipped = (decimal_text(item.quantity), item.unit)
    ordered = (decimal_text(item.ordered), item.ordered_unit)
    yield ("SN1", "", *shipped, "", *ordered, "", item.status)
    yield from (("PID", "F", "", "", "", text) for text in item.descriptions)
