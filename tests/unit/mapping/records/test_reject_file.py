"""Rejected rows go back as they were, with the reason beside them, and can be sent again."""

from __future__ import annotations

from typing import Any

import pytest

from hub.errors import ConfigurationError
from hub.mapping.records.reject_file import reject_file
from tests.unit.mapping.records.reading import book, form, gzipped, rejects, rows, zipped

WHY = {3: ("records.too-many-cells", "It has 3 cells."), 5: ("price.number", '"x", no number')}


def test_rejected_rows_keep_their_cells_and_say_why() -> None:
    body = b'sku,q\r\nA,1\r\nB,"2,5",x\r\nC,3\r\nD,x\r\n'
    expected = (
        "sku,q,,reject_row,reject_reason\r\n"
        'B,"2,5",x,3,records.too-many-cells: It has 3 cells.\r\n'
        'D,x,,5,"price.number: ""x"", no number"\r\n'
    )
    assert expected.encode() == reject_file(form(), body, WHY)


STOCK = "sku;q\nA;1\nB;2\nC;3\nD;4\n"
CELLS = [(row, at, text) for row, line in enumerate(STOCK.split()) for at, text in enumerate(line.split(";"))]
FIXED = {"sku": {"start": 1, "width": 3}, "q": {"start": 4, "width": 2, "align": "right"}}
LAYOUTS: list[tuple[dict[str, Any], bytes]] = [
    ({}, b"sku,q\nA,1\nB,2\nC,3\nD,4\n"),
    ({"extra": "refuse", "columns": {"sku": {}, "q": {}}}, b"sku,q\nA,1\nB,2\nC,3\nD,4\n"),
    ({"encoding": "utf-16", "delimiter": ";", "archive": "gzip"}, gzipped(STOCK.encode("utf-16"))),
    ({"archive": "zip", "quote": ""}, zipped({"stock.csv": b"sku,q\nA,1\nB,2\nC,3\nD,4\n"})),
    ({"trailer": {"prefix": "TRL", "count": 2, "besides": 1}}, b"sku,q\nA,1\nB,2\nC,3\nD,4\nTRL,5\n"),
    ({"skip_after": 1}, b"sku,q\nA,1\nB,2\nC,3\nD,4\nTotal,10\n\n"),
    ({"heading": 0, "columns": {"sku": {}, "q": {}}}, b"Z,9\nA,1\nB,2\nC,3\nD,4\n"),
    ({"kind": "xlsx"}, book(("Stock", [*CELLS]))),
    ({"kind": "fixed", "columns": FIXED}, b"SKUQT\nA   1\nB   2\nC   3\nD   4\n"),
]


@pytest.mark.parametrize(("given", "body"), LAYOUTS)
def test_a_reject_file_can_be_sent_again(given: dict[str, Any], body: bytes) -> None:
    layout = form(**{"kind": "csv", **given})
    again = reject_file(layout, body, WHY)
    assert [["B", "2"], ["D", "4"]] == [row[:2] for row in rows(layout, again)]
    assert [] == rejects(layout, again)


def test_what_stands_before_the_heading_stays() -> None:
    body = b"Stock of today,\n\nsku,q\n(text),(pieces)\nA,x\n"
    layout = form(heading=3, skip_before=1)
    again = reject_file(layout, body, {5: ("price.number", "No number.")})
    assert b"Stock of today,\r\n\r\nsku,q,reject_row,reject_reason\r\n(text),(pieces)\r\n" == again.partition(b"A,x")[0]
    assert [["A", "x", "5", "price.number: No number."]] == rows(layout, again)


def test_a_second_reject_file_has_the_new_reasons_only() -> None:
    first = reject_file(form(), b"sku,q\n=1+1,x\nB,1\nC,y\n", {2: ("a.b", "One."), 4: ("a.b", "Two.")})
    assert b"'=1+1" in first
    second = reject_file(form(), first, {2: ("a.c", "Three.")})
    assert b"sku,q,reject_row,reject_reason\r\n'=1+1,x,2,a.c: Three.\r\n" == second
    assert [["=1+1", "x", "2", "a.c: Three."]] == rows(form(), second)


def test_rows_that_are_broken_are_given_back_too() -> None:
    body = b'sku,q\nA,"1"x\nB,\xff\n' + b"C,2\n" + b'"' + b"x" * 140_000 + b'",1\n'
    found = rejects(form(), body)
    assert ["records.quote", "records.undecodable", "records.cell-too-long"] == [one.code for one in found]
    again = reject_file(form(), body, {one.row: (one.code, one.message) for one in found})
    lines = again.decode().splitlines()
    assert ["sku,q", "A,1x,", "B,\ufffd,3", '"""xx'] == [line[:5] for line in lines]


def test_trees_have_no_reject_file() -> None:
    with pytest.raises(ConfigurationError):
        reject_file(form("json"), b"[]", {})
