"""What a channel has sold of its quotas. Where they count the last hours only, an old sale counts no more some day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from hub.flows.work import Work
from hub.model.identity import Sku
from hub.model.network import Channel
from hub.model.stock import ChannelSales

QUOTA_TASK = "quota"

_TICK = timedelta(microseconds=1)


def sold_of_quotas(work: Work, channel: Channel, skus: Sequence[Sku]) -> Mapping[Sku, ChannelSales]:
    """Sales that count against the quotas of these SKUs; those without a quota are left out."""
    limited = [sku for sku in skus if channel.limits(sku).quota is not None]
    return work.uow.orders.sold(channel.channel, limited, since=channel.quota_since(work.now)) if limited else {}


def watch_quotas(work: Work, channel: Channel, skus: Iterable[Sku]) -> None:
    """Have each SKU that has sold looked at again once the oldest of its sales counts no more."""
    since = channel.quota_since(work.now)
    if channel.quota_hours is None or since is None:
        return
    for sku in skus:
        first = work.uow.orders.first_sale(channel.channel, sku, since=since)
        if first is not None:
            leaves = work.now + (first - since) + _TICK
            work.uow.tasks.schedule(QUOTA_TASK, f"{channel.channel}:{sku}", leaves)


def look_again(work: Work, key: str) -> None:
    """The oldest sale of a quota counts no more."""
    _, _, sku = key.partition(":")
    work.touch([Sku(sku)])
