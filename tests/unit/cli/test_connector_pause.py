"""A person pauses a connection and lets it go on; no secret is needed for either."""

from __future__ import annotations

from hub.model.identity import ConnectionId
from hub.model.queue import ConnectionHealth, ConnectionState
from hub.sync.condition import OPERATOR_PAUSE
from hub.sync.marks import lane_names
from tests.fakes.installation import NOW, Installation

BOOTH = ConnectionId("booth")


def noted(installation: Installation) -> tuple[str, str] | None:
    """State and code as stored."""
    storage = installation.storage()
    with storage.read() as uow:
        known = uow.connections.health().get(BOOTH)
    storage.close()
    return (known.state.value, known.code) if known else None


def note(installation: Installation, state: ConnectionState, code: str) -> None:
    storage = installation.storage()
    with storage.begin() as uow:
        uow.connections.note(ConnectionHealth(BOOTH, state, NOW, code=code))
    storage.close()


def test_paused_connection_is_asked_nothing_until_resumed(installation: Installation) -> None:
    done = installation.run("connector", "pause", "booth")
    assert (0, True) == (done.exit_code, "hub connector resume booth" in done.stdout)
    assert ("paused", OPERATOR_PAUSE) == noted(installation)
    assert 0 == installation.run("connector", "resume", "booth").exit_code
    assert ("ok", "") == noted(installation)


def test_resume_wakes_the_lanes(installation: Installation) -> None:
    storage = installation.storage()
    with storage.begin() as uow:
        uow.lanes.ensure(lane_names(BOOTH))
        for lane in lane_names(BOOTH):
            lease = uow.lanes.claim(lane, "somebody", NOW - NOW)
            assert lease is not None
            uow.lanes.release(lease, None)
    with storage.read() as uow:
        assert [] == uow.lanes.due()
    installation.run("connector", "pause", "booth")
    installation.run("connector", "resume", "booth")
    with storage.read() as uow:
        assert sorted(lane_names(BOOTH)) == sorted(uow.lanes.due())
    storage.close()


def test_both_give_their_versioned_object(installation: Installation) -> None:
    assert {
        "schema": "crossdock.connector-pause/1",
        "connection": "booth",
        "state": "paused",
        "changed": True,
    } == installation.json("connector", "pause", "booth")
    assert installation.json("connector", "pause", "booth")["changed"] is False
    assert {
        "schema": "crossdock.connector-resume/1",
        "connection": "booth",
        "state": "ok",
        "changed": True,
    } == installation.json("connector", "resume", "booth")


def test_resume_lets_go_what_the_hub_paused_by_itself(installation: Installation) -> None:
    note(installation, ConnectionState.PAUSED, "partner.unauthorised")
    assert installation.json("connector", "resume", "booth")["changed"] is True
    assert ("ok", "") == noted(installation)


def test_pause_by_a_person_outlasts_one_for_wrong_settings(installation: Installation) -> None:
    note(installation, ConnectionState.PAUSED, "partner.unauthorised")
    assert installation.json("connector", "pause", "booth")["changed"] is True
    assert ("paused", OPERATOR_PAUSE) == noted(installation)


def test_resume_of_what_is_not_paused_changes_nothing(installation: Installation) -> None:
    note(installation, ConnectionState.DEGRADED, "partner.unavailable")
    found = installation.json("connector", "resume", "booth")
    assert (False, "degraded") == (found["changed"], found["state"])
    assert ("degraded", "partner.unavailable") == noted(installation)


def test_unknown_connection_is_a_usage_error(installation: Installation) -> None:
    for verb in ("pause", "resume"):
        found = installation.json("connector", verb, "stand")
        assert (2, "cli.unknown-connection", "Known: booth.") == (found["exit"], found["code"], found["cure"])
    assert noted(installation) is None
