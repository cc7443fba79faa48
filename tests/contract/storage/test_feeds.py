"""Staged rows of big feeds on both databases."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hub.model.identity import DocumentId, LocationId, Sku
from hub.model.ledger import Bucket, Cause
from hub.model.stock import CountBasis, FeedRow
from hub.ports import Storage
from tests.contract.storage.rows import DEPOT, KITE, ROBOT, movement
from tests.fakes.storage import NOW

DOCUMENT = DocumentId("D000000001")
OTHER = DocumentId("D000000002")
YARD = LocationId("yard")


def row(sku: str, quantity: str = "1", location: LocationId = DEPOT, unit: str = "EA") -> FeedRow:
    return Sku(sku), location, CountBasis.AVAILABLE, Decimal(quantity), unit, Decimal(1 if unit == "EA" else 12)


def test_rows_come_back_by_sku_and_then_as_they_were_staged(storage: Storage) -> None:
    with storage.begin() as work:
        work.feeds.stage(DOCUMENT, 1, 1, [row("B", "2.5"), row("A", unit="CA"), row("b")])
        work.feeds.stage(DOCUMENT, 1, 4, [row("A", "7"), row("C", location=YARD)])
        work.feeds.stage(DOCUMENT, 2, 1, [row("Z")])
    with storage.read() as work:
        assert [row("A", unit="CA"), row("A", "7")] == work.feeds.rows(DOCUMENT, 1, DEPOT, None, 1)
        rest = work.feeds.rows(DOCUMENT, 1, DEPOT, Sku("A"), 10)
        assert {row("B", "2.5"), row("b")} == set(rest)
        assert [] == work.feeds.rows(DOCUMENT, 1, DEPOT, rest[-1][0], 10)
        assert [DEPOT, YARD] == work.feeds.locations(DOCUMENT, 1)


def test_every_sku_is_met_once_in_pages_of_any_size(storage: Storage) -> None:
    names = [f"{letter}-{number}" for letter in ("a", "A", "é", "_", "z") for number in (1, 10, 2)]
    with storage.begin() as work:
        work.feeds.stage(DOCUMENT, 1, 1, [row(name) for name in names])
        for size in (1, 2, 7, 50):
            seen: list[str] = []
            after: Sku | None = None
            while page := work.feeds.rows(DOCUMENT, 1, DEPOT, after, size):
                seen += [str(each[0]) for each in page]
                after = page[-1][0]
            assert sorted(names) == sorted(seen)


def test_unnamed_are_those_with_stock_or_a_count_and_no_row(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement(sku=ROBOT, quantity=3, key="m1"), movement(sku=KITE, quantity=3, key="m2")])
        work.feeds.stage(DOCUMENT, 1, 1, [row(str(ROBOT))])
        assert [KITE] == work.feeds.unnamed(DOCUMENT, 1, DEPOT, None, 10)
        assert [] == work.feeds.unnamed(DOCUMENT, 1, DEPOT, KITE, 10)
        assert [] == work.feeds.unnamed(DOCUMENT, 1, YARD, None, 10)


def test_clearing_a_document_leaves_the_others(storage: Storage) -> None:
    with storage.begin() as work:
        work.feeds.stage(DOCUMENT, 1, 1, [row("A")] * 3)
        work.feeds.stage(OTHER, 1, 1, [row("A")])
        work.feeds.clear(DOCUMENT)
        assert [] == work.feeds.locations(DOCUMENT, 1)
        assert [DEPOT] == work.feeds.locations(OTHER, 1)


def test_rows_that_say_what_the_ledger_says_are_set_aside_and_counted(storage: Storage) -> None:
    later = NOW + timedelta(hours=1)
    names = ("SAME", "MORE", "PACK", "TWICE", "BROKEN", "BACK", "FRESH")
    with storage.begin() as work:
        work.ledger.move([movement(sku=Sku(name), quantity=12, key=name) for name in names])
        work.ledger.counted([Sku(name) for name in names[:-1]], DEPOT, NOW, DOCUMENT)
        work.ledger.counted([Sku("FRESH")], DEPOT, later + timedelta(hours=1), DOCUMENT)
        work.ledger.move(
            [
                movement(sku=Sku("BROKEN"), quantity=2, key="u", bucket=Bucket.UNAVAILABLE),
                movement(sku=Sku("BACK"), quantity=0, key="r", cause=Cause.RESTOCK, at=later + timedelta(minutes=1)),
            ]
        )
        rows = [
            row("SAME", "12"),
            row("MORE", "13"),
            row("PACK", "1", unit="CA"),
            row("TWICE", "12"),
            row("TWICE", "12"),
        ]
        rows += [row("BROKEN", "12"), row("FRESH", "12"), row("NEW", "12"), row("BACK", "12")]
        work.feeds.stage(OTHER, 1, 1, rows)
        assert 1 == work.feeds.confirm(OTHER, 1, DEPOT, CountBasis.AVAILABLE, later)
        left = {str(each[0]) for each in work.feeds.rows(OTHER, 1, DEPOT, None, 50)}
        assert {"MORE", "PACK", "TWICE", "BROKEN", "FRESH", "NEW", "BACK"} == left
        assert [] == work.feeds.unnamed(OTHER, 1, DEPOT, None, 50)
        (same,) = work.ledger.balances([Sku("SAME")], [DEPOT])
        assert (later, OTHER) == (same.counted_at, same.counted_document)


def test_nothing_is_set_aside_for_another_basis(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement(sku=ROBOT, quantity=3, key="m1")])
        work.ledger.counted([ROBOT], DEPOT, NOW, DOCUMENT)
        work.feeds.stage(OTHER, 1, 1, [row(str(ROBOT), "3")])
        assert 0 == work.feeds.confirm(OTHER, 1, DEPOT, CountBasis.ON_HAND, NOW)
        assert 1 == work.feeds.confirm(OTHER, 1, DEPOT, CountBasis.AVAILABLE, NOW)
