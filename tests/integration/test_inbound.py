"""Documents come in: what is bad stops only itself, everything is kept, nothing is recorded twice."""

from __future__ import annotations

import threading

import pytest

from hub.errors import ConfigurationError, DataError, RefusedError, TransientError
from hub.model.identity import ConnectionId, DocumentId
from hub.model.order import OrderStatus
from hub.model.queue import ConnectionState, InboxState, QuarantineEntry
from hub.sync.daemon import Engine
from hub.sync.quarantine import release, reprocess
from tests.fakes.world import World

SHOP = ConnectionId("shop")


def orders(engine: Engine) -> int:
    with engine.runtime.storage.read() as uow:
        return sum(uow.orders.count().values())


def quarantined(engine: Engine) -> list[QuarantineEntry]:
    with engine.runtime.storage.read() as uow:
        return uow.quarantine.open()


def state(engine: Engine, document: str) -> InboxState:
    with engine.runtime.storage.read() as uow:
        entry = uow.inbox.entry(DocumentId(document))
    assert entry is not None
    return entry.state


def test_unreadable_document_is_quarantined_whole_and_the_rest_flows(world: World) -> None:
    world.order("1", {"A": 1})
    world.shop.say("odd", world.now)
    world.shop.misread["odd"] = DataError("No.", code="data.malformed", cure="Fix it.", path="line 3")
    world.order("2", {"A": 1})
    engine = world.engine()
    engine.run_until_idle()
    assert 2 == orders(engine)
    assert [("data.malformed", "line 3", "Fix it.")] == [(e.code, e.path, e.cure) for e in quarantined(engine)]
    assert InboxState.QUARANTINED is state(engine, quarantined(engine)[0].document)


def test_bad_item_is_quarantined_and_the_others_of_its_document_are_recorded(world: World) -> None:
    world.stock("east", {"A": 5})
    world.order("1", {"A": 2})
    east = world.books["east"]
    engine = world.engine()
    engine.run_until_idle()
    unknown = {"po": "P00000099", "units": {"A": "1"}}
    known = {"po": "P00000001", "units": {"A": "2"}}
    east.messages[-2:] = []
    east.say("shipments", world.now, shipments=[unknown, known])
    world.live(engine, 3)
    with engine.runtime.storage.read() as uow:
        assert {OrderStatus.FULFILLED: 1} == uow.orders.count()
    assert [("shipment.unknown-request", "Shipment 1: lines[0]")] == [(e.code, e.path) for e in quarantined(engine)]
    assert InboxState.APPLIED is state(engine, quarantined(engine)[0].document)


def test_problem_of_one_line_is_quarantined_and_the_item_is_recorded(world: World) -> None:
    world.shop.say("half", world.now, id="1", lines={"A": "1"})
    engine = world.engine()
    engine.run_until_idle()
    assert 1 == orders(engine)
    assert [("lines[1]", "data.bad-line")] == [(e.path, e.code) for e in quarantined(engine)]


def test_our_own_bug_parks_one_document_after_five_tries(world: World) -> None:
    world.shop.say("unforeseen", world.now)
    world.order("1", {"A": 1})
    engine = world.engine()
    engine.run_until_idle()
    assert (1, []) == (orders(engine), quarantined(engine))
    world.live(engine, 8)
    assert ["hub.invariant"] == [entry.code for entry in quarantined(engine)]
    assert "KeyError" in quarantined(engine)[0].message
    with engine.runtime.storage.read() as uow:
        entry = uow.inbox.entry(quarantined(engine)[0].document)
        assert entry is not None
        assert 5 == entry.attempts
        assert uow.documents.get(entry.document) is not None


def test_reprocessed_document_closes_its_quarantine_entry(world: World) -> None:
    world.order("1", {"A": 1})
    world.shop.misread["order"] = DataError("No.", code="data.malformed")
    engine = world.engine()
    engine.run_until_idle()
    document = quarantined(engine)[0].document
    assert reprocess(engine.runtime.storage, document)
    engine.run_until_idle()
    assert 1 == len(quarantined(engine))
    world.shop.misread.clear()
    assert reprocess(engine.runtime.storage, document)
    engine.run_until_idle()
    assert (1, [], InboxState.APPLIED) == (orders(engine), quarantined(engine), state(engine, document))
    assert reprocess(engine.runtime.storage, document)
    engine.run_until_idle()
    assert 1 == orders(engine)


