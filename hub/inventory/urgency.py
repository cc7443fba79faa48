"""Which of a channel's quantities are told first where it may not be told all of them at once.

What shows too much is told before what shows too little: the one sells units that are not there, the other only sells
too few. Then the figure that is furthest off goes first: 2 instead of 10 (eight tenths) before 90 instead of 100.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from hub.inventory.showing import shown
from hub.model.network import UpdateBudget
from hub.model.queue import Publication
from hub.model.stock import ChannelSales

OVER_BUDGET = "waits for the channel's budget"

_NONE, _ONE = Decimal(0), Decimal(1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A channel is to be told ``quantity``; ``publication`` and ``sales`` are what is known of it until now."""

    publication: Publication
    quantity: Decimal
    sales: ChannelSales

    @property
    def falls(self) -> bool:
        """Whether the channel shows more than it should."""
        now = shown(self.publication, self.sales)
        return now is not None and self.quantity < now

    @property
    def urgency(self) -> tuple[bool, Decimal]:
        """Sorts the most urgent first. A channel that was never told counts as showing nothing."""
        now = shown(self.publication, self.sales) or _NONE
        return not self.falls, -abs(self.quantity - now) / max(self.quantity, now, _ONE)


@dataclass(frozen=True, slots=True)
class Spent:
    """Updates that count against a budget now: how many, and when the first of them was made."""

    updates: int = 0
    first: datetime | None = None


def affordable(budget: UpdateBudget, spent: Spent, wanted: Sequence[Wanted]) -> list[bool]:
    """Which of these may be told, in their order. What is kept in reserve is for figures that fall."""
    left, found = budget.updates - spent.updates, []
    for each in wanted:
        may = left > (0 if each.falls else budget.kept)
        found.append(may)
        left -= may
    return found
