"""The engine as a whole: threads, lanes under lease, budgets, hot reload, stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from hub.model.identity import ConnectionId
from hub.model.network import Network
from hub.model.order import OrderStatus
from hub.model.queue import ConnectionState, OutboxState
from hub.sync.daemon import Engine
from hub.sync.runtime import Limits
from hub.sync.schedule import PollSchedule
from hub.transport.throttle import RateBudget
from tests.fakes.world import World

PATIENCE = 30.0
EAST, SHOP = ConnectionId("east"), ConnectionId("shop")


def eventually(happened: Callable[[], bool]) -> bool:
    """Whether it happens at all; a good run never waits long."""
    ends = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > ends:
            return False
        time.sleep(0.01)
    return True


def awake(world: World) -> World:
    """Its clock runs, as the threads' does."""
    world.clock = lambda: datetime.now(UTC)  # type: ignore[method-assign]
    world.now = datetime.now(UTC)
    return world


def fulfilled(engine: Engine) -> int:
    with engine.runtime.storage.read() as uow:
        return uow.orders.count().get(OrderStatus.FULFILLED, 0)


def test_started_engine_takes_an_order_to_its_confirmation_by_itself(database_url: str) -> None:
    world = awake(World(database_url, suppliers=("east",)))
    world.stock("east", {"A": 5})
    world.order("1", {"A": 2})
    fast = [replace(each, polls=fast_polls()) for each in world.connections()]
    engine = world.engine(connections=fast, limits=Limits(sweep_seconds=0.02))
    engine.start()
    try:
        assert eventually(lambda: fulfilled(engine) == 1 and bool(world.shop.confirmed))
        assert {"P00000001": 1} == dict(world.books["east"].booked)
    finally:
        assert engine.stop(PATIENCE)
        world.close()


def test_hanging_partner_stops_only_itself(sqlite_url: str) -> None:
    world = awake(World(sqlite_url, suppliers=("east", "west")))
    world.stock("west", {"A": 5})
    world.order("1", {"A": 2})
    leave = threading.Event()

    def hang() -> None:
        leave.wait(PATIENCE)

    world.books["east"].hang = hang
    fast = [replace(each, polls=fast_polls()) for each in world.connections()]
    engine = world.engine(connections=fast, limits=Limits(sweep_seconds=0.02))
    engine.start()
    try:
        assert eventually(lambda: fulfilled(engine) == 1)
        assert 1 == len(world.books["east"].calls)
    finally:
        leave.set()
        assert engine.stop(PATIENCE)
        world.close()


def test_webhook_is_worked_without_waiting_for_a_poll(world: World) -> None:
    awake(world).stock("east", {"A": 5})
    engine = world.engine()
    engine.start()
    try:
        body = b'{"kind": "order", "at": "2026-11-02T09:30:00+00:00", "id": "7", "lines": {"A": "1"}}'
        engine.accept_webhook(SHOP, {"X-Signature": "signed", "X-Id": "w-1"}, body)
        assert eventually(lambda: dict(world.books["east"].booked) == {"P00000001": 1})
    finally:
        assert engine.stop(PATIENCE)


def test_stop_ends_the_turns_and_the_next_start_goes_on(world: World) -> None:
    awake(world).stock("east", {"A": 50})
    for number in range(20):
        world.order(str(number), {"A": 1})
    fast = [replace(each, polls=fast_polls()) for each in world.connections()]
    first = world.engine(connections=fast, limits=Limits(sweep_seconds=0.02))
    first.start()
    assert eventually(lambda: len(world.books["east"].booked) >= 3)
    assert first.stop(PATIENCE)
    second = world.engine(connections=fast, limits=Limits(sweep_seconds=0.02))
    second.start()
    try:
        assert eventually(lambda: fulfilled(second) == 20)
        assert {1} == set(world.books["east"].booked.values())
    finally:
        assert second.stop(PATIENCE)


def test_budget_of_a_connection_is_kept(world: World) -> None:
    """One call a second: five purchase orders leave a second apart, while the clock stands but for the waiting."""
    world.stock("east", {"A": 9})
    for number in range(5):
        world.order(str(number), {"A": 1})
    sent: list[datetime] = []
    east = world.books["east"]
    east.hang = lambda: sent.append(world.now) if east.calls[-1] in {"fetch", "send"} else None
    budget = RateBudget(rate_per_second=1, burst=1, clock=world.seconds)
    engine = world.engine(connections=[world.connection("east", budget=budget), world.connection("shop")])
    world.live(engine, 4)
    assert 5 == len(east.booked)
    gaps = [(after - before).total_seconds() for before, after in pairwise(sent)]
    assert min(gaps) >= 0.999


