"""Intentions go out: accepted, refused or unknown; unknown is asked about and never guessed."""

from __future__ import annotations

import pytest

from hub.errors import ConfigurationError, RefusedError, TransientError
from hub.model.identity import ConnectionId, OrderId
from hub.model.order import OrderStatus
from hub.model.queue import ConnectionState, OutboxItem, OutboxState
from hub.sync.daemon import Engine
from hub.sync.quarantine import send_again, settle_by_hand
from hub.sync.retry import OUTBOUND
from tests.fakes.partner import KeyedOrders, OneWayOrders
from tests.fakes.partner_book import CrashError
from tests.fakes.world import World

PO = "fulfilment:P00000001"


@pytest.fixture
def engine(world: World) -> Engine:
    """An order for two is about to go to the supplier."""
    return ordered(world)


def ordered(world: World) -> Engine:
    world.stock("east", {"A": 5})
    world.order("1001", {"A": 2})
    return world.engine()


def item(engine: Engine, key: str = PO) -> OutboxItem:
    with engine.runtime.storage.read() as uow:
        found = uow.outbox.get(key)
    assert found is not None
    return found


def test_lost_answer_is_looked_up_and_not_sent_again(world: World, engine: Engine) -> None:
    world.books["east"].silent = True
    world.books["east"].lost["send"] = 1
    engine.run_until_idle()
    assert OutboxState.UNKNOWN is item(engine).state
    world.live(engine, 3)
    assert (1, 1) == (world.books["east"].calls.count("send"), world.books["east"].calls.count("lookup"))
    assert {"P00000001": 1} == dict(world.books["east"].booked)
    assert OutboxState.ACCEPTED is item(engine).state


def test_document_the_partner_has_not_got_is_sent_again_as_it_was(world: World, engine: Engine) -> None:
    world.books["east"].faults["send"] += [RuntimeError("connection reset")]  # type: ignore[list-item]
    engine.run_until_idle()
    first = item(engine).document
    world.live(engine, 3)
    assert (2, 1) == (world.books["east"].calls.count("send"), world.books["east"].calls.count("lookup"))
    assert (first, OutboxState.ACCEPTED) == (item(engine).document, item(engine).state)
    assert {"P00000001": 1} == dict(world.books["east"].booked)


def test_lookup_that_cannot_tell_is_repeated_until_it_can(world: World, engine: Engine) -> None:
    world.books["east"].silent = True
    east = world.books["east"]
    east.lost["send"], east.lost["lookup"] = 1, 2
    world.live(engine, 6)
    assert {"P00000001": 1} == dict(east.booked)
    assert (1, 3) == (east.calls.count("send"), east.calls.count("lookup"))


def test_bytes_on_their_way_when_the_hub_died_are_waited_for(world: World, engine: Engine) -> None:
    """The partner does not have them yet when it is first asked, and books them a moment later."""
    east = world.books["east"]
    east.silent = True

    def die_in_the_air() -> None:
        if east.calls[-1] == "send":
            raise CrashError

    east.hang = die_in_the_air
    with pytest.raises(CrashError):
        engine.run_until_idle()
    east.hang = None
    again = world.engine()
    again.run_until_idle()
    assert ([], 1) == (list(east.booked), east.calls.count("lookup"))
    east.booked["P00000001"] += 1
    world.live(again, 3)
    assert (1, 2) == (east.calls.count("send"), east.calls.count("lookup"))
    assert OutboxState.ACCEPTED is item(again).state


def test_partner_that_knows_repeats_gets_the_same_bytes_again(world: World) -> None:
    world.orders = KeyedOrders
    world.books["east"].silent = True
    engine = ordered(world)
    world.books["east"].lost["send"] = 2
    world.live(engine, 5)
    assert 3 == world.books["east"].calls.count("send")
    assert 1 == len(world.books["east"].answered)
    assert {"P00000001": 1} == dict(world.books["east"].booked)
    assert OutboxState.ACCEPTED is item(engine).state


