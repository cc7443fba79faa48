"""A channel that showed something else than we believed has sold: its orders are taken in before it is told more.

Flows decide what waits (``flows.publish_quantities``); here is known when a channel's orders were fetched and when
all of them were applied.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from hub.flows.answer import Answer
from hub.flows.publish_quantities import is_waiting, resume_publishing
from hub.flows.work import Work
from hub.model.identity import ConnectionId
from hub.ports import UnitOfWork
from hub.sync.connections import LiveConnection
from hub.sync.marks import lane_names, marked
from hub.sync.runtime import Turn
from hub.sync.schedule import PollState, poll_row

_LOOK = 100
"""Documents looked at; where more wait, the inbox is surely not caught up."""

_PATIENCE = 5
"""Tries after which a document is not waited for: one that cannot be used must not keep quantities back for hours."""


def fetch_at_once(uow: UnitOfWork, connection: ConnectionId, streams: Iterable[str], now: datetime) -> None:
    """Make these streams due, whatever their schedules say."""
    for stream in streams:
        known = PollState.read(uow.inbox.cursor(connection, poll_row(stream))) or PollState(now)
        uow.inbox.advance(connection, poll_row(stream), known.due_at(now).text)
    uow.lanes.mark(lane_names(connection).fetch)


def ask_for_orders(work: Work, connection: LiveConnection, answer: Answer) -> None:
    """After a stale answer: fetch the channel's orders at once. Where none are fetched (they are only pushed, or
    come by other ways), there is nothing to wait for."""
    if connection.order_stream:
        fetch_at_once(work.uow, connection.id, [connection.order_stream], work.now)
    else:
        resume_publishing(work, connection.id, answer.at + timedelta(microseconds=1))


def resume_caught_up(turn: Turn, connection: LiveConnection) -> None:
    """After a fetch, and after documents were applied: where every order fetched is taken, figures that waited
    since before that fetch began are published again.

    In a transaction of its own, so that it locks no publication while it holds what a settlement needs; it does
    not need the lane either, which may have been given back by now.
    """
    network, stream = turn.configuration.network, connection.order_stream
    publishes = any(each.connection == connection.id and each.sells_from for each in network.channels)
    if not publishes or not stream:
        return
    with turn.runtime.storage.read() as uow:
        known_until = _orders_known_until(uow, connection.id, stream)
        waiting = known_until is not None and is_waiting(uow, network, connection.id, known_until)
    if known_until is not None and waiting:
        with turn.runtime.storage.begin() as uow, marked(uow) as noted:
            work = Work(noted, network, turn.now, actor=str(connection.id))
            resume_publishing(work, connection.id, known_until)


def _orders_known_until(uow: UnitOfWork, connection: ConnectionId, stream: str) -> datetime | None:
    # Read before the inbox: what a fetch found is stored no later than its end is noted.
    state = PollState.read(uow.inbox.cursor(connection, poll_row(stream)))
    pending = uow.inbox.pending(connection, _LOOK)
    fresh = [one for one in pending if one.stream == stream and one.attempts < _PATIENCE]
    return None if state is None or fresh or len(pending) == _LOOK else state.last