def test_worker_that_lost_its_lane_settles_nothing_and_the_next_one_asks_first(world: World) -> None:
    world.stock("east", {"A": 5})
    world.order("1", {"A": 2})
    east = world.books["east"]
    east.silent = True
    first, second = world.engine(), world.engine()

    def taken_over() -> None:
        if east.calls[-1] == "send":
            with first.runtime.storage.begin() as uow:
                uow.lanes.reclaim(world.owner)
                assert uow.lanes.claim("east/out", "another machine", timedelta(minutes=1)) is not None

    east.hang = taken_over
    first.run_until_idle()
    with first.runtime.storage.read() as uow:
        item = uow.outbox.get("fulfilment:P00000001")
    assert item is not None
    assert (OutboxState.SENDING, 1) == (item.state, east.calls.count("send"))
    with first.runtime.storage.begin() as uow:
        uow.lanes.reclaim("another machine")
    second.run_until_idle()
    assert ({"P00000001": 1}, 1, 1) == (dict(east.booked), east.calls.count("send"), east.calls.count("lookup"))


def test_reload_swaps_connections_at_once_and_closes_the_old(world: World) -> None:
    closed: list[str] = []
    old = world.connections()
    engine = world.engine(connections=old)
    engine.run_until_idle()
    for each in old:
        for one in each.objects.values():
            one.close = lambda name=each.id: closed.append(name)  # type: ignore[attr-defined]
    engine.apply_config([world.connection("shop"), world.connection("east", fingerprint="2")], world.network())
    assert (True, False) == (
        engine.configuration.connections[SHOP] is old[0],
        engine.configuration.connections[EAST] is old[1],
    )
    assert {"east"} == set(closed)
    world.stock("east", {"A": 5})
    world.order("1", {"A": 2})
    world.live(engine, 3)
    assert 1 == fulfilled(engine)


def test_removed_connection_is_not_worked_and_keeps_its_rows(world: World) -> None:
    world.stock("east", {"A": 5})
    world.order("1", {"A": 2})
    engine = world.engine()
    engine.apply_config([world.connection("shop")], world.network())
    world.live(engine, 2)
    assert [] == world.books["east"].calls
    engine.apply_config(world.connections(), world.network())
    world.live(engine, 4)
    assert 1 == fulfilled(engine)


def buffered(world: World, units: int) -> Network:
    network = world.network()
    shop = network.channels[0].model_copy(update={"buffer": Decimal(units)})
    return network.model_copy(update={"channels": (shop,)})


def test_changed_settings_reach_the_shop_at_a_reload_and_at_the_next_start(world: World) -> None:
    world.stock("east", {"A": 5})
    engine = world.engine()
    world.live(engine, 2)
    assert {"A": 5} == world.shop.shown
    engine.apply_config(world.connections(), buffered(world, 2))
    engine.run_until_idle()
    assert {"A": 3} == world.shop.shown
    world.engine().run_until_idle()
    assert {"A": 5} == world.shop.shown


def test_two_hubs_with_different_settings_end_with_those_of_the_last_that_started(world: World) -> None:
    world.stock("east", {"A": 5})
    old = world.engine()
    world.live(old, 2)
    new = world.engine()
    new.apply_config(world.connections(), buffered(world, 2))
    new.run_until_idle()
    world.stock("east", {"A": 7})
    world.advance(minutes=2)
    world.live(old, 2)
    assert {"A": 7} == world.shop.shown
    old.apply_config(world.connections(), buffered(world, 2))
    old.run_until_idle()
    assert {"A": 5} == world.shop.shown


def test_pause_of_a_person_outlives_restart_and_reload(world: World) -> None:
    engine = world.engine()
    engine.pause(EAST)
    engine.run_until_idle()
    engine.apply_config([world.connection("shop"), world.connection("east", fingerprint="2")], world.network())
    world.engine().run_until_idle()
    assert [] == world.books["east"].calls
    assert ConnectionState.PAUSED is next(one.state for one in engine.health() if one.connection == EAST)
    engine.resume(EAST)
    engine.run_until_idle()
    assert ["fetch", "settle"] == world.books["east"].calls


def test_fetch_now_does_not_wait_for_the_schedule(world: World) -> None:
    engine = world.engine()
    engine.run_until_idle()
    assert 1 == world.shop.calls.count("fetch")
    engine.run_until_idle()
    assert 1 == world.shop.calls.count("fetch")
    engine.fetch_now(SHOP)
    engine.run_until_idle()
    assert 2 == world.shop.calls.count("fetch")


def test_snapshot_shows_backlog_age_and_lateness(world: World) -> None:
    world.stock("east", {"A": 5})
    world.order("1", {"A": 2})
    engine = world.engine(connections=[world.connection("shop"), world.connection("east")])
    engine.run_until_idle()
    engine.pause(EAST)
    world.advance(minutes=5)
    east, shop = engine.health()
    assert (ConnectionState.PAUSED, False) == (east.state, east.late)
    assert (ConnectionState.OK, True) == (shop.state, shop.late)
    assert shop.last_fetch == world.now - timedelta(minutes=5)


def fast_polls() -> dict[str, PollSchedule]:
    return {"messages": PollSchedule.of(0.05)}
