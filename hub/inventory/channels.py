"""What a channel shows of a SKU, with its working.

    free  = sum over sells_from of sold(max(0, believed atp)) - unrouted demand - ring fences of other channels - buffer
    shown = min(cap, quota - sold, max(0, free)), in whole units and never below 0

Each is applied once. A **ring fence** of another channel holds back so many units of what both sell from, and no more
than lie there; it does not shrink as that channel sells. A **quota** is the most that a channel may sell: what it has
sold (less what was cancelled) and what it shows together. Both are about what is shown: an order that a channel has
taken may be routed to any unit there is. **sold** is about locations that sell an item in lots, by so many or at least
so many at once: where the channel's customers order by a number (``multiple``) that is no such lot, nothing, for who
buys one of it could not be served; else whole multiples. Safety stock is inside each location's ATP, once; how far an
old count is believed says ``inventory.freshness``.

Worked: stores A and B promise 7 and -2, supplier C 12; 3 units of open orders wait for a location, buffer 2, cap 10:
max(0, 7 + 0 + 12 - 3 - 2) = 14, capped to 10. With 5 units of C ring-fenced for another channel: 9; with a quota of 50
of which 44 are sold: 6. With C selling cases of 6 only: 2 where customers buy singly, still 10 where by the case.
Leaving out the unrouted demand is the classic oversell: those orders are firm, only nobody holds their units yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from types import MappingProxyType

from hub.inventory.atp import Atp
from hub.inventory.counting import Term
from hub.inventory.kits import limit_term
from hub.model.identity import ChannelId, LocationId, Sku
from hub.model.kit import Kit
from hub.model.lot import Lot
from hub.model.network import Channel
from hub.model.quantity import sold_at_once

_ONE = Decimal(1)
_ZERO = Decimal(0)
_NO_LOTS: Mapping[LocationId, Lot] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ChannelQuantity:
    """``quantity`` to show; ``terms`` add up to it before the floor at zero, the cap and whole units. They are made
    where they are read."""

    channel: ChannelId
    sku: Sku
    quantity: Decimal
    working: Callable[[], tuple[Term, ...]] = field(repr=False, compare=False)

    @property
    def terms(self) -> tuple[Term, ...]:
        """What each location adds, and what is taken off."""
        return self.working()


def channel_quantity(
    channel: Channel,
    sku: Sku,
    atps: Iterable[Atp],
    unrouted: Decimal,
    *,
    others: Iterable[Channel] = (),
    sold: Decimal = _ZERO,
    lots: Mapping[LocationId, Lot] = _NO_LOTS,
) -> ChannelQuantity:
    """What ``channel`` shows of ``sku`` (module docstring). ``unrouted``: open units no location holds yet; ``others``:
    channels that may have ring fences; ``sold``: units that count against the channel's quota; ``lots`` of locations
    that do not sell the item in any number."""
    selling = frozenset(channel.sells_from)
    own = [atp for atp in atps if atp.location in selling]
    multiple = channel.limits(sku).multiple or _ONE
    adds = {atp.location: _added(atp, lots.get(atp.location), multiple) for atp in own}
    less = [Term("orders that wait for a location", -unrouted)] if unrouted else []

    def shared(other: Channel) -> Decimal:
        return sum((units for where, units in adds.items() if where in other.sells_from), _ZERO)

    def terms() -> Iterable[Term]:
        return (term for atp in own for term in _terms(atp, lots.get(atp.location), multiple))

    return _limited(channel, sku, (sum(adds.values(), _ZERO), terms), less, others, shared, sold)


def separable_quantity(
    channel: Channel, kit: Kit, units: Mapping[Sku, Decimal], *, others: Iterable[Channel] = (), sold: Decimal = _ZERO
) -> ChannelQuantity:
    """What ``channel`` shows of a kit whose parts may ship apart; ``units``: what all its locations together have free
    of each component, less what waiting orders take."""
    term = limit_term(kit, units)
    selling = frozenset(channel.sells_from)

    def shared(other: Channel) -> Decimal:
        return max(_ZERO, term.quantity) if selling.intersection(other.sells_from) else _ZERO

    return _limited(channel, kit.sku, (term.quantity, lambda: (term,)), [], others, shared, sold)


def _limited(
    channel: Channel,
    sku: Sku,
    added: tuple[Decimal, Callable[[], Iterable[Term]]],
    terms: list[Term],
    others: Iterable[Channel],
    shared: Callable[[Channel], Decimal],
    sold: Decimal,
) -> ChannelQuantity:
    """What locations have ``added``, with its terms, less ``terms`` and ring fences of other channels, of at most what
    each has ``shared`` with this one, and within its limits."""
    limits = channel.limits(sku)
    for other in others:
        if other.channel != channel.channel:
            fenced = min(other.limits(sku).ring_fence or _ZERO, shared(other))
            if fenced:
                terms.append(Term(f"ring-fenced for {other.channel}", -fenced))
    if limits.buffer:
        terms.append(Term("buffer", -limits.buffer))
    total = max(_ZERO, added[0] + sum((term.quantity for term in terms), _ZERO))
    if limits.quota is not None and total > limits.quota - sold:
        left = max(_ZERO, limits.quota - sold)
        terms.append(Term(f"quota of {limits.quota:f}, {sold:f} sold", left - total))
        total = left
    if limits.cap is not None and total > limits.cap:
        terms.append(Term(f"capped at {limits.cap:f}", max(_ZERO, limits.cap) - total))
        total = max(_ZERO, limits.cap)
    return ChannelQuantity(
        channel.channel,
        sku,
        total.to_integral_value(rounding=ROUND_FLOOR),
        lambda: (*added[1](), *terms),
    )


def _added(atp: Atp, lot: Lot | None, multiple: Decimal) -> Decimal:
    """What the terms of one location add up to."""
    if not atp.usable or atp.quantity <= 0:
        return _ZERO
    if lot is None:
        return atp.shown
    return sold_at_once(atp.shown, multiple) if lot.fits(multiple) else _ZERO


def _terms(atp: Atp, lot: Lot | None, multiple: Decimal) -> list[Term]:
    """What one location adds to what a channel shows whose customers order by ``multiple``."""
    where = atp.location
    if not atp.usable:
        return [Term(f"{where}: not counted on, {atp.why}", _ZERO)]
    if atp.quantity <= 0:
        return []
    terms = [Term(f"{where}: available to promise", atp.quantity)]
    terms += [Term(f"{where}: {term.words}", term.quantity) for term in atp.kept_back]
    added = _added(atp, lot, multiple)
    if lot is not None and added != atp.shown:
        terms.append(Term(f"{where}: sells {lot.words}, the channel by {multiple:f}", added - atp.shown))
    return terms
