"""Open orders are assigned anew together; what has left, changed or is held stays as it was."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from hub.flows.reoptimise_pool import MoveBundle, PoolAnswer, PoolTerms, find_moves, make_moves
from hub.flows.requests import hold_order
from hub.model.events import EventKind
from hub.model.fulfilment import Execution
from hub.model.identity import ChannelId, OrderId
from tests.builders import Desk, a_location, a_network, broken_laws


@pytest.fixture
def desk() -> Desk:
    """The last A of acme goes to the first order; the second then needs two parcels."""
    desk = Desk(a_network(a_location("acme", per_request="5"), a_location("bolt", per_request="8")))
    desk.stock("acme", A=1, B=5)
    desk.stock("bolt", A=5)
    desk.tick()
    return desk


def found(desk: Desk, **terms: object) -> PoolAnswer:
    return find_moves(desk.work(), replace(PoolTerms(churn_permille=1000), **terms))  # type: ignore[arg-type]


def the_bundle(desk: Desk) -> MoveBundle:
    [bundle] = found(desk).bundles
    return bundle


def asked(desk: Desk, order_id: OrderId) -> list[str]:
    """Locations that are asked for the order now."""
    return [each.location for each in desk.requests(order_id) if not each.finished]


def test_order_makes_room_for_one_that_needs_two_parcels_else(desk: Desk) -> None:
    first, second = desk.place(1, A=1), desk.place(2, A=1, B=1)
    assert (asked(desk, first), asked(desk, second)) == (["acme"], ["bolt", "acme"])
    answer = found(desk)
    assert (answer.orders, answer.before, answer.after) == (2, Decimal(18), Decimal(15))
    assert {move.order_id: move.saving for move in answer.bundles[0].moves} == {first: Decimal(-3), second: Decimal(8)}
    assert make_moves(desk.work(), answer.bundles[0])
    assert (asked(desk, first), asked(desk, second)) == (["bolt"], ["acme"])
    assert [item.order_id for item in desk.pending("fulfilment")] == [first, second]
    assert (desk.balance("A", "acme").reserved, desk.balance("A", "bolt").reserved) == (Decimal(1), Decimal(1))
    assert broken_laws(desk) == []


def test_move_is_told_with_its_saving_and_kept_as_a_plan(desk: Desk) -> None:
    first, second = desk.place(1, A=1), desk.place(2, A=1, B=1)
    make_moves(desk.work(), the_bundle(desk))
    moved = [event for event in desk.uow.orders.timeline(second) if event.kind is EventKind.ORDER_MOVED]
    assert [event.data["saving"] for event in moved] == ["8.00"]
    assert desk.uow.requests.plans(second)[-1].summary == "Moved to acme for 5.00 USD: saves 8.00 USD."
    assert {each.rules for each in desk.uow.requests.plans(second)} == {desk.uow.requests.plans(second)[0].rules}
    assert "3.00 USD dearer, to make room for other open orders" in desk.uow.requests.plans(first)[-1].summary
    assert {each.execution for each in desk.requests(second)[:2]} == {Execution.CANCELLED}


def test_finding_moves_changes_nothing_and_a_second_run_finds_none(desk: Desk) -> None:
    first, second = desk.place(1, A=1), desk.place(2, A=1, B=1)
    before = desk.order(first), desk.order(second), desk.requests(first), desk.requests(second)
    bundle = the_bundle(desk)
    assert before == (desk.order(first), desk.order(second), desk.requests(first), desk.requests(second))
    make_moves(desk.work(), bundle)
    assert found(desk).bundles == ()


def test_move_is_no_further_round_of_asking_locations(desk: Desk) -> None:
    first, _ = desk.place(1, A=1), desk.place(2, A=1, B=1)
    rounds = desk.order(first).attempts
    make_moves(desk.work(), the_bundle(desk))
    assert desk.order(first).attempts == rounds


def test_order_that_was_sent_is_not_open(desk: Desk) -> None:
    desk.place(1, A=1)
    desk.send()
    desk.place(2, A=1, B=1)
    assert found(desk).orders == 1
    assert found(desk).bundles == ()


def test_bundle_is_dropped_whole_where_a_request_has_left_meanwhile(desk: Desk) -> None:
    first, second = desk.place(1, A=1), desk.place(2, A=1, B=1)
    bundle = the_bundle(desk)
    desk.send()
    assert not make_moves(desk.work(), bundle)
    assert (asked(desk, first), asked(desk, second)) == (["acme"], ["bolt", "acme"])
    assert broken_laws(desk) == []


def test_bundle_is_dropped_whole_where_stock_has_gone_meanwhile(desk: Desk) -> None:
    first, second = desk.place(1, A=1), desk.place(2, A=1, B=1)
    bundle = the_bundle(desk)
    desk.now = desk.now.replace(minute=desk.now.minute + 1)
    desk.stock("acme", A=0, B=0)
    assert not make_moves(desk.work(), bundle)
    assert (asked(desk, first), asked(desk, second)) == (["acme"], ["bolt", "acme"])
    assert len(desk.pending("fulfilment")) == 3
    assert broken_laws(desk) == []


def test_bundle_is_dropped_where_its_order_has_changed_meanwhile(desk: Desk) -> None:
    first, _ = desk.place(1, A=1), desk.place(2, A=1, B=1)
    bundle = the_bundle(desk)
    work = desk.work()
    work.keep(hold_order(work, desk.order(first), "order.looked-at", "A person looks at it."))
    assert not make_moves(desk.work(), bundle)
    assert found(desk).orders == 1, "an order that is held is left alone"


def test_change_fee_limit_of_churn_and_channel_decide_what_moves(desk: Desk) -> None:
    desk.place(1, A=1)
    desk.place(2, A=1, B=1)
    assert found(desk, change_fee=Decimal("2.50")).bundles == ()
    assert len(found(desk, change_fee=Decimal("2.49")).bundles) == 1
    assert found(desk, churn_permille=0).bundles == ()
    assert found(desk, channels=frozenset({ChannelId("elsewhere")})).orders == 0


def test_order_that_waits_for_units_gets_those_that_another_need_not_have(desk: Desk) -> None:
    first = desk.place(1, A=1)
    desk.network = a_network(a_location("acme", per_request="5"), a_location("bolt", per_request="8"), max_splits=1)
    second = desk.place(2, A=1, B=1)
    bundle = the_bundle(desk)
    assert {move.order_id: move.more for move in bundle.moves} == {first: Decimal(0), second: Decimal(1)}
    assert make_moves(desk.work(), bundle)
    assert (asked(desk, first), asked(desk, second)) == (["bolt"], ["acme"])
    assert broken_laws(desk) == []
