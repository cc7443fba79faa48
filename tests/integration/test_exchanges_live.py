"""The started engine and the simulated X12 supplier at work: its own files, its own clerk, real time."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.model.document import Direction
from hub.model.exchange import Exchange, ReceiptState
from hub.sync.daemon import Engine
from hub.sync.runtime import Limits
from hub.sync.schedule import PollSchedule
from hub_x12_supplier.simulator import SupplierSimulator
from tests.integration.supplier_mail import MailWorld

PATIENCE = 30.0


@pytest.fixture
def supplier(tmp_path: Path) -> Iterator[SupplierSimulator]:
    made = SupplierSimulator(
        {
            "name": "east",
            "folder": tmp_path / "mailbox",
            "own_id": "EASTSIDE",
            "items": [{"item": "ES-A", "stock": {"MAIN": "9"}}],
            "acknowledge_after": 0,
            "ship_after": 0.1,
            "feed_every": 3600,
            "tick": 0.02,
        }
    )
    made.start()
    yield made
    made.stop()


@pytest.fixture
def world(sqlite_url: str, supplier: SupplierSimulator) -> Iterator[MailWorld]:
    made = MailWorld(sqlite_url, suppliers=("east",), folder=supplier.scenario.folder)
    made.clock = lambda: datetime.now(UTC)  # type: ignore[method-assign]
    made.now = datetime.now(UTC)
    yield made
    made.close()


@pytest.fixture
def engine(world: MailWorld) -> Iterator[Engine]:
    often = [replace(each, polls={name: PollSchedule(0.05) for name in each.polls}) for each in world.connections()]
    made = world.engine(connections=often, limits=Limits(sweep_seconds=0.02))
    made.start()
    yield made
    assert made.stop(PATIENCE)


def eventually(happened: Callable[[], bool]) -> bool:
    """Whether it happens at all; a good run never waits long."""
    ends = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > ends:
            return False
        time.sleep(0.02)
    return True


def orders_sent(world: MailWorld, engine: Engine) -> list[Exchange]:
    found = world.log(engine, direction=Direction.OUTBOUND)
    return [one for one in found if one.groups and one.groups[0].kind == "PO"]


def came_again(world: MailWorld, engine: Engine) -> int:
    return sum(one.repeats for one in world.log(engine, direction=Direction.INBOUND))


def test_order_is_acknowledged_and_a_file_sent_again_is_only_answered_again(
    world: MailWorld, engine: Engine, supplier: SupplierSimulator
) -> None:
    done = world.folder / "outbound" / "done"
    assert eventually(lambda: any(done.glob("*-846.edi")))
    world.order("1", {"A": 2})
    assert eventually(lambda: [ReceiptState.RECEIVED] == [one.groups[0].state for one in orders_sent(world, engine)])
    assert eventually(supplier.idle)
    assert 0 == supplier.book().duplicates
    [feed] = done.glob("*-846.edi")
    shutil.copyfile(feed, world.folder / "outbound" / "again.edi")
    # The supplier knows our 997 by its control number: it is the one it had.
    assert eventually(lambda: supplier.book().duplicates == 1)
    assert 1 == came_again(world, engine)
    assert [] == world.entries(engine)
    assert [] == world.log(engine, awaiting=True)
