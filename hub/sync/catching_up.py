"""A channel that showed something else than we believed has sold: its orders are taken in before it is told more.

Flows decide what waits (``flows.publish_quantities``); here is known when a channel's orders were fetched and when
all of them were applied.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from hub.flows.answer import Answer
from hub.flows.publish_quantities import resume_publishing
from hub.flows.work import Work
from hub.model.identity import ConnectionId
from hub.model.network import Network
from hub.ports import UnitOfWork
from hub.sync.connections import LiveConnection
from hub.sync.marks import lane_names
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


def resume_caught_up(uow: UnitOfWork, network: Network, connection: LiveConnection, now: datetime) -> None:
    """In the transaction that ends a fetch or applies documents: where every order fetched is taken, figures that
    waited since before that fetch began are published again."""
    publishes = any(each.connection == connection.id and each.sells_from for each in network.channels)
    if not publishes or not connection.order_stream:
        return
    # Read before the inbox: what a fetch found is stored no later than its end is noted.
    state = PollState.read(uow.inbox.cursor(connection.id, poll_row(connection.order_stream)))
    if state is None or state.last is None:
        return
    pending = uow.inbox.pending(connection.id, _LOOK)
    fresh = [one for one in pending if one.stream == connection.order_stream and one.attempts < _PATIENCE]
    if fresh or len(pending) == _LOOK:
        return
    resume_publishing(Work(uow, network, now, actor=str(connection.id)), connection.id, state.last)
