"""Which SKUs each channel must look at again: a row for each channel and SKU, so that asking costs what is open.

``touched_skus`` is every SKU ever touched. A channel that looks for the first time has all of them before it, and from
then on is told of each touch (``looking_channels``). ``number`` counts the touches, ``settled`` says up to which
of them the channel has looked; both are in one row, so that whoever comes second sees what the first one wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.model.identity import ChannelId
from hub.storage.column_types import to_micros
from hub.storage.transaction import Transaction

_MET = """
    INSERT INTO touched_skus (sku, at) SELECT t.sku, :at FROM ({skus}) AS t WHERE true ORDER BY t.sku
    ON CONFLICT (sku) DO NOTHING
"""
_TOLD = """
    INSERT INTO channel_touches (channel, sku, number, settled, at)
    SELECT c.channel, t.sku, 1, 0, :at FROM looking_channels c CROSS JOIN ({skus}) AS t WHERE true
    ORDER BY c.channel, t.sku
    ON CONFLICT (channel, sku) DO UPDATE SET number = channel_touches.number + 1, at = excluded.at
"""
_LOOKS = "SELECT 1 FROM looking_channels WHERE channel = :channel"
_REGISTER = "INSERT INTO looking_channels (channel) VALUES (:channel) ON CONFLICT (channel) DO NOTHING"
_FIRST_LOOK = """
    INSERT INTO channel_touches (channel, sku, number, settled, at)
    SELECT :channel, sku, 1, 0, at FROM touched_skus
"""
_BEFORE_IT = "SELECT sku, 0 AS number FROM touched_skus ORDER BY at, sku LIMIT :limit"
_OPEN = """
    SELECT sku, number FROM channel_touches WHERE channel = :channel AND settled < number
    ORDER BY at, sku LIMIT :limit
"""
_UNSETTLE = "UPDATE channel_touches SET settled = 0 WHERE channel = :channel AND settled > 0"
# What somebody touches right now has to be looked at again anyway. Waiting for it would be waiting in a circle: whoever
# touches holds some of the rows, wants others, and writes them in another order than this.
_SETTLE = """
    WITH free AS (
        SELECT sku FROM channel_touches
        WHERE channel = :channel AND sku IN (SELECT r.name FROM {numbers}) {lock_free}
    )
    UPDATE channel_touches SET settled = r.number FROM {numbers}
    WHERE channel = :channel AND sku = r.name AND settled < r.number AND sku IN (SELECT sku FROM free)
"""


def touch(transaction: Transaction, skus: str, values: Mapping[str, Any]) -> None:
    """Every channel has to look at the SKUs that the SELECT ``skus`` gives, each once, when run with ``values``."""
    now = {**values, "at": to_micros(transaction.clock())}
    # In this order: a channel that begins to look waits for us at the first and then finds ours in it, or it was
    # there before and gets the second.
    transaction.run(_MET.replace("{skus}", skus), now)
    transaction.run(_TOLD.replace("{skus}", skus), now)


def open_touches(transaction: Transaction, channel: ChannelId, limit: int) -> list[Any]:
    """SKUs that the channel has not settled, with the number of their newest touch, oldest first.

    Where nothing may be written, a channel that never looked sees what its first look will find, all of it number 0.
    """
    which = {"channel": channel, "limit": limit}
    if transaction.run(_LOOKS, which).first() is None:
        if not transaction.writing:
            return transaction.run(_BEFORE_IT, which).all()
        _begin_to_look(transaction, which)
    return transaction.run(_OPEN, which).all()


def _begin_to_look(transaction: Transaction, which: Mapping[str, Any]) -> None:
    if transaction.run(_REGISTER, which).rowcount:
        if transaction.has_rivals:
            transaction.run("LOCK TABLE touched_skus IN SHARE MODE")
        transaction.run(_FIRST_LOOK, which)


def unsettle(transaction: Transaction, channel: ChannelId) -> None:
    """The channel has to look at all of it again."""
    transaction.run(_UNSETTLE, {"channel": channel})


def settle(transaction: Transaction, channel: ChannelId, numbers: str) -> None:
    """The channel has looked at these, up to those numbers (``as_numbers``); it looks again at what is touched now."""
    transaction.run(_SETTLE, {"channel": channel, "numbers": numbers})