def test_released_document_of_which_nothing_was_recorded_is_ignored(world: World) -> None:
    world.order("1", {"A": 1})
    world.shop.misread["order"] = DataError("No.", code="data.malformed")
    engine = world.engine()
    engine.run_until_idle()
    entry = quarantined(engine)[0]
    assert release(engine.runtime.storage, entry.id)
    assert InboxState.IGNORED is state(engine, entry.document)
    assert not release(engine.runtime.storage, entry.id)


def test_failing_settle_loses_nothing(world: World) -> None:
    world.shop.faults["settle"] += [TransientError("Away.")] * 2
    for number in range(3):
        world.order(str(number), {"A": 1})
    engine = world.engine()
    engine.run_until_idle()
    assert 3 == orders(engine)


def test_partner_that_is_away_is_asked_again_and_only_it_waits(world: World) -> None:
    world.stock("east", {"A": 5})
    world.order("1", {"A": 1})
    world.books["east"].faults["fetch"] += [TransientError("Away.", retry_after_seconds=600)]
    engine = world.engine()
    engine.run_until_idle()
    assert 1 == orders(engine)
    world.live(engine, 4)
    assert 1 == world.books["east"].calls.count("fetch")
    assert {"east": ConnectionState.DEGRADED, "shop": ConnectionState.OK} == states(engine)
    world.advance(minutes=4)
    world.live(engine, 4)
    assert {"P00000001": 1} == dict(world.books["east"].booked)
    assert {"east": ConnectionState.OK, "shop": ConnectionState.OK} == states(engine)


def test_wrong_settings_pause_one_connection_until_they_change(world: World) -> None:
    world.order("1", {"A": 1})
    world.shop.faults["fetch"] += [ConfigurationError("The key is wrong.", code="configuration.unauthorised")]
    engine = world.engine()
    world.live(engine, 4)
    assert (1, 0) == (world.shop.calls.count("fetch"), orders(engine))
    assert {"east": ConnectionState.OK, "shop": ConnectionState.PAUSED} == states(engine)
    unchanged = [world.connection("shop"), world.connection("east")]
    engine.apply_config(unchanged, world.network())
    engine.run_until_idle()
    assert 0 == orders(engine)
    changed = [world.connection("shop", fingerprint="2"), world.connection("east")]
    engine.apply_config(changed, world.network())
    engine.run_until_idle()
    assert 1 == orders(engine)
    assert {"east": ConnectionState.OK, "shop": ConnectionState.OK} == states(engine)


def test_restart_tries_a_paused_connection_again(world: World) -> None:
    world.order("1", {"A": 1})
    world.shop.faults["fetch"] += [ConfigurationError("The key is wrong.")]
    world.engine().run_until_idle()
    again = world.engine()
    again.run_until_idle()
    assert 1 == orders(again)


def test_webhook_is_stored_before_it_is_answered_and_once(world: World) -> None:
    engine = world.engine()
    body = b'{"kind": "order", "at": "2026-11-02T09:30:00+00:00", "id": "7", "lines": {"A": "1"}}'
    headers = {"X-Signature": "signed", "X-Id": "w-1"}
    stored = engine.accept_webhook(SHOP, headers, body)
    with engine.runtime.storage.read() as uow:
        document = uow.documents.get(stored[0])
        assert document is not None
        assert body == document.body
    assert [] == engine.accept_webhook(SHOP, headers, body)
    engine.run_until_idle()
    assert 1 == orders(engine)


def test_forged_webhook_is_refused_and_not_stored(world: World) -> None:
    engine = world.engine()
    with pytest.raises(RefusedError) as refused:
        engine.accept_webhook(SHOP, {"X-Signature": "forged", "X-Id": "w-1"}, b"{}")
    assert "webhook.bad-signature" == refused.value.code
    with engine.runtime.storage.read() as uow:
        assert [] == uow.documents.page()


def test_webhooks_that_arrive_together_are_all_stored_once(world: World) -> None:
    engine = world.engine()
    found: list[list[DocumentId]] = []
    start = threading.Barrier(20)

    def push(number: int) -> None:
        start.wait()
        found.append(engine.accept_webhook(SHOP, {"X-Signature": "signed", "X-Id": f"w-{number % 10}"}, b"{}"))

    threads = [threading.Thread(target=push, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 20 == len(found)
    assert 10 == len({document for stored in found for document in stored})
    with engine.runtime.storage.read() as uow:
        assert 10 == uow.inbox.backlog()[SHOP]


def test_connection_without_webhooks_refuses_them(world: World) -> None:
    with pytest.raises(ConfigurationError) as refused:
        world.engine().accept_webhook(ConnectionId("east"), {}, b"")
    assert "configuration.no-webhooks" == refused.value.code


def states(engine: Engine) -> dict[str, ConnectionState]:
    return {str(one.connection): one.state for one in engine.health()}
