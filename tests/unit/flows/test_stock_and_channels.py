"""Stock reports move the ledger, wake waiting orders and reach the channels."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hub.errors import DataError
from hub.flows.answer import Answer, Verdict
from hub.flows.explain_stock import explain_stock
from hub.flows.publish_quantities import resume_publishing
from hub.flows.registry import record_item
from hub.model.identity import ConnectionId, Sku
from hub.model.network import CountingRule, MissingMeans, NetOf
from hub.model.order import OrderStatus
from hub.model.queue import OutboxState
from hub.model.stock import CountBasis, FeedMode, QuantityUpdate, StockReport
from tests.builders import SHOP, Desk, a_location, a_network, a_report, a_shipment, at, broken_laws

FULL = CountingRule(missing=MissingMeans.ZERO)


@pytest.fixture
def desk() -> Desk:
    return Desk(a_network(a_location("acme", counting=FULL), a_location("bolt", per_request="8")))


def shown(desk: Desk) -> dict[str, int]:
    """What each pending update would make the channel show."""
    updates = [QuantityUpdate.model_validate_json(item.payload) for item in desk.pending("inventory")]
    return {update.sku: int(update.quantity) for update in updates}


def test_count_moves_the_ledger_to_what_was_counted(desk: Desk) -> None:
    desk.stock("acme", A=20)
    desk.now = at(10)
    desk.stock("acme", A=15)
    assert desk.balance("A", "acme").on_hand == Decimal(15)
    assert [row.quantity for row in desk.uow.ledger.movements(Sku("A"))] == [Decimal(-5), Decimal(20)]


def test_same_report_twice_counts_once(desk: Desk) -> None:
    report = a_report("acme", {"A": 20})
    desk.receive(report, "acme", "file-1")
    desk.receive(report, "acme", "file-1")
    desk.receive(report, "acme", "file-2")
    assert desk.balance("A", "acme").on_hand == Decimal(20)


def test_older_report_does_not_overwrite_a_newer_one(desk: Desk) -> None:
    desk.stock("acme", A=20, as_of=at(0))
    desk.stock("acme", A=90, as_of=at(-60))
    assert desk.balance("A", "acme").on_hand == Decimal(20)


def test_count_taken_before_a_shipment_is_corrected_by_it(desk: Desk) -> None:
    desk.stock("acme", A=20)
    order_id = desk.place(A=3)
    desk.send()
    desk.now = at(60)
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 3}, shipped_at=at(30)), "acme")
    desk.receive(a_report("acme", {"A": 20}, as_of=at(20)), "acme")
    assert desk.balance("A", "acme").on_hand == Decimal(17)


def test_count_that_already_left_a_shipment_out_is_not_reduced_again(desk: Desk) -> None:
    desk.stock("acme", A=20)
    order_id = desk.place(A=3)
    desk.send()
    desk.now = at(60)
    desk.receive(a_report("acme", {"A": 17}, as_of=at(45)), "acme")
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 3}, shipped_at=at(30)), "acme")
    assert desk.balance("A", "acme").on_hand == Decimal(17)
    assert broken_laws(desk) == []


def test_available_net_of_our_orders_is_not_taken_twice() -> None:
    rule = CountingRule(basis=CountBasis.AVAILABLE, net_of=NetOf.SENT)
    desk = Desk(a_network(a_location("acme", counting=rule)))
    desk.receive(a_report("acme", {"A": 20}, basis=CountBasis.AVAILABLE), "acme")
    order_id = desk.place(A=5)
    desk.send()
    desk.now = at(30)
    desk.receive(a_report("acme", {"A": 15}, basis=CountBasis.AVAILABLE, as_of=at(20)), "acme")
    balance = desk.balance("A", "acme")
    assert (balance.on_hand, balance.available) == (Decimal(20), Decimal(15))
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 5}, shipped_at=at(25)), "acme")
    assert desk.balance("A", "acme").on_hand == Decimal(15)


def test_emptied_full_report_is_quarantined_and_changes_nothing(desk: Desk) -> None:
    desk.stock("acme", A=20, B=20, C=20)
    desk.now = at(10)
    desk.receive(a_report("acme", {}, as_of=at(10), mode=FeedMode.FULL), "acme", "file-9")
    assert desk.balance("A", "acme").on_hand == Decimal(20)
    [entry] = desk.uow.quarantine.open()
    assert (entry.document, entry.path, entry.code) == (desk.stored["file-9"], "acme", "stock.empty-report")


@pytest.mark.parametrize(
    ("location", "connection", "code"),
    [("nowhere", "acme", "stock.unknown-location"), ("bolt", "acme", "stock.wrong-partner")],
)
def test_location_that_is_not_the_partners_is_refused(desk: Desk, location: str, connection: str, code: str) -> None:
    report = a_report(location, {"A": 1}).model_copy(update={"connection": ConnectionId(connection)})
    with pytest.raises(DataError) as caught:
        record_item(desk.work(), report)
    assert caught.value.code == code


def test_new_stock_wakes_the_orders_that_wait_for_it(desk: Desk) -> None:
    order_id = desk.place(A=3)
    assert desk.requests(order_id) == []
    assert desk.order(order_id).status is OrderStatus.OPEN
    desk.stock("acme", A=20)
    desk.tick()
    assert [request.location for request in desk.requests(order_id)] == ["acme"]


def test_order_that_waited_too_long_is_held_and_new_stock_still_wakes_it(desk: Desk) -> None:
    order_id = desk.place(A=3)
    for _ in range(8):
        desk.tick(6 * 60)
    assert desk.order(order_id).hold.startswith("order.unroutable")
    desk.stock("acme", A=20)
    desk.tick()
    assert desk.order(order_id).hold == ""
    assert len(desk.requests(order_id)) == 1


def test_waiting_says_why_once(desk: Desk) -> None:
    order_id = desk.place(A=3)
    desk.tick(6 * 60)
    desk.tick(6 * 60)
    assert len(desk.uow.requests.plans(order_id)) == 1
    assert desk.uow.requests.plans(order_id)[0].unrouted[0].code == "routing.no-stock"


def test_channel_shows_what_locations_promise_less_what_waits(desk: Desk) -> None:
    desk.stock("acme", A=20)
    desk.stock("bolt", A=7)
    desk.tick()
    assert shown(desk) == {"A": 27}
    desk.place(A=2)
    assert shown(desk) == {"A": 25}
    desk.place(2, A=40)
    assert shown(desk) == {"A": 0}


def test_newer_quantity_replaces_the_unsent_one(desk: Desk) -> None:
    desk.stock("acme", A=20)
    desk.tick()
    desk.place(A=2)
    items = [item for item in desk.uow.outbox.page(limit=100) if item.kind == "inventory"]
    assert [item.state for item in items] == [OutboxState.PENDING, OutboxState.SUPERSEDED]


def test_unchanged_quantity_is_not_sent_again(desk: Desk) -> None:
    desk.stock("acme", A=20)
    desk.tick()
    desk.send(kinds=("inventory",))
    desk.work().touch([Sku("A")])
    desk.tick()
    assert desk.pending("inventory") == []


def test_stale_answer_is_asked_again_once_orders_were_taken(desk: Desk) -> None:
    desk.stock("acme", A=20)
    desk.tick()
    [item] = desk.pending("inventory")
    desk.settle(item, Answer(Verdict.STALE, desk.now, observed=Decimal(4)))
    desk.tick(1)
    assert desk.pending("inventory") == []
    resume_publishing(desk.work("shop"), ConnectionId("shop"), desk.now)
    desk.tick()
    [again] = desk.pending("inventory")
    update = QuantityUpdate.model_validate_json(again.payload)
    assert (update.quantity, update.expected) == (Decimal(20), Decimal(4))
    desk.settle(again, Answer(Verdict.ACCEPTED, desk.now))
    assert desk.uow.publications.current(SHOP, [Sku("A")])[Sku("A")].confirmed == Decimal(20)


@pytest.fixture
def trusting() -> Desk:
    """Counts of acme are trusted for four hours, those of bolt for ever; A and B were counted now."""
    rule = CountingRule(stale_after_hours=Decimal(4))
    desk = Desk(a_network(a_location("acme", counting=rule), a_location("bolt")))
    desk.stock("acme", A=20, B=3)
    desk.stock("bolt", A=7)
    desk.tick()
    assert shown(desk) == {"A": 27, "B": 3}
    desk.send(kinds=("inventory",))
    return desk


def test_channel_is_told_when_a_feed_goes_stale(trusting: Desk) -> None:
    trusting.tick(4 * 60)
    assert shown(trusting) == {}
    trusting.tick(1)
    assert shown(trusting) == {"A": 7, "B": 0}
    assert trusting.uow.tasks.next_due() is None


def test_fresher_count_puts_staleness_off(trusting: Desk) -> None:
    trusting.tick(2 * 60)
    trusting.stock("acme", A=20, B=3)
    trusting.tick(3 * 60)
    assert shown(trusting) == {}
    trusting.tick(2 * 60)
    assert shown(trusting) == {"A": 7, "B": 0}


def test_channels_are_told_at_the_end_of_each_band() -> None:
    rule = CountingRule(
        discount_after_hours=Decimal(1), floor_after_hours=Decimal(2), floor=Decimal(3), stale_after_hours=Decimal(4)
    )
    desk = Desk(a_network(a_location("acme", counting=rule), a_location("bolt")))
    desk.stock("acme", A=20, B=1)
    desk.tick()
    told = [shown(desk)]
    for _ in range(4):
        desk.send(kinds=("inventory",))
        desk.tick(61)
        told.append(shown(desk))
    assert [{"A": 20, "B": 1}, {"A": 10, "B": 0}, {"A": 3}, {}, {"A": 0}] == told
    desk.stock("acme", B=1)
    desk.tick()
    assert {"A": 20, "B": 1} == shown(desk)


def test_count_of_one_item_makes_all_of_a_stale_location_usable_again(trusting: Desk) -> None:
    trusting.tick(5 * 60)
    order_id = trusting.place(B=2)
    assert trusting.requests(order_id) == []
    trusting.stock("acme", A=20)
    trusting.tick()
    assert shown(trusting) == {"A": 27, "B": 1}
    assert len(trusting.requests(order_id)) == 1


def with_unsellable(there: int, unsellable: int, minutes: float) -> StockReport:
    good = a_report("acme", {"A": there}, as_of=at(minutes))
    bad = a_report("acme", {"A": unsellable}, basis=CountBasis.UNAVAILABLE)
    return good.model_copy(update={"rows": (*good.rows, *bad.rows)})


def test_unsellable_units_are_there_and_not_promised(desk: Desk) -> None:
    desk.receive(with_unsellable(20, 3, 0), "acme")
    balance = desk.balance("A", "acme")
    assert (balance.on_hand, balance.unavailable, balance.available) == (Decimal(20), Decimal(3), Decimal(17))
    desk.tick()
    assert shown(desk) == {"A": 17}
    assert broken_laws(desk) == []


def test_units_that_became_sellable_wake_an_order(desk: Desk) -> None:
    desk.receive(with_unsellable(4, 4, 0), "acme")
    order_id = desk.place(A=2)
    assert desk.requests(order_id) == []
    desk.now = at(20)
    desk.receive(with_unsellable(4, 1, 10), "acme")
    desk.tick()
    assert desk.balance("A", "acme").unavailable == Decimal(1)
    assert len(desk.requests(order_id)) == 1


def test_packs_known_from_the_feed_bind_routing() -> None:
    desk = Desk(a_network(a_location("cases", pack_multiple=True)))
    desk.receive(a_report("cases", {"A": 4}, units_each=12), "cases")
    single = desk.place(A=1)
    assert desk.uow.requests.plans(single)[-1].unrouted[0].code == "routing.broken-pack"
    dozen = desk.place(2, A=12)
    assert len(desk.requests(dozen)) == 1


def test_safety_stock_is_never_promised() -> None:
    desk = Desk(a_network(a_location("acme", safety=5)))
    desk.stock("acme", A=7)
    order_id = desk.place(A=3)
    assert desk.requests(order_id)[0].lines[0].quantity == Decimal(2)
    assert desk.balance("A", "acme").available == Decimal(5)


def test_explanation_adds_up_to_what_is_shown(desk: Desk) -> None:
    desk.stock("acme", A=20)
    desk.place(A=2)
    told = explain_stock(desk.work(), Sku("A"))
    assert told.channels[SHOP].quantity == Decimal(18)
    for atp in told.atps.values():
        assert sum((term.quantity for term in atp.terms), Decimal(0)) == atp.quantity
