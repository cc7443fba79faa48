"""How one line is shared out over several locations that sell by lots: most units first, then least cost.

    maximise sum(units), then minimise sum(units * per_unit), where
    least_i <= units_i <= most_i, units_i whole lots, sum(units) <= wanted

Eaches are shared out cheapest first, above what each location has to give at least. Whole lots are tried: exactly for
up to ``EXACT_LOTS`` lots of a location and ``EXACT_SUMS`` sums of them, beyond that the largest.

Worked: 10 wanted; A has 8, B has 8 and sells at least 6. A gives 4 and B 6: filling A first would leave 2 for B, which
it does not sell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

EXACT_LOTS = 100
EXACT_SUMS = 500

_ONE = Decimal(1)
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Share:
    """What a location may take of a line: from ``least`` to ``most`` units by whole ``lot``, each at ``per_unit``."""

    least: Decimal
    most: Decimal
    lot: Decimal
    per_unit: Decimal

    @classmethod
    def of(cls, most: Decimal, lot: Decimal, minimum: Decimal, per_unit: Decimal) -> Share:
        """``most`` is what it may give by itself: whole lots that reach the minimum."""
        if lot == _ONE:
            return cls(minimum, most, lot, per_unit)
        lots = (max(minimum, lot) / lot).to_integral_value(rounding=ROUND_CEILING)
        return cls(lots * lot, most, lot, per_unit)


def share_out(wanted: Decimal, shares: Sequence[Share]) -> tuple[Decimal, ...] | None:
    """Units of each share (module docstring); None where what they give at least is more than is wanted."""
    if sum((share.least for share in shares), _ZERO) > wanted:
        return None
    loose = [place for place, share in enumerate(shares) if share.lot == _ONE]
    lots = [place for place in range(len(shares)) if place not in loose]
    floor = sum((shares[place].least for place in loose), _ZERO)
    best: tuple[tuple[Decimal, Decimal, Decimal], tuple[Decimal, ...]] | None = None
    for whole in _sums(wanted - floor, [shares[place] for place in lots]):
        rest = _cheapest(wanted - sum(whole, _ZERO), [shares[place] for place in loose])
        units = dict(zip((*lots, *loose), (*whole, *rest), strict=True))
        found = tuple(units[place] for place in range(len(shares)))
        rank = (-sum(found, _ZERO), _cost(found, shares), -sum(whole, _ZERO))
        if best is None or rank < best[0]:
            best = rank, found
    return best[1] if best is not None else None


def _sums(most: Decimal, shares: Sequence[Share]) -> list[tuple[Decimal, ...]]:
    """For each sum of whole lots up to ``most`` the cheapest way to it."""
    ways: dict[Decimal, tuple[Decimal, tuple[Decimal, ...]]] = {_ZERO: (_ZERO, ())}
    for share in shares:
        further: dict[Decimal, tuple[Decimal, tuple[Decimal, ...]]] = {}
        for total in sorted(ways, reverse=True)[:EXACT_SUMS]:
            cost, units = ways[total]
            for taken in _multiples(share, most - total):
                way = cost + taken * share.per_unit, (*units, taken)
                further[total + taken] = min(way, further.get(total + taken, way))
        ways = further
    return [units for _, units in ways.values()]


def _multiples(share: Share, most: Decimal) -> list[Decimal]:
    """The largest first."""
    top = min(share.most, most) // share.lot
    least = share.least // share.lot
    return [share.lot * (top - step) for step in range(min(EXACT_LOTS, int(top - least) + 1))]


def _cheapest(wanted: Decimal, shares: Sequence[Share]) -> list[Decimal]:
    """Eaches of each: what it gives at least, then as many as are left of the cheapest first."""
    units = [share.least for share in shares]
    left = wanted - sum(units, _ZERO)
    for place in sorted(range(len(shares)), key=lambda place: shares[place].per_unit):
        more = min(left, shares[place].most - units[place])
        units[place] += more
        left -= more
    return units


def _cost(units: Sequence[Decimal], shares: Sequence[Share]) -> Decimal:
    return sum((each * share.per_unit for each, share in zip(units, shares, strict=True)), _ZERO)
