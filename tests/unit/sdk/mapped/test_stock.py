"""Records of what a partner has."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.mapping.codebook import Codebook
from hub.mapping.fields.reading import TableReader
from hub.model.identity import LocationId
from hub.model.quantity import to_base
from hub.model.queue import ANY_ITEM
from hub.model.stock import CountBasis, FeedMode, FeedRow, StockBatch, StockFeed, StockReport
from hub.sdk.capabilities import Parsed, Problem
from hub.sdk.mapped import stock
from hub.sdk.mapped.reading import feed_mapped, intake_of
from hub.sdk.mapped.rejects import rejects
from hub.sdk.problem_tally import MOST_PROBLEMS
from tests.unit.sdk.mapped.records import NOW, WRITTEN, codebook, codes, compiled, document, taken

STOCK = """
    document: stock
    format:
      kind: csv
      columns: {Item: {}, Site: {}, Unit: {}, Qty: {}, Free: {}, At: {}, Due: {}, Due qty: {}, Gone: {}}
      locale: {thousands: ","}
    about:
      mode: {value: full}
    fields:
      item.VN: Item
      site: Site
      unit: Unit
      on_hand: Qty
      available: Free
      as_of: At
      expected_on: Due
      expected: Due qty
      discontinued: Gone
"""
PLAIN = """
    document: stock
    format: {kind: csv, columns: {Item: {}, Site: {}, Unit: {}, Qty: {}}}
    about: {mode: {value: full}}
    fields: {item.VN: Item, site: Site, unit: Unit, on_hand: Qty}
