"""A feed staged row by row does what the same report as one object does."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import InvariantError
from hub.flows import record_feed as flow
from hub.flows.record_feed import record_feed
from hub.model.identity import DocumentId, LocationId, Sku
from hub.model.network import CountingRule, MissingMeans
from hub.model.order import OrderStatus
from hub.model.stock import CountBasis, FeedMode, FeedRow, StockFeed, StockReport
from tests.builders import Desk, a_location, a_network, a_report, at, broken_laws

FULL = CountingRule(missing=MissingMeans.ZERO, guard_fraction=Decimal("0.5"))
ACME = LocationId("acme")


@pytest.fixture
def desk() -> Desk:
    return Desk(a_network(a_location("acme", counting=FULL), a_location("bolt")))


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "PART", 2)


def receive(desk: Desk, report: StockReport, document: str, number: int = 1) -> None:
    """The report as a feed: its rows staged, then its header."""
    desk.receive(a_report("bolt", {}), "bolt", document)
    stored = desk.stored[document]
    rows: list[FeedRow] = [
        (row.sku, row.location, row.basis, row.quantity, row.unit, row.units_each) for row in report.rows
    ]
    desk.work()
    desk.uow.feeds.stage(stored, number, 1, rows)
    desk.uow.feeds.stage_outlooks(stored, number, report.outlooks)
    fields = ("connection", "reference", "as_of", "mode", "locations")
    feed = StockFeed(**{name: getattr(report, name) for name in fields}, number=number, rows=len(rows))
    desk.receive(feed, report.connection, document)


def figures(desk: Desk, location: str = "acme") -> dict[str, Decimal]:
    return {str(each.sku): each.on_hand for each in desk.uow.ledger.balances(None, [LocationId(location)])}


_SKUS = st.sampled_from(["A", "B", "C", "D", "E", "F"])
_REPORTS = st.tuples(st.dictionaries(_SKUS, st.integers(0, 9), max_size=6), st.sampled_from(list(FeedMode)))


@settings(max_examples=20)
@given(st.lists(_REPORTS, min_size=1, max_size=4))
def test_a_feed_and_a_report_leave_the_same_books(reports: list[tuple[dict[str, int], FeedMode]]) -> None:
    def books(*, staged: bool) -> tuple[dict[str, Decimal], list[str], list[str]]:
        desk = Desk(a_network(a_location("acme", counting=FULL), a_location("bolt")))
        for number, (counts, mode) in enumerate(reports):
            desk.now = at(number)
            report = a_report("acme", dict(counts), as_of=at(number), mode=mode)
            if staged:
                receive(desk, report, f"doc {number}")
            else:
                desk.receive(report, "acme", f"doc {number}")
        codes = [entry.code for entry in desk.uow.quarantine.open(limit=50)]
        return figures(desk), codes, broken_laws(desk)

    assert books(staged=False) == books(staged=True)


def test_items_a_full_feed_does_not_name_are_gone(desk: Desk) -> None:
    desk.stock("acme", A=1, B=2, C=3, D=4, E=5)
    desk.now = at(5)
    receive(desk, a_report("acme", {"A": 7, "B": 2, "E": 5}, as_of=at(5), mode=FeedMode.FULL), "feed")
    assert {"A": 7, "B": 2, "C": 0, "D": 0, "E": 5} == figures(desk)


def test_a_feed_that_zeroes_a_catalogue_changes_nothing_and_is_kept_for_a_person(desk: Desk) -> None:
    desk.stock("acme", A=1, B=2, C=3, D=4, E=5)
    desk.now = at(5)
    receive(desk, a_report("acme", {"A": 7, "B": 9}, as_of=at(5), mode=FeedMode.FULL), "feed")
    assert {"A": 1, "B": 2, "C": 3, "D": 4, "E": 5} == figures(desk)
    (entry,) = desk.uow.quarantine.open(limit=10)
    assert ("stock.feed-guard", "acme") == (entry.code, entry.path)
    assert "3 of 5" in entry.message


def test_two_feeds_of_one_document_do_not_mix(desk: Desk) -> None:
    desk.stock("acme", A=1)
    desk.now = at(5)
    first = a_report("acme", {"A": 4, "B": 4}, as_of=at(4))
    second = a_report("acme", {"A": 5}, as_of=at(5))
    receive(desk, first, "feed", 1)
    receive(desk, second, "feed", 2)
    assert {"A": 5, "B": 4} == figures(desk)


def test_stock_that_a_feed_brings_wakes_waiting_orders(desk: Desk) -> None:
    order_id = desk.place(A=3)
    assert OrderStatus.OPEN == desk.order(order_id).status
    assert [] == desk.requests(order_id)
    desk.now = at(5)
    receive(desk, a_report("acme", {"A": 10, "B": 1, "C": 1}, as_of=at(5)), "feed")
    desk.tick()
    assert 1 == len(desk.requests(order_id))


def test_an_unknown_location_is_quarantined_and_the_others_count(desk: Desk) -> None:
    report = a_report("acme", {"A": 3}, basis=CountBasis.ON_HAND)
    desk.receive(a_report("bolt", {}), "bolt", "feed")
    rows: list[FeedRow] = [
        (Sku("A"), LocationId("acme"), CountBasis.ON_HAND, Decimal(3), "EA", Decimal(1)),
        (Sku("A"), LocationId("nowhere"), CountBasis.ON_HAND, Decimal(3), "EA", Decimal(1)),
    ]
    desk.work()
    desk.uow.feeds.stage(desk.stored["feed"], 1, 1, rows)
    fields = ("connection", "reference", "as_of", "mode", "locations")
    feed = StockFeed(**{name: getattr(report, name) for name in fields}, number=1, rows=2)
    desk.receive(feed, "acme", "feed")
    assert {"A": 3} == figures(desk)
    assert ["stock.unknown-location"] == [entry.code for entry in desk.uow.quarantine.open(limit=10)]


def test_a_feed_without_its_document_is_our_own_fault(desk: Desk) -> None:
    report = a_report("acme", {})
    fields = ("connection", "reference", "as_of", "mode", "locations")
    with pytest.raises(InvariantError):
        record_feed(desk.work("acme"), StockFeed(**{name: getattr(report, name) for name in fields}, number=1, rows=0))
    assert {} == figures(desk)
    assert DocumentId("D1") not in desk.stored.values()
