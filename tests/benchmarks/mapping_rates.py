"""Compiled mappings beside plain Python that does the same: an order in JSON, and a big file of stock.

``python -m tests.benchmarks.mapping_rates`` prints one JSON object: seconds of CPU of each, the best of some rounds.
"""

from __future__ import annotations

import csv
import gc
import io
import json
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hub.cli.run import spare_collector
from hub.mapping.codebook import Codebook, PartnerItem
from hub.mapping.fields.compile import CompiledMapping
from hub.mapping.fields.load import read_mapping
from hub.mapping.fields.reading import TreeReader
from hub.model.document import Direction, Document
from hub.model.identity import ConnectionId, LocationId, PartnerId, Sku
from hub.model.stock import StockBatch
from hub.sdk.mapped.reading import feed_mapped

ORDERS, ROWS, ROUNDS = 2_000, 300_000, 5
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

ORDER_MAPPING = """\
document: orders
format: {kind: json}
fields:
  external_id: id
  number: {from: name, using: [trim, {without_prefix: "#"}]}
  placed_at: created
  revision: version
  service: {from: delivery.code, table: services}
  promised_by: delivery.by
  currency: totals.currency
  shipping_charge: totals.shipping
  ship_to.name: customer.name
  ship_to.company: customer.company
  ship_to.line1: customer.address.street
  ship_to.line2: customer.address.extra
  ship_to.city: customer.address.city
  ship_to.region: {from: customer.address.state, using: upper}
  ship_to.postal_code: customer.address.zip
  ship_to.country: {from: customer.address.country, using: upper}
  ship_to.phone: {from: customer.phone, using: digits}
  ship_to.email: {from: customer.mail, using: lower}
lines:
  each: items
  fields:
    line_id: key
    item.VN: {from: number, using: upper}
    quantity: units
    unit_price: price
tables:
  services: {std: standard, exp: express}
"""
"""18 fields and three lines of four: thirty values."""

STOCK_MAPPING = """\
document: stock
format: {kind: csv, columns: {item: {required: true}, quantity: {required: true}}}
about: {mode: {value: full}}
fields: {item.VN: item, available: quantity}
"""


def compiled(text: str) -> CompiledMapping:
    """The mapping that stands in ``text``."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mapping.yaml"
        path.write_text(text)
        return read_mapping("mapping", [path], [], {})


def order(number: int) -> dict[str, Any]:
    """An order as JSON gives it; no two are alike."""
    return {
        "id": f"9{number:07d}",
        "name": f" #{number} ",
        "created": f"2026-11-20T{number % 24:02d}:{number % 60:02d}:00+01:00",
        "version": str(number % 7),
        "delivery": {"code": "exp" if number % 3 else "std", "by": f"2026-11-{21 + number % 9}"},
        "totals": {"currency": "EUR", "shipping": f"{number % 900 / 100:.2f}"},
        "customer": {
            "name": f"Buyer {number}",
            "company": f"Buyers {number}",
            "mail": f"Buyer{number}@Example.org",
            "phone": f"+1 555 01 {number:05d}",
            "address": {
                "street": f"{number} Sample Street",
                "extra": f"Door {number}",
                "city": f"Town {number % 300}",
                "state": "co",
                "zip": f"{number:05d}",
                "country": "us",
            },
        },
        "items": [
            {
                "key": str(line),
                "number": f"vn-{number * 3 + line}",
                "units": str(line),
                "price": f"{number % 97}.{line}0",
            }
            for line in (1, 2, 3)
        ],
    }


def by_hand(found: Mapping[str, Any]) -> dict[str, Any]:
    """The same fields with the same conversions, as a programmer would write them for this one partner."""
    customer, delivery, totals = found["customer"], found["delivery"], found["totals"]
    address = customer["address"]
    return {
        "external_id": found["id"],
        "number": found["name"].strip().removeprefix("#"),
        "placed_at": datetime.fromisoformat(found["created"]).astimezone(UTC),
        "revision": found["version"],
        "service": {"std": "standard", "exp": "express"}[delivery["code"]],
        "promised_by": datetime.strptime(delivery["by"], "%Y-%m-%d").date(),  # noqa: DTZ007  a day has no zone
        "currency": totals["currency"],
        "shipping_charge": Decimal(totals["shipping"]),
        "ship_to.name": customer["name"].strip(),
        "ship_to.company": customer["company"].strip(),
        "ship_to.line1": address["street"].strip(),
        "ship_to.line2": address["extra"].strip(),
        "ship_to.city": address["city"].strip(),
        "ship_to.region": address["state"].strip().upper(),
        "ship_to.postal_code": address["zip"].strip(),
        "ship_to.country": address["country"].strip().upper(),
        "ship_to.phone": "".join(mark for mark in customer["phone"] if mark.isdigit()),
        "ship_to.email": customer["mail"].strip().lower(),
        "lines": [
            {
                "line_id": line["key"],
                "item.VN": line["number"].strip().upper(),
                "quantity": Decimal(line["units"]),
                "unit_price": Decimal(line["price"]),
            }
            for line in found["items"]
        ],
    }


def mapped(reader: TreeReader, orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the compiled mapping makes of the orders, in the form of ``by_hand``."""
    about = {"file": {"name": "orders.json", "at": NOW}, "partner": "shop"}
    return [
        {**said.fields, "lines": [line.fields for line in said.lines]}
        for said in reader.read((("", each) for each in orders), about)
    ]


