"""Tables in and out: what spreadsheets do to them, what they may not do to us, and what we may not do to them."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from hub.errors import DataError
from hub.mapping.records import write_tables
from hub.mapping.table_file import read_rows, write_rows


def code(name: str, body: bytes) -> str:
    with pytest.raises(DataError) as raised:
        list(read_rows(name, body))
    return raised.value.code


def book(*cells: tuple[int, int, object]) -> bytes:
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept) as workbook:
        sheet = workbook.add_worksheet()
        for row, column, value in cells:
            sheet.write(row, column, value)
    return kept.getvalue()


def test_rows_have_the_numbers_that_the_spreadsheet_shows() -> None:
    body = book((2, 1, "sku"), (2, 2, "quantity"), (5, 1, "KITE"), (5, 2, 3))
    assert [(3, ["sku", "quantity"]), (6, ["KITE", "3"])] == list(read_rows("count.XLSX", body))
    assert [(1, ["a", "b"]), (3, ["c d", ""])] == list(read_rows("x.csv", b"a,b\n,\n c d ,\n"))


def test_what_a_cell_holds_is_read_as_text() -> None:
    body = book((0, 0, "007"), (0, 1, 4012345678901), (0, 2, 0.1 + 0.2), (0, 3, 1e-07), (0, 4, True))
    assert [(1, ["007", "4012345678901", "0.3", "0.0000001", "True"])] == list(read_rows("x.xlsx", body))
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept) as workbook:
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        minute = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet = workbook.add_worksheet()
        sheet.write_datetime(0, 0, datetime(2026, 11, 2), day)  # noqa: DTZ001  a workbook knows no zones
        sheet.write_datetime(0, 1, datetime(2026, 11, 2, 9, 30), minute)  # noqa: DTZ001
        sheet.write_formula(0, 2, "=1+1", None, 2)
        sheet.write_formula(0, 3, "=1/0", None, "#DIV/0!")
    [(_, cells)] = read_rows("x.xlsx", kept.getvalue())
    assert date(2026, 11, 2) == datetime.fromisoformat(cells[0]).date()
    assert ["2026-11-02T09:30:00", "2"] == cells[1:3], "what the program stored; nothing is worked out here"
    assert "" == "".join(cells[3:])


@pytest.mark.parametrize("body", ["a;b\n1;2,5\n", "a\tb\n1\t2,5\n", "\ufeffa;b\r\n1;2,5\r\n"])
def test_the_delimiters_of_other_countries_are_read(body: str) -> None:
    assert [(1, ["a", "b"]), (2, ["1", "2,5"])] == list(read_rows("x.csv", body.encode()))


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("x.ods", b"", "table.kind"),
        ("x.csv", b"a\xff", "table.unreadable"),
        ("x.csv", b'a,"b', "table.unreadable"),
        ("x.xlsx", b"a,b", "table.unreadable"),
        ("x.xlsx", b"PK\x05\x06" + bytes(18), "table.unreadable"),
    ],
)
def test_what_is_no_table_is_refused(name: str, body: bytes, expected: str) -> None:
    assert expected == code(name, body)


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/bomb.xml", "w") as member:
        for _ in range(300):
            member.write(bytes(1024 * 1024))
    assert len(kept.getvalue()) < 1_000_000
    assert "table.too-big" == code("x.xlsx", kept.getvalue())


def repacked(body: bytes, old: bytes, new: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as source, zipfile.ZipFile(kept, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, source.read(name).replace(old, new))
    return kept.getvalue()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'r="B2"', b'r="XFD1048576"'),
        (b'<row r="2"', b"<row r = '1048576'"),
        (b'<row r="2"', b'<x:row r="999999"'),
    ],
)
def test_one_cell_in_the_last_corner_does_not_fill_the_memory(old: bytes, new: bytes) -> None:
    wide = [(0, column, "x") for column in range(40)]
    body = book(*wide, (1, 1, "y"))
    assert 2 == len(list(read_rows("x.xlsx", body)))
    assert "table.too-big" == code("x.xlsx", repacked(body, old, new))


def test_cells_without_places_are_counted() -> None:
    cells = b"<c><v>1</v></c>" * 2_000
    body = book((0, 0, "x"))
    data = b"<sheetData><row>" + cells + b'</row><row r="900000"><c><v>1</v></c></row></sheetData>'
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as source, zipfile.ZipFile(kept, "w") as archive:
        for name in source.namelist():
            member = source.read(name)
            start, end = member.find(b"<sheetData>"), member.find(b"</sheetData>") + len(b"</sheetData>")
            archive.writestr(name, member[:start] + data + member[end:] if start > 0 else member)
    assert "table.too-big" == code("x.xlsx", kept.getvalue())


DANGEROUS = ["=1+1", "+1", "-1", "@x", "\t=1", "＝1", "＋1", "－1", "＠x", "'=1", "''", "007", "1E5", "a,b", 'a"b']


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_is_never_a_formula(tmp_path: Path, text: str) -> None:
    write_rows(tmp_path / "x.csv", ["a"], [(text,)])
    with (tmp_path / "x.csv").open(newline="", encoding="utf-8") as stream:
        [_, [cell]] = list(csv.reader(stream))
    assert cell[:1] not in set("=+-@\t\r＝＋－＠")
    write_rows(tmp_path / "x.xlsx", ["a"], [(text,)])
    [_, [value]] = CalamineWorkbook.from_path(str(tmp_path / "x.xlsx")).get_sheet_by_index(0).to_python()
    assert text == value


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_numbers_stay_numbers(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"x.{kind}"
    assert 1 == write_rows(path, ["a", "b", "c"], [(Decimal("-4.5"), Decimal("9000000000000.000001"), None)])
    assert ["-4.5", "9000000000000.000001"] == list(read_rows(path.name, path.read_bytes()))[1][1][:2]
    if kind == "xlsx":
        assert -4.5 == CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[1][0]


texts = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(texts, texts), max_size=5))
def test_what_is_written_is_read_back(tmp_path: Path, kind: str, rows: list[tuple[str, str]]) -> None:
    path = tmp_path / f"x.{kind}"
    write_rows(path, ["a", "b"], rows)
    found = [tuple(cells) for _, cells in read_rows(path.name, path.read_bytes())]
    assert [("a", "b"), *rows] == found


def test_a_file_is_replaced_only_by_a_whole_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.xlsx"
    write_rows(path, ["a"], [("old",)])
    monkeypatch.setattr(write_tables, "MAX_ROWS", 3)
    with pytest.raises(DataError) as raised:
        write_rows(path, ["a"], [("new",)] * 5)
    assert "table.too-big" == raised.value.code
    assert (["x.xlsx"], "old") == (
        [each.name for each in tmp_path.iterdir()],
        list(read_rows(path.name, path.read_bytes()))[1][1][0],
    )
