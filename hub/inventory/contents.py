"""What a partner's figure contains, taken apart: units that we cannot sell must never be counted as ours.

``contains`` of the counting rule is the whole list of parts in the figure of its basis. The partner's own figures of
these, of the same report and moment, say how many they are:

    part             meaning                                       what becomes of its units
    unavailable      there, and damaged, on hold or in quarantine  stay in on hand, and are held as unavailable
    committed        there, and promised to the partner's customers taken off
    on_order         ordered by the partner, not sent to it yet    taken off
    in_transit       on the way to the partner                     taken off

Worked: 100 on hand, of which 10 are damaged and 25 committed: 75 on hand here, 10 of them unavailable. Committed units
include ours as far as ``net_of`` says; those are added back (``inventory.counting``).

A figure above zero without one of its parts is not believed: the item keeps what it had, with its age
(``stock.part-missing``). A partner that leaves out a part of nothing is given ``missing_part: zero``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from hub.model.identity import LocationId, Sku
from hub.model.network import CountingRule, MissingPart
from hub.model.quantity import Units, show_units, to_base
from hub.model.stock import CountBasis, StockReport, StockRow

_ZERO = Decimal(0)

_TAKEN_OFF = {
    CountBasis.COMMITTED: "committed to its customers",
    CountBasis.ON_ORDER: "on order",
    CountBasis.IN_TRANSIT: "on their way to it",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """What a report says of an item on one basis: eaches, as of when, and in words."""

    quantity: Decimal
    as_of: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a report tells of one location by its rule: the figures that are taken, and beside them their parts."""

    rule: CountingRule
    figures: Mapping[Sku, Figure]
    parts: Mapping[CountBasis, Mapping[Sku, Figure]]

    @classmethod
    def by(cls, rule: CountingRule, report: StockReport, location: LocationId) -> Told:
        """What the report tells."""
        wanted = rule.contains if rule.contains is not None else _ALONGSIDE.get(rule.basis, ())
        return cls(
            rule,
            _figures(rule.basis, report, location),
            {part: _figures(part, report, location) for part in wanted},
        )

    def missing(self, sku: Sku) -> tuple[CountBasis, ...]:
        """Parts of the item's figure that the report does not give, or gives of another moment; a figure of none has
        none."""
        figure = self.figures.get(sku)
        if self.rule.missing_part is MissingPart.ZERO or figure is None or figure.quantity <= 0:
            return ()
        return tuple(part for part in self.rule.contains or () if self._part(sku, part) is None)

    def taken_off(self, sku: Sku) -> list[tuple[str, Decimal]]:
        """Parts of the item's figure that are no stock of ours: what they are, and minus their eaches."""
        found = ((words, self._part(sku, part)) for part, words in _TAKEN_OFF.items())
        return [(f"of these {words}: {part.words}", -part.quantity) for words, part in found if part is not None]

    def unavailable(self, sku: Sku, *, names_all: bool) -> Decimal | None:
        """Eaches of the item that are there and not for sale; None where the report does not say.

        ``names_all``: what the report does not give is nothing."""
        part = self._part(sku, CountBasis.UNAVAILABLE)
        if part is not None:
            return part.quantity
        of_another_moment = sku in self.parts.get(CountBasis.UNAVAILABLE, {})
        return _ZERO if self.rule.tells_unavailable or (names_all and not of_another_moment) else None

    def _part(self, sku: Sku, part: CountBasis) -> Figure | None:
        """The part's figure, where it is of the same moment as the figure it is contained in."""
        figure, found = self.figures.get(sku), self.parts.get(part, {}).get(sku)
        return found if figure is not None and found is not None and found.as_of == figure.as_of else None


_ALONGSIDE = {CountBasis.ON_HAND: (CountBasis.UNAVAILABLE,)}
"""Parts that are read where they are given, though the rule does not say what the figure contains."""


def _figures(basis: CountBasis, report: StockReport, location: LocationId) -> dict[Sku, Figure]:
    """Per SKU the figure of a basis: the newest as-of time wins; packs of different size add up; the same
    pack named twice stands as last said (a correction, not more stock)."""
    newest: dict[Sku, dict[tuple[str, Units], StockRow]] = {}
    times: dict[Sku, datetime] = {}
    for row in report.rows:
        if row.location != location or row.basis is not basis:
            continue
        as_of = row.as_of or report.as_of
        if row.sku in times and as_of < times[row.sku]:
            continue
        if as_of != times.get(row.sku):
            newest[row.sku] = {}
            times[row.sku] = as_of
        newest[row.sku][row.unit, row.units_each] = row
    return {
        sku: Figure(
            sum((to_base(row.quantity, row.units_each) for row in rows.values()), _ZERO),
            times[sku],
            " and ".join(_said(row) for row in rows.values()),
        )
        for sku, rows in newest.items()
    }


def _said(row: StockRow) -> str:
    pack = f" of {show_units(row.units_each)}" if row.units_each != 1 else ""
    return f"reported {row.basis.value.replace('_', ' ')} {row.quantity:f} {row.unit}{pack}"
