"""A set-up was loaded, at start or by a reload: what follows from settings alone is decided anew."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, time

from hub.flows.record_stock import watch_age
from hub.flows.work import Work
from hub.model.network import Channel

LOTS_TASK = "lots"
"""Runs when a location begins to sell in other lots."""


def follow_settings(work: Work) -> None:
    """Have every channel look whether its rules are still those it was told by, and set the locations' timers."""
    for channel in work.network.channels:
        work.uow.tasks.schedule("publish", channel.channel, work.now)
    for location in work.network.locations:
        watch_age(work, location.location)
    next_change = _lots_change(work)
    if next_change is not None:
        work.uow.tasks.schedule(LOTS_TASK, "", next_change)


def follow_lots(work: Work) -> datetime | None:
    """Some location sells in other lots from today on: channels look again; when that happens next."""
    work.look_again()
    return _lots_change(work)


def _lots_change(work: Work) -> datetime | None:
    day = next((day for day in work.network.lot_days if day > work.now.date()), None)
    return datetime.combine(day, time(), UTC) if day is not None else None


def follow_rules(work: Work, channel: Channel) -> None:
    """Where the settings have changed that the channel's quantities follow from, have all of them computed anew and its
    waiting orders routed again: a location may have come, or may promise more."""
    passed = bisect_right(work.network.lot_days, work.now.date())
    rules = f"{work.network.publishing_rules[channel.channel]}@{passed}"
    if work.uow.publications.rules(channel.channel) == rules:
        return
    work.uow.publications.start_over(channel.channel, rules)
    # A kit that has come was never touched.
    work.uow.publications.touch(sku for sku, kit in work.network.kits.items() if kit.is_virtual)
    work.route_again(each.order_id for each in work.uow.orders.unrouted() if each.channel == channel.channel)
