"""In what lots a location sells an item: at least so many at once, and by so many."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hub.model import period
from hub.model.canonical import Canonical, NonNegativeAmount, PositiveAmount
from hub.model.quantity import sold_at_once


class Lot(Canonical):
    """Eaches of an item that one line of a request may ask for: none fewer than ``minimum``, by whole ``multiple``.

    In force from ``since`` to ``until``, both included, None being open.
    """

    minimum: NonNegativeAmount = Decimal(0)
    multiple: PositiveAmount = Decimal(1)
    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Whether it is in force that day."""
        return period.holds(self.since, self.until, day)

    @property
    def changes(self) -> tuple[date, ...]:
        """The days on which it begins to hold, and on which it does no more."""
        return period.changes(self.since, self.until)

    @property
    def binds(self) -> bool:
        """Whether it forbids any number of eaches."""
        return self.multiple != 1 or self.minimum > 0

    @property
    def words(self) -> str:
        """For people: ``at least 12, by 6``."""
        least = f"at least {self.minimum:f}" if self.minimum else ""
        return ", ".join(filter(None, (least, f"by {self.multiple:f}" if self.multiple != 1 else "")))

    def fits(self, units: Decimal) -> bool:
        """Whether so many are sold at once."""
        return self.most_of(units) == units

    def most_of(self, units: Decimal) -> Decimal:
        """The most of so many that are sold at once (``quantity.sold_at_once``)."""
        return sold_at_once(units, self.multiple, self.minimum)


def lot_of(lots: tuple[Lot, ...], day: date) -> Lot | None:
    """The one in force that day; the first where several are."""
    return next((lot for lot in lots if lot.holds(day)), None)
