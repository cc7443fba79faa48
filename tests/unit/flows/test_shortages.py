"""A location did not have what it was asked for: its figure is not believed until it counts the item again."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from hub.flows.adjust_stock import Correction, adjust_stock
from hub.flows.explain_stock import explain_stock
from hub.flows.publish_quantities import channel_quantities
from hub.flows.route_order import plan_again
from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import LocationId, OrderId, Sku
from hub.model.network import CountingRule, RecordRule
from hub.model.purchase import Acknowledgement, AcknowledgementOutcome
from hub.model.stock import FeedMode, FeedRow, StockFeed
from tests.builders import Desk, a_location, a_network, a_report, a_shipment, an_ack, an_order, at, broken_laws

A, ACME = Sku("A"), LocationId("acme")


@pytest.fixture
def desk() -> Desk:
    desk = Desk(a_network(a_location("acme")))
    desk.stock("acme", A=15, B=15)
    desk.tick()
    return desk


def sent(desk: Desk, number: int = 1, units: int = 4) -> FulfilmentRequest:
    order_id = desk.place(number, A=units)
    desk.send()
    return desk.request(order_id)


def answer(desk: Desk, request: FulfilmentRequest, outcome: str, units: int, minutes: int = 10) -> None:
    desk.now = max(desk.now, at(minutes))
    desk.receive(an_ack(request.request_id, f"K{minutes}", at(minutes), one=(1, outcome, units)), "acme")
    desk.tick()


def shows(desk: Desk, sku: str = "A") -> int:
    channel = desk.network.channels[0]
    return int(channel_quantities(desk.work(), channel, [Sku(sku)])[Sku(sku)].quantity)


def asked(desk: Desk) -> Decimal | None:
    """What the shop was told last."""
    items = [item for item in desk.pending("inventory") if item.subject.startswith("A ")]
    return Decimal(items[-1].subject.removeprefix("A = ")) if items else None


def rejects(desk: Desk, request: FulfilmentRequest) -> None:
    answer(desk, request, "rejected", 4)


def rejects_one(desk: Desk, request: FulfilmentRequest) -> None:
    answer(desk, request, "rejected", 1)


def backorders(desk: Desk, request: FulfilmentRequest) -> None:
    answer(desk, request, "backordered", 4)


def ships_short(desk: Desk, request: FulfilmentRequest) -> None:
    desk.now = at(10)
    desk.receive(a_shipment(request, "S1", {1: 3}, shipped_at=at(9), closes=True), "acme")
    desk.tick()


@pytest.mark.parametrize("news", [rejects, rejects_one, backorders, ships_short])
def test_location_that_had_not_what_it_was_asked_for_promises_and_shows_none_until_it_counts(
    desk: Desk, news: Callable[[Desk, FulfilmentRequest], None]
) -> None:
    before = shows(desk)
    request = sent(desk)
    news(desk, request)
    assert (15, Decimal(0), 0) == (before, asked(desk), shows(desk))
    assert 15 == shows(desk, "B")
    assert [] == desk.requests(desk.place(2, A=1))
    assert broken_laws(desk) == []


@pytest.mark.parametrize("later", [True, False])
def test_later_count_ends_the_doubt_and_wakes_who_waits_even_where_it_moves_nothing(desk: Desk, later: bool) -> None:
    rejects(desk, sent(desk))
    waiting = desk.place(2, A=2)
    desk.now = at(30)
    desk.stock("acme", as_of=at(20 if later else 10), A=15)
    desk.tick()
    assert ((1, 15 - 2 - 4) if later else (0, 0)) == (len(desk.requests(waiting)), shows(desk))
    assert [at(20 if later else 10)] == [desk.balance("A", "acme").counted_at]


def test_count_heard_before_an_older_rejection_leaves_no_doubt(desk: Desk) -> None:
    request = sent(desk)
    desk.now = at(30)
    desk.stock("acme", as_of=at(20), A=9)
    answer(desk, request, "rejected", 4)
    assert 5 == shows(desk)


def test_goods_that_come_later_are_promised_and_no_more_than_they(desk: Desk) -> None:
    rejects(desk, sent(desk))
    desk.now = at(20)
    adjust_stock(desk.work(), ACME, Correction({A: Decimal(10)}, "found", at(20)))
    assert [1] == [line.number for line in desk.request(desk.place(2, A=3)).lines]
    assert 7 - 4 == shows(desk)
    assert Decimal(7) == desk.request(desk.place(3, A=8)).lines[0].quantity


def test_rejection_for_another_reason_says_nothing_of_the_stock(desk: Desk) -> None:
    request = sent(desk)
    ack = an_ack(request.request_id, "K1", at(10), one=(1, "rejected", 4))
    priced = ack.lines[0].model_copy(update={"out_of_stock": False})
    desk.receive(ack.model_copy(update={"lines": (priced,)}), "acme")
    assert 15 - 4 == shows(desk)


def test_refusal_of_the_whole_document_says_nothing_of_the_stock(desk: Desk) -> None:
    request = sent(desk)
    ack = Acknowledgement(
        request_id=request.request_id,
        reference="K1",
        acknowledged_at=at(10),
        default_outcome=AcknowledgementOutcome.REJECTED,
    )
    desk.receive(ack, "acme")
    assert 15 - 4 == shows(desk)


def test_partner_whose_rejections_mean_nothing_stays_believed() -> None:
    desk = Desk(a_network(a_location("acme", counting=CountingRule(doubt_after_shortage=False))))
    desk.stock("acme", A=15)
    rejects(desk, sent(desk))
    assert 15 - 4 == shows(desk)


def test_routing_says_that_the_figure_is_in_doubt(desk: Desk) -> None:
    rejects(desk, sent(desk))
    second = desk.place(2, A=1)
    plan = plan_again(desk.work(), second)
    assert plan is not None
    words = "it did not have what P00000001 asked for (2026-11-02 09:40 UTC), and has not counted it since"
    assert ("doubted", words) == (plan.candidates[0].code, plan.candidates[0].reason)
    assert "routing.doubted-stock" == plan.unrouted[0].code
    found = explain_stock(desk.work(), A).atps[ACME]
    assert (words, Decimal(-15)) == (found.terms[-1].words, found.terms[-1].quantity)


def test_reject_loop_asks_the_rejecter_once_and_not_for_every_order(desk: Desk) -> None:
    desk.network = a_network(a_location("acme"), a_location("bolt", per_request="9"))
    desk.stock("bolt", A=15)
    rejects(desk, sent(desk))
    orders = [desk.place(number, A=1) for number in (2, 3, 4)]
    assert ["bolt"] * 3 == [desk.request(each).location for each in orders]


RECORD = CountingRule(record=RecordRule(days=30, least_units=Decimal(10), keep_at_least=Decimal("0.5")))


@pytest.fixture
def recorded() -> Desk:
    """A location of which 12 units were asked and 4 were not there."""
    desk = Desk(a_network(a_location("acme", counting=RECORD)))
    desk.stock("acme", A=15, B=40)
    desk.tick()
    request = sent(desk, 1, 8)
    answer(desk, request, "accepted", 8, 5)
    rejects(desk, sent(desk, 2, 4))
    return desk


def test_channels_are_shown_less_of_a_location_that_often_had_not_what_it_was_asked_for(recorded: Desk) -> None:
    desk = recorded
    # (8 + 10) / (12 + 10) = 82 %
    assert (33, 0) == (shows(desk, "B"), shows(desk))
    channel = desk.network.channels[0]
    terms = channel_quantities(desk.work(), channel, [Sku("B")])[Sku("B")].terms
    words = "acme: kept back, 4 of 12 units asked in 30 days were not there"
    assert [("acme: available to promise", 40), (words, -7)] == [(each.words, int(each.quantity)) for each in terms]


def test_record_is_no_matter_to_routing(recorded: Desk) -> None:
    assert Decimal(40) == recorded.request(recorded.place(3, B=40)).lines[0].quantity


def test_channels_look_at_the_other_items_within_the_hour_and_again_when_the_shortage_is_long_past(
    recorded: Desk,
) -> None:
    desk = recorded

    def told() -> Decimal:
        items = [item for item in desk.pending("inventory") if item.subject.startswith("B ")]
        return Decimal(items[-1].subject.removeprefix("B = "))

    assert Decimal(40) == told()
    desk.tick(61)
    assert Decimal(33) == told()
    for _ in range(31):
        desk.tick(24 * 60)
    assert Decimal(40) == told()
    assert [] == [task for task in desk.uow.tasks.due(at(10**6), 100) if task.kind == "record"]


def test_answer_that_comes_again_counts_once(recorded: Desk) -> None:
    request = recorded.request(an_order(2, A=4).order_id)
    recorded.receive(an_ack(request.request_id, "K10", at(10), one=(1, "rejected", 4)), "acme")
    recorded.receive(an_ack(request.request_id, "later", at(11), one=(1, "rejected", 4)), "acme")
    assert (Decimal(12), Decimal(4)) == recorded.uow.requests.asked(ACME, at(0))
    assert (Decimal(0), Decimal(0)) == recorded.uow.requests.asked(ACME, at(60))


def test_units_that_wait_and_are_rejected_then_are_short_once(desk: Desk) -> None:
    request = sent(desk)
    answer(desk, request, "backordered", 4, 10)
    answer(desk, request, "rejected", 4, 20)
    assert (Decimal(4), Decimal(4)) == desk.uow.requests.asked(ACME, at(0))


def test_units_that_wait_at_first_were_short_also_where_they_are_shipped_at_last(desk: Desk) -> None:
    request = sent(desk)
    answer(desk, request, "backordered", 3, 10)
    answer(desk, request, "accepted", 4, 20)
    desk.receive(a_shipment(request, "S1", {1: 4}, shipped_at=at(20)), "acme")
    assert (Decimal(4), Decimal(3)) == desk.uow.requests.asked(ACME, at(0))


def test_big_feed_ends_the_doubt_and_wakes_who_waits(desk: Desk) -> None:
    rejects(desk, sent(desk))
    waiting: OrderId = an_order(2, A=2).order_id
    desk.place(2, A=2)
    desk.now = at(30)
    rows: list[FeedRow] = [
        (row.sku, row.location, row.basis, row.quantity, row.unit, row.units_each)
        for row in a_report("acme", {"A": 15, "B": 15}).rows
    ]
    desk.receive(a_report("acme", {}), "acme", "feed")
    desk.work()
    desk.uow.feeds.stage(desk.stored["feed"], 1, 1, rows)
    feed = StockFeed(
        connection=a_location("acme").connection,
        reference="feed",
        as_of=at(20),
        mode=FeedMode.DELTA,
        locations=(ACME,),
        number=1,
        rows=2,
    )
    desk.receive(feed, "acme", "feed")
    desk.tick()
    assert 1 == len(desk.requests(waiting))
    assert (13 - 4, 15) == (shows(desk), shows(desk, "B"))
