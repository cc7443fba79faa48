"""One run: buyers order, partners work, the daemon dies again and again, and at the end the books are compared."""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from hub.bootstrap import Hub, open_hub
from hub.cli.demo.judge import FINAL, Verdict, all_final, delivered, judge
from hub.cli.demo.partners import ToyPartners
from hub.cli.demo.toy import ToyScale, baskets, free_port
from hub.sdk.simulation import PartnerBook
from hub_x12_supplier.simulator import SupplierSimulator
from tests.chaos.daemons import Daemons

Tamper = Callable[[ToyPartners], None]


@dataclass(frozen=True)
class Plan:
    """How much of what. ``plain_every``: every so manieth start is a fresh interpreter, not a fork.

    ``shortest`` and ``longest`` are the seconds a daemon may live; a tenth of them are killed before they are ready,
    and the share ``aimed`` at the moment a supplier is given a file, which is when an outcome becomes unknown.
    ``ahead`` is how many orders may be open: kills are spread over all of the work, not over its beginning.
    ``rest_seconds`` is how long nothing may move before a run is given up. ``hesitates_seconds``: how long a daemon
    waits before it writes down what came back, where a test wants kills in that very moment.
    """

    orders: int
    kills: int
    seed: int
    database: str
    shortest: float = 0.05
    longest: float = 2.5
    plain_every: int = 25
    aimed: float = 1 / 3
    ahead: int = 200
    rest_seconds: float = 90.0
    hesitates_seconds: float = 0.0


@dataclass
class Figures:
    """What happened on the way."""

    kills: int = 0
    before_ready: int = 0
    aimed: int = 0
    plain: int = 0
    restarts: int = 0
    turned_away: int = 0
    selling_seconds: float = 0.0
    seconds: float = 0.0
    slowest_start_seconds: float = 0.0
    daemon_processor_seconds: float = 0.0
    unknown: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """The verdict, the figures, and the partners' books as the judge saw them last."""

    plan: Plan
    placed: int
    verdict: Verdict
    figures: Figures
    books: Mapping[str, PartnerBook]
    config: Path

    @property
    def passed(self) -> bool:
        """Every order was placed and the books agree."""
        return self.verdict.sound and self.placed == self.plan.orders


