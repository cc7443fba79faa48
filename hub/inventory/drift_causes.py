"""Single causes that would make exactly this difference: each candidate explains all of it or is not named.

Never are two causes put together until a sum fits: with enough rows of small numbers some sum always does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from hub.inventory.counting import knew
from hub.inventory.drift_history import CountRow, DriftCause, Evidence, Explanation
from hub.model.identity import RequestId
from hub.model.ledger import Cause, Commitment, Departure, GivenUp, Movement
from hub.model.network import CountingRule, MissingMeans, NetOf
from hub.model.stock import CountBasis

NEAR = timedelta(hours=14)
"""How far a partner's clock may be off: by as much as a time zone that is read as another."""

CLOSE = timedelta(minutes=15)
"""What moves closer to a count than that may cross it though all clocks are right."""

_ZERO = Decimal(0)


@dataclass(frozen=True)
class Puzzle:
    """What is left of a difference after the facts: ``size`` eaches (signed, not zero), found by ``count``.

    ``before`` and ``after`` are the counts that moved the ledger before and after it, where there are such; ``facts``
    what the facts explain; ``seen`` the keys of movements that counts had seen before we were told of them.
    """

    count: CountRow
    size: Decimal
    facts: Decimal
    before: CountRow | None
    after: CountRow | None
    seen: frozenset[str]

    @property
    def since(self) -> datetime | None:
        """As-of time of the count before."""
        return self.before.as_of if self.before else None

    def moved_before(self) -> Iterator[Movement]:
        """Goods that moved at or before the figure's moment, as the books had it when it was read."""
        for row in self.count.written_before:
            if row.cause is not Cause.COUNT and row.key not in self.seen and row.observed_at <= self.count.as_of:
                yield row

    def moved_after(self) -> Iterator[Movement]:
        """Goods that moved after it, whenever we were told."""
        for row in self.count.history.movements:
            if row.cause is not Cause.COUNT and row.observed_at > self.count.as_of:
                yield row


def candidates(puzzle: Puzzle) -> tuple[Explanation, ...]:
    """Every single cause that makes exactly this difference, the most certain first."""
    finders: tuple[Callable[[Puzzle], Iterator[Explanation]], ...] = (
        _crossed,
        _netting,
        _clock,
        _given_back,
        _not_shown,
        _shipment_untold,
        _shipped_after_cancel,
        _expected,
        _pack,
        _came_back,
        _left_out,
    )
    found: dict[tuple[DriftCause, tuple[Evidence, ...]], Explanation] = {}
    for finder in finders:
        for each in finder(puzzle):
            if each.quantity == puzzle.size:
                found.setdefault((each.cause, each.evidence), each)
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class _Asked:
    """Units of ours that lay at the location until ``until`` (None: they still do)."""

    request_id: RequestId | None
    quantity: Decimal
    known: Commitment | Departure | GivenUp
    until: datetime | None

    def left_out(self, rule: CountingRule, at: datetime) -> bool:
        return (self.until is None or self.until > at) and knew(rule, self.known, at)


def _netting(puzzle: Puzzle) -> Iterator[Explanation]:
    """The figures leave out others of our requests than their rule says.

    Read with the units K of its rule, where the partner left out L: the books are K - L too high from then on, and a
    difference shows how far that changed since the count before. Worked: nothing is to be added back, the partner
    leaves out what we sent; 5 units are open at one count and 8 at the next: -5, then -3.
    """
    asked = list(_asked(puzzle.count))
    history = puzzle.count.history
    if not asked:
        return
    for other in NetOf:
        meant = CountingRule(basis=CountBasis.AVAILABLE, net_of=other)
        if other is _net_of(history.rule):
            continue
        now = _off(asked, history.rule, meant, puzzle.count.as_of)
        then = _off(asked, history.rule, meant, puzzle.since) if puzzle.since else {}
        for compared in (then, {}):
            changed = {
                request: now.get(request, _ZERO) - compared.get(request, _ZERO)
                for request in dict.fromkeys((*now, *compared))
            }
            evidence = tuple(
                Evidence(f"request {request}", units, puzzle.count.as_of) for request, units in changed.items() if units
            )
            yield Explanation(DriftCause.NETTING, sum(changed.values(), _ZERO), evidence, _net_words(other))


def _net_of(rule: CountingRule) -> NetOf:
    return rule.net_of if rule.nets else NetOf.NONE


def _net_words(net_of: NetOf) -> str:
    return "basis: on_hand" if net_of is NetOf.NONE else f"basis: available, net_of: {net_of}"


def _off(asked: Sequence[_Asked], rule: CountingRule, meant: CountingRule, at: datetime) -> dict[RequestId, Decimal]:
    """By how much a figure of then is read too high, by request."""
    found: dict[RequestId, Decimal] = {}
    for each in asked:
        wrong = int(each.left_out(rule, at)) - int(each.left_out(meant, at))
        if wrong and each.request_id is not None:
            found[each.request_id] = found.get(each.request_id, _ZERO) + wrong * each.quantity
    return found


def _asked(count: CountRow) -> Iterator[_Asked]:
    history = count.history
    for promised in history.commitments:
        yield _Asked(promised.request_id, promised.quantity, promised, None)
    for gone in history.departures:
        yield _Asked(gone.request_id, gone.quantity, gone, gone.shipped_at)
    for lost in history.given_up:
        yield _Asked(lost.request_id, lost.quantity, lost, lost.at)


