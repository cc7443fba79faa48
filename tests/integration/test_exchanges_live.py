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
from hub.model.order import OrderStatus
from hub.sync.daemon import Engine
from hub.sync.runtime import Limits
from hub.sync.schedule import PollSchedule
from hub_x12_supplier.simulator import SupplierSimulator
from tests.integration.supplier_mail import MailWorld, on_hand

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
            "repeated_files": 1,
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


def test_supplier_that_sends_every_file_twice_is_recorded_once_and_answered_again(
    world: MailWorld, engine: Engine, supplier: SupplierSimulator
) -> None:
    assert eventually(lambda: bool(world.log(engine)))
    world.order("1", {"A": 2})
    assert eventually(lambda: [ReceiptState.RECEIVED] == [one.groups[0].state for one in orders_sent(world, engine)])
    assert eventually(lambda: fulfilled(engine))
    assert eventually(lambda: {1} == {one.repeats for one in world.log(engine, direction=Direction.INBOUND)})
    assert eventually(lambda: quiet(engine) and supplier.idle())
    assert [1] == [booked.times for booked in supplier.book().instructions.values()]
    assert 7 == on_hand(engine)
    assert [] == world.entries(engine)
    assert [] == world.log(engine, awaiting=True)
    # All answers have left by now, so the next repeat gets one again: the supplier knows its control number.
    before = supplier.book().duplicates
    [feed] = (world.folder / "outbound" / "done").glob("*-846.edi")
    shutil.copyfile(feed, world.folder / "outbound" / "once-more.edi")
    assert eventually(lambda: supplier.book().duplicates == before + 1)


def quiet(engine: Engine) -> bool:
    with engine.runtime.storage.read() as uow:
        return not any(uow.outbox.backlog().values()) and not any(uow.inbox.backlog().values())


def fulfilled(engine: Engine) -> bool:
    with engine.runtime.storage.read() as uow:
        return uow.orders.count().get(OrderStatus.FULFILLED) == 1
