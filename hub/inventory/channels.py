"""What a channel shows of a SKU, with its working.

    shown = min(cap, max(0, sum over sells_from of max(0, believed atp) - unrouted demand - buffer)), in whole units

Safety stock is inside each location's ATP, once; how far an old count is believed says ``inventory.freshness``.
Worked: stores A and B promise 7 and -2, supplier C 12; 3 units of open orders wait for a location, buffer 2, cap 10:
max(0, 7 + 0 + 12 - 3 - 2) = 14, capped to 10. Leaving out the unrouted demand is the classic oversell: those orders are
firm, only nobody holds their units yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from hub.inventory.atp import Atp
from hub.inventory.counting import Term
from hub.model.identity import ChannelId, Sku
from hub.model.network import Channel

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class ChannelQuantity:
    """``quantity`` to show; ``terms`` add up to it before the floor at zero, the cap and whole units."""

    channel: ChannelId
    sku: Sku
    quantity: Decimal
    terms: tuple[Term, ...]


def channel_quantity(channel: Channel, sku: Sku, atps: Iterable[Atp], unrouted: Decimal) -> ChannelQuantity:
    """What ``channel`` shows of ``sku`` (module docstring). ``unrouted``: open units no location holds yet."""
    terms: list[Term] = []
    selling = frozenset(channel.sells_from)
    for atp in atps:
        if atp.location not in selling:
            continue
        if not atp.usable:
            terms.append(Term(f"{atp.location}: not counted on, {atp.why}", _ZERO))
        elif atp.quantity > 0:
            terms.append(Term(f"{atp.location}: available to promise", atp.quantity))
            if atp.shown != atp.quantity:
                terms.append(Term(f"{atp.location}: {atp.shown_why}", atp.shown - atp.quantity))
    if unrouted:
        terms.append(Term("orders that wait for a location", -unrouted))
    if channel.buffer:
        terms.append(Term("buffer", -channel.buffer))
    total = max(_ZERO, sum((term.quantity for term in terms), _ZERO))
    if channel.cap is not None and total > channel.cap:
        terms.append(Term(f"capped at {channel.cap:f}", max(_ZERO, channel.cap) - total))
        total = max(_ZERO, channel.cap)
    return ChannelQuantity(channel.channel, sku, total.to_integral_value(rounding=ROUND_FLOOR), tuple(terms))
