"""The process dies at every step of an order's life, once and twice, and the partners' own books are judged.

A step is each commit (before and after), each fetch, settle, send, lookup and reply (before and after its effect).
The restarted hub finds its database and partners that remember; nothing else.
"""

from __future__ import annotations

import logging
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
import structlog

from hub.model.order import OrderStatus
from hub.model.queue import OutboxState
from tests.fakes.partner import AskableOrders, BlindOrders, Instructions, KeyedOrders, OneWayOrders
from tests.fakes.partner_book import CrashError, Steps
from tests.fakes.world import World

ROUNDS, ROUNDS_AFTER_CRASH = 2, 4
ORDERED = {"A": 2, "B": 4}


@dataclass(frozen=True)
class Verdict:
    """What went wrong, by the partners' books and the hub's; all empty is right."""

    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    oversold: tuple[str, ...] = ()
    untrue: tuple[str, ...] = ()


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**before)


class Lives:
    """Runs the same life again and again, each on a fresh database."""

    def __init__(self, template: Path, folder: Path, orders: type[Instructions], suppliers: tuple[str, ...]) -> None:
        self.template, self.folder, self.orders, self.suppliers = template, folder, orders, suppliers
        self.number = 0

    def live(self, crash_at: frozenset[int] = frozenset()) -> World:
        self.number += 1
        path = self.folder / f"life-{self.number}.db"
        shutil.copyfile(self.template, path)
        world = World(f"sqlite:///{path}", orders=self.orders, suppliers=self.suppliers, steps=Steps(crash_at))
        world.stock(self.suppliers[0], {"A": 5, "B": 4 if len(self.suppliers) == 1 else 2})
        for other in self.suppliers[1:]:
            world.stock(other, {"B": 3})
        world.order("1001", ORDERED)
        rounds = ROUNDS
        while True:
            try:
                world.live(world.engine(), rounds)
            except CrashError:
                world.close()
                rounds = ROUNDS_AFTER_CRASH
                continue
            world.close()
            return world

    def steps(self) -> list[str]:
        return self.live().steps.names

    def judged(self, *crash_at: int) -> Verdict:
        world = self.live(frozenset(crash_at))
        try:
            return judge(world)
        finally:
            world.close()
            Path(world.url.removeprefix("sqlite:///")).unlink()


def judge(world: World) -> Verdict:
    asked: dict[str, Decimal] = {}
    doubled, oversold = [], []
    for name in world.suppliers:
        book = world.books[name]
        doubled += [f"{po} booked {times} times" for po, times in book.booked.items() if times != 1]
        oversold += book.oversold
        for lines in book.asked.values():
            for sku, units in lines.items():
                asked[sku] = asked.get(sku, Decimal(0)) + units
    confirmed = {sku: world.shop.confirmed.get(f"1001/{line}", Decimal(0)) for line, sku in enumerate(ORDERED, 1)}
    doubled += [f"{sku} asked for {units}" for sku, units in asked.items() if units > ORDERED[sku]]
    doubled += [f"{sku} confirmed {units}" for sku, units in confirmed.items() if units > ORDERED[sku]]
    lost = [f"{sku} asked for {asked.get(sku, 0)}" for sku, units in ORDERED.items() if asked.get(sku, 0) < units]
    lost += [f"{sku} confirmed {confirmed[sku]}" for sku, units in ORDERED.items() if confirmed[sku] < units]
    return Verdict(tuple(lost), tuple(doubled), tuple(oversold), tuple(untruths(world)))


def untruths(world: World) -> list[str]:
    """What the hub holds true and is not."""
    with world.storage().read() as uow:
        found = list(uow.ledger.drift())
        found += [f"quarantined {entry.code}" for entry in uow.quarantine.open()]
        found += [f"{name} has {dict(states)}" for name, states in uow.outbox.backlog().items()]
        found += [f"{name} has {waiting} stored documents" for name, waiting in uow.inbox.backlog().items() if waiting]
        if uow.orders.count() != {OrderStatus.FULFILLED: 1}:
            found.append(f"orders {uow.orders.count()}")
        for balance in uow.ledger.balances():
            truth = world.books[balance.location].stock[balance.sku]
            if (balance.on_hand, balance.reserved) != (truth, Decimal(0)):
                found.append(f"{balance.sku} at {balance.location}: {balance.on_hand}, {balance.reserved} reserved")
    left = {sku: sum(world.books[name].stock.get(sku, Decimal(0)) for name in world.suppliers) for sku in ORDERED}
    if world.shop.shown != left:
        found.append(f"the shop shows {world.shop.shown}, there are {left}")
    return found


