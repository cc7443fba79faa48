"""What is not believed of a report as a whole: one that is cut off, empty, of the future, or in another unit.

A guard looks at a location's items together; a single figure may always be what it says. Where one trips, the report is
refused for that location and the old figures stay, with their age.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hub.inventory.counting import CountResult, Refusal
from hub.model.identity import LocationId, Sku
from hub.model.ledger import Balance
from hub.model.network import CountingRule, MissingMeans
from hub.model.stock import BulkCount, FeedMode, StockReport

AHEAD = timedelta(minutes=10)
"""How far a partner's clock may be ahead of ours."""

COMPARED = 10
"""With fewer items than that, figures that all changed alike prove nothing."""

SCALED = 3
"""Figures that grew or shrank alike by less are news, not another unit."""


@dataclass(slots=True)
class Seen:
    """What a report does to the items we know at a location; parts of it add up.

    ``there``: items counted before or in stock; ``zeroed``: of these in stock, how many it takes to nothing;
    ``unnamed``: how many it does not name; ``named``: figures it gives, older ones that were passed over among them;
    ``compared``: items with stock before and after, ``ratios``: their new stock by old. Items known as discontinued
    that it does not name are no news and left out.
    """

    there: int = 0
    zeroed: int = 0
    unnamed: int = 0
    named: int = 0
    compared: int = 0
    ratios: Counter[float] = field(default_factory=Counter)

    @classmethod
    def of(cls, result: CountResult, balances: Mapping[Sku, Balance], gone: Collection[Sku] = ()) -> Seen:
        """Of one part of a location; ``gone``: items known as discontinued."""
        unnamed = {each.sku for each in result.decisions if not each.named}
        no_news = {sku for sku in unnamed.intersection(gone) if balances[sku].on_hand <= 0}
        there = sum(1 for balance in balances.values() if balance.counted_at is not None or balance.on_hand > 0)
        known = [(each, balances[each.sku]) for each in result.decisions if each.sku in balances]
        stocked = [(each, balance) for each, balance in known if balance.on_hand > 0]
        changed = Counter(float(each.on_hand / old.on_hand) for each, old in stocked if each.on_hand > 0)
        passed_over = sum(1 for each in result.refusals if each.sku is not None)
        return cls(
            there - len(no_news),
            sum(1 for each, _ in stocked if each.counted <= 0),
            len(unnamed - no_news),
            sum(1 for each in result.decisions if each.named) + passed_over,
            changed.total(),
            changed,
        )

    @classmethod
    def in_bulk(cls, bulk: BulkCount) -> Seen:
        """Of items that were counted at once."""
        return cls(
            there=bulk.there,
            zeroed=bulk.zeroed,
            named=bulk.items,
            compared=bulk.compared,
            ratios=Counter(bulk.ratios),
        )

    def add(self, part: Seen) -> None:
        """Another part of the same location."""
        self.there += part.there
        self.zeroed += part.zeroed
        self.unnamed += part.unnamed
        self.named += part.named
        self.compared += part.compared
        self.ratios.update(part.ratios)

    def refusal(self, rule: CountingRule, report: StockReport, location: LocationId) -> Refusal | None:
        """Why the report is not believed there, None where it is."""
        return (
            self._empty(rule, report, location)
            or self._cut_off(rule, report, location)
            or self._shrunk(rule, report, location)
            or self._scaled(rule, report, location)
        )

    def _empty(self, rule: CountingRule, report: StockReport, location: LocationId) -> Refusal | None:
        speaks = report.mode is FeedMode.FULL and rule.names_all
        if self.named or not self.there or not speaks:
            return None
        return Refusal(
            location,
            "stock.empty-report",
            f"The full report {report.reference} names no item at {location}, where {self.there} are known.",
            "Ask the partner for a complete report. Where it has really nothing left, it can say so item by item.",
        )

    def _cut_off(self, rule: CountingRule, report: StockReport, location: LocationId) -> Refusal | None:
        """A full report that zeroes too much; one single item may always go to zero."""
        few = self.zeroed <= 1 or self.zeroed <= rule.guard_fraction * self.there
        if few or report.mode is not FeedMode.FULL:
            return None
        return Refusal(
            location,
            "stock.feed-guard",
            f"The full report {report.reference} would zero {self.zeroed} of {self.there} items at {location}.",
            "Ask the partner for a complete report, or raise guard_fraction for this location and reprocess.",
        )

    def _shrunk(self, rule: CountingRule, report: StockReport, location: LocationId) -> Refusal | None:
        """A full report that ends too much of a catalogue, though most of it was sold out."""
        few = self.unnamed <= 1 or self.unnamed <= rule.guard_fraction * self.there
        if few or rule.missing is not MissingMeans.DELISTED:
            return None
        return Refusal(
            location,
            "stock.feed-guard",
            f"The full report {report.reference} would discontinue {self.unnamed} of {self.there} items at {location}.",
            "Ask the partner for a complete report, or raise guard_fraction for this location and reprocess.",
        )

    def _scaled(self, rule: CountingRule, report: StockReport, location: LocationId) -> Refusal | None:
        """Cases where there were pieces: most items changed by one and the same large factor."""
        if self.compared < COMPARED:
            return None
        ratio, often = self.ratios.most_common(1)[0]
        if often <= rule.guard_fraction * self.compared or 1 / SCALED < ratio < SCALED:
            return None
        return Refusal(
            location,
            "stock.unit-guard",
            f"{report.reference} multiplies the stock of {often} of {self.compared} items at {location} "
            f"by {ratio:.4g}.",
            "Ask the partner whether it counts in another unit now; correct items.csv, or raise guard_fraction, "
            "and reprocess.",
        )


def future_refusal(report: StockReport, location: LocationId, now: datetime) -> Refusal | None:
    """The refusal of a report that claims to be of a time that has not come: it would shut out every true one."""
    moments = [report.as_of, *(row.as_of for row in report.rows if row.location == location and row.as_of is not None)]
    newest = max(moments)
    if newest <= now + AHEAD:
        return None
    return Refusal(
        location,
        "stock.future-report",
        f"{report.reference} counts {location} as of {newest.isoformat()}, and it is {now.isoformat()}.",
        "Check the time zone in the partner's settings, and its clock; then reprocess.",
    )
