"""Histories at the same time: several threads move one world on one database, each the connections that are its own."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from hub.model.identity import ConnectionId
from hub.model.network import Network
from hub.ports import Storage
from hub.proving import calm
from hub.proving.bench import Bench, Figures
from hub.proving.history import happen, judge, judge_rest, orders_of
from hub.proving.laws import ledger_adds_up, order_adds_up
from hub.proving.mailbag import Mailbag
from hub.proving.stage import Stage
from hub.proving.world import World


class Crowd:
    """Steps of one world by ``threads`` threads. A seed repeats what each does, not how they fall together."""

    def __init__(
        self,
        storage: Storage,
        network: Network,
        world: World,
        rng: random.Random,
        *,
        threads: int,
        crash_share: float = 0.05,
    ) -> None:
        self._rng, self._storage = rng, storage
        bag = Mailbag()
        self._all = Stage(world, bag, Bench(storage, network, world.skus), network)
        self._stages = [
            Stage(
                world,
                bag,
                Bench(storage, network, world.skus, crash_share=crash_share, watched=False),
                network,
                lock=self._all.lock,
                mine=mine,
                timers=number == 0,
            )
            for number, mine in enumerate(_shares(self._all.connections, threads))
        ]
        self.steps = 0

    @property
    def figures(self) -> Figures:
        """What happened so far."""
        return sum((stage.bench.figures for stage in self._stages), self._all.bench.figures)

    def run(self, steps: int) -> None:
        """So many steps over all threads, from the first count to rest. Raises LawBrokenError."""
        calm.count_all(self._all, self._rng)
        each = -(-steps // len(self._stages))
        seeds = [self._rng.randrange(2**32) for _ in self._stages]
        with ThreadPoolExecutor(len(self._stages)) as pool:
            running = [
                pool.submit(self._walk, stage, seed, each) for stage, seed in zip(self._stages, seeds, strict=True)
            ]
            for one in running:
                one.result()
        self._all.bench.look_again()
        calm.rest(self._all, self._rng)
        with self._storage.read() as uow:
            judge(ledger_adds_up(uow))
            for record in orders_of(uow, self._all.world.orders()):
                judge(order_adds_up(uow, record))
            judge_rest(uow, self._all.world)

    def _walk(self, stage: Stage, seed: int, steps: int) -> None:
        rng = random.Random(seed)
        for _ in range(steps):
            happen(stage, rng)
            with self._all.lock:
                self.steps += 1


def _shares(connections: Sequence[ConnectionId], threads: int) -> list[frozenset[ConnectionId]]:
    """As many shares as threads, at most one for each connection."""
    number = max(1, min(threads, len(connections)))
    return [frozenset(connections[index::number]) for index in range(number)]