def _crossed(puzzle: Puzzle) -> Iterator[Explanation]:
    """Goods moved while the figure was taken: they are in it twice, or not at all."""
    for moved, units, _ in _runs(puzzle):
        if _apart(moved[-1], puzzle.count.as_of) <= CLOSE:
            yield Explanation(DriftCause.CROSSED, units, tuple(map(Evidence.of, moved)))


def _clock(puzzle: Puzzle) -> Iterator[Explanation]:
    """The figure is of another moment than it says: what moved in between is in it twice, or not at all."""
    for moved, units, early in _runs(puzzle):
        if _apart(moved[-1], puzzle.count.as_of) > CLOSE:
            cure = f"timezone: its as-of times look too {'early' if early else 'late'}"
            yield Explanation(DriftCause.CLOCK, units, tuple(map(Evidence.of, moved)), cure)


def _runs(puzzle: Puzzle) -> Iterator[tuple[list[Movement], Decimal, bool]]:
    """What moved from the count's moment on, and back from it, further and further out; what the books are off by where
    the figure is of beyond the last of them, and whether that makes its as-of time too early."""
    at = puzzle.count.as_of
    for early, rows in ((True, puzzle.moved_after()), (False, puzzle.moved_before())):
        near = sorted((row for row in rows if _apart(row, at) <= NEAR), key=lambda row: _apart(row, at))
        for upto in range(1, len(near) + 1):
            units = sum((row.quantity for row in near[:upto]), _ZERO)
            yield near[:upto], units if early else -units, early


def _apart(row: Movement, at: datetime) -> timedelta:
    return abs(row.observed_at - at)


def _given_back(puzzle: Puzzle) -> Iterator[Explanation]:
    """An earlier count was taken to have seen goods move, and had not: they were given back, and are missing now."""
    for row in puzzle.count.written_before:
        if row.key in puzzle.seen and (puzzle.before is None or row.recorded_at >= puzzle.before.row.recorded_at):
            yield Explanation(DriftCause.GIVEN_BACK, row.quantity, (Evidence.of(row),))


def _not_shown(puzzle: Puzzle) -> Iterator[Explanation]:
    """The partner's stock does not show yet that goods moved before its figure."""
    for row in puzzle.moved_before():
        if puzzle.since is None or row.observed_at > puzzle.since:
            yield Explanation(DriftCause.NOT_SHOWN, -row.quantity, (Evidence.of(row),))


def _shipment_untold(puzzle: Puzzle) -> Iterator[Explanation]:
    """Units of an open request have left, and the partner has not told us."""
    for each in puzzle.count.history.commitments:
        sent = each.submitted_at
        if sent is not None and sent <= puzzle.count.as_of:
            words = f"request {each.request_id} is open"
            yield Explanation(DriftCause.SHIPMENT_UNTOLD, -each.quantity, (Evidence(words, each.quantity, sent),))


def _shipped_after_cancel(puzzle: Puzzle) -> Iterator[Explanation]:
    """Units that were not to be shipped any more have left."""
    for each in puzzle.count.history.given_up:
        if each.at <= puzzle.count.as_of:
            words = f"request {each.request_id} was not to be shipped any more"
            yield Explanation(
                DriftCause.SHIPPED_AFTER_CANCEL, -each.quantity, (Evidence(words, each.quantity, each.at),)
            )


def _expected(puzzle: Puzzle) -> Iterator[Explanation]:
    """Goods came, and nobody told us that they are on the shelf."""
    history = puzzle.count.history
    for cause, coming, words in (
        (DriftCause.RETURN_UNTOLD, history.returns, "return {}: not put back by our books"),
        (DriftCause.RECEIPT_UNTOLD, history.transfers, "transfer {}: not received by our books"),
    ):
        for each in coming:
            if each.at <= puzzle.count.as_of:
                yield Explanation(
                    cause, each.quantity, (Evidence(words.format(each.reference), each.quantity, each.at),)
                )


def _pack(puzzle: Puzzle) -> Iterator[Explanation]:
    """Packs were counted as pieces, or pieces as packs."""
    pack = puzzle.count.history.pack
    there = puzzle.count.believed + puzzle.facts
    found = there + puzzle.size
    if pack is None or pack <= 1 or there <= 0 or found <= 0:
        return
    words = None
    if found == there * pack:
        words = f"the figure is {pack:f} times what was there"
    elif there == found * pack:
        words = f"the figure is what was there divided by {pack:f}"
    if words is not None:
        evidence = Evidence.of(puzzle.count.row, words)
        yield Explanation(DriftCause.PACK, puzzle.size, (evidence,), f"unit and units_each {pack:f} in items.csv")


def _came_back(puzzle: Puzzle) -> Iterator[Explanation]:
    """The count before or after moved as much the other way."""
    for other, words in ((puzzle.after, "the next difference undid it"), (puzzle.before, "it undid the one before")):
        if other is not None and other.row.quantity == -puzzle.size:
            yield Explanation(DriftCause.CAME_BACK, puzzle.size, (Evidence.of(other.row, words),))


def _left_out(puzzle: Puzzle) -> Iterator[Explanation]:
    """Nothing is left by a full report of a partner who leaves out what it has none of: or that was cut short."""
    there = puzzle.count.believed + puzzle.facts
    if puzzle.count.history.rule.missing is MissingMeans.ZERO and there > 0 and puzzle.size == -there:
        evidence = Evidence.of(puzzle.count.row, "its figure is none, or it is not named")
        yield Explanation(DriftCause.LEFT_OUT, puzzle.size, (evidence,))
