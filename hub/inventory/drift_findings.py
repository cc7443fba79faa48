"""Differences of a location taken together: how large they are, and what most of them have in common."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from hub.inventory.drift import Difference
from hub.inventory.drift_history import DriftCause
from hub.inventory.feed_guard import SCALED
from hub.model.identity import Sku
from hub.model.money import Money

LEAST = 5
"""Fewer differences with one cause in common prove nothing."""

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Finding:
    """``fits`` of a location's ``differences`` are what one cause would make of them; ``cure`` would end it."""

    cause: DriftCause
    cure: str
    fits: int
    differences: int


@dataclass
class Tally:
    """What the differences of a location add up to, taken item by item.

    ``plus`` and ``minus`` are the units by which counts raised and lowered the ledger; ``explained`` absolute units by
    cause, ``unexplained`` those without one; ``undone`` differences that the next one took back.
    """

    items: int = 0
    differences: int = 0
    plus: Decimal = _ZERO
    minus: Decimal = _ZERO
    unexplained: Decimal = _ZERO
    undone: int = 0
    explained: dict[DriftCause, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    value: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    """Unexplained units at what they cost, by currency, of items whose cost is known."""
    _shared: Counter[tuple[DriftCause, str]] = field(default_factory=Counter)
    _last: Sku | None = None

    @property
    def net(self) -> Decimal:
        """By how much counts moved the ledger in all."""
        return self.plus - self.minus

    @property
    def absolute(self) -> Decimal:
        """Units moved either way."""
        return self.plus + self.minus

    def take(self, difference: Difference) -> None:
        """Add one; those of one item follow each other."""
        self.items += difference.sku != self._last
        self._last = difference.sku
        self.differences += 1
        self.plus += max(_ZERO, difference.quantity)
        self.minus += max(_ZERO, -difference.quantity)
        self.undone += difference.undone is not None
        self.unexplained += abs(difference.unexplained)
        for part in difference.explanations:
            if part.cause is not DriftCause.UNEXPLAINED:
                self.explained[part.cause] += abs(part.quantity)
        if difference.unit_cost is not None and difference.unexplained:
            cost = difference.unit_cost
            self.value[cost.currency] += abs(difference.unexplained) * cost.amount
        self._shared.update(dict.fromkeys(_shared(difference), 1))

    def findings(self) -> list[Finding]:
        """What more than half of the differences have in common, the most common first."""
        causes = list(DriftCause)
        found = [
            Finding(cause, cure, fits, self.differences)
            for (cause, cure), fits in self._shared.items()
            if fits >= LEAST and 2 * fits > self.differences
        ]
        return sorted(found, key=lambda each: (-each.fits, causes.index(each.cause), each.cure))

    def costs(self) -> tuple[Money, ...]:
        """``value`` as money."""
        return tuple(Money(amount=amount, currency=currency) for currency, amount in sorted(self.value.items()))


def _shared(difference: Difference) -> Iterator[tuple[DriftCause, str]]:
    """What it may have in common with others; a cure only where nothing more certain explains it."""
    most_certain = {each.cause for each in difference.explanations}
    for each in (*difference.facts, *difference.candidates):
        if not each.cure or each.cause in most_certain:
            yield each.cause, each.cure
    factor = _factor(difference)
    if factor is not None and not difference.candidates:
        yield DriftCause.PACK, f"unit and units_each {factor:f} in items.csv"


def _factor(difference: Difference) -> Decimal | None:
    """By which whole number a figure grew or shrank, where it is large enough to be a pack's."""
    small, large = sorted((difference.believed, difference.counted))
    if small <= 0 or large % small or large / small < SCALED:
        return None
    return (large / small).normalize()
