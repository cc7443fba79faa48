"""What partners say of their items' future: items given up, and goods that are to come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.flows import record_feed, record_outlooks
from hub.flows.announce_transfer import Consignment, announce_transfer
from hub.flows.explain_missing import explain_missing
from hub.flows.explain_stock import StockExplanation, explain_stock
from hub.model.identity import LocationId, Sku
from hub.model.network import CountingRule, MissingMeans
from hub.model.stock import ExpectedSupply, FeedMode, ItemOutlook, StockReport
from tests.builders import Desk, a_location, a_network, a_report, at, broken_laws
from tests.unit.flows.test_feeds import receive

ACME = LocationId("acme")
CATALOGUE = CountingRule(missing=MissingMeans.DELISTED, guard_fraction=Decimal("0.5"))
FRIDAY, LATER = date(2026, 12, 4), date(2026, 12, 11)

Deliver = Callable[[Desk, StockReport, str], None]


@pytest.fixture
def desk() -> Desk:
    return new_desk()


def new_desk(rule: CountingRule = CATALOGUE) -> Desk:
    return Desk(a_network(a_location("acme", counting=rule), a_location("bolt")))


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    for flow in (record_feed, record_outlooks):
        monkeypatch.setattr(flow, "PART", 2)


def as_report(desk: Desk, report: StockReport, document: str) -> None:
    desk.receive(report, "acme", document)


@pytest.fixture(params=[as_report, receive], ids=["report", "feed"])
def deliver(request: pytest.FixtureRequest) -> Deliver:
    found: Deliver = request.param
    return found


def told(minutes: float, *outlooks: ItemOutlook, mode: FeedMode = FeedMode.DELTA, **figures: int) -> StockReport:
    report = a_report("acme", dict(figures), as_of=at(minutes), mode=mode)
    return report.model_copy(update={"outlooks": outlooks})


def to_come(sku: str, *supplies: tuple[date, int | None]) -> ItemOutlook:
    expected = tuple(ExpectedSupply(day=day, quantity=None if n is None else Decimal(n)) for day, n in supplies)
    return ItemOutlook(sku=Sku(sku), location=ACME, expected=expected)


def given_up(desk: Desk) -> dict[str, float]:
    """Items known as discontinued, and since which minute."""
    known = [each for each in desk.uow.outlooks.of(None, [ACME]) if each.said.discontinued]
    return {each.said.sku: (each.as_of - at(0)).total_seconds() / 60 for each in known}


def explained(desk: Desk, sku: str = "A") -> StockExplanation:
    return explain_stock(desk.work(), Sku(sku))


def promised(desk: Desk, sku: str = "A") -> list[tuple[str, Decimal]]:
    return [(each.day.isoformat(), each.quantity) for each in explained(desk, sku).promises]


def test_an_item_left_out_of_a_catalogue_is_gone_and_given_up_until_it_is_named_again(
    desk: Desk, deliver: Deliver
) -> None:
    desk.stock("acme", A=5, B=4, C=3)
    for minute in (10, 20):
        desk.now = at(minute)
        deliver(desk, told(minute, mode=FeedMode.FULL, A=5, B=4), f"full {minute}")
    assert Decimal(0) == desk.balance("C", "acme").on_hand
    assert {"C": 10} == given_up(desk), "since the first report that does not name it"
    [outlook] = desk.uow.outlooks.of([Sku("C")])
    assert desk.stored["full 10"] == outlook.document
    desk.now = at(30)
    deliver(desk, told(30, mode=FeedMode.FULL, A=5, B=4, C=9), "full 30")
    assert Decimal(9) == desk.balance("C", "acme").on_hand
    assert {} == given_up(desk)
    assert [] == broken_laws(desk)


@pytest.mark.parametrize("stocked", [3, 0], ids=["in stock", "sold out"])
def test_a_catalogue_cut_off_gives_up_nothing(desk: Desk, deliver: Deliver, stocked: int) -> None:
    desk.stock("acme", A=5, B=stocked, C=stocked, D=stocked)
    desk.now = at(10)
    deliver(desk, told(10, mode=FeedMode.FULL, A=5), "cut off")
    assert {} == given_up(desk)
    [entry] = desk.uow.quarantine.open(limit=10)
    assert "stock.feed-guard" == entry.code
    assert "3 of 4 items" in entry.message


def test_items_given_up_long_ago_do_not_trip_the_guard(desk: Desk, deliver: Deliver) -> None:
    desk.stock("acme", A=5, B=4, C=3, D=2, E=1)
    for minute, left in ((10, "ABCD"), (20, "ABC"), (30, "AB"), (40, "A")):
        desk.now = at(minute)
        deliver(desk, told(minute, mode=FeedMode.FULL, **dict.fromkeys(left, 2)), f"full {minute}")
    assert {"E": 10, "D": 20, "C": 30, "B": 40} == given_up(desk)
    assert [] == desk.uow.quarantine.open(limit=10)


def test_an_item_marked_as_given_up_keeps_what_is_left_of_it(desk: Desk, deliver: Deliver) -> None:
    ended = ItemOutlook(sku=Sku("A"), location=ACME, discontinued=True)
    deliver(desk, told(0, ended, A=6), "ends")
    assert {"A": 0} == given_up(desk)
    assert Decimal(6) == explained(desk).atps[ACME].quantity
    desk.now = at(20)
    deliver(desk, told(10, A=8), "goes on")
    assert {} == given_up(desk)


def test_goods_to_come_are_promised_from_their_day_on(desk: Desk, deliver: Deliver) -> None:
    desk.stock("acme", A=2)
    desk.now = at(10)
    deliver(desk, told(5, to_come("A", (FRIDAY, 50), (LATER, None)), A=2), "first")
    assert [("2026-11-02", Decimal(2)), ("2026-12-04", Decimal(52))] == promised(desk)
    [expected, later] = explained(desk).expected
    assert (FRIDAY, Decimal(50), desk.stored["first"], at(5)) == (
        expected.day,
        expected.quantity,
        expected.document,
        expected.as_of,
    )
    assert (LATER, None) == (later.day, later.quantity)


def test_a_newer_report_of_the_item_replaces_what_was_expected(desk: Desk, deliver: Deliver) -> None:
    deliver(desk, told(0, to_come("A", (FRIDAY, 50)), to_come("B", (FRIDAY, 7)), A=2, B=1), "first")
    desk.now = at(20)
    deliver(desk, told(10, to_come("A", (LATER, 30)), A=2), "second")
    assert [("2026-11-02", Decimal(2)), ("2026-12-11", Decimal(32))] == promised(desk)
    assert 2 == len(promised(desk, "B")), "changes only: B was not spoken of"
    deliver(desk, told(20, A=32, B=8), "third")
    assert [("2026-11-02", Decimal(32))] == promised(desk)
    assert 1 == len(promised(desk, "B"))


def test_an_older_report_brings_nothing_back(desk: Desk, deliver: Deliver) -> None:
    desk.now = at(30)
    desk.stock("acme", as_of=at(20), A=9)
    deliver(desk, told(10, to_come("A", (FRIDAY, 50)), A=2), "late")
    assert () == explained(desk).expected
    assert [("2026-11-02", Decimal(9))] == promised(desk)


def test_what_a_partner_expects_beside_our_own_transfer_is_not_counted_twice(desk: Desk) -> None:
    as_report(desk, told(0, to_come("A", (FRIDAY, 50)), A=2), "first")
    announce_transfer(desk.work(), ACME, Consignment({Sku("A"): Decimal(20)}, at(0), expected_on=LATER))
    assert [("2026-11-02", Decimal(2)), ("2026-12-11", Decimal(22))] == promised(desk)
    assert 2 == len(explained(desk).expected)


def test_a_partner_that_is_too_old_to_be_believed_is_not_believed_of_the_future(deliver: Deliver) -> None:
    desk = new_desk(CountingRule(stale_after_hours=Decimal(1)))
    deliver(desk, told(0, to_come("A", (FRIDAY, 50)), A=2), "first")
    desk.now = at(61)
    assert [("2026-11-02", Decimal(0))] == promised(desk)


def test_an_order_that_waits_is_told_what_its_items_partners_said(desk: Desk) -> None:
    ended = ItemOutlook(sku=Sku("B"), location=ACME, discontinued=True)
    as_report(desk, told(0, to_come("A", (FRIDAY, 50)), ended, A=0, B=0), "first")
    order_id = desk.place(A=1, B=1)
    findings = {each.code: each for each in explain_missing(desk.uow, desk.network, order_id).findings}
    assert "acme expects 50 of A on 2026-12-04." == findings["supply-expected"].words
    assert "acme has given up B, it said as of 2026-11-02." == findings["discontinued"].words
    assert desk.stored["first"] == findings["discontinued"].refs["document"]


_SKUS = st.sampled_from(["A", "B", "C", "D"])
_SAID = st.dictionaries(_SKUS, st.sampled_from(["date", "ended", "nothing"]), max_size=4)
_TOLD = st.tuples(st.integers(0, 9), _SAID, st.sampled_from(list(FeedMode)))


@settings(max_examples=20)
@given(st.sampled_from(list(MissingMeans)), st.lists(_TOLD, min_size=1, max_size=4))
def test_a_feed_and_a_report_leave_the_same_outlooks(
    missing: MissingMeans, reports: list[tuple[int, dict[str, str], FeedMode]]
) -> None:
    def outlooks(sku: str, said: str) -> ItemOutlook | None:
        if said == "nothing":
            return None
        return (
            to_come(sku, (FRIDAY, 5)) if said == "date" else ItemOutlook(sku=Sku(sku), location=ACME, discontinued=True)
        )

    def left(deliver: Deliver) -> object:
        desk = new_desk(CountingRule(missing=missing))
        desk.now = at(10)
        for number, (minute, said, mode) in enumerate(reports):
            found = [each for sku, words in said.items() if (each := outlooks(sku, words)) is not None]
            deliver(desk, told(minute, *found, mode=mode, **dict.fromkeys(said, 3)), f"doc {number}")
        known = [(each.said, each.as_of, each.document) for each in desk.uow.outlooks.of(None, [ACME])]
        return known, [entry.code for entry in desk.uow.quarantine.open(limit=50)]

    assert left(as_report) == left(receive)
