"""The process dies at every step while files come, come again, are answered and sent: the log stays whole.

A step is each commit, each move and each writing of a file (before and after).
"""

from __future__ import annotations

import logging
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from hub.edi.documents.functional import parse_functional
from hub.model.document import Direction
from hub.model.exchange import ReceiptState
from hub.model.identity import OrderId
from hub.model.purchase import PurchaseOrderState
from hub.transport.folder_mailbox import FolderMailbox
from tests.fakes.partner_book import CrashError, Steps
from tests.integration.supplier_mail import EAST, MailWorld, file_of, on_hand, stock

ROUNDS, ROUNDS_AFTER_CRASH = 5, 8


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**before)


class Lives:
    """Runs the same days again and again, each in a fresh folder."""

    def __init__(self, template: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.template, self.folder, self.number = template, folder, 0
        self.steps = Steps()
        for name in ("write", "move"):
            monkeypatch.setattr(FolderMailbox, name, self._stepping(name))

    def _stepping(self, name: str) -> object:
        original = getattr(FolderMailbox, name)

        def stepping(mailbox: FolderMailbox, *words: object) -> object:
            self.steps.hit(f"before {name}")
            done = original(mailbox, *words)
            self.steps.hit(f"after {name}")
            return done

        return stepping

    def live(self, *crash_at: int) -> MailWorld:
        self.number += 1
        path = self.folder / f"life-{self.number}.db"
        shutil.copyfile(self.template, path)
        self.steps = Steps(frozenset(crash_at))
        world = MailWorld(
            f"sqlite:///{path}", suppliers=("east",), steps=self.steps, folder=self.folder / f"mail-{self.number}"
        )
        partner = Partner(world)
        rounds = ROUNDS
        while True:
            try:
                engine = world.engine()
                for _ in range(rounds):
                    partner.act()
                    world.work(engine)
            except CrashError:
                world.close()
                rounds = ROUNDS_AFTER_CRASH
                continue
            return world


class Partner:
    """Sends its stock twice, then answers the purchase order that comes; it remembers over the hub's deaths."""

    def __init__(self, world: MailWorld) -> None:
        self.world = world
        self.turn = 0
        self.orders: list[bytes] = []

    def act(self) -> None:
        self.turn += 1
        if self.turn <= 2:
            self.world.put(f"stock-{self.turn}.edi", file_of("846", stock(A=9)))
        if self.turn == 2:
            self.world.order("1", {"A": 2})
        fresh = self.world.collect("850-*")
        if fresh and not self.orders:
            rows = [("AK1", "PO", "1"), ("AK2", "850", "0001"), ("AK5", "A"), ("AK9", "A", "1", "1", "1")]
            self.world.put("answer.edi", file_of("997", rows, number=2))
        self.orders += fresh


def wrongs(world: MailWorld) -> list[str]:
    """What is not as it should be, in words."""
    engine = world.engine()
    with engine.runtime.storage.read() as uow:
        found = [f"quarantined {entry.code}" for entry in uow.quarantine.open()]
        found += [f"{name} has {dict(states)}" for name, states in uow.outbox.backlog().items()]
        [request] = uow.requests.for_order(OrderId("shop-1"))
        log = uow.exchanges.page()
        rendered = [one.id for one in uow.documents.page(connection=EAST) if one.kind == "850"]
        if request.purchase is not PurchaseOrderState.RECEIVED:
            found.append(f"the purchase order is {request.purchase}")
        task = uow.tasks.due(world.now.replace(year=2100), 100)
        found += [f"a clock for group {each.key} runs" for each in task if each.kind == "receipt"]
    if len(rendered) != 1:
        found.append(f"the purchase order was rendered as {rendered}")
    came = [(one.control_number, one.repeats) for one in log if one.direction is Direction.INBOUND]
    if sorted(came) != [("1", 1), ("2", 0)]:
        found.append(f"came {came}")
    sent = [group for one in log if one.direction is Direction.OUTBOUND for group in one.groups]
    if [ReceiptState.RECEIVED] != [group.state for group in sent if group.kind == "PO"]:
        found.append(f"sent {[(group.kind, group.state) for group in sent]}")
    answers = world.mail("997-*")
    numbers = Counter(one.control_number for one in answers)
    found += [f"number {number} in {times} files" for number, times in numbers.items() if times > 1]
    about = {parse_functional(each).group_control_number for one in answers for each in one.groups[0].sets}
    if about != {"1"}:
        found.append(f"answered {about}")
    if on_hand(engine) != 9:
        found.append(f"on hand {on_hand(engine)}")
    return found


@pytest.fixture
def lives(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lives:
    return Lives(sqlite_template, tmp_path, monkeypatch)


def judged(lives: Lives, *crash_at: int) -> list[str]:
    world = lives.live(*crash_at)
    lives.steps = Steps()
    world.steps.crash_at = frozenset()
    try:
        return wrongs(world)
    finally:
        world.close()


def test_days_without_a_crash_are_whole(lives: Lives) -> None:
    assert [] == judged(lives)


@pytest.mark.timeout(300)
def test_crash_at_any_step_leaves_the_log_whole(lives: Lives) -> None:
    names = lives.live().steps.names
    found = {f"{step} {name}": judged(lives, step) for step, name in enumerate(names, start=1)}
    assert {} == {step: wrong for step, wrong in found.items() if wrong}
