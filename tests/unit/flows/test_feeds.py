"""A feed staged row by row does what the same report as one object does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import InvariantError
from hub.flows import record_feed as flow
from hub.flows.adjust_stock import Correction, adjust_stock
from hub.flows.record_feed import record_feed
from hub.model.identity import DocumentId, LocationId, Sku
from hub.model.ledger import Balance
from hub.model.network import CountingRule, MissingMeans, NetOf
from hub.model.order import OrderStatus
from hub.model.stock import CountBasis, FeedMode, FeedRow, StockFeed, StockReport
from tests.builders import Desk, a_kit, a_location, a_network, a_report, a_shipment, at, broken_laws, with_kits

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
    desk.uow.feeds.clear(stored)
    desk.uow.feeds.stage(stored, number, 1, rows)
    desk.uow.feeds.stage_outlooks(stored, number, report.outlooks)
    fields = ("connection", "reference", "as_of", "mode", "locations")
    feed = StockFeed(**{name: getattr(report, name) for name in fields}, number=number, rows=len(rows))
    desk.receive(feed, report.connection, document)


def figures(desk: Desk, location: str = "acme") -> dict[str, Decimal]:
    return {str(each.sku): each.on_hand for each in desk.uow.ledger.balances(None, [LocationId(location)])}


_NAMES = ("A", "B", "C")
_SKUS = st.sampled_from(_NAMES)
_AGES = st.sampled_from([0, 0, 3, 7])
"""Minutes ago. Few, so that different things happen at the same moment."""


@dataclass(frozen=True)
class Counted:
    """A report of the supplier: figures, and of some items cases of six or units that cannot be sold."""

    figures: dict[str, int]
    mode: FeedMode
    age: int
    cases: dict[str, int]
    unsellable: dict[str, int]
    again: bool

    def happens(self, desk: Desk, basis: CountBasis, *, staged: bool, name: str) -> None:
        as_of = desk.now - timedelta(minutes=self.age)
        whole = a_report("acme", dict(self.figures), as_of=as_of, mode=self.mode, basis=basis)
        cases = a_report("acme", dict(self.cases), basis=basis, units_each=6)
        unsellable = a_report("acme", dict(self.unsellable), basis=CountBasis.UNAVAILABLE)
        report = whole.model_copy(update={"rows": whole.rows + cases.rows + unsellable.rows})
        for _ in range(2 if self.again else 1):
            if staged:
                receive(desk, report, name)
            else:
                desk.receive(a_report("bolt", {}), "bolt", name)
                desk.receive(report, "acme", name)


@dataclass(frozen=True)
class Bought:
    """An order; where there is stock it is sent, and perhaps accepted."""

    sku: str
    units: int
    accepts: bool

    def happens(self, desk: Desk, basis: CountBasis, *, staged: bool, name: str) -> None:
        desk.place(len(desk.stored), **{self.sku: self.units})
        desk.send(accepts=self.accepts)


@dataclass(frozen=True)
class Left:
    """What is open of the oldest request leaves, and we hear of it now."""

    age: int

    def happens(self, desk: Desk, basis: CountBasis, *, staged: bool, name: str) -> None:
        for record in desk.uow.orders.page(limit=100):
            for request in desk.requests(record.order_id):
                units = {line.number: int(line.outstanding) for line in request.lines if line.outstanding}
                if units and request.submitted_at is not None:
                    left = desk.now - timedelta(minutes=self.age)
                    desk.receive(a_shipment(request, name, units, shipped_at=left), request.connection)
                    return


@dataclass(frozen=True)
class Found:
    """A person corrects the stock."""

    sku: str
    units: int
    age: int

    def happens(self, desk: Desk, basis: CountBasis, *, staged: bool, name: str) -> None:
        when = desk.now - timedelta(minutes=self.age)
        adjust_stock(desk.work(), ACME, Correction({Sku(self.sku): Decimal(self.units)}, name, when))


Step = Counted | Bought | Left | Found
_STEPS = st.one_of(
    st.builds(
        Counted,
        figures=st.fixed_dictionaries({}, optional=dict.fromkeys(_NAMES, st.integers(-2, 12))),
        mode=st.sampled_from(FeedMode),
        age=_AGES,
        cases=st.dictionaries(_SKUS, st.integers(0, 2), max_size=1),
        unsellable=st.dictionaries(_SKUS, st.integers(0, 2), max_size=1),
        again=st.booleans(),
    ),
    st.builds(Bought, _SKUS, st.integers(1, 4), st.booleans()),
    st.builds(Left, _AGES),
    st.builds(Found, _SKUS, st.integers(1, 3), _AGES),
)
_WAYS = st.sampled_from(
    [
        (CountBasis.ON_HAND, NetOf.NONE, None),
        (CountBasis.AVAILABLE, NetOf.SENT, None),
        (CountBasis.AVAILABLE, NetOf.SENT, at(12).time()),
        (CountBasis.AVAILABLE, NetOf.ACKNOWLEDGED, None),
    ]
)


def books_of(desk: Desk) -> dict[str, object]:
    """All that a count leaves behind, in no order that a shorter way might change."""
    ledger = desk.uow.ledger
    balances = ledger.balances()
    skus = sorted({each.sku for each in balances})
    return {
        "balances": balances,
        "movements": {sku: sorted(ledger.movements(sku, limit=500), key=lambda each: each.key) for sku in skus},
        "kept for a person": [(each.code, each.message) for each in desk.uow.quarantine.open(limit=50)],
        "told to the channel": sorted(item.subject for item in desk.pending("inventory")),
        "orders": [(each.order_id, each.status) for each in desk.uow.orders.page(limit=100)],
        "broken laws": broken_laws(desk),
    }


Way = tuple[CountBasis, NetOf, time | None]


def books(way: Way, steps: list[Step], *, staged: bool) -> dict[str, object]:
    """After nine of everything was counted, and a step every five minutes."""
    counting = FULL.model_copy(update={"basis": way[0], "net_of": way[1], "net_of_cutoff": way[2]})
    desk = Desk(a_network(a_location("acme", counting=counting), a_location("bolt")))
    desk.receive(a_report("acme", dict.fromkeys(_NAMES, 9), as_of=at(-5), basis=way[0]), "acme")
    for number, step in enumerate(steps, 1):
        desk.now = at(5 * number)
        step.happens(desk, way[0], staged=staged, name=f"step {number}")
        desk.tick()
    return books_of(desk)


@settings(max_examples=30)
@given(_WAYS, st.lists(_STEPS, min_size=3, max_size=8))
def test_a_feed_and_a_report_leave_the_same_books(way: Way, steps: list[Step]) -> None:
    assert books(way, steps, staged=False) == books(way, steps, staged=True)


def counted(age: int, **figures: int) -> Counted:
    return Counted(dict.fromkeys(_NAMES, 9) | figures, FeedMode.FULL, age, {}, {}, again=False)


_ON_HAND = (CountBasis.ON_HAND, NetOf.NONE, None)
_NET_OF_SENT = (CountBasis.AVAILABLE, NetOf.SENT, None)
_NET_OF_ACKNOWLEDGED = (CountBasis.AVAILABLE, NetOf.ACKNOWLEDGED, None)
_LATE: dict[str, tuple[Way, list[Step], int]] = {
    "what left since the count was in it": (_ON_HAND, [Bought("A", 4, True), Left(0), counted(7)], 5),
    "what left before the count was not": (_ON_HAND, [Bought("A", 4, True), Left(0), counted(3, A=5)], 5),
    "what left since was left out of a net count": (
        _NET_OF_SENT,
        [Bought("A", 4, True), Left(0), counted(7, A=5)],
        5,
    ),
    "what is asked for is in a count of all there is": (_ON_HAND, [Bought("A", 4, False), counted(0)], 9),
    "what was sent is left out where that is netted": (_NET_OF_SENT, [Bought("A", 4, False), counted(0, A=5)], 9),
    "what was sent later is not": (_NET_OF_SENT, [Bought("A", 4, False), counted(7)], 9),
    "what was acknowledged is left out where that is netted": (
        _NET_OF_ACKNOWLEDGED,
        [Bought("A", 4, True), counted(0, A=5)],
        9,
    ),
    "what was only sent is not": (_NET_OF_ACKNOWLEDGED, [Bought("A", 4, False), counted(0)], 9),
    "what was found since comes on top": (_ON_HAND, [Found("A", 2, 0), counted(7)], 11),
    "what was found before is in it": (_ON_HAND, [Found("A", 2, 0), counted(3, A=11)], 11),
    "an older count changes nothing": (_ON_HAND, [counted(0, A=6), counted(7, A=3)], 6),
    "a later document may correct a count of the same moment": (_ON_HAND, [counted(0, A=6), counted(5, A=3)], 3),
}


@pytest.mark.parametrize(("way", "steps", "on_hand"), _LATE.values(), ids=_LATE)
def test_figures_that_are_not_the_whole_story_count_as_those_of_a_report(
    way: Way, steps: list[Step], on_hand: int
) -> None:
    told = books(way, steps, staged=True)
    found = {str(each.sku): each.on_hand for each in cast("list[Balance]", told["balances"])}
    assert {"A": on_hand, "B": 9, "C": 9} == found
    assert books(way, steps, staged=False) == told


def test_of_two_figures_of_one_document_and_moment_the_first_stands_as_in_a_report() -> None:
    def told(*, staged: bool) -> dict[str, object]:
        desk = Desk(a_network(a_location("acme", counting=FULL), a_location("bolt")))
        desk.receive(a_report("acme", dict.fromkeys(_NAMES, 9), as_of=at(-5)), "acme")
        desk.receive(a_report("bolt", {}), "bolt", "feed")
        desk.now = at(5)
        for number, units in ((1, 4), (2, 6)):
            report = a_report("acme", {"A": units, "B": 9, "C": 9}, as_of=at(3), mode=FeedMode.FULL)
            if staged:
                receive(desk, report, "feed", number)
            else:
                desk.receive(report, "acme", "feed")
            desk.tick()
        assert {"A": 4, "B": 9, "C": 9} == figures(desk)
        return books_of(desk)

    assert told(staged=False) == told(staged=True)


def test_a_feed_in_another_unit_is_refused_in_the_same_words(desk: Desk) -> None:
    pieces = {f"S{number:02d}": 2 for number in range(12)}
    desk.receive(a_report("acme", dict(pieces)), "acme")
    desk.now = at(5)
    receive(desk, a_report("acme", dict.fromkeys(pieces, 24), as_of=at(5)), "feed")
    assert {Decimal(2)} == set(figures(desk).values())
    (entry,) = desk.uow.quarantine.open(limit=10)
    assert "stock.unit-guard" == entry.code
    assert "multiplies the stock of 12 of 12 items at acme by 12." in entry.message


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


def test_feed_that_counts_a_virtual_kit_is_told_to_a_person(desk: Desk) -> None:
    desk.network = with_kits(desk.network, a_kit("SHELF", A=2))
    receive(desk, a_report("acme", {"A": 4, "SHELF": 9}, as_of=at(1)), "feed")
    [entry] = desk.uow.quarantine.open()
    assert ("stock.counted-kit", "acme/SHELF") == (entry.code, entry.path)
