"""The newest count of an item read once more, with what is known and configured today.

Counts, shipments and acknowledgements give the same stock in whatever order they reach us, so a count read again
changes nothing: unless it was read by another rule or in another unit than is configured now. Then the ledger is off
until the partner counts again, and the difference can be booked as a correction. It is dated right after the count, so
that the next count settles it, and its key is the same each time: booked twice, it counts once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice

from hub.flows.adjust_stock import Corrected, Correction, adjust_stock
from hub.flows.work import Work
from hub.inventory.counting import CountDecision, Known, Term, count_location
from hub.model.identity import DocumentId, LocationId, Sku
from hub.model.ledger import Balance, Cause, Movement
from hub.model.network import Location
from hub.model.stock import FeedRow, StockReport, StockRow

PART = 1_000
"""Items read together."""

_AFTER = timedelta(microseconds=1)
_REASON = "count read again: "


@dataclass(frozen=True, slots=True)
class Said:
    """One report of a document: ``header`` is it without its rows, ``rows`` are those of one location by SKU."""

    header: StockReport
    rows: Mapping[Sku, Sequence[StockRow | FeedRow]]

    def part(self, skus: Iterable[Sku]) -> StockReport:
        """What it says of these."""
        rows = [row for sku in skus for row in self.rows.get(sku, ())]
        named = tuple(row if isinstance(row, StockRow) else StockRow.of(row) for row in rows)
        return self.header.model_copy(update={"rows": named})


@dataclass(frozen=True, slots=True)
class Proposal:
    """A correction of an item by what its newest count gives today: ``units`` signed eaches more than the ``on_hand``
    of the books; ``terms`` add up to what is there by it."""

    sku: Sku
    location: LocationId
    document: DocumentId
    as_of: datetime
    on_hand: Decimal
    units: Decimal
    terms: tuple[Term, ...]

    @property
    def correction(self) -> Correction:
        """What ``adjust_stock`` takes."""
        gives = f"{self.document} gives {self.on_hand + self.units:f}, the books had {self.on_hand:f}"
        return Correction({self.sku: self.units}, f"{_REASON}{gives}", self.as_of + _AFTER)


@dataclass
class Reread:
    """What a document gives: ``items`` read again, ``proposals`` for those that would be other today. ``unclear`` would
    be, too, but their figures are none, and what waits for goods now may not have waited then."""

    items: int = 0
    proposals: list[Proposal] = field(default_factory=list)
    unclear: list[Sku] = field(default_factory=list)


def reread_counts(
    work: Work, where: Location, document: DocumentId, said: Sequence[Said], skus: Iterable[Sku] | None = None
) -> Reread:
    """Read what ``document`` said of a location again: for the items whose newest count it is, of these SKUs."""
    found = Reread()
    balances = iter(work.uow.ledger.balances(skus, [where.location]))
    newest = (each for each in balances if each.counted_document == document and each.counted_at is not None)
    while part := {each.sku: each for each in islice(newest, PART)}:
        known = _known(work, where, part)
        for decision in _decisions(where, said, known):
            found.items += 1
            if decision.delta and _is_short(where, decision, known):
                found.unclear.append(decision.sku)
            elif decision.delta:
                found.proposals.append(_proposal(document, part[decision.sku], decision))
    return found


def book_proposals(work: Work, proposals: Iterable[Proposal]) -> list[Corrected]:
    """Book each as a correction in the actor's name; one that is booked already changes nothing."""
    return [one for each in proposals for one in adjust_stock(work, each.location, each.correction)]


def _proposal(document: DocumentId, balance: Balance, decision: CountDecision) -> Proposal:
    return Proposal(
        decision.sku,
        decision.location,
        document,
        decision.as_of,
        balance.on_hand,
        decision.delta,
        decision.terms,
    )


def _decisions(where: Location, said: Sequence[Said], known: Known) -> Iterable[CountDecision]:
    """Of each item what the last report gives that counted it; an older figure was passed over then, too."""
    last: dict[Sku, CountDecision] = {}
    for report in said:
        for each in count_location(where.counting, report.part(known.balances), where.location, known).decisions:
            if each.as_of == known.balances[each.sku].counted_at:
                last[each.sku] = each
    return last.values()


def _known(work: Work, where: Location, balances: Mapping[Sku, Balance]) -> Known:
    store, place = work.uow.ledger, where.location
    oldest = min(each.counted_at for each in balances.values() if each.counted_at is not None)
    return Known(
        balances=balances,
        commitments=store.commitments(place, balances),
        departures=store.departures(place, oldest, balances),
        given_up=store.given_up(place, oldest, balances),
        arrivals=[row for row in store.arrivals(place, oldest, balances) if not _is_booked(row, balances[row.sku])],
    )


def _is_booked(row: Movement, balance: Balance) -> bool:
    """Whether the row is such a correction of the count that is read: the books have it, and the count gives it."""
    after = balance.counted_at is not None and row.observed_at == balance.counted_at + _AFTER
    return after and row.cause is Cause.ADJUSTMENT and row.reference.startswith(_REASON)


def _is_short(where: Location, decision: CountDecision, known: Known) -> bool:
    """Whether units that wait for goods decide what a figure of none means: they are not added back."""
    waiting = (each.sku == decision.sku for each in known.commitments)
    return where.counting.nets and decision.counted <= 0 and any(waiting)
