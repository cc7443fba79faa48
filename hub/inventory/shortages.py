"""What a figure is worth where the location did not have what it was asked for.

A unit is **short** where its location rejects it for want of stock, backorders it, or closes its line without it. Then
its figure of that item is wrong, and is in **doubt** until the location counts the item again:

    to promise = at most what came since - what was promised since

Goods that arrive later lie there whatever the figure was worth; nothing else of it is believed. Worked: 15 on hand, an
order for 4 is rejected at 10:00: nothing is promised. 10 come at 12:00 and 3 of them are promised: 10 - 3 = 7, of the
25 - 3 = 22 that the books have. A count as of 18:00 says 9: 9 less the 3, with no doubt. Doubt moves no stock, and can
only lower what is promised and shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from hub.model.fulfilment import RequestLine
from hub.model.ledger import Balance, Bucket, Movement, Reservation

_ZERO = Decimal(0)


def newly_short(line: RequestLine, short: Decimal, backordered: Decimal) -> Decimal:
    """Units of a line that turn out not to be there: ``short`` are rejected now for want of stock, ``backordered`` wait
    now in all; those that waited before were short then.

    Worked: 5 were backordered; now 3 still are and 2 are rejected: none is new.
    """
    return max(_ZERO, short + backordered - line.backordered)


def still_believed(balance: Balance, arrivals: Iterable[Movement], promises: Iterable[Reservation]) -> Decimal:
    """The most that may be promised of an item in doubt (module docstring). Arrivals and promises of before the
    shortage are passed over, and so is what was taken off or given back since."""
    since = balance.short_at
    if since is None:
        return _ZERO
    came = sum(
        (
            each.quantity
            for each in arrivals
            if each.quantity > 0 and each.observed_at > since and each.bucket is Bucket.ON_HAND
        ),
        _ZERO,
    )
    promised = sum((each.quantity for each in promises if each.quantity > 0 and each.recorded_at > since), _ZERO)
    return max(_ZERO, came - promised)
