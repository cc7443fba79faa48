"""The documents a simulated warehouse writes: 945, 944 and 846."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from hub.edi.write import Row
from hub.sdk.x12.desk import date_text, plain, sscc, time_text
from hub_x12_warehouse.simulator_books import BookedOrder, ExpectedGoods, ExpectedLine, Picked, WarehouseBooks
from hub_x12_warehouse.simulator_scenario import WarehouseScenario


def shipping_advice(
    scenario: WarehouseScenario, order: BookedOrder, picked: Sequence[Picked], at: dt.datetime
) -> Iterable[Row]:
    """945: one carton for what left, and a line of its own for what did not."""
    identity = f"{scenario.own_id}-{order.number}-{order.shipments}"
    yield ("W06", "F", order.number, date_text(at), identity, "", order.customer_order)
    yield ("N9", "BM", f"BOL{order.number}")
    yield ("G62", "11", date_text(at), "8", time_text(at))
    yield ("W27", "M", "UPSN", "UPS GROUND", "PP")
    yield ("LX", "1")
    if any(each.quantity for each in picked):
        tracking = f"1Z{identity.replace('-', '')}"
        yield ("MAN", "GM", "00" + sscc(order.number, order.shipments), "", "CP", tracking)
    for each in picked:
        line, pack = each.line, each.line.units_each
        ordered, shipped = line.asked / pack, each.quantity / pack
        missing = (line.asked - line.shipped) / pack
        yield ("W12", each.status, plain(ordered), plain(shipped), plain(missing), line.unit, "", "VN", line.item.item)
        if scenario.echoes_lines:
            yield ("N9", "LI", line.number)
    yield ("W03", plain(sum((each.quantity / each.line.units_each for each in picked), Decimal(0))))


def transfer_receipt(scenario: WarehouseScenario, goods: ExpectedGoods, at: dt.datetime) -> Iterable[Row]:
    """944: what arrived of one transfer, by our number, and what was wrong with it."""
    yield ("W17", "F", date_text(at), f"R-{goods.number}", goods.number)
    yield ("N1", "WH", "", "92", goods.site)
    yield ("G62", "09", date_text(at), "8", time_text(at))
    for line in goods.lines:
        yield ("W07", plain(line.received / line.units_each), line.unit, "", "VN", line.item.item)
        if line.number and scenario.echoes_lines:
            yield ("N9", "LI", line.number)
        yield from _exceptions(line)
    yield ("W14", plain(sum((line.received / line.units_each for line in goods.lines), Decimal(0))))


def _exceptions(line: ExpectedLine) -> Iterable[Row]:
    differs = (line.received - line.announced) / line.units_each
    if line.damaged:
        yield ("W13", plain(line.damaged / line.units_each), line.unit, "01", "", "02")
    if differs:
        yield ("W13", plain(abs(differs)), line.unit, "03" if differs > 0 else "02")


def stock_feed(books: WarehouseBooks, site: str, at: dt.datetime) -> Iterable[Row]:
    """846: what lies on the shelves of one site."""
    yield ("BIA", "00", "SI", f"{books.scenario.own_id}-{at:%H%M%S%f}", date_text(at), time_text(at))
    yield ("N1", "WH", "", "92", site)
    count = 0
    for item in books.scenario.items:
        if site in item.stock:
            count += 1
            yield ("LIN", str(count), "VN", item.item)
            yield ("QTY", "17", plain(books.on_hand[site, item.item] / item.units_each), item.unit)
            damaged = books.damaged.get((site, item.item))
            if damaged:
                yield ("QTY", "QH", plain(damaged / item.units_each), item.unit)
    yield ("CTT", str(count))