@pytest.fixture
def lives(sqlite_template: Path, tmp_path: Path) -> Lives:
    return Lives(sqlite_template, tmp_path, AskableOrders, ("east",))


def test_life_without_a_crash_is_whole(lives: Lives) -> None:
    assert Verdict() == lives.judged()


@pytest.mark.timeout(300)
def test_crash_at_any_step_loses_and_doubles_nothing(lives: Lives) -> None:
    wrong = {}
    for step, name in enumerate(lives.steps(), start=1):
        verdict = lives.judged(step)
        if verdict != Verdict():
            wrong[f"{step} {name}"] = verdict
    assert {} == wrong


@pytest.mark.timeout(300)
def test_second_crash_during_recovery_loses_and_doubles_nothing(lives: Lives) -> None:
    """One second crash, close after the first, for a quarter of the steps; the exhaustive test below takes them all."""
    chance = random.Random(20261102)
    wrong = {}
    for step in range(1, len(lives.steps()) + 1, 4):
        second = step + chance.randint(1, 25)
        verdict = lives.judged(step, second)
        if verdict != Verdict():
            wrong[f"{step}, {second}"] = verdict
    assert {} == wrong


@pytest.mark.exhaustive
@pytest.mark.timeout(14400)
def test_any_two_crashes_lose_and_double_nothing(lives: Lives) -> None:
    count = len(lives.steps())
    wrong = {}
    for first in range(1, count + 1):
        for second in range(first + 1, count + 40):
            verdict = lives.judged(first, second)
            if verdict != Verdict():
                wrong[f"{first}, {second}"] = verdict
    assert {} == wrong


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_crash_at_any_step_of_a_split_order_loses_and_doubles_nothing(sqlite_template: Path, tmp_path: Path) -> None:
    lives = Lives(sqlite_template, tmp_path, AskableOrders, ("east", "west"))
    wrong = {}
    for step, name in enumerate(lives.steps(), start=1):
        verdict = lives.judged(step)
        if verdict != Verdict():
            wrong[f"{step} {name}"] = verdict
    assert {} == wrong


def around_sending(names: list[str]) -> list[int]:
    """The steps from four before the purchase order leaves to four after."""
    at = names.index("before send") + 1
    return list(range(at - 4, at + 6))


def test_supplier_that_knows_a_repeat_by_its_key_books_once(sqlite_template: Path, tmp_path: Path) -> None:
    lives = Lives(sqlite_template, tmp_path, KeyedOrders, ("east",))
    verdicts = {step: lives.judged(step) for step in around_sending(lives.steps())}
    assert {} == {step: verdict for step, verdict in verdicts.items() if verdict != Verdict()}


def test_supplier_that_cannot_be_asked_is_never_sent_to_twice(sqlite_template: Path, tmp_path: Path) -> None:
    lives = Lives(sqlite_template, tmp_path, OneWayOrders, ("east",))
    for step in around_sending(lives.steps()):
        world = lives.live(frozenset({step}))
        with world.storage().read() as uow:
            item = uow.outbox.get("fulfilment:P00000001")
        world.close()
        assert item is not None
        booked = world.books["east"].booked.get("P00000001", 0)
        assert (booked, item.state) in {(1, OutboxState.ACCEPTED), (1, OutboxState.WAITING), (0, OutboxState.WAITING)}


def test_blind_resending_doubles_purchase_orders(sqlite_template: Path, tmp_path: Path) -> None:
    """Shows that these tests can fail: a supplier that only claims to know repeats is caught."""
    lives = Lives(sqlite_template, tmp_path, BlindOrders, ("east",))
    doubled = [step for step in around_sending(lives.steps()) if lives.judged(step).doubled]
    assert doubled
