"""What we tell, as files."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest

from hub.errors import DataError
from hub.model.fulfilment import FulfilmentRequest, RequestKind, RequestLine
from hub.model.identity import ChannelId, ConnectionId, LineId, LocationId, OrderId, PartnerId, RequestId, Sku
from hub.model.money import Money
from hub.model.party import Address
from hub.model.price import ItemPrice, PriceList
from hub.model.stock import FeedMode, QuantityUpdate
from hub.sdk.mapped.outgoing import written
from tests.unit.sdk.mapped.records import NOW, codebook, compiled

ROWS = """
    document: requests
    direction: out
    format: {kind: csv, columns: {po: {}, item: {}, units: {}, unit: {}, cost: {}, site: {}, town: {}, note: {}}}
    fields:
      town: ship_to.city
      units: line.quantity
      unit: line.unit
      item: line.item.VN
      cost: {from: line.unit_cost, using: [{round: 2}]}
      po: request_id
      site: site
"""
TREES = """
    document: requests
    direction: out
    format: {kind: json}
    fields: {id: request_id, file: {from: "${file.name}"}}
    lines:
      each: lines
      fields: {n: number, sku: sku, units: quantity, unit: unit}
"""


def request(*lines: tuple[str, str, str]) -> FulfilmentRequest:
    """Units of SKUs at a cost of one each."""
    return FulfilmentRequest(
        request_id=RequestId("P1"),
        order_id=OrderId("shop-1"),
        channel=ChannelId("shop"),
        order_external_id="1",
        order_number="#1",
        location=LocationId("west"),
        connection=ConnectionId("northwind"),
        kind=RequestKind.DROPSHIP,
        lines=tuple(
            RequestLine(
                number=number,
                line_id=LineId(str(number)),
                sku=Sku(sku),
                quantity=Decimal(units),
                unit_cost=Money(amount=Decimal(cost), currency="EUR"),
            )
            for number, (sku, units, cost) in enumerate(lines, start=1)
        ),
        ship_to=Address(name="Jo", city="Lund", country="SE"),
        requested_at=NOW,
    )


def rows(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode())))


def test_every_value_stands_in_the_column_that_it_is_mapped_to(tmp_path: Path) -> None:
    body = written([request(("TEA", "36", "3"))], compiled(tmp_path, ROWS), codebook(), "f.csv", NOW)
    assert b"po,item,units,unit,cost,site,town,note" == body.split(b"\r\n", 1)[0]
    assert [
        {
            "po": "P1",
            "item": "N-2",
            "units": "3",
            "unit": "CA",
            "cost": "36.00",
            "site": "W",
            "town": "Lund",
            "note": "",
        }
    ] == rows(body)


def test_units_that_are_no_whole_packs_are_told_in_eaches(tmp_path: Path) -> None:
    body = written([request(("TEA", "30", "3"))], compiled(tmp_path, ROWS), codebook(), "f.csv", NOW)
    assert [("30", "EA", "3.00")] == [(row["units"], row["unit"], row["cost"]) for row in rows(body)]


def test_every_request_is_a_record_of_a_tree_with_its_lines(tmp_path: Path) -> None:
    asked = [request(("CUP", "2", "1"), ("TEA", "12", "3"))] * 2
    found = json.loads(written(asked, compiled(tmp_path, TREES), codebook(), "f.json", NOW))
    lines = [
        {"n": 1, "sku": "CUP", "units": 2, "unit": "EA"},
        {"n": 2, "sku": "TEA", "units": 1, "unit": "CA"},
    ]
    assert [{"id": "P1", "file": "f.json", "lines": lines}] * 2 == found


def test_same_items_give_the_same_bytes(tmp_path: Path) -> None:
    mapping = compiled(tmp_path, ROWS)
    asked = [request(("CUP", "2", "1"))]
    assert written(asked, mapping, codebook(), "f", NOW) == written(asked, mapping, codebook(), "f", NOW)


def test_quantities_are_told_in_eaches_with_the_partners_number(tmp_path: Path) -> None:
    mapping = compiled(
        tmp_path,
        """
        document: quantities
        direction: out
        format: {kind: csv, columns: {sku: {}, item: {}, units: {}}, locale: {decimal: ","}}
        fields: {sku: sku, item: item.VN, units: quantity}
        """,
    )
    update = QuantityUpdate(
        channel=ChannelId("shop"),
        connection=ConnectionId("northwind"),
        sku=Sku("TEA"),
        quantity=Decimal("30.5"),
        expected=None,
        computed_at=NOW,
        key="inventory:TEA",
    )
    assert b'sku,item,units\r\nTEA,N-2,"30,5"\r\n' == written([update], mapping, codebook(), "f", NOW)


def test_price_list_is_told_in_the_partners_unit_with_its_number(tmp_path: Path) -> None:
    mapping = compiled(
        tmp_path,
        """
        document: prices
        direction: out
        format: {kind: csv, columns: {list: {}, of: {}, mode: {}, item: {}, unit: {}, price: {}, from: {}}}
        fields:
          {list: catalogue, of: issued_at, mode: mode, item: item.VN, unit: unit, price: price, from: from_quantity}
        """,
    )
    price = ItemPrice(sku=Sku("TEA"), unit_price=Money(amount=Decimal(3), currency="EUR"))
    told = PriceList(
        partner=PartnerId("northwind"),
        connection=ConnectionId("northwind"),
        catalogue="SPRING",
        issued_at=NOW,
        mode=FeedMode.FULL,
        lines=(price,),
    )
    [row] = rows(written([told], mapping, codebook(), "f", NOW))
    assert ("SPRING", NOW.isoformat(), "full", "N-2", "CA", "36") == tuple(row.values())[:6]


def test_item_that_the_partner_has_not_is_a_data_error(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        written([request(("LAMP", "1", "1"))], compiled(tmp_path, ROWS), codebook(), "f", NOW)
    assert "data.unmapped-sku" == caught.value.code


def test_value_that_the_format_has_no_place_for_is_a_data_error(tmp_path: Path) -> None:
    narrow = ROWS.replace("kind: csv, columns: {po: {},", "kind: csv, encoding: ascii, columns: {po: {},")
    asked = request(("CUP", "1", "1"))
    away = asked.model_copy(update={"ship_to": Address(city="Malmö", country="SE")})
    with pytest.raises(DataError) as caught:
        written([away], compiled(tmp_path, narrow), codebook(), "f", NOW)
    assert "records.unencodable" == caught.value.code
