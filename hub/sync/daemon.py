"""The engine: all lanes over one storage, driven by a dispatcher or, in tests, one turn after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from hub.errors import ConfigurationError
from hub.model.identity import ConnectionId, DocumentId
from hub.model.network import Network
from hub.ports import Dispatcher
from hub.sync.checkpoints import EVERY_SECONDS, make_checkpoints
from hub.sync.condition import pause
from hub.sync.connections import LiveConnection
from hub.sync.health import ConnectionSnapshot, exposition, publications_snapshot, snapshot, stock_snapshot
from hub.sync.lanes import Lanes
from hub.sync.marks import TASKS_LANE, lane_names
from hub.sync.runtime import Configuration, Runtime
from hub.sync.webhooks import WebhookIntake

DispatcherFactory = Callable[[Callable[[str, str], None]], Dispatcher]
"""Makes a dispatcher from its handler, which is called with (topic, key). ``EmbeddedDispatcher`` is one."""

LANE_TOPIC = "lane"


class Engine:
    """Runs every connection's lanes.

    ``owner`` names this process among those that share the database: no two living processes may have the same.
    A process that gets its former name again after a restart (one daemon on one data folder, held by a lock) takes
    its lanes back at once instead of waiting for their leases to end.
    """

    def __init__(
        self,
        runtime: Runtime,
        *,
        network: Network,
        connections: Iterable[LiveConnection],
        dispatcher: DispatcherFactory,
        owner: str,
    ) -> None:
        self.runtime = runtime
        self.metrics = runtime.metrics
        self.configuration = _configuration(connections, network)
        self.dispatcher = dispatcher(self._handle)
        self._stopping = threading.Event()
        self._intake = WebhookIntake(self.runtime)
        self._lanes = Lanes(self.runtime, owner, self._stopping.is_set)
        self._prepared = False

    def start(self) -> None:
        """Make the lanes, take back what an earlier run left, and begin. Returns at once."""
        self._prepare()
        limits = self.runtime.limits
        self.dispatcher.every(limits.sweep_seconds, "sweep", self.sweep)
        self.dispatcher.every(limits.lease_seconds / 6, "leases", self._lanes.renew_held)
        self.dispatcher.every(EVERY_SECONDS, "checkpoints", self.make_checkpoints)
        self.dispatcher.start()
        for lane in self.lanes():
            self.dispatcher.wake(LANE_TOPIC, lane)

    def stop(self, timeout_seconds: float = 30.0) -> bool:
        """Let running turns end and take nothing new; False where one still ran at the end.

        What was cut short is taken up again at the next start, from what is stored.
        """
        self._stopping.set()
        ended = self.dispatcher.stop(timeout_seconds)
        if ended:
            self._lanes.close(self.configuration.connections.values())
        return ended

    def run_until_idle(self, max_turns: int = 10_000) -> int:
        """Work all lanes that have something to do, in a fixed order, until none has at the clock's time.

        For tests: one thread, no dispatcher, the clock stands where it is put (lanes are judged by what is stored,
        not by their marks, which go by the database's time). Returns the number of turns. Raises RuntimeError where
        ``max_turns`` do not suffice.
        """
        self._prepare()
        turns, moving = 0, True
        while moving:
            moving = False
            for lane in self.lanes():
                if not self._lanes.has_work(lane, self.configuration):
                    continue
                moving = self.work_lane(lane) or moving
                turns += 1
                if turns > max_turns:
                    raise RuntimeError(f"Not idle after {turns} turns; the last was {lane}.")
        return turns

    def apply_config(self, connections: Iterable[LiveConnection], network: Network) -> None:
        """Swap to a new set-up at once and as a whole; running turns end with the old one.

        A connection whose fingerprint is unchanged keeps its objects (the new ones are closed unused); one that
        changed or is new is no longer paused.
        """
        old = self.configuration.connections
        offered = {connection.id: connection for connection in connections}
        kept = {
            name: old[name]
            for name, connection in offered.items()
            if name in old and connection.fingerprint and connection.fingerprint == old[name].fingerprint
        }
        self.configuration = _configuration({**offered, **kept}.values(), network)
        self._lanes.ensure(self.lanes(), network)
        self.dispatcher.wake(LANE_TOPIC, TASKS_LANE)
        for name in sorted(set(offered) - set(kept)):
            self._lanes.renewed(name)
        live = {id(connection) for connection in self.configuration.connections.values()}
        for connection in [*old.values(), *offered.values()]:
            if id(connection) not in live:
                self._lanes.retire(connection)

    def accept_webhook(self, connection: ConnectionId, headers: Mapping[str, str], body: bytes) -> list[DocumentId]:
        """Verify and store a webhook; returns after it is durable, with the ids of what was new.

        Raises RefusedError (``webhook.bad-signature``), ConfigurationError for a connection that takes none.
        """
        live = self.configuration.connections.get(connection)
        if live is None or live.receiver is None:
            raise ConfigurationError(
                f"Connection {connection} takes no webhooks.",
                code="configuration.no-webhooks",
                cure="Correct the address at the partner, or the connection's connector.",
            )
        stored = self._intake.accept(live, headers, body)
        if stored:
            self.dispatcher.wake(LANE_TOPIC, lane_names(connection).inbound)
        return stored

    def work_lane(self, lane: str) -> bool:
        """One turn of a lane, unless another worker holds it; whether anything moved.

        A turn that ended with a set-up which a reload has replaced is followed by one with the new: it may have taken
        the mark that was meant for that.
        """
        configuration = self.configuration
        moved = self._lanes.work(lane, configuration)
        while configuration is not self.configuration:
            configuration = self.configuration
            moved = self._lanes.work(lane, configuration) or moved
        return moved

    def sweep(self) -> None:
        """Wake every lane that is due: the guarantee behind hints that were lost."""
        for lane in self._due():
            self.dispatcher.wake(LANE_TOPIC, lane)

    def make_checkpoints(self) -> None:
        """Sum up the days of the ledger's new entries."""
        make_checkpoints(self.runtime.storage, self._stopping.is_set, sleep=self.runtime.sleep)

    def lanes(self) -> list[str]:
        """All lanes of the present set-up, in the order run_until_idle works them."""
        names = [lane for name in sorted(self.configuration.connections) for lane in lane_names(name)]
        return [*names, TASKS_LANE]

    def health(self) -> tuple[ConnectionSnapshot, ...]:
        """How every connection does now."""
        return snapshot(self.runtime.storage, self.configuration.connections, self.runtime.clock())

    def prometheus(self) -> bytes:
        """All metrics in Prometheus' text format."""
        now = self.runtime.clock()
        stock = stock_snapshot(self.runtime.storage, self.configuration.network, now)
        told = publications_snapshot(self.runtime.storage, self.configuration.network)
        return exposition(self.metrics, self.health(), stock, told, now)

    def pause(self, connection: ConnectionId) -> None:
        """Ask nothing more of a partner until ``resume``, over restarts and reloads too."""
        pause(self.runtime.storage, connection, self.runtime.clock)

    def resume(self, connection: ConnectionId) -> None:
        """Let a paused connection try again."""
        self._lanes.resume(connection)

    def fetch_now(self, connection: ConnectionId) -> None:
        """Fetch all streams of a connection at once, whatever their schedules say."""
        live = self.configuration.connections.get(connection)
        if live is None:
            return
        self._lanes.fetch_now(live)
        self.dispatcher.wake(LANE_TOPIC, lane_names(connection).fetch)

    def _prepare(self) -> None:
        if self._prepared:
            return
        self._lanes.ensure(self.lanes(), self.configuration.network)
        self._lanes.reclaim()
        self._lanes.unpause()
        self._prepared = True

    def _due(self) -> list[str]:
        known = self.lanes()
        with self.runtime.storage.read() as uow:
            due = set(uow.lanes.due())
        return [lane for lane in known if lane in due]

    def _handle(self, topic: str, key: str) -> None:
        if topic == LANE_TOPIC and not self._stopping.is_set() and self.work_lane(key):
            self.sweep()


def _configuration(connections: Iterable[LiveConnection], network: Network) -> Configuration:
    by_name = {connection.id: connection for connection in connections}
    return Configuration(network, MappingProxyType(by_name))
