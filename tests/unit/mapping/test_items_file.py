"""items.csv: units as ratios, rows that follow each other, and the codebook of a day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import ConfigurationError, DataError
from hub.mapping.codebook import Codebook, PartnerItem
from hub.mapping.items_file import read_items
from hub.model.identity import ConnectionId, PartnerId, Sku

TEA = Sku("TEA")
DATED = "sku,VN,unit,units_each,since,until\nTEA,1,CA,12,,2026-11-30\nTEA,1,CA,10,2026-12-01,\n"
NOVEMBER, DECEMBER = date(2026, 11, 30), date(2026, 12, 1)


def book(folder: Path, text: str) -> Codebook:
    path = folder / "items.csv"
    path.write_text(text)
    return Codebook(ConnectionId("acme"), PartnerId("acme"), items=read_items(path))


def test_case_becomes_smaller_on_its_day(tmp_path: Path) -> None:
    dated = book(tmp_path, DATED)
    assert Decimal(12) == dated.on(NOVEMBER).item_of(TEA).units_each
    assert Decimal(10) == dated.on(DECEMBER).item_of(TEA).units_each
    assert Decimal(12) == dated.on(DECEMBER).on(NOVEMBER).item_of(TEA).units_each
    assert Decimal(10) == dated.item_of(TEA).units_each


def test_days_of_one_period_share_a_codebook(tmp_path: Path) -> None:
    dated = book(tmp_path, DATED)
    assert dated.on(DECEMBER) is dated.on(date(2027, 5, 1))
    assert dated.on(DECEMBER).on(date(2027, 5, 1)) is dated.on(DECEMBER)
    timeless = book(tmp_path, "sku,VN\nTEA,1\n")
    assert timeless is timeless.on(NOVEMBER)


def test_item_is_unknown_on_a_day_of_none_of_its_rows(tmp_path: Path) -> None:
    later = book(tmp_path, "sku,VN,since\nTEA,1,2026-12-01\n").on(NOVEMBER)
    assert later.item_for([("VN", "1")]) is None
    with pytest.raises(DataError, match="TEA"):
        later.item_of(TEA)


def test_first_row_of_an_item_says_its_unit_and_the_others_more_of_them(tmp_path: Path) -> None:
    item = book(tmp_path, "sku,VN,unit,units_each\nTEA,1,CA,12\nTEA,1,PL,480\nTEA,1,SA,1/3\n").item_of(TEA)
    assert ("CA", Decimal(12)) == (item.unit, item.units_each)
    assert [Decimal(480), Fraction(1, 3), None] == [item.of_unit(unit) for unit in ("PL", "SA", "EA")]


def test_item_with_more_units_is_not_taken_for_one_counted_singly(tmp_path: Path) -> None:
    several = book(tmp_path, "sku,VN,unit,units_each\nTEA,1,EA,1\nTEA,1,PC,6\nCUP,2,EA,1\n")
    assert {"2": Sku("CUP")} == several.single_units("VN")


def test_minimum_and_multiple_are_eaches(tmp_path: Path) -> None:
    item = book(tmp_path, "sku,VN,unit,units_each,minimum,multiple\nTEA,1,CA,12,24,12\n").item_of(TEA)
    assert (Decimal(24), Decimal(12)) == (item.minimum, item.multiple)
    assert {"VN": "1"} == item.ids


@pytest.mark.parametrize(
    ("rows", "line", "column"),
    [
        ("TEA,1,CA,1/0,,,,", 2, "units_each"),
        ("TEA,1,CA,-2,,,,", 2, "units_each"),
        ("TEA,1,CA,2,1.12.2026,,,", 2, "since"),
        ("TEA,1,CA,2,2026-12-01,2026-11-01,,", 2, "until"),
        ("TEA,1,CA,2,,,none,", 2, "minimum"),
        ("TEA,1,CA,2,,,,0", 2, "multiple"),
        ("TEA,1,CA,12,,2026-12-01,,\nTEA,1,CA,10,2026-12-01,,,", 3, "since"),
        ("TEA,1,CA,10,2026-12-01,,,\nTEA,1,CA,12,,,,", 2, "since"),
        ("TEA,1,CA,10,,,,\nCUP,2,EA,1,,,,\nTEA,1,CA,12,,,,", 4, "since"),
    ],
)
def test_wrong_row_is_named_with_its_column(tmp_path: Path, rows: str, line: int, column: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        book(tmp_path, f"sku,VN,unit,units_each,since,until,minimum,multiple\n{rows}\n")
    assert ("configuration.items", f"{tmp_path / 'items.csv'}:{line}") == (caught.value.code, caught.value.place)
    assert column in str(caught.value)
    assert caught.value.cure


@given(st.lists(st.integers(1, 60), min_size=1, max_size=6, unique=True), st.integers(0, 400))
def test_every_day_has_the_row_that_began_last(lengths: list[int], after: int) -> None:
    start = date(2026, 1, 1)
    begins = [start + timedelta(days=sum(lengths[:index])) for index in range(len(lengths))]
    ends = [*(day - timedelta(days=1) for day in begins[1:]), None]
    rows = tuple(
        PartnerItem(TEA, {"VN": "1"}, "CA", Decimal(length), since=since, until=until)
        for length, since, until in zip(lengths, begins, ends, strict=True)
    )
    day = start + timedelta(days=after)
    expected = max((since, length) for since, length in zip(begins, lengths, strict=True) if since <= day)[1]
    dated = Codebook(ConnectionId("acme"), PartnerId("acme"), items=rows)
    assert Decimal(expected) == dated.on(day).item_of(TEA).units_each
