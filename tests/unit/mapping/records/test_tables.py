"""Tables as partners send them: headings, odd rows, character sets, and files that were cut."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from hub.errors import ConfigurationError
from hub.mapping.records.raw_rows import BATCH_ROWS
from hub.mapping.records.tables import open_table
from tests.unit.mapping.records.reading import batches, book, form, numbered, refused_table, rejects, rows

STOCK = {"sku": {"required": True, "aliases": ["Item No."]}, "quantity": {"required": True}}


def columns(layout: object, body: bytes) -> tuple[str, ...]:
    return open_table(layout, "feed", body).columns  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "body"),
    [
        ({}, b"sku,quantity\r\nA,1\r\nB,2\r\n"),
        ({"delimiter": ";"}, b"sku;quantity\nA;1\nB;2"),
        ({"quote": ""}, b"sku,quantity\rA,1\rB,2\r"),
        ({"kind": "tsv"}, b'sku\t"quantity"\nA\t1\n\n"B"\t2\n'),
        ({"encoding": "utf-16"}, codecs.BOM_UTF16_BE + "sku,quantity\nA,1\nB,2\n".encode("utf-16-be")),
        ({"encoding": "utf-8"}, b"\xef\xbb\xbfsku,quantity\nA,1\n,\nB,2\n"),
        ({"comment": "#"}, b"sku,quantity\n# of today,\nA,1\n#\nB,2\n"),
        ({"heading": 3, "skip_before": 1}, b'Stock of "today\n\nsku,quantity\n(text),(pieces)\nA,1\nB,2\n'),
        ({"skip_after": 1}, b"sku,quantity\nA,1\nB,2\nTotal,3\n,\n\n"),
        ({"trailer": {"prefix": "TRL", "count": 2}}, b"sku,quantity\nA,1\nB,2\nTRL,2\n"),
        ({"trailer": {"prefix": "TRL", "count": 2, "besides": 2}}, b"sku,quantity\nA,1\nB,2\nTRL,0004,x\n"),
        ({"heading": 0, "columns": {"sku": {}, "quantity": {}}}, b"A,1\nB,2\n"),
        ({"heading": 0, "columns": {"quantity": {"at": "B"}, "sku": {"at": 1}}}, b"A,1,surplus\nB,2\n"),
        ({"columns": {"sku": {}, "quantity": {"at": "B"}}}, b"sku,On hand\nA,1\nB,2\n"),
        ({"columns": STOCK}, b"item   no.,QUANTITY\nA,1\nB,2\n"),
    ],
)
def test_one_stock_is_read_from_many_layouts(given: dict[str, object], body: bytes) -> None:
    layout = form(**{"kind": "csv", **given})  # type: ignore[arg-type]
    assert (("sku", "quantity"), [["A", "1"], ["B", "2"]]) == (columns(layout, body)[:2], rows(layout, body))


def test_rows_have_the_numbers_that_a_spreadsheet_shows() -> None:
    body = b'\xef\xbb\xbfsku,note\nA,"two\nlines"\n\nB,x,y\nC,\n'
    assert [(2, ["A", "two\nlines"]), (5, ["C", ""])] == numbered(form(), body)
    [wrong] = rejects(form(), body)
    assert (4, "C", "records.too-many-cells", "B,x,y") == (wrong.row, wrong.column, wrong.code, wrong.raw)


def test_batches_go_on_counting() -> None:
    body = b"sku,quantity\n" + b"".join(b"S%d,%d\n" % (number, number) for number in range(BATCH_ROWS * 2 + 7))
    found = numbered(form(), body)
    assert [number + 2 for number in range(BATCH_ROWS * 2 + 7)] == [number for number, _ in found]
    last = BATCH_ROWS * 2 + 6
    assert [f"S{last}", str(last)] == found[-1][1]
    assert [2, BATCH_ROWS + 1, BATCH_ROWS * 2 + 1] == [batch.first for batch in batches(form(), body)]


def test_a_short_row_is_filled_up_and_empty_cells_too_many_are_no_fault() -> None:
    assert [["A", "", ""], ["B", "2", ""]] == rows(form(), b"a,b,c\nA\nB,2,,,,\n")


def test_columns_that_are_not_listed_go_by_their_heading_or_their_letters() -> None:
    body = b"x,sku,x,,quantity\n1,A,2,3,4\n"
    assert ("x", "sku", "C", "D", "quantity") == columns(form(columns=STOCK), body)
    assert [["1", "A", "2", "3", "4"]] == rows(form(columns=STOCK), body)
    assert ("A", "B") == columns(form(heading=0), b"A,1\n")


def test_every_column_has_a_name_of_its_own() -> None:
    assert ("C", "C 2", "C 3") == columns(form(), b"C,C 2,\n")
    at = {"sku": {}, "quantity": {"at": "Z"}}
    assert ("sku", "B") == columns(form(columns=at), b"sku,quantity\n"), "who is told a place is not found by heading"


def test_a_listed_column_that_is_not_there_is_left_out() -> None:
    layout = form(columns={"sku": {}, "price": {"aliases": ["cost"]}})
    assert ("sku",) == columns(layout, b"sku\nA\n")
    assert ("sku", "price") == columns(layout, b"sku,Cost\nA,1\n")


@pytest.mark.parametrize(
    ("given", "body", "code", "place"),
    [
        ({"columns": STOCK}, b"\n", "records.heading", "feed: row 1"),
        ({"heading": 9}, b"sku\nA\n", "records.heading", "feed: row 9"),
        ({"columns": STOCK}, b"sku,quantities\nA,1\n", "records.column-missing", "feed: row 1, column quantity"),
        ({"columns": STOCK}, b"sku,quantity,Item no.\n", "records.column-twice", "feed: row 1, column sku"),
        ({}, b"a,b,a\n", "records.column-twice", "feed: row 1, column a"),
        ({"columns": STOCK, "extra": "refuse"}, b"sku,quantity,x\n", "records.column-unknown", "feed: row 1, column x"),
        ({"limits": {"max_columns": 2}}, b"a,b,c\n", "records.too-big", "feed"),
        ({"limits": {"max_bytes": 5}}, b"sku,quantity\n", "records.too-big", "feed"),
        ({"limits": {"max_records": 1}}, b"sku\nA\nB\n", "records.too-big", "feed: row 2"),
        ({"encoding": "cp1252"}, codecs.BOM_UTF8 + b"sku\n", "records.encoding", "feed"),
        ({}, codecs.BOM_UTF16_LE + "sku\n".encode("utf-16-le"), "records.encoding", "feed"),
        ({"encoding": "utf-16"}, "sku\n".encode("utf-16-le"), "records.encoding", "feed"),
        ({}, b"PK\x03\x04rest", "records.unreadable", "feed"),
        ({}, b"\x1f\x8brest", "records.unreadable", "feed"),
        ({}, b'sku,q\nA,"1\nB,2\n', "records.truncated", "feed: line 3"),
        ({"trailer": {"prefix": "TRL", "count": 2}}, b"sku,q\nA,1\n", "records.truncated", "feed"),
        ({"trailer": {"prefix": "TRL", "count": 2}}, b"sku,q\nA,1\nTRL,2\n", "records.truncated", "feed: row 3"),
        ({"trailer": {"prefix": "TRL", "count": 2}}, b"sku,q\nTRL,0\nA,1\n", "records.truncated", "feed: row 3"),
        ({"trailer": {"prefix": "TRL", "count": 3}}, b"sku,q\nA,1\nTRL,1\n", "records.truncated", "feed: row 3"),
        ({"trailer": {"prefix": "TRL", "count": 2}}, b"sku,q\nTRL,\xc2\xb2\n", "records.truncated", "feed: row 2"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_with_its_place(
    given: dict[str, object], body: bytes, code: str, place: str
) -> None:
    error = refused_table(form(**given), body)  # type: ignore[arg-type]
    assert (code, place) == (error.code, error.path)
    assert error.cure


def test_a_heading_that_is_nearly_right_is_proposed() -> None:
    error = refused_table(form(columns=STOCK), b"sku,qantity\nA,1\n")
    assert "Is it qantity? Then add that to its aliases." == error.cure
    assert "There is no column quantity. The headings are: sku, qantity." == error.message


@pytest.mark.parametrize(
    ("given", "body", "code", "column"),
    [
        ({}, b'sku,q\nA,"1"x\nB,2\n', "records.quote", ""),
        ({}, b"sku,q\nA,\xff\nB,2\n", "records.undecodable", "q"),
        ({}, b"sku,q\nA\0,1\nB,2\n", "records.undecodable", "sku"),
        ({"encoding": "shift_jis"}, b"sku,q\n\x81\x20,1\nB,2\n", "records.undecodable", "sku"),
        ({"limits": {"max_cell": 4}}, b"sku,q\nA,12345\nB,2\n", "records.cell-too-long", "q"),
        (
            {"heading": 0, "extra": "refuse", "columns": {"a": {}, "b": {}}},
            b"A,1,x\nB,2\n",
            "records.too-many-cells",
            "C",
        ),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected_and_the_rest_is_read(
    given: dict[str, object], body: bytes, code: str, column: str
) -> None:
    layout = form(**given)  # type: ignore[arg-type]
    [wrong] = rejects(layout, body)
    assert (code, column, True) == (wrong.code, wrong.column, bool(wrong.cure))
    assert [["B", "2"]] == rows(layout, body)


def test_a_broken_quote_costs_its_own_row_only() -> None:
    body = b"sku,q\n" + b"A,1\n" * 250 + b'B,"x"y\n' + b"C,3\n" * 250
    found = numbered(form(), body)
    assert [number for number in range(2, 503) if number != 252] == [number for number, _ in found]
    assert ['B,"x"y'] == [wrong.raw for wrong in rejects(form(), body)]


def test_a_sign_for_lost_text_that_the_sender_wrote_is_text() -> None:
    assert [["caf\ufffd", "1"]] == rows(form(), "sku,q\ncaf\ufffd,1\n".encode())


@pytest.mark.parametrize(
    "body",
    [b"sku,q\n" + b"x" * 5_000_000, b"sku,q\n" + b'"\n","\n",' * 1_500_000],
    ids=["a line without end", "a row over all lines"],
)
def test_a_row_without_end_fills_no_memory(body: bytes) -> None:
    assert "records.too-big" == refused_table(form(limits={"max_bytes": 10**9}), body).code


def test_lines_that_end_where_a_piece_ends_are_whole() -> None:
    for size in range(65_530, 65_540):
        body = b"sku,q\r\n" + b"A" * (size - 9) + b",1\r\nB,2\r\n"
        assert [["A" * (size - 9), "1"], ["B", "2"]] == rows(form(), body)


FIXED = {
    "sku": {"start": 1, "width": 6},
    "quantity": {"start": 9, "width": 5, "align": "right"},
    "unit": {"start": 14, "width": 2},
}


def test_fixed_width_is_cut_at_its_positions() -> None:
    body = "AB  12  00042EA\r\nÄÖ        7\n\nTRL     00002\n".encode()
    layout = form("fixed", heading=0, columns=FIXED, trailer={"prefix": "TRL", "count": 9, "width": 5})
    assert [(1, ["AB  12", "00042", "EA"]), (2, ["ÄÖ", "7", ""])] == numbered(layout, body)


def test_fixed_width_refuses_what_stands_behind_its_last_column() -> None:
    layout = form("fixed", columns=FIXED, extra="refuse", comment="*")
    body = b"SKU     QTY  UN\nA           1EA  \n* note of the sender, long\nB           2EAx\n"
    assert [["A", "1", "EA"]] == rows(layout, body)
    assert [(4, "records.too-many-cells")] == [(wrong.row, wrong.code) for wrong in rejects(layout, body)]


def test_a_workbook_is_read_from_its_named_sheet() -> None:
    body = book(("Read me", [(0, 0, "x")]), ("Stock", [(2, 1, "sku"), (2, 2, "quantity"), (4, 1, "A"), (4, 2, 1.5)]))
    for sheet in ("Stock", 2):
        layout = form("xlsx", sheet=sheet, heading=3, columns={"sku": {}, "quantity": {"at": "C"}})
        assert ("A", "sku", "quantity") == columns(layout, body)
        assert [(5, ["", "A", "1.5"])] == numbered(layout, body)
    assert "records.sheet" == refused_table(form("xlsx", sheet="Price"), body).code
    assert "records.sheet" == refused_table(form("xlsx", sheet=3), body).code


def test_a_cell_of_a_workbook_that_is_too_long_rejects_its_row() -> None:
    body = book(("A", [(0, 0, "sku"), (0, 1, "q"), (1, 0, "abcdef"), (2, 0, "B"), (2, 1, 2)]))
    layout = form("xlsx", limits={"max_cell": 5})
    assert [(2, "sku", "records.cell-too-long")] == [(one.row, one.column, one.code) for one in rejects(layout, body)]
    assert [["B", "2"]] == rows(layout, body)


def test_a_file_on_disk_is_read_as_one_in_memory(tmp_path: Path) -> None:
    (tmp_path / "stock.csv").write_bytes(b"sku,q\nA,1\n")
    table = open_table(form(), "stock.csv", tmp_path / "stock.csv")
    assert [["A", "1"]] == [row for batch in table.batches() for row in batch.rows]


def test_trees_are_no_tables() -> None:
    with pytest.raises(ConfigurationError) as raised:
        open_table(form("json"), "x", b"[]")
    assert "configuration.record-kind" == raised.value.code
