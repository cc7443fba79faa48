"""The simulated partner's own files: what it writes, and how it reads ours. Nothing here knows the hub's mappings.

Stock and shipments are CSV with semicolons, prices and orders CSV with commas, invoices JSON; our requests, quantities
and prices come as CSV with commas.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from hub_filedrop.simulator_books import SITE, BookedLine, BookedOrder, SimulatedItem

Row = Sequence[object]


def stock(on_hand: Mapping[SimulatedItem, Decimal], at: dt.datetime) -> bytes:
    """What lies there, in the unit of each item."""
    rows = [
        (item.item, SITE, item.unit, _plain(units / item.units_each), at.isoformat()) for item, units in on_hand.items()
    ]
    return _table(";", ("Item", "Site", "Unit", "On hand", "Counted"), rows)


def prices(items: Iterable[SimulatedItem], catalogue: str) -> bytes:
    """A catalogue; its number is the first column of every row, as many systems write it."""
    rows = [(catalogue, item.item, item.unit, item.price, "EUR") for item in items]
    return _table(",", ("Catalogue", "Item", "Unit", "Price", "Currency"), rows)


def shipment(order: BookedOrder, at: dt.datetime) -> bytes:
    """What left of an order, each line a row."""
    number = f"S{order.number}-{order.shipments}"
    rows = [
        (
            number,
            order.number,
            line.number,
            line.item.item,
            _units(line),
            line.item.unit,
            "UPS",
            f"1Z{order.number}",
            at.isoformat(),
        )
        for line in order.lines
        if line.shipped
    ]
    heading = ("Shipment", "Order", "Line", "Item", "Shipped", "Unit", "Carrier", "Tracking", "Left")
    return _table(";", heading, rows)


def invoice(order: BookedOrder, at: dt.datetime) -> bytes:
    """What is billed for a shipment."""
    lines = [
        {
            "line": int(line.number),
            "item": line.item.item,
            "units": str(_units(line)),
            "unit": line.item.unit,
            "price": str(line.item.price),
        }
        for line in order.lines
        if line.shipped
    ]
    total = sum((_units(line) * line.item.price for line in order.lines), Decimal(0))
    document = {
        "invoice": f"I{order.number}",
        "order": order.number,
        "date": at.isoformat(),
        "currency": "EUR",
        "lines": lines,
        "total": str(total),
    }
    return json.dumps({"invoices": [document]}, indent=1).encode()


def order(number: str, lines: Mapping[str, int], at: dt.datetime) -> bytes:
    """What a made-up buyer bought, each line a row."""
    person = ("Sample Buyer", "1 Sample Street", "Sampleton", "12345", "DE")
    rows = [(number, at.isoformat(), *person, item, units, "19.90") for item, units in lines.items()]
    heading = ("Order", "Placed", "Name", "Street", "Town", "Code", "Country", "Item", "Units", "Price")
    return _table(",", heading, rows)


def requests(body: bytes, items: Mapping[str, SimulatedItem]) -> dict[str, list[BookedLine]]:
    """Our orders by their number."""
    found: dict[str, list[BookedLine]] = {}
    for row in csv.DictReader(io.StringIO(body.decode())):
        item = items[row["item"]]
        each = item.units_each if row["unit"] == item.unit else Decimal(1)
        found.setdefault(row["order"], []).append(BookedLine(row["line"], item, Decimal(row["units"]) * each))
    return found


def told(body: bytes) -> list[tuple[str, ...]]:
    """Rows of our quantities and prices."""
    return [tuple(row) for row in csv.reader(io.StringIO(body.decode()))][1:]


def _units(line: BookedLine) -> Decimal:
    return line.shipped / line.item.units_each


def _plain(units: Decimal) -> str:
    return f"{units.normalize():f}"


def _table(delimiter: str, heading: Row, rows: Iterable[Row]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows([heading, *rows])
    return stream.getvalue().encode()