"""


def report_of(parsed: Parsed) -> StockReport:
    [found] = parsed.items
    assert isinstance(found, StockReport)
    return found


def eaches(report: StockReport) -> dict[tuple[str, str, str], int]:
    return {(row.sku, row.location, row.basis): int(to_base(row.quantity, row.units_each)) for row in report.rows}


def test_every_figure_of_a_record_counts_in_its_unit(tmp_path: Path) -> None:
    text = 'Item,Site,Unit,Qty,Free\nN-1,E,,"1,050",1000\nN-2,W,,3,\nN-2,E,PL,1,\n'
    report = report_of(taken(tmp_path, STOCK, text))
    assert {
        ("CUP", "east", "on_hand"): 1050,
        ("CUP", "east", "available"): 1000,
        ("TEA", "west", "on_hand"): 36,
        ("TEA", "east", "on_hand"): 480,
    } == eaches(report)
    assert (FeedMode.FULL, WRITTEN, "file.csv") == (report.mode, report.as_of, report.reference)
    assert {"east", "west"} == set(report.locations)


def test_record_may_have_a_moment_of_its_own_that_is_not_to_come(tmp_path: Path) -> None:
    text = "Item,Site,Qty,At\nN-1,E,1,2026-11-22T10:00Z\nN-2,E,1,2027-01-01T00:00Z\n"
    report = report_of(taken(tmp_path, STOCK, text))
    assert [datetime(2026, 11, 22, 10, tzinfo=UTC), NOW] == [row.as_of for row in report.rows]


def test_what_is_to_come_and_what_will_not_is_told(tmp_path: Path) -> None:
    text = "Item,Site,Qty,Due,Due qty,Gone\nN-1,E,0,2026-12-01,40,\nN-2,E,2,,,yes\nN-1,W,1,2026-12-02,,\n"
    report = report_of(taken(tmp_path, STOCK, text))
    told = [
        (each.sku, [(one.day, one.quantity) for one in each.expected], each.discontinued) for each in report.outlooks
    ]
    assert [
        ("CUP", [(date(2026, 12, 1), Decimal(40))], False),
        ("TEA", [], True),
        ("CUP", [(date(2026, 12, 2), None)], False),
    ] == told


def test_less_than_nothing_expected_is_a_problem_and_the_day_stays(tmp_path: Path) -> None:
    parsed = taken(tmp_path, STOCK, "Item,Site,Qty,Due,Due qty\nN-1,E,5,2026-12-01,-4\n")
    assert [("row 2, expected", "mapping.value")] == codes(parsed)
    [outlook] = report_of(parsed).outlooks
    assert [None] == [each.quantity for each in outlook.expected]


@pytest.mark.parametrize(
    ("row", "code", "mode"),
    [
        ("N-1,E,,x", "mapping.value", FeedMode.DELTA),
        ("N-1,X,,1", "data.unknown-site", FeedMode.DELTA),
        ("N-1,E,BOX,1", "data.unknown-unit", FeedMode.DELTA),
        (",E,,1", "data.missing-item", FeedMode.DELTA),
        ("N-1,E,,1,2,3,4,5,6,7,8", "records.too-many-cells", FeedMode.DELTA),
        ("N-1,E,,1000000000000", "mapping.value", FeedMode.DELTA),
        ("N-1,E,,0.0000001", "data.quantity-precision", FeedMode.DELTA),
        ("N-9,E,,1", "data.unmapped-item", FeedMode.FULL),
    ],
)
def test_full_report_with_a_row_that_may_be_ours_counts_as_a_change(
    tmp_path: Path, row: str, code: str, mode: FeedMode
) -> None:
    parsed = taken(tmp_path, STOCK, f"Item,Site,Unit,Qty\nN-2,E,,3\n{row}\n")
    assert [code] == [each.code for each in parsed.problems]
    assert (mode, {("TEA", "east", "on_hand"): 36}) == (report_of(parsed).mode, eaches(report_of(parsed)))


def test_file_of_which_nothing_can_be_used_says_why(tmp_path: Path) -> None:
    parsed = taken(tmp_path, STOCK, "Item,Site,Qty\nN-9,E,1\n")
    assert ((), [("row 2", "data.unmapped-item")]) == (parsed.items, codes(parsed))


TWO_IDS = PLAIN.replace("item.VN: Item", "item.UP: Unit, item.VN: Item").replace("unit: Unit, ", "")


def test_item_may_be_named_by_any_of_several_identifiers(tmp_path: Path) -> None:
    report = report_of(taken(tmp_path, TWO_IDS, "Item,Site,Unit,Qty\n,E,400001,5\nN-1,W,,6\nN-1,E,999,7\n"))
    assert [("CUP", 5), ("CUP", 6), ("CUP", 7)] == [(row.sku, int(row.quantity)) for row in report.rows]


def test_identifiers_of_two_items_are_a_problem_unless_the_first_decides(tmp_path: Path) -> None:
    text = "Item,Site,Unit,Qty\nN-2,E,400001,5\n"
    assert [("row 2", "data.item-conflict")] == codes(taken(tmp_path, TWO_IDS, text))
    report = report_of(taken(tmp_path, TWO_IDS, text, codebook(first_decides=True)))
    assert {("CUP", "east", "on_hand"): 5} == eaches(report)


def test_items_are_those_of_the_day_of_the_document(tmp_path: Path) -> None:
    cup = codebook().items[0]
    from dataclasses import replace

    before = replace(cup, units_each=Decimal(6), unit="BX", until=date(2026, 11, 22))
    after = replace(cup, since=date(2026, 11, 23))
    report = report_of(taken(tmp_path, PLAIN, "Item,Site,Qty\nN-1,E,5\n", codebook(items=(before, after))))
    assert {("CUP", "east", "on_hand"): 5} == eaches(report)


def fed(
    monkeypatch: pytest.MonkeyPatch, folder: Path, mapping: str, text: str, *, fast: bool = True, **changes: object
) -> tuple[list[FeedRow], list[StockFeed], tuple[Problem, ...]]:
    """What the same file says as a feed."""
    monkeypatch.setattr("hub.sdk.mapped.reading.BIG_FILE_BYTES", 0)
    if not fast:
        monkeypatch.setattr(stock, "_fast", lambda *_: None)
    pieces = feed_mapped(document(text), compiled(folder, mapping), codebook(**changes))
    assert pieces is not None
    rows: list[FeedRow] = []
    for piece in pieces:
        if isinstance(piece, StockBatch):
            rows += piece.rows
        else:
            feeds = [each for each in piece.items if isinstance(each, StockFeed)]
            return rows, feeds, piece.problems
    raise AssertionError("a feed ends with what it says besides")


CELLS = st.sampled_from(
    ["N-1", "N-2", "N-9", "", "E", "W", "X", "EA", "CA", "PL", "0", "7", "1.5", "-3", "x", " 4 ", "9" * 13]
)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), max_size=6)
LIKELY = st.lists(
    st.tuples(st.just("N-1"), st.sampled_from("EW"), st.sampled_from(["", "EA"]), st.sampled_from(["0", "7", "1.5"])),
    min_size=1,
    max_size=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(rows=ROWS | LIKELY)
def test_many_rows_at_once_say_the_same_as_one_by_one(tmp_path: Path, rows: list[tuple[str, ...]]) -> None:
    text = "Item,Site,Unit,Qty\n" + "".join(f"{','.join(row)}\n" for row in rows)
    with pytest.MonkeyPatch.context() as patched:
        fast = fed(patched, tmp_path, PLAIN, text)
    with pytest.MonkeyPatch.context() as patched:
        slow = fed(patched, tmp_path, PLAIN, text, fast=False)
    assert fast == slow
    whole = taken(tmp_path, PLAIN, text)
    assert whole.problems == fast[2]
    if whole.items:
        report, [feed] = report_of(whole), fast[1]
        assert (report.mode, report.as_of, report.locations) == (feed.mode, feed.as_of, feed.locations)
        assert [
            (row.sku, row.location, row.basis, row.quantity, row.unit, row.units_each) for row in report.rows
        ] == fast[0]
    else:
        assert ([], []) == fast[:2]


def test_problems_of_a_big_feed_are_counted_by_kind_beyond_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Item,Site,Qty\nN-1,E,5\n" + "N-9,E,1\n" * (MOST_PROBLEMS + 7) + "N-1,X,1\n"
    rows, [feed], problems = fed(monkeypatch, tmp_path, PLAIN, text)
    assert (1, FeedMode.DELTA) == (len(rows), feed.mode), "the last row may have been one of ours"
    assert MOST_PROBLEMS + 2 == len(problems)
    one, other = problems[MOST_PROBLEMS:]
    assert ("further data.unknown-site", "1 further rows have the same problem.", ()) == (
        one.path,
        one.message,
        one.waits_for,
    )
    assert ("further data.unmapped-item", "7 further rows have the same problem.", ANY_ITEM) == (
        other.path,
        other.message,
        other.waits_for,
    )
    whole = rejects(document(text), compiled(tmp_path, PLAIN), codebook())
    assert whole is not None
    assert MOST_PROBLEMS + 8 == whole.records, "every one is given back"


def test_plain_rows_are_read_many_at_once(tmp_path: Path) -> None:
    mapping = compiled(tmp_path, PLAIN)
    intake = intake_of(document("Item,Site,Qty\nN-1,E,5\nN-1,W,7\n"), mapping, codebook())
    table = intake.table()
    [batch] = table.batches()
    found = stock._fast(intake, TableReader(mapping, table.columns), batch)
    assert found is not None
    one = Decimal(1)
    assert [
        ("CUP", "east", CountBasis.ON_HAND, Decimal(5), "EA", one),
        ("CUP", "west", CountBasis.ON_HAND, Decimal(7), "EA", one),
    ] == found.rows


def test_file_without_places_is_of_the_partners_only_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mapping = PLAIN.replace("site: Site, ", "")
    [row], _, _ = fed(monkeypatch, tmp_path, mapping, "Item,Qty\nN-1,5\n")
    assert LocationId("east") == row[1]
    rows, _, problems = fed(monkeypatch, tmp_path, mapping, "Item,Qty\nN-1,5\n", default_location=None)
    assert ([], ["data.unknown-site"]) == (rows, [each.code for each in problems])


def test_small_files_trees_and_rows_with_moments_are_parsed_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = compiled(tmp_path, PLAIN)
    assert feed_mapped(document("Item\nN-1\n"), small, codebook()) is None
    monkeypatch.setattr("hub.sdk.mapped.reading.BIG_FILE_BYTES", 0)
    assert feed_mapped(document("Item,Qty,At\n"), compiled(tmp_path, STOCK), codebook()) is None
    tree = compiled(
        tmp_path, PLAIN.replace("{kind: csv, columns: {Item: {}, Site: {}, Unit: {}, Qty: {}}}", "{kind: json}")
    )
    assert feed_mapped(document("[]"), tree, codebook()) is None


def test_channel_of_our_own_names_our_skus(tmp_path: Path) -> None:
    own = Codebook(codebook().connection, codebook().partner, identity=True, default_location=LocationId("east"))
    mapping = PLAIN.replace("site: Site, ", "").replace("item.VN", "item.sku")
    assert {("LAMP", "east", "on_hand"): 2} == eaches(report_of(taken(tmp_path, mapping, "Item,Qty\nLAMP,2\n", own)))
