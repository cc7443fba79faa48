"""Running it: a changed configuration is taken up or refused as a whole, a stop loses nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from hub.cli.demo.partners import write_yaml
from hub.cli.demo.toy import CHANNEL
from hub.mapping.yaml_file import read_yaml
from hub.model.identity import ConnectionId
from hub.model.queue import OutboxState
from tests.e2e.shop_world import ShopWorld, shop_world

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[ShopWorld]:
    """A world of its own: these tests stop and change the daemon."""
    with shop_world(tmp_path / "toys") as running:
        yield running


def test_valid_change_is_taken_up_and_an_invalid_one_is_not(world: ShopWorld) -> None:
    world.finished(world.sell(robot=3))

    edit(world.config, "5")
    world.eventually("the new configuration", lambda: world.logged(event="config_reloaded"))

    edit(world.config, "many")
    world.eventually("the bad one to be refused", lambda: world.logged(event="config_refused"))

    record = world.finished(world.sell(robot=3))
    assert Decimal(3) == record.order.lines[0].quantity
    assert world.daemon.running
    assert 200 == world.get("/health")[0]


def test_graceful_stop_leaves_nothing_half_sent_and_the_next_start_goes_on(world: ShopWorld) -> None:
    references = [world.sell(robot=3) for _ in range(4)]
    world.eventually("the first order", lambda: world.record(references[0]))

    began = time.monotonic()
    assert 0 == world.daemon.stop()
    assert time.monotonic() - began < 25
    with world.hub.storage.read() as uow:
        half_sent = [
            item.key
            for name in world.hub.setup.config.connections
            for item in uow.outbox.in_state(ConnectionId(name), OutboxState.SENDING, 100)
        ]
    assert [] == half_sent

    world.daemon.start()
    for reference in references:
        world.finished(reference)
    assert all(one.times == 1 for one in world.simulator("alderbrook").book().instructions.values())


def test_second_daemon_on_one_configuration_does_not_start(world: ShopWorld) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hub.cli.main", "run", "--config", str(world.config)],
        env={**world.hub.environment, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "configuration.already-running" in done.stderr + done.stdout
    assert world.daemon.running


def edit(config: Path, buffer: str) -> None:
    """Write the file anew with another buffer, as an editor does: whole, then renamed."""
    content = read_yaml(config)
    content["channels"][CHANNEL]["buffer"] = buffer
    part = config.with_suffix(".part")
    write_yaml(part, content)
    part.rename(config)