def scale_for(plan: Plan) -> ToyScale:
    """A bigger and quicker toy world: stock for a third more than is bought, half of it not where it is cheapest."""
    wanted = plan.orders * 3.1 / 12
    return ToyScale(
        stock=max(48, int(wanted / 3.5) // 12 * 12 + 12),
        store_stock=max(1, int(wanted / 20)),
        warehouse_stock=max(1, int(wanted / 3)),
        acknowledge_after=0.3,
        ship_after=0.5,
        backorder_after=1.0,
        feed_every=4.0,
        warehouse_step=0.4,
        store_delay=0.8,
        poll_seconds=0.5,
        webhooks_lost=0.1,
        webhooks_repeated=0.2,
        shop_points_per_second=100_000,
        supplier_tick=0.1,
    )


class Campaign:
    """Runs a plan in ``folder``."""

    def __init__(self, plan: Plan, folder: Path, tamper: Tamper = lambda partners: None) -> None:
        self._plan, self._folder, self._tamper = plan, folder, tamper
        self._chance = random.Random(plan.seed)
        self._figures = Figures()
        self._placed = 0
        self._final = 0
        self._over = threading.Event()

    def run(self) -> Outcome:
        """The whole campaign. ``tamper`` may spoil the partners once everything has started."""
        port = free_port()
        with ToyPartners(self._folder, port, scale_for(self._plan), self._plan.database) as partners:
            hub = open_hub(partners.config, environment=partners.environment())
            self._tamper(partners)
            log, slow = self._folder / "hub.log", self._plan.hesitates_seconds
            with Daemons(partners.config, port, partners.environment(), log, slow) as daemons:
                try:
                    verdict, books = self._run(partners, daemons, hub)
                finally:
                    self._over.set()
                    hub.storage.close()
            self._figures.daemon_processor_seconds = daemons.processor_seconds
        self._figures.unknown = unknown_outcomes(log)
        return Outcome(self._plan, self._placed, verdict, self._figures, books, partners.config)

    def _run(self, partners: ToyPartners, daemons: Daemons, hub: Hub) -> tuple[Verdict, Mapping[str, PartnerBook]]:
        began = time.monotonic()
        daemons.start_plain()
        self._await_ready(daemons)
        buyers = threading.Thread(target=self._sell, args=(partners,), name="buyers", daemon=True)
        buyers.start()
        self._kill_again_and_again(partners, daemons, hub)
        self._wait(partners, daemons, hub, lambda: not buyers.is_alive())
        self._figures.selling_seconds = time.monotonic() - began
        _restock(partners, self._plan.orders)
        self._say(hub)
        self._wait(
            partners,
            daemons,
            hub,
            lambda: all_final(hub.storage, self._placed) and partners.idle() and delivered(partners.shop.book()),
        )
        self._say(hub)
        # The last files on their way change nothing any more, but the last count may still be among them.
        books = partners.books()
        verdict = judge(hub.setup, hub.storage, books)
        self._figures.seconds = time.monotonic() - began
        for _ in range(8):
            if verdict.sound:
                break
            time.sleep(2)
            books = partners.books()
            verdict = judge(hub.setup, hub.storage, books)
        return verdict, books

    def _sell(self, partners: ToyPartners) -> None:
        """Buyers order, never further ahead of the hub than planned."""
        waiting = deque(baskets(self._plan.orders, self._plan.seed))
        while waiting and not self._over.is_set():
            if self._placed >= self._final + self._plan.ahead:
                time.sleep(0.02)
                continue
            basket = waiting.popleft()
            if partners.shop.sell(basket) is None:
                self._figures.turned_away += 1
                waiting.append(basket)
                time.sleep(0.02)
            else:
                self._placed += 1
                time.sleep(0.005)

    def _kill_again_and_again(self, partners: ToyPartners, daemons: Daemons, hub: Hub) -> None:
        plan, figures = self._plan, self._figures
        said = time.monotonic()
        while figures.kills < plan.kills:
            self._await_work(hub, plan.orders * figures.kills // plan.kills - plan.ahead // 2)
            self._live(partners)
            self._kill(daemons)
            self._start(daemons)
            if self._chance.random() < 0.1:
                time.sleep(self._chance.uniform(0, 0.2))
                if figures.kills < plan.kills:
                    figures.before_ready += 1
                    self._kill(daemons)
                    self._start(daemons)
            self._await_ready(daemons)
            if time.monotonic() - said > 15:
                said = time.monotonic()
                self._say(hub)

    def _await_work(self, hub: Hub, final: int) -> None:
        """Until so many orders are done and one has been sold, but not for ever: kills must not wait for luck."""
        end = time.monotonic() + 20
        while True:
            self._count(hub)
            if (self._placed and self._final >= final) or time.monotonic() > end:
                return
            time.sleep(0.1)

    def _count(self, hub: Hub) -> None:
        with hub.storage.read() as uow:
            counts = uow.orders.count()
        self._final = sum(count for status, count in counts.items() if status in FINAL)

    def _live(self, partners: ToyPartners) -> None:
        """Let it work for a while; sometimes exactly until a supplier has been given a file."""
        end = time.monotonic() + self._chance.uniform(self._plan.shortest, self._plan.longest)
        if self._chance.random() > self._plan.aimed:
            time.sleep(max(0.0, end - time.monotonic()))
            return
        seen = _purchase_orders(partners)
        while time.monotonic() < end:
            if _purchase_orders(partners) - seen:
                self._figures.aimed += 1
                time.sleep(self._chance.uniform(0, 0.004))
                return
            time.sleep(0.0005)

    def _kill(self, daemons: Daemons) -> None:
        if not daemons.kill():
            raise RuntimeError(f"The daemon ended by itself; see {daemons.log}.")
        self._figures.kills += 1

    def _start(self, daemons: Daemons) -> None:
        self._figures.restarts += 1
        if self._figures.restarts % self._plan.plain_every == 0:
            self._figures.plain += 1
            daemons.start_plain()
        else:
            daemons.fork()

    def _await_ready(self, daemons: Daemons) -> None:
        began = time.monotonic()
        while not daemons.answers():
            if not daemons.alive or time.monotonic() - began > 30:
                raise RuntimeError(f"The daemon did not come up; see {daemons.log}.")
            time.sleep(0.01)
        took = time.monotonic() - began
        self._figures.slowest_start_seconds = max(self._figures.slowest_start_seconds, took)

    def _wait(self, partners: ToyPartners, daemons: Daemons, hub: Hub, done: Callable[[], bool]) -> None:
        moved, before = time.monotonic(), (-1, -1, -1)
        while not done() and time.monotonic() - moved < self._plan.rest_seconds:
            if not daemons.alive:
                raise RuntimeError(f"The daemon ended by itself; see {daemons.log}.")
            time.sleep(0.5)
            self._count(hub)
            now = (self._placed, self._final, _confirmed(partners))
            if now != before:
                moved, before = time.monotonic(), now

    def _say(self, hub: Hub) -> None:
        with hub.storage.read() as uow:
            counts = {status.value: count for status, count in uow.orders.count().items() if count}
        print(f"  {self._figures.kills} kills, {self._placed} sold, hub: {counts}", file=sys.stderr, flush=True)


def _restock(partners: ToyPartners, orders: int) -> None:
    """Suppliers get new stock: an order that was refused wherever there was some would else wait for ever.

    Not those whose counts are hours old: theirs would not show it before the end.
    """
    for simulator in partners.simulators.values():
        if isinstance(simulator, SupplierSimulator) and not simulator.scenario.lag:
            for item in simulator.scenario.items:
                simulator.sell_elsewhere(item.item, -(24 + orders // 10))


def _confirmed(partners: ToyPartners) -> int:
    """Units the shop shows as fulfilled."""
    return int(sum(sum(lines.values()) for lines in partners.shop.book().confirmed.values()))


def _purchase_orders(partners: ToyPartners) -> set[Path]:
    """Files with purchase orders that lie in suppliers' folders and that nobody has taken yet."""
    found: set[Path] = set()
    for folder in (partners.folder / "partners").glob("*/inbound"):
        for path in folder.glob("*.edi"):
            # It may be taken while we look.
            with suppress(FileNotFoundError):
                if b"ST*850*" in path.read_bytes():
                    found.add(path)
    return found


def unknown_outcomes(log: Path) -> dict[str, int]:
    """How sends whose answer a crash took were settled, from the daemon's log."""
    found: Counter[str] = Counter()
    with log.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if '"outcome_' not in line:
                continue
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if entry["event"] == "outcome_looked_up":
                found["looked up, found" if entry["found"] else "looked up, not there, sent again"] += 1
            elif entry["event"] == "outcome_repeated":
                found["sent again, the partner drops repeats"] += 1
    return dict(found)
