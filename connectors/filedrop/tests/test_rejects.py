"""Rows that cannot be used are given back, and what is mended is taken."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from quayside import CONNECTION, NOW, codebook, context

from hub.errors import DataError
from hub.model.document import Direction, Document
from hub.model.order import Order
from hub.model.stock import StockReport
from hub.sdk.capabilities import Parsed, RejectFile
from hub_filedrop.connector import FileDrop
from hub_filedrop.settings import FileDropSettings

STOCK = (
    "Item;Site;Unit;On hand;Counted\r\n"
    "QT-100;MAIN;EA;5;\r\nQT-200;MAIN;CA;1o;\r\nQT-100;OTHER;EA;7;\r\nQT-9;MAIN;EA;1;\r\n"
)
ORDERS = (
    "Order,Name,Country,Item,Units,Price\r\n"
    "W1,Jo,DE,QT-100,2,4.5\r\nW2,Li,DE,QT-100,1,4.5\r\nW1,Jo,DE,QT-200,x,3\r\nW3,Bo,DE,QT-100,1,4.5,,,,,,,9\r\n"
)
INVOICE = {
    "invoice": "I1",
    "order": "P1",
    "currency": "EUR",
    "lines": [{"item": "QT-100", "units": "1", "price": "4.50"}],
    "total": "4.50",
}


@pytest.fixture
def files(tmp_path: Path) -> FileDrop:
    settings = FileDropSettings(mailbox=f"folder:{tmp_path}", receive={"stock": ("*",)})
    return FileDrop(context(settings))


def document(mapping: str, text: str | bytes, name: str) -> Document:
    body = text.encode() if isinstance(text, str) else text
    meta = {"file": name, "mapping": mapping}
    return Document(CONNECTION, Direction.INBOUND, mapping, name, body, NOW, meta=meta)


def orders_named(number: str, parsed: Parsed) -> list[Order]:
    return [each for each in parsed.items if isinstance(each, Order) and each.external_id == number]


def rows(found: RejectFile | None, delimiter: str = ",") -> Sequence[dict[str, str]]:
    assert found is not None
    return list(csv.DictReader(io.StringIO(found.body.decode()), delimiter=delimiter))


def test_rows_come_back_as_they_were_with_number_and_reason(files: FileDrop) -> None:
    found = files.rejects(document("stock", STOCK, "stock_1.csv"), codebook())
    assert found is not None
    assert ("stock_1-rejects.csv", 3) == (found.name, found.records)
    assert [("QT-200", "1o", "3"), ("QT-100", "7", "4"), ("QT-9", "1", "5")] == [
        (row["Item"], row["On hand"], row["reject_row"]) for row in rows(found, ";")
    ]
    assert ["mapping.value", "data.unknown-site", "data.unmapped-item"] == [
        row["reject_reason"].partition(":")[0] for row in rows(found, ";")
    ]


def test_file_of_rejects_that_was_mended_is_a_file_like_any_other(files: FileDrop) -> None:
    found = files.rejects(document("stock", STOCK, "stock_1.csv"), codebook())
    assert found is not None
    mended = found.body.replace(b"1o", b"10").replace(b"OTHER", b"MAIN")
    again = document("stock", mended, found.name)
    assert [5] == [int(row["reject_row"]) for row in rows(RejectFile("", mended, 0), ";")][2:]
    [report] = files.parse(again, codebook()).items
    assert isinstance(report, StockReport)
    assert [("TEA-TIN", 10), ("MUG-BLUE", 7)] == [(row.sku, int(row.quantity)) for row in report.rows]
    left = files.rejects(again, codebook())
    assert [("QT-9", "4")] == [(row["Item"], row["reject_row"]) for row in rows(left, ";")]


def test_row_that_is_mapped_meanwhile_is_not_given_back(files: FileDrop) -> None:
    whole = document("stock", "Item;On hand\r\nQT-100;5\r\nQT-200;1\r\n", "s.csv")
    lacking = replace(codebook(), items=codebook().items[:1])
    assert ["QT-200"] == [row["Item"] for row in rows(files.rejects(whole, lacking), ";")]
    assert files.rejects(whole, codebook()) is None


def test_order_of_several_rows_comes_back_whole_and_completes_the_one_that_was_taken(files: FileDrop) -> None:
    first = files.parse(document("orders", ORDERS, "orders_1.csv"), codebook())
    found = files.rejects(document("orders", ORDERS, "orders_1.csv"), codebook())
    assert [("W1", "2"), ("W1", "4"), ("W3", "5")] == [(row["Order"], row["reject_row"]) for row in rows(found)]
    assert "Row 4, which is of the same record" in rows(found)[0]["reject_reason"]
    assert found is not None
    mended = document("orders", found.body.replace(b",x,", b",12,"), "orders_2.csv")
    [before] = orders_named("W1", first)
    [after] = orders_named("W1", files.parse(mended, codebook()))
    assert (before.external_id, 1, 2) == (after.external_id, len(before.lines), len(after.lines))
    assert before.revision < after.revision


def test_records_of_a_tree_come_back_as_json_with_their_reasons(files: FileDrop) -> None:
    bad = {**INVOICE, "invoice": "I2", "lines": [{"item": "QT-9", "units": "1", "price": "1"}], "rate": 1.10}
    body = json.dumps({"invoices": [INVOICE, bad]})
    found = files.rejects(document("invoices", body, "invoices_1.json"), codebook())
    assert found is not None
    [record] = json.loads(found.body)
    assert ("invoices_1-rejects.json", 1, bad) == (found.name, found.records, record["record"])
    assert [("invoices[1].lines[0]", "data.unmapped-item")] == [
        (each["place"], each["code"]) for each in record["reasons"]
    ]


def test_file_that_cannot_be_read_at_all_has_no_rejects(files: FileDrop) -> None:
    with pytest.raises(DataError) as caught:
        files.rejects(document("stock", "Nothing;Here\r\n1;2\r\n", "s.csv"), codebook())
    assert "records.column-missing" == caught.value.code


@pytest.mark.parametrize(
    ("name", "expected"),
    [("stock.csv.gz", "stock-rejects.csv.gz"), ("../../etc/s", "s-rejects"), ("", "document-rejects")],
)
def test_name_of_the_file_leads_nowhere_else(files: FileDrop, name: str, expected: str) -> None:
    found = files.rejects(document("stock", "Item;On hand\r\nQT-9;1\r\n", name), codebook())
    assert found is not None
    assert expected == found.name
