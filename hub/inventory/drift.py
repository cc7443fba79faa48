"""Why counts differed from the ledger: each difference taken apart into facts, one cause that fits exactly, or neither.

A count of the moment T, read when the books had B for T, moves the ledger by D. D is the drift. It is explained by

    D = facts + (one cause that explains all of the rest | the rest, unexplained)

Facts are what we were told after the count and it had seen: a shipment that left before T and that we heard of later.
A cause is named only where it makes exactly the rest (``inventory.drift_causes``), never as part of a sum; where
several do, all are given, the most certain first. Worked: the books have 50, the count says 43: D = -7. Later we hear
that 5 left before T: a fact, -5. Of the other 2 nothing is known: -2 unexplained. Had a request of 2 units been open,
the figure may have left it out, or it may have been shipped without a word: both are candidates.

The first figure of an item of which nothing was there and nothing known before is no drift.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from hub.inventory.drift_causes import Puzzle, candidates
from hub.inventory.drift_history import (
    CountRow,
    DriftCause,
    Evidence,
    Explanation,
    History,
    count_rows,
    mended_by_answers,
    seen_by_counts,
)
from hub.model.identity import DocumentId, LocationId, Sku
from hub.model.ledger import Movement
from hub.model.money import Money

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Difference:
    """By how much one count moved the ledger, and why.

    ``believed`` is what the books had for ``as_of``, ``quantity`` the difference in signed eaches, ``facts`` the parts
    of it that are certain, ``candidates`` what may explain all of the rest, the most certain first. ``undone``: the
    next difference was as much the other way.
    """

    sku: Sku
    location: LocationId
    as_of: datetime
    recorded_at: datetime
    document: DocumentId | None
    believed: Decimal
    quantity: Decimal
    facts: tuple[Explanation, ...]
    candidates: tuple[Explanation, ...]
    undone: Evidence | None = None
    unit_cost: Money | None = None

    @property
    def counted(self) -> Decimal:
        """What the count made of ``believed``."""
        return self.believed + self.quantity

    @property
    def rest(self) -> Decimal:
        """What the facts leave."""
        return self.quantity - sum((each.quantity for each in self.facts), _ZERO)

    @property
    def explanations(self) -> tuple[Explanation, ...]:
        """Parts that add up to the difference: the facts, then the most certain candidate or what is unexplained."""
        if not self.rest:
            return self.facts
        return (*self.facts, self.candidates[0] if self.candidates else Explanation(DriftCause.UNEXPLAINED, self.rest))

    @property
    def unexplained(self) -> Decimal:
        """Signed eaches for which there is no fact and no candidate."""
        return _ZERO if self.candidates else self.rest


def explain_drift(history: History, since: datetime) -> list[Difference]:
    """The item's differences by counts as of ``since`` or later, oldest first."""
    counts = count_rows(history)
    facts = _facts(history, counts)
    seen = frozenset(row.key for row in seen_by_counts(history))
    found: list[Difference] = []
    for number, count in enumerate(counts):
        if count.as_of < since or _is_first(count):
            continue
        before = counts[number - 1] if number else None
        after = counts[number + 1] if number + 1 < len(counts) else None
        found.append(_difference(count, facts.get(count.place, ()), before, after, seen))
    return found


def _difference(
    count: CountRow,
    facts: Sequence[Explanation],
    before: CountRow | None,
    after: CountRow | None,
    seen: frozenset[str],
) -> Difference:
    row = count.row
    known = sum((each.quantity for each in facts), _ZERO)
    rest = row.quantity - known
    undone = after.row if after is not None and after.row.quantity == -row.quantity else None
    return Difference(
        sku=row.sku,
        location=row.location,
        as_of=count.as_of,
        recorded_at=row.recorded_at,
        document=row.document,
        believed=count.believed,
        quantity=row.quantity,
        facts=tuple(facts),
        candidates=candidates(Puzzle(count, rest, known, before, after, seen)) if rest else (),
        undone=Evidence.of(undone) if undone is not None else None,
        unit_cost=count.history.unit_cost,
    )


def _is_first(count: CountRow) -> bool:
    return not count.opening and not count.place


def _facts(history: History, counts: Sequence[CountRow]) -> dict[int, list[Explanation]]:
    """What each count had seen and we heard later, one fact of a kind, by the place of the count's row."""
    found: dict[int, dict[DriftCause, list[tuple[Movement, Decimal]]]] = {}
    places = {row.key: place for place, row in enumerate(history.movements)}
    for cause, row, share in _late(history):
        count = next((each for each in counts if _has_seen(each, cause, row, places[row.key])), None)
        if count is not None:
            found.setdefault(count.place, {}).setdefault(cause, []).append((row, share))
    return {place: [_fact(cause, rows) for cause, rows in facts.items()] for place, facts in found.items()}


def _fact(cause: DriftCause, rows: Sequence[tuple[Movement, Decimal]]) -> Explanation:
    return Explanation(cause, sum((share for _, share in rows), _ZERO), tuple(Evidence.of(row) for row, _ in rows))


def _late(history: History) -> Iterator[tuple[DriftCause, Movement, Decimal]]:
    """Rows we wrote after a count that had seen them, and how much of its difference each makes."""
    for row in seen_by_counts(history):
        yield DriftCause.LATE_NEWS, row, row.quantity
    for row in mended_by_answers(history):
        yield DriftCause.LATE_ANSWER, row, -row.quantity


def _has_seen(count: CountRow, cause: DriftCause, row: Movement, told: int) -> bool:
    if told < count.place:
        return False
    if cause is DriftCause.LATE_ANSWER:
        return row.observed_at == count.as_of
    return row.observed_at <= count.as_of
