"""The hub's side of a history: its flows on its storage, one transaction a piece, with crashes in the middle."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from hub.errors import TransientError
from hub.flows.answer import Answer, Verdict
from hub.flows.publish_quantities import is_waiting, resume_publishing
from hub.flows.registry import InboundItem, record_item, run_task, settle_item
from hub.flows.work import Work
from hub.model.document import Direction, Document
from hub.model.identity import ConnectionId, DocumentId, Sku
from hub.model.ledger import Balance, EntryTable
from hub.model.network import Network
from hub.model.queue import OutboxItem, OutboxState
from hub.ports import Storage, UnitOfWork
from hub.proving.doubts import doubt_is_heeded
from hub.proving.fragile import CrashError, fragile
from hub.proving.laws import Broken, Pair, promises_covered
from hub.sync.marks import marked

T = TypeVar("T")

_PART = 500
"""Entries compacted at once."""

TRIES = 200
"""How often a transaction that the database did not let through is tried again."""


class LawBrokenError(AssertionError):
    """A law did not hold."""

    def __init__(self, broken: Sequence[Broken]) -> None:
        super().__init__("; ".join(f"[{each.law}] {each.words}" for each in broken))
        self.broken = tuple(broken)


@dataclass
class Figures:
    """What happened on the way."""

    transactions: int = 0
    crashes: int = 0
    retries: int = 0
    moves: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.transactions + other.transactions,
            self.crashes + other.crashes,
            self.retries + other.retries,
            self.moves + other.moves,
        )


class Bench:
    """Runs flows as the engine runs them, with the marks it makes. ``watched``: every commit is judged at once, which
    needs it to be alone."""

    def __init__(
        self,
        storage: Storage,
        network: Network,
        skus: Sequence[Sku],
        *,
        crash_share: float = 0.0,
        watched: bool = True,
    ) -> None:
        self.storage, self.network, self._skus = storage, network, skus
        self.figures = Figures()
        self.balances: dict[Pair, Balance] = {}
        self._crash_share, self._watched = crash_share, watched
        self._documents: dict[str, DocumentId] = {}

    def deliver(
        self, rng: random.Random, now: datetime, item: InboundItem, connection: ConnectionId, document: str
    ) -> None:
        """An inbound item is recorded, with the document it came in."""

        def act(work: Work) -> DocumentId:
            known = self._documents.get(document)
            if known is None:
                raw = Document(connection, Direction.INBOUND, "proving", document, b"", now)
                known = work.uow.documents.add(raw) or DocumentId("")
            record_item(replace(work, cause=known, connection=connection), item)
            return known

        self._documents[document] = self.run(rng, now, act)

    def tick(self, rng: random.Random, now: datetime, limit: int = 20) -> int:
        """Run what is due; how many that were."""

        def act(work: Work) -> int:
            due = work.uow.tasks.due(now, limit)
            for task in due:
                run_task(work, task)
            return len(due)

        return self.run(rng, now, act)

    def intend(self, rng: random.Random, now: datetime, connection: ConnectionId, limit: int) -> list[OutboxItem]:
        """Take what is due for a connection and mark it as being sent."""

        def act(work: Work) -> list[OutboxItem]:
            items = work.uow.outbox.due(connection, now, limit)
            if items:
                name = f"out:{items[0].key}:{items[0].attempts}"
                raw = Document(connection, Direction.OUTBOUND, "proving", name, b"", now)
                work.uow.outbox.intend(items, work.uow.documents.add(raw) or DocumentId(""))
            return items

        return self.run(rng, now, act)

    def settle(
        self, rng: random.Random, now: datetime, connection: ConnectionId, answers: Sequence[tuple[OutboxItem, Answer]]
    ) -> None:
        """Record what came back."""
        states = {Verdict.ACCEPTED: OutboxState.ACCEPTED, Verdict.UNCERTAIN: OutboxState.UNKNOWN}

        def act(work: Work) -> None:
            for item, answer in answers:
                work.uow.outbox.settle(item.key, states.get(answer.verdict, OutboxState.REFUSED))
                settle_item(replace(work, connection=connection), item, answer)

        self.run(rng, now, act)

    def unsettled(self, connection: ConnectionId) -> list[OutboxItem]:
        """Items of which nobody knows what became of them: the answer was lost, or we died before it came."""
        with self.storage.read() as uow:
            found = (uow.outbox.in_state(connection, each, 20) for each in (OutboxState.SENDING, OutboxState.UNKNOWN))
            return [item for items in found for item in items]

    def send_again(self, rng: random.Random, now: datetime, items: Sequence[OutboxItem]) -> None:
        """They never arrived."""

        def act(work: Work) -> None:
            for item in items:
                work.uow.outbox.settle(item.key, OutboxState.PENDING, due=now)
                if item.coalesce:
                    settle_item(replace(work, connection=item.connection), item, Answer(Verdict.UNCERTAIN, now))

        self.run(rng, now, act)

    def resume(self, rng: random.Random, now: datetime, connection: ConnectionId) -> bool:
        """All orders of a shop have been taken; whether anything waited for that."""

        def act(work: Work) -> bool:
            waiting = is_waiting(work.uow, work.network, connection, now)
            resume_publishing(work, connection, now)
            return waiting

        return self.run(rng, now, act)

    def sum_up(self, rng: random.Random, now: datetime, *, worth: int, most: int) -> int:
        """Make day sums of what was written since the last time; how many entries were looked at."""
        return self.run(rng, now, lambda work: work.uow.checkpoints.advance(worth=worth, most=most))

    def take_out(self, rng: random.Random, now: datetime, before: datetime) -> int:
        """Leave only the sums of old entries, as a compaction does that has archived them; how many these were."""
        return self.run(rng, now, lambda work: sum(_taken_out(work.uow, table, before, now) for table in EntryTable))

    def look_again(self) -> None:
        """Take the balances as they are now for those before the next transaction: somebody else moved them."""
        with self.storage.read() as uow:
            self.balances = self._balances(uow)

    def foresee(self, now: datetime, items: Sequence[tuple[InboundItem, ConnectionId]]) -> dict[Pair, Balance]:
        """The balances there would be had these items been recorded in this order; nothing is."""
        foreseen: dict[Pair, Balance] = {}
        try:
            with self.storage.begin() as uow:
                for item, connection in items:
                    record_item(Work(uow, self.network, now, actor="proving", connection=connection), item)
                foreseen = self._balances(uow)
                raise CrashError
        except CrashError:
            return foreseen

    def run(self, rng: random.Random, now: datetime, act: Callable[[Work], T]) -> T:
        """One transaction; sometimes it dies in the middle first. ``act`` may be called more than once."""
        if self._crash_share and rng.random() < self._crash_share:
            self._die(now, act, rng.randrange(40))
        for attempt in range(TRIES):
            try:
                with self.storage.begin() as uow:
                    with marked(uow) as noted:
                        done = act(Work(noted, self.network, now, actor="proving"))
                    if self._watched:
                        after = self._judge(uow, now)
            except TransientError as error:
                if not error.code.startswith("storage."):
                    raise
                self.figures.retries += 1
                time.sleep(min(0.05, 0.001 * 2 ** min(attempt, 6)))
                continue
            self.figures.transactions += 1
            if self._watched:
                self.balances = after
            return done
        raise LawBrokenError([Broken("fair", f"the database let nobody through {TRIES} times")])

    def _die(self, now: datetime, act: Callable[[Work], T], calls: int) -> None:
        try:
            with self.storage.begin() as uow:
                act(Work(fragile(uow, calls), self.network, now, actor="proving"))
                raise CrashError
        except CrashError:
            self.figures.crashes += 1
        except TransientError:
            return

    def _judge(self, uow: UnitOfWork, now: datetime) -> dict[Pair, Balance]:
        found = self._balances(uow)
        broken = [
            *promises_covered(self.balances, found.values()),
            *doubt_is_heeded(uow, self.balances, found.values(), now),
        ]
        if broken:
            raise LawBrokenError(broken)
        return found

    def _balances(self, uow: UnitOfWork) -> dict[Pair, Balance]:
        return {(each.sku, each.location): each for each in uow.ledger.balances(self._skus)}


def _taken_out(uow: UnitOfWork, table: EntryTable, before: datetime, now: datetime) -> int:
    """Of one table, in one transaction: nobody else writes."""
    uow.compaction.begin(before, now, "")
    reached: int | None = 0
    while reached is not None:
        reached = uow.compaction.spend(table, before, reached, _PART)
    taken = 0
    while part := uow.compaction.part(table, 0, _PART):
        uow.compaction.fold(table, [row for row, _ in part])
        taken += len(part)
    return taken
