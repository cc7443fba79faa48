"""How every connection does, in one reading: for ``hub status``, the console and the metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.inventory.freshness import Band, freshness
from hub.model.identity import ChannelId, ConnectionId, LocationId
from hub.model.network import Network
from hub.model.queue import ConnectionState, OutboxState, PublicationState
from hub.ports import Storage, UnitOfWork
from hub.sync.connections import LiveConnection
from hub.sync.metrics import Metrics
from hub.sync.schedule import PollState, poll_row

_UNSETTLED = (
    OutboxState.PENDING,
    OutboxState.SENDING,
    OutboxState.UNKNOWN,
    OutboxState.WAITING,
    OutboxState.FAILED,
)
_OPEN_PUBLICATIONS = (PublicationState.PENDING, PublicationState.ERROR)
_UP = {ConnectionState.OK: 1.0, ConnectionState.DEGRADED: 0.5, ConnectionState.PAUSED: 0.0}
_BELIEVED = {Band.TRUSTED: 1.0, Band.DISCOUNTED: 0.5, Band.FLOORED: 0.5, Band.STALE: 0.0}
_GRACE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ConnectionSnapshot:
    """One connection. ``late``: a fetch that was due did not begin within a minute. ``needs_person``: items that
    failed for good or wait for somebody. ``oldest_unsettled``: when the oldest open intention was made."""

    connection: ConnectionId
    state: ConnectionState
    since: datetime | None
    code: str
    message: str
    inbox: int
    outbox: Mapping[OutboxState, int]
    oldest_unsettled: datetime | None
    last_fetch: datetime | None
    late: bool

    @property
    def needs_person(self) -> int:
        """Items that nobody but a person moves on."""
        return self.outbox.get(OutboxState.WAITING, 0) + self.outbox.get(OutboxState.FAILED, 0)


def snapshot(
    storage: Storage, connections: Mapping[ConnectionId, LiveConnection], now: datetime
) -> tuple[ConnectionSnapshot, ...]:
    """All connections of the set-up, by name."""
    with storage.read() as uow:
        health, inbox, outbox = uow.connections.health(), uow.inbox.backlog(), uow.outbox.backlog()
        found = []
        for name in sorted(connections):
            known = health.get(name)
            state = known.state if known else ConnectionState.OK
            polls = [PollState.read(uow.inbox.cursor(name, poll_row(stream))) for stream in connections[name].polls]
            late = any(poll is not None and poll.next_due + _GRACE < now for poll in polls)
            found.append(
                ConnectionSnapshot(
                    connection=name,
                    state=state,
                    since=known.since if known else None,
                    code=known.code if known else "",
                    message=known.message if known else "",
                    inbox=inbox.get(name, 0),
                    outbox=outbox.get(name, {}),
                    oldest_unsettled=_oldest(uow, name) if outbox.get(name) else None,
                    last_fetch=min((poll.last for poll in polls if poll and poll.last), default=None),
                    late=late and state is not ConnectionState.PAUSED,
                )
            )
    return tuple(found)


def _oldest(uow: UnitOfWork, connection: ConnectionId) -> datetime | None:
    heads = [uow.outbox.in_state(connection, state, 1) for state in _UNSETTLED]
    return min((items[0].created_at for items in heads if items), default=None)


@dataclass(frozen=True, slots=True)
class StockSnapshot:
    """How old a location's newest count is (``counted_at`` None: never counted) and how far it is believed."""

    location: LocationId
    band: Band
    counted_at: datetime | None


def stock_snapshot(storage: Storage, network: Network, now: datetime) -> tuple[StockSnapshot, ...]:
    """Every active location, by name."""
    with storage.read() as uow:
        counted = uow.ledger.freshness()
    return tuple(
        StockSnapshot(each.location, freshness(each.counting, found, now).band, found)
        for each in sorted(network.locations, key=lambda each: each.location)
        if each.active
        for found in [counted.get(each.location)]
    )


Publications = Mapping[ChannelId, Mapping[PublicationState, int]]
"""How many quantities each publishing channel is to be told, and how many it did not take."""


def publications_snapshot(storage: Storage, network: Network) -> Publications:
    """Every channel that is told quantities, by name."""
    with storage.read() as uow:
        found = uow.publications.unsettled()
    return {
        each.channel: {state: found.get(each.channel, {}).get(state, 0) for state in _OPEN_PUBLICATIONS}
        for each in sorted(network.channels, key=lambda each: each.channel)
        if each.sells_from
    }


def exposition(
    metrics: Metrics,
    connections: tuple[ConnectionSnapshot, ...],
    stock: tuple[StockSnapshot, ...],
    publications: Publications,
    now: datetime,
) -> bytes:
    """Prometheus' text with the gauges set from this reading."""
    for channel, states in publications.items():
        for publication_state, number in states.items():
            metrics.publications.labels(channel, publication_state).set(number)
    for place in stock:
        metrics.stock_band.labels(place.location).set(_BELIEVED[place.band])
        if place.counted_at is not None:
            metrics.stock_age.labels(place.location).set((now - place.counted_at).total_seconds())
    for one in connections:
        metrics.state.labels(one.connection).set(_UP[one.state])
        metrics.backlog.labels(one.connection, "inbox").set(one.inbox)
        for state in _UNSETTLED:
            metrics.backlog.labels(one.connection, f"outbox-{state}").set(one.outbox.get(state, 0))
    return metrics.exposition()
