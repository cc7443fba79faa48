"""Prices agreed with a partner: what a supplier asks of us, or what we ask of a channel that buys (832 in X12)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from pydantic import Field

from hub.model.canonical import Canonical, Instant, PositiveAmount, Text
from hub.model.identity import ConnectionId, PartnerId, Sku
from hub.model.money import Money
from hub.model.stock import FeedMode


class ItemPrice(Canonical):
    """The price of one each of a SKU, from so many eaches on, in force from ``since`` to ``until``, both included.

    ``since`` None: since always; ``until`` None: until another price follows.
    """

    sku: Sku
    unit_price: Money
    from_quantity: PositiveAmount = Decimal(1)
    since: date | None = None
    until: date | None = None
    title: str = ""


class PriceList(Canonical):
    """A catalogue of prices. FULL replaces what ``catalogue`` said before, DELTA changes what it names.

    ``catalogue`` is the number by which the one who issues it knows it: a supplier may have several.
    """

    partner: PartnerId
    connection: ConnectionId
    catalogue: Text
    issued_at: Instant
    mode: FeedMode
    lines: tuple[ItemPrice, ...] = Field(min_length=1)


def price_for(prices: Iterable[ItemPrice], quantity: Decimal, on: date) -> ItemPrice | None:
    """The price of a SKU in force that day for so many eaches, None where there is none.

    The one that began last counts, and of several quantity breaks the highest that the quantity reaches. Worked: 5.00
    from 1 and 4.50 from 10 since March, 5.20 from 1 since May; 12 units cost 4.50 each in April and 5.20 in May.
    """
    valid = [
        each
        for each in prices
        if (each.since or date.min) <= on <= (each.until or date.max) and each.from_quantity <= quantity
    ]
    return max(valid, key=lambda each: (each.since or date.min, each.from_quantity), default=None)
