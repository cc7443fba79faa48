"""A channel is told no more quantities than its budget allows; the others wait for it, the most urgent go first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from hub.flows.work import Work
from hub.inventory.showing import is_queued
from hub.inventory.urgency import OVER_BUDGET, Spent, Wanted, affordable
from hub.model.identity import Sku
from hub.model.network import Channel, UpdateBudget
from hub.model.queue import PublicationState
from hub.ports import UnitOfWork

BUDGET_TASK = "budget"

_MOST = 5_000
"""Quantities that wait for a budget, looked at in one transaction."""
_TICK = timedelta(microseconds=1)


def within_budget(work: Work, channel: Channel, wanted: Iterable[Wanted]) -> tuple[list[Wanted], datetime | None]:
    """Those that may be told now, the most urgent first; the others are noted as waiting. And when the budget allows
    one of these, None where none waits. What replaces a quantity that has not left costs nothing."""
    ordered = sorted(wanted, key=lambda each: each.urgency)
    budget = channel.budget
    if budget is None:
        return ordered, None
    free = [each for each in ordered if is_queued(each.publication)]
    paid = [each for each in ordered if not is_queued(each.publication)]
    made = _made(work, channel, budget)
    allowed, moments = free, []
    for each, may, first in _judged(budget, made, paid):
        if may:
            allowed.append(each)
        else:
            _defer(work, each)
            moments.append((first or work.now) + budget.window + _TICK)
    return allowed, min(moments, default=None)


def deferred(uow: UnitOfWork, channel: Channel) -> list[Sku]:
    """SKUs whose quantities wait for the channel's budget."""
    pending = uow.publications.page(channel.channel, state=PublicationState.PENDING, limit=_MOST)
    return [each.sku for each in pending if each.requested is None]


def _made(work: Work, channel: Channel, budget: UpdateBudget) -> Mapping[Sku, Spent]:
    prefix = f"{channel.channel}:"
    made = work.uow.outbox.made(channel.connection, "inventory", prefix, since=work.now - budget.window)
    return {Sku(name.removeprefix(prefix)): Spent(*found) for name, found in made.items()}


def _judged(
    budget: UpdateBudget, made: Mapping[Sku, Spent], wanted: list[Wanted]
) -> Iterator[tuple[Wanted, bool, datetime | None]]:
    """Whether each may be told; and when the first update was made of those that stand in its way."""
    if budget.per_item:
        for each in wanted:
            spent = made.get(each.publication.sku, Spent())
            [may] = affordable(budget, spent, [each])
            yield each, may, spent.first
        return
    firsts = [spent.first for spent in made.values() if spent.first is not None]
    spent = Spent(sum(each.updates for each in made.values()), min(firsts, default=None))
    for each, may in zip(wanted, affordable(budget, spent, wanted), strict=True):
        yield each, may, spent.first


def _defer(work: Work, each: Wanted) -> None:
    known = each.publication
    if (known.state, known.reason, known.requested) != (PublicationState.PENDING, OVER_BUDGET, None):
        waits = replace(known, requested=None, at=work.now, state=PublicationState.PENDING, reason=OVER_BUDGET)
        work.uow.publications.save(waits)
