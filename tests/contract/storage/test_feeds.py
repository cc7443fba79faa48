"""Staged rows of big feeds on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hub.inventory.counting import CountDecision
from hub.inventory.ledger import count_movements
from hub.model.identity import ChannelId, DocumentId, LocationId, Sku
from hub.model.ledger import Bucket, Cause, GivenUp
from hub.model.quantity import to_base
from hub.model.stock import BulkCount, CountBasis, FeedRow
from hub.ports import Storage, UnitOfWork
from tests.contract.storage.rows import DEPOT, KITE, REQUEST, ROBOT, movement, order, order_line
from tests.fakes.storage import NOW

DOCUMENT = DocumentId("D000000001")
OTHER = DocumentId("D000000002")
YARD = LocationId("yard")
LATER = NOW + timedelta(hours=1)


def row(sku: str, quantity: str = "1", location: LocationId = DEPOT, unit: str = "EA") -> FeedRow:
    return Sku(sku), location, CountBasis.AVAILABLE, Decimal(quantity), unit, Decimal(1 if unit == "EA" else 12)


def test_rows_come_back_by_sku_and_then_as_they_were_staged(storage: Storage) -> None:
    with storage.begin() as work:
        work.feeds.stage(DOCUMENT, 1, 1, [row("B", "2.5"), row("A", unit="CA"), row("b")])
        work.feeds.stage(DOCUMENT, 1, 4, [row("A", "7"), row("C", location=YARD)])
        work.feeds.stage(DOCUMENT, 2, 1, [row("Z")])
    with storage.read() as work:
        assert [row("A", unit="CA"), row("A", "7")] == work.feeds.rows(DOCUMENT, 1, DEPOT, None, 1, left=False)
        rest = work.feeds.rows(DOCUMENT, 1, DEPOT, Sku("A"), 10, left=False)
        assert {row("B", "2.5"), row("b")} == set(rest)
        assert [] == work.feeds.rows(DOCUMENT, 1, DEPOT, rest[-1][0], 10, left=False)
        assert [DEPOT, YARD] == work.feeds.locations(DOCUMENT, 1)


def test_figure_in_thirds_comes_back_as_its_eaches(storage: Storage) -> None:
    rope: FeedRow = Sku("ROPE"), DEPOT, CountBasis.ON_HAND, Decimal(6), "FT", Fraction(1, 3)
    with storage.begin() as work:
        work.feeds.stage(DOCUMENT, 1, 1, [rope])
        [found] = work.feeds.rows(DOCUMENT, 1, DEPOT, None, 10, left=False)
    assert Decimal(2) == to_base(found[3], found[5])
    assert "FT" == found[4]


def test_every_sku_is_met_once_in_pages_of_any_size(storage: Storage) -> None:
    names = [f"{letter}-{number}" for letter in ("a", "A", "é", "_", "z") for number in (1, 10, 2)]
    with storage.begin() as work:
        work.feeds.stage(DOCUMENT, 1, 1, [row(name) for name in names])
        for size in (1, 2, 7, 50):
            seen: list[str] = []
            after: Sku | None = None
            while page := work.feeds.rows(DOCUMENT, 1, DEPOT, after, size, left=False):
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


def test_names_and_order_survive_however_a_batch_is_stated(storage: Storage) -> None:
    """Figures are staged together by location and unit, and a name may need quoting in what carries them."""
    names = ('quote"', "back\\slash", "sn\u00f6\U0001f9f8", "12", "$.a[0]", "'")
    mixed = [row("A", "1"), row("A", "2", unit="CA"), row("A", "3", YARD), row("A", "4"), row("B", "5"), row("A", "6")]
    with storage.begin() as work:
        work.feeds.stage(DOCUMENT, 1, 1, [*mixed, *(row(name, str(2**40)) for name in names)])
        work.feeds.stage(DOCUMENT, 1, 1 + len(mixed) + len(names), [row("A", "7", unit="CA"), row("A", "-8.000001")])
    with storage.read() as work:
        assert [row("A", "3", YARD)] == work.feeds.rows(DOCUMENT, 1, YARD, None, 10, left=False)
        found = work.feeds.rows(DOCUMENT, 1, DEPOT, None, 50, left=False)
        assert {Sku("A"), Sku("12")} == work.feeds.named(DOCUMENT, 1, DEPOT, [Sku("A"), Sku("12"), Sku("C")])
    assert [*mixed[:2], mixed[3], mixed[5], row("A", "7", unit="CA"), row("A", "-8.000001")] == [
        each for each in found if each[0] == "A"
    ]
    assert {row(name, str(2**40)) for name in names} == {each for each in found if each[0] not in {"A", "B"}}


def test_clearing_a_document_leaves_the_others(storage: Storage) -> None:
    with storage.begin() as work:
        work.feeds.stage(DOCUMENT, 1, 1, [row("A")] * 3)
        work.feeds.stage(OTHER, 1, 1, [row("A")])
        work.feeds.clear(DOCUMENT)
        assert [] == work.feeds.locations(DOCUMENT, 1)
        assert [DEPOT] == work.feeds.locations(OTHER, 1)


def count(work: UnitOfWork, *, basis: CountBasis = CountBasis.AVAILABLE, as_of: datetime = LATER) -> BulkCount:
    return work.feeds.count(OTHER, 1, DEPOT, basis=basis, as_of=as_of, now=LATER)


def test_figures_that_are_the_whole_story_are_counted_at_once_and_the_others_left(storage: Storage) -> None:
    names = ("SAME", "MORE", "PACK", "TWICE", "BROKEN", "FRESH", "BACK", "AGAIN", "LOST")
    with storage.begin() as work:
        work.ledger.move([movement(sku=Sku(name), quantity=12, key=name) for name in names])
        work.ledger.counted([Sku(name) for name in names[:4]], DEPOT, NOW, DOCUMENT)
        work.ledger.counted([Sku("FRESH")], DEPOT, LATER + timedelta(hours=1), DOCUMENT)
        work.ledger.counted([Sku("AGAIN")], DEPOT, LATER, DOCUMENT)
        work.ledger.move(
            [
                movement(sku=Sku("BROKEN"), quantity=2, key="u", bucket=Bucket.UNAVAILABLE),
                movement(sku=Sku("BACK"), quantity=0, key="r", cause=Cause.RESTOCK, at=LATER + timedelta(minutes=1)),
            ]
        )
        lost = GivenUp("lost", Sku("LOST"), DEPOT, Decimal(2), LATER + timedelta(minutes=1), REQUEST, None, None)
        work.ledger.give_up([lost])
        rows = [row("PACK", "1", unit="CA"), row("TWICE", "12"), row("TWICE", "12"), row("BROKEN", "12")]
        rows += [row("FRESH", "12"), row("BACK", "12"), row("AGAIN", "11"), row("LOST", "12")]
        work.feeds.stage(OTHER, 1, 1, [row("SAME", "12"), row("MORE", "18"), row("NEW", "5"), row("NONE", "0"), *rows])
        found = count(work)
        assert {each[0] for each in rows} == {each[0] for each in work.feeds.rows(OTHER, 1, DEPOT, None, 50, left=True)}
        assert [] == work.feeds.unnamed(OTHER, 1, DEPOT, None, 50)
        counted = {each.sku: each for each in work.ledger.balances() if each.counted_document == OTHER}
        assert [] == work.ledger.drift()
    assert BulkCount(4, 2, there=2, compared=2, ratios={1.0: 1, 1.5: 1}, names_all=True) == found
    assert {"SAME": 12, "MORE": 18, "NEW": 5, "NONE": 0} == {sku: each.on_hand for sku, each in counted.items()}
    assert {LATER} == {each.counted_at for each in counted.values()}


def test_a_movement_counted_at_once_is_the_one_that_a_decision_makes(storage: Storage) -> None:
    as_of = datetime(2026, 11, 2, 8, 15, 0, 123457, tzinfo=UTC)
    decision = CountDecision(ROBOT, DEPOT, as_of, Decimal(5), (), Decimal(5), Decimal(2))
    with storage.begin() as work:
        work.ledger.move([movement(sku=ROBOT, quantity=3, key="m1")])
        work.feeds.stage(OTHER, 1, 1, [row(str(ROBOT), "5")])
        count(work, as_of=as_of)
        (newest, _) = work.ledger.movements(ROBOT)
    assert count_movements(decision, str(OTHER), OTHER, LATER) == [newest]


def test_what_is_known_and_not_named_is_told(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement(sku=KITE, quantity=3, key="m1")])
        work.feeds.stage(OTHER, 1, 1, [row(str(ROBOT), "3")])
        assert not count(work).names_all


def test_only_the_basis_that_counts_is_counted(storage: Storage) -> None:
    with storage.begin() as work:
        work.feeds.stage(OTHER, 1, 1, [row(str(ROBOT), "3")])
        assert 0 == count(work, basis=CountBasis.ON_HAND).items
        assert [row(str(ROBOT), "3")] == work.feeds.rows(OTHER, 1, DEPOT, None, 5, left=True)
        assert [] == work.ledger.balances()


def test_what_was_counted_at_once_is_touched_and_what_orders_wait_for_is_told(storage: Storage) -> None:
    shop = ChannelId("shop")
    with storage.begin() as work:
        work.ledger.move([movement(sku=sku, quantity=3, key=sku) for sku in (ROBOT, KITE)])
        work.orders.add(order("5001", order_line("1", ROBOT), order_line("2", KITE)))
        work.feeds.stage(OTHER, 1, 1, [row(str(ROBOT), "4"), row(str(KITE), "2"), row("OTHER", "9"), row("NONE", "0")])
        found = count(work)
    with storage.begin() as work:
        assert (3, (ROBOT,)) == (found.moved, found.awaited)
        assert sorted([str(ROBOT), str(KITE), "OTHER"]) == sorted(work.publications.touched(shop, 10))
