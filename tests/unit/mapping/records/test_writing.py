"""Records written: what is read back is what was written, in every kind of file, and the bytes are always the same."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from hub.mapping.records.format import RecordFormat
from hub.mapping.records.trees import Tree, open_tree
from hub.mapping.records.writing import Value, write_records
from tests.unit.mapping.records.reading import form, refused, rows

COLUMNS: dict[str, Any] = {"sku": {}, "quantity": {}, "note": {}}


def written(layout: RecordFormat, records: Sequence[Sequence[Value]] | Sequence[Tree]) -> bytes:
    stream = io.BytesIO()
    assert len(records) == write_records(layout, records, stream)
    return stream.getvalue()


def trees(layout: RecordFormat, body: bytes) -> list[Tree]:
    return [tree for _, tree in open_tree(layout, "x", body)]


@pytest.mark.parametrize(
    ("given", "body"),
    [
        ({}, b'sku,quantity,note\r\nA,-1.50,"x,y"\r\n'),
        ({"line_end": "lf", "bom": True}, b'\xef\xbb\xbfsku,quantity,note\nA,-1.50,"x,y"\n'),
        ({"kind": "tsv", "heading": 0}, b"A\t-1.50\tx,y\r\n"),
        ({"delimiter": ";", "locale": {"decimal": ","}}, b"sku;quantity;note\r\nA;-1,50;x,y\r\n"),
        ({"encoding": "utf-16", "kind": "tsv", "heading": 0}, "\ufeffA\t-1.50\tx,y\r\n".encode("utf-16-le")),
        ({"heading": 0, "columns": {"sku": {"at": "C"}, "quantity": {}, "note": {"at": "E"}}}, b'-1.50,,A,,"x,y"\r\n'),
        (
            {"trailer": {"prefix": "TRL", "count": 3, "besides": 2}},
            b'sku,quantity,note\r\nA,-1.50,"x,y"\r\nTRL,,3\r\n',
        ),
    ],
)
def test_a_row_is_written_as_the_format_says(given: dict[str, Any], body: bytes) -> None:
    layout = form(**{"columns": COLUMNS, **given})
    assert body == written(layout, [["A", Decimal("-1.50"), "x,y"]])


FIXED = {
    "quantity": {"start": 8, "width": 5, "align": "right", "fill": "0"},
    "sku": {"start": 1, "width": 6},
    "note": {"start": 13, "width": 3},
}


def test_fixed_width_is_written_to_its_positions() -> None:
    layout = form("fixed", columns=FIXED, line_end="lf", trailer={"prefix": "TRL", "count": 8, "width": 5})
    body = written(layout, [[7, "A", "x"], [Decimal(12345), "ABCDEF", None]])
    assert b"sku    quantnot\nA      00007x  \nABCDEF 12345   \nTRL    00002\n" == body
    assert [["A", "00007", "x"], ["ABCDEF", "12345", ""]] == rows(layout, body)
    error = refused(lambda: written(layout, [[1, "A", "x"], [123456, "A", "x"]]))
    assert ("records.too-wide", "row 3, column quantity") == (error.code, error.path)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "＝1", "'=1", "''", "'x"])
def test_a_text_for_people_is_never_a_formula_and_one_for_programs_is_as_it_was(text: str) -> None:
    safe = form(columns={"a": {}, "b": {}}, formula_safe=True)
    body = written(safe, [[text, Decimal(-1)]])
    [_, [cell, number]] = csv.reader(io.StringIO(body.decode(), newline=""))
    assert (False, "-1") == (cell[0] in set("=+-@\t\r＝＋－＠"), number)
    assert [[text, "-1"]] == rows(safe, body)
    plain = form(columns={"a": {}, "b": {}})
    assert [[text, "-1"]] == rows(plain, written(plain, [[text, Decimal(-1)]]))
    assert text in written(plain, [[text, 1]]).decode()


def test_a_workbook_keeps_identifiers_as_text_and_decimals_as_numbers() -> None:
    layout = form("xlsx", columns=COLUMNS, sheet="Stock")
    body = written(layout, [["007", Decimal("1.50"), "=1+1"], ["1E5", Decimal("9000000000000.000001"), True]])
    found = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_name("Stock").to_python()
    assert [["007", 1.5, "=1+1"], ["1E5", "9000000000000.000001", "true"]] == found[1:]


@pytest.mark.parametrize(
    ("given", "row", "code", "place"),
    [
        ({}, ["A", 1], "records.unwritable", "row 2"),
        ({}, ["", "", None], "records.unwritable", "row 2"),
        ({}, ["A\0", 1, ""], "records.unwritable", "row 2"),
        ({"comment": "#"}, ["#A", 1, ""], "records.unwritable", "row 2"),
        ({"trailer": {"prefix": "TRL", "count": 2}}, ["TRL1", 1, ""], "records.unwritable", "row 2"),
        ({}, ["A", Decimal("NaN"), ""], "records.unwritable", "row 2"),
        ({"limits": {"max_cell": 3}}, ["A", 1, "abcd"], "records.unwritable", "row 2"),
        ({"quote": ""}, ["A,B", 1, ""], "records.unwritable", "row 2"),
        ({"quote": ""}, ["A\nB", 1, ""], "records.unwritable", "row 2"),
        ({"encoding": "cp1252"}, ["Ω", 1, ""], "records.unencodable", "row 2"),
        ({}, ["\ud800", 1, ""], "records.unencodable", "row 2"),
        ({"columns": {}}, ["A"], "records.unwritable", ""),
        ({"skip_after": 1}, ["A", 1, ""], "records.unwritable", ""),
        ({"heading": 2}, ["A", 1, ""], "records.unwritable", ""),
        ({"kind": "xlsx"}, ["A", 1, "x" * 32_768], "records.unwritable", "row 2"),
        ({"kind": "xlsx"}, ["A\x01", 1, ""], "records.unwritable", "row 2"),
        ({"kind": "fixed", "columns": FIXED}, [1, "A\nB", ""], "records.unwritable", "row 2"),
    ],
)
def test_what_would_not_be_read_back_is_refused(given: dict[str, Any], row: list[Value], code: str, place: str) -> None:
    error = refused(lambda: written(form(**{"columns": COLUMNS, **given}), [row]))
    assert (code, place, True) == (error.code, error.path, bool(error.cure))


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), max_size=9)
plain_texts = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), max_size=9)
ARCHIVES = st.sampled_from(["none", "gzip", "zip"])


def filled(cell: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    return st.lists(st.lists(cell, min_size=3, max_size=3).filter(any), max_size=6)


@given(
    records=filled(texts),
    kind=st.sampled_from(["csv", "tsv"]),
    quote=st.sampled_from("\"'"),
    line_end=st.sampled_from(["lf", "crlf"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "gb18030"]),
    heading=st.integers(0, 1),
    safe=st.booleans(),
    archive=ARCHIVES,
    trailer=st.booleans(),
)
def test_delimited_rows_are_read_back(
    records: list[list[str]], kind: str, quote: str, line_end: str, encoding: str, heading: int, safe: bool,
    archive: str, trailer: bool,
) -> None:  # fmt: skip
    layout = form(
        kind, quote=quote, line_end=line_end, encoding=encoding, heading=heading, formula_safe=safe, archive=archive,
        columns=COLUMNS, trailer={"prefix": "\x1eEND", "count": 3} if trailer else None,
    )  # fmt: skip
    assert records == rows(layout, written(layout, records))


@given(records=filled(plain_texts), archive=ARCHIVES)
def test_lines_of_fixed_width_are_read_back(records: list[list[str]], archive: str) -> None:
    trimmed = [[cell.strip(" ") for cell in record] for record in records]
    trimmed = [record for record in trimmed if any(record)]
    columns = {
        "a": {"start": 1, "width": 9},
        "b": {"start": 12, "width": 9, "align": "right"},
        "c": {"start": 21, "width": 10},
    }
    layout = form("fixed", columns=columns, archive=archive)
    assert trimmed == rows(layout, written(layout, trimmed))


@settings(max_examples=30)
@given(records=filled(plain_texts), archive=ARCHIVES)
def test_workbooks_are_read_back(records: list[list[str]], archive: str) -> None:
    layout = form("xlsx", columns=COLUMNS, archive=archive)
    assert records == rows(layout, written(layout, records))


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**39), 10**39)
    | st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**20), max_value=10**20)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)


@given(
    records=st.lists(st.dictionaries(texts, values, min_size=1, max_size=3), max_size=5),
    path=st.sampled_from(["", "feed", "a.b"]),
    lines=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-16", "cp1252"]),
    archive=ARCHIVES,
)
def test_json_is_read_back(records: list[Tree], path: str, lines: bool, encoding: str, archive: str) -> None:
    layout = form("json", records="" if lines else path, lines=lines, encoding=encoding, archive=archive)
    assert records == trees(layout, written(layout, records))


xml_names = st.from_regex(r"[a-z_][a-z0-9_.-]{0,5}", fullmatch=True)
xml_texts = st.text(
    st.characters(
        codec="utf-8", exclude_categories=["Cc", "Cs"], include_characters="\t\n\r", exclude_characters="\ufffe\uffff"
    ),
    max_size=8,
)
leaves = xml_texts | st.builds(
    lambda attributes, text: {**attributes, **({"#text": text} if text else {})},
    st.dictionaries(xml_names.map(lambda name: f"@{name}"), xml_texts, min_size=1, max_size=2),
    xml_texts,
)
elements = st.recursive(
    leaves,
    lambda inner: st.dictionaries(xml_names, inner | st.lists(inner, min_size=2, max_size=3), min_size=1, max_size=3),
    max_leaves=10,
)


@given(
    records=st.lists(elements, max_size=5),
    path=st.sampled_from(["/feed/product", "/a/b/c"]),
    encoding=st.sampled_from(["utf-8-sig", "utf-16", "cp1252"]),
    archive=ARCHIVES,
)
def test_xml_is_read_back(records: list[Tree], path: str, encoding: str, archive: str) -> None:
    layout = form("xml", records=path, encoding=encoding, archive=archive)
    assert records == trees(layout, written(layout, records))


def test_xml_is_read_by_anybody() -> None:
    record: Tree = {"@sku": "A", "q": {"@u": "EA", "#text": Decimal("1.50")}, "tag": ["x", None], "gift": True}
    body = written(
        form("xml", records="/feed/product", locale={"true_words": ["ja"]}, encoding="cp1252"), [record, "Ω"]
    )
    assert (
        b'<?xml version="1.0" encoding="cp1252"?>\n<feed>\n<product sku="A"><q u="EA">1.50</q><tag>x</tag><tag></tag>'
        b"<gift>ja</gift></product>\n<product>&#937;</product>\n</feed>\n"
    ) == body
    assert ["A", "Ω"] == [
        each["@sku"] if isinstance(each, dict) else each for each in trees(form("xml", records="/feed/product"), body)
    ]


@pytest.mark.parametrize(
    ("layout", "records"),
    [
        ({"kind": "json"}, [Decimal("NaN")]),
        ({"kind": "json"}, ["a\0"]),
        ({"kind": "json"}, [{"\ud800": 1}]),
        ({"kind": "xml", "records": "/a"}, ["x", "y"]),
        ({"kind": "xml", "records": "/a/b"}, [{"no name": "x"}]),
        ({"kind": "xml", "records": "/a/b"}, [{"n": "\x01"}]),
        ({"kind": "xml", "records": "/a/b"}, [["x"]]),
        ({"kind": "xml", "records": "/a/b"}, [{"@n": {"x": "y"}}]),
        ({"kind": "xml", "records": "/a/b"}, [Decimal("Infinity")]),
    ],
)
def test_trees_that_no_file_can_hold_are_refused(layout: dict[str, Any], records: list[Tree]) -> None:
    error = refused(lambda: written(form(**layout), records))
    assert ("records.unwritable", True) == (error.code, bool(error.cure))


@pytest.mark.parametrize("archive", ["none", "gzip", "zip"])
@pytest.mark.parametrize("kind", ["csv", "xlsx", "xml"])
def test_the_same_records_give_the_same_bytes(kind: str, archive: str, monkeypatch: pytest.MonkeyPatch) -> None:
    layout = form(kind, archive=archive, **({"records": "/a/b"} if kind == "xml" else {"columns": COLUMNS}))
    records: list[Any] = ["x"] if kind == "xml" else [["A", 1, "x"]]
    first = written(layout, records)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert first == written(layout, records)