def test_partner_that_cannot_be_asked_is_left_to_a_person(world: World) -> None:
    world.orders = OneWayOrders
    world.books["east"].silent = True
    engine = ordered(world)
    world.books["east"].lost["send"] = 1
    engine.run_until_idle()
    assert OutboxState.WAITING is item(engine).state
    assert 1 == next(one.needs_person for one in engine.health() if one.connection == "east")
    world.live(engine, 3)
    assert 1 == world.books["east"].calls.count("send")
    assert settle_by_hand(engine.runtime.storage, world.network(), world.clock, PO, accepted=True, actor="anna")
    assert OutboxState.ACCEPTED is item(engine).state


def test_acknowledgement_settles_what_was_unknown_without_a_lookup(world: World, engine: Engine) -> None:
    world.books["east"].lost["send"] = 1
    world.live(engine, 3)
    assert (1, 0) == (world.books["east"].calls.count("send"), world.books["east"].calls.count("lookup"))
    assert OutboxState.ACCEPTED is item(engine).state


def test_acknowledgement_that_arrives_during_a_lookup_is_not_overwritten(world: World, engine: Engine) -> None:
    east = world.books["east"]
    east.silent, east.lost["send"] = True, 1
    engine.run_until_idle()

    def acknowledged_meanwhile() -> None:
        if east.calls[-1] == "lookup":
            del east.booked["P00000001"]
            with engine.runtime.storage.begin() as uow:
                uow.outbox.settle(PO, OutboxState.ACCEPTED, "acknowledged")

    east.hang = acknowledged_meanwhile
    world.live(engine, 3)
    assert (OutboxState.ACCEPTED, 1) == (item(engine).state, east.calls.count("send"))