def stock_file() -> bytes:
    """A row for each of many items."""
    rows = "".join(f"VN-{number:06d},{number * 7 % 1000}\r\n" for number in range(ROWS))
    return f"item,quantity\r\n{rows}".encode()


def plain_stock(body: bytes) -> int:
    """What a script would do: every row by ``csv.reader``, its figure by ``int``; gives the sum."""
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(body), "utf-8", newline=""))
    next(reader)
    return sum(int(row[1]) for row in reader)


def fed_stock(body: bytes, mapping: CompiledMapping, codebook: Codebook) -> Iterator[StockBatch]:
    """What the hub does until it stages the rows, batch by batch: ids looked up, exact figures."""
    document = Document(ConnectionId("mega"), Direction.INBOUND, "file", "stock.csv", body, NOW)
    feed = feed_mapped(document, mapping, codebook)
    assert feed is not None
    yield from (part for part in feed if isinstance(part, StockBatch))


def crosswalk() -> Codebook:
    """An item for each row."""
    return Codebook(
        connection=ConnectionId("mega"),
        partner=PartnerId("mega"),
        items=tuple(PartnerItem(Sku(f"SKU-{number:06d}"), {"VN": f"VN-{number:06d}"}) for number in range(ROWS)),
        default_location=LocationId("mega"),
    )


def best_in_turns(*works: Callable[[], object]) -> list[float]:
    """Seconds of CPU of each, its fastest round; they take turns, for a machine is now faster, now slower."""
    rounds: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, seconds in zip(works, rounds, strict=True):
            started = time.process_time()
            work()
            seconds.append(time.process_time() - started)
    return [min(seconds) for seconds in rounds]


def rates() -> dict[str, float]:
    """Seconds of CPU. A mapping compiled anew has nothing kept of texts that it saw in an earlier round."""
    orders = [order(number) for number in range(ORDERS)]
    assert mapped(TreeReader(compiled(ORDER_MAPPING)), orders) == [by_hand(each) for each in orders]
    readers = [TreeReader(compiled(ORDER_MAPPING)) for _ in range(ROUNDS)]
    body, codebook, stock = stock_file(), crosswalk(), compiled(STOCK_MAPPING)
    assert plain_stock(body) == sum(row[3] for part in fed_stock(body, stock, codebook) for row in part.rows)
    gc.collect()
    spare_collector()
    mapped_order, order_by_hand = best_in_turns(
        lambda: mapped(readers.pop(), orders), lambda: [by_hand(each) for each in orders]
    )
    fed_row, plain_row = best_in_turns(
        lambda: sum(len(part.rows) for part in fed_stock(body, stock, codebook)), lambda: plain_stock(body)
    )
    return {
        "order mapped": mapped_order / ORDERS,
        "order by hand": order_by_hand / ORDERS,
        "stock row fed": fed_row / ROWS,
        "stock row by csv and int": plain_row / ROWS,
    }


if __name__ == "__main__":
    print(json.dumps(rates()))
