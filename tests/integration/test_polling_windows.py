"""The engine keeps its fetches to a partner's hours, also over restarts, failures and missed times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from hub.errors import TransientError
from hub.mapping.polling import PollWindow
from hub.model.identity import ConnectionId
from hub.sdk.capabilities import Page
from hub.sync.connections import LiveConnection
from hub.sync.daemon import Engine
from hub.sync.schedule import PollSchedule
from tests.fakes.world import START, World

SHOP = ConnectionId("shop")
EVENING = PollWindow(every=300, between="18:00-20:00", days="mon-fri")


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    made = World(sqlite_url, suppliers=())
    yield made
    for storage in made.opened:
        storage.close()


def shop(world: World) -> LiveConnection:
    return replace(world.connection("shop"), polls={"messages": PollSchedule.of(EVENING)})


def engine_of(world: World) -> Engine:
    return world.engine(connections=[shop(world)])


def fetches(world: World) -> int:
    return world.shop.calls.count("fetch")


def at(world: World, text: str) -> None:
    world.now = datetime.fromisoformat(text).replace(tzinfo=START.tzinfo)


def test_first_fetch_waits_until_the_partner_opens(world: World) -> None:
    engine = engine_of(world)
    engine.run_until_idle()
    assert 0 == fetches(world)
    at(world, "2026-11-02T18:00")
    engine.run_until_idle()
    assert 1 == fetches(world)


def test_fetches_go_on_by_the_interval_until_the_partner_closes(world: World) -> None:
    engine = engine_of(world)
    for text, expected in [("18:00", 1), ("18:04", 1), ("18:05", 2), ("19:58", 3), ("20:03", 3), ("23:00", 3)]:
        at(world, f"2026-11-02T{text}")
        engine.run_until_idle()
        assert expected == fetches(world), text
    [health] = engine.health()
    assert not health.late


def test_time_missed_while_the_hub_was_down_is_not_made_up_for_outside_the_hours(world: World) -> None:
    at(world, "2026-11-02T19:50")
    engine_of(world).run_until_idle()
    at(world, "2026-11-03T03:00")
    restarted = engine_of(world)
    restarted.run_until_idle()
    assert 1 == fetches(world)
    at(world, "2026-11-03T18:00")
    restarted.run_until_idle()
    assert 2 == fetches(world)


def test_person_who_asks_for_a_fetch_gets_it_at_any_hour(world: World) -> None:
    at(world, "2026-11-02T18:00")
    engine = engine_of(world)
    engine.run_until_idle()
    at(world, "2026-11-03T03:00")
    engine.fetch_now(SHOP)
    engine.run_until_idle()
    assert 2 == fetches(world)


def test_fetch_that_failed_is_tried_again_within_the_hours_only(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = shop(world)
    source = connection.source("messages")
    tried: list[datetime] = []

    def down(cursor: str | None) -> Page:
        tried.append(world.now)
        raise TransientError("down", retry_after_seconds=600)

    monkeypatch.setattr(source, "fetch", down)
    at(world, "2026-11-02T19:55")
    engine = world.engine(connections=[connection])
    for text in ("02T19:55", "02T20:30", "03T02:00", "03T18:00"):
        at(world, f"2026-11-{text}")
        engine.run_until_idle()
    assert ["19:55", "18:00"] == [f"{moment:%H:%M}" for moment in tried]