def test_item_withdrawn_after_it_was_read_is_not_sent(
    world: World, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hub.sync import outbound

    def withdrawn_meanwhile(items: list[OutboxItem], limit: int) -> tuple[list[OutboxItem], list[OutboxItem]]:
        with engine.runtime.storage.begin() as uow:
            uow.outbox.withdraw(items[0].key)
        return items[:1], items[1:]

    monkeypatch.setattr(outbound, "next_batch", withdrawn_meanwhile)
    engine.run_until_idle()
    assert (0, OutboxState.SUPERSEDED) == (world.books["east"].calls.count("send"), item(engine).state)


def test_partner_that_is_away_gets_it_later(world: World, engine: Engine) -> None:
    east = world.books["east"]
    east.faults["send"] += [TransientError("Away.", retry_after_seconds=300)]
    engine.run_until_idle()
    assert OutboxState.PENDING is item(engine).state
    due = item(engine).due
    assert due is not None
    assert 300 <= (due - world.now).total_seconds() <= 330
    world.live(engine, 2)
    assert 1 == east.calls.count("send")
    world.live(engine, 3)
    assert {"P00000001": 1} == dict(east.booked)


def test_attempts_run_out_and_are_shown_and_a_person_sends_it_again(world: World, engine: Engine) -> None:
    east = world.books["east"]
    east.faults["send"] += [TransientError("Away.")] * OUTBOUND.attempts
    world.live(engine, OUTBOUND.attempts + 2, minutes=16)
    assert (OUTBOUND.attempts, OutboxState.FAILED) == (east.calls.count("send"), item(engine).state)
    with engine.runtime.storage.read() as uow:
        kinds = [str(event.kind) for event in uow.orders.timeline(OrderId("shop-1001"))]
    assert "RequestUncertain" in kinds
    assert send_again(engine.runtime.storage, PO, world.clock)
    engine.run_until_idle()
    assert {"P00000001": 1} == dict(east.booked)


def test_refused_order_is_not_repeated(world: World, engine: Engine) -> None:
    world.books["east"].faults["send"] += [RefusedError("We do not sell that.", code="partner.no-sale")]
    world.live(engine, 3)
    assert 1 == world.books["east"].calls.count("send")
    assert (OutboxState.REFUSED, "partner.no-sale") == (item(engine).state, item(engine).note.split(":")[0])
    with engine.runtime.storage.read() as uow:
        assert {OrderStatus.FULFILLED: 0} == {OrderStatus.FULFILLED: uow.orders.count().get(OrderStatus.FULFILLED, 0)}
        assert [] == uow.ledger.drift()


def test_refused_order_is_not_sent_again_even_by_a_person(world: World, engine: Engine) -> None:
    world.books["east"].faults["send"] += [RefusedError("We do not sell that.", code="partner.no-sale")]
    world.live(engine, 3)
    assert not send_again(engine.runtime.storage, PO, world.clock)
    world.live(engine, 3)
    assert 1 == world.books["east"].calls.count("send")


def test_item_that_cannot_be_rendered_refuses_only_itself(world: World) -> None:
    world.stock("east", {"A": 5, "UNMAPPED": 5})
    world.order("1", {"UNMAPPED": 1})
    world.order("2", {"A": 1})
    engine = world.engine()
    world.live(engine, 3)
    assert {"P00000002": 1} == dict(world.books["east"].booked)
    assert (OutboxState.REFUSED, "data.unmapped-sku") == (item(engine).state, item(engine).note.split(":")[0])


def test_batch_that_is_refused_is_taken_one_by_one(world: World) -> None:
    world.stock("east", {"A": 5, "B": 2})
    world.shop.faults["quantities"] += [RefusedError("One of them is wrong."), RefusedError("This one.")]
    engine = world.engine()
    engine.run_until_idle()
    assert 3 == world.shop.calls.count("quantities")
    assert 1 == len(world.shop.shown)


def test_quantity_that_could_not_be_sent_is_rendered_anew(world: World) -> None:
    world.stock("east", {"A": 5})
    world.shop.faults["quantities"] += [TransientError("Away.", retry_after_seconds=300)]
    engine = world.engine()
    engine.run_until_idle()
    world.advance(minutes=2)
    world.books["east"].say("stock", world.now, location="east", units={"A": "9"})
    world.live(engine, 4)
    assert {"A": 9} == world.shop.shown
    assert 2 == world.shop.calls.count("quantities")


def test_wrong_key_pauses_sending_and_nothing_is_lost(world: World, engine: Engine) -> None:
    east = world.books["east"]
    east.faults["send"] += [ConfigurationError("The key is wrong.")]
    world.live(engine, 2)
    assert (1, OutboxState.PENDING) == (east.calls.count("send"), item(engine).state)
    assert ConnectionState.PAUSED is next(one.state for one in engine.health() if one.connection == "east")
    engine.resume(ConnectionId("east"))
    world.live(engine, 3)
    assert {"P00000001": 1} == dict(east.booked)


def test_failing_flow_leaves_the_outcome_unknown_and_safe(
    world: World, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("hub.sync.settling.settle_item", broken)
        engine.run_until_idle()
        assert (OutboxState.UNKNOWN, 1) == (item(engine).state, world.books["east"].booked["P00000001"])
    world.live(engine, 3)
    assert (OutboxState.ACCEPTED, 1) == (item(engine).state, world.books["east"].booked["P00000001"])


def test_reply_to_a_partner_goes_out_once(world: World, engine: Engine) -> None:
    world.live(engine, 3)
    assert {"reply:east:997:P00000001": 1} == dict(world.books["east"].confirmations)


def test_metrics_count_what_was_settled(world: World, engine: Engine) -> None:
    world.live(engine, 3)
    text = engine.prometheus().decode()
    assert 'hub_outbox_settled_total{connection="east",kind="fulfilment",outcome="accepted"} 1.0' in text
    assert 'hub_connection_up{connection="east"} 1.0' in text


def test_partner_whose_sends_all_hang_is_left_alone_after_three(world: World) -> None:
    world.stock("east", {"A": 9})
    east = world.books["east"]
    east.silent, east.lost["send"] = True, 9
    for number in range(6):
        world.order(str(number), {"A": 1})
    engine = world.engine()
    engine.run_until_idle()
    assert 3 == east.calls.count("send")
    world.live(engine, 12)
    assert {1} == set(east.booked.values())
    assert 6 == len(east.booked)
