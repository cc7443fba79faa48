"""A partner's way of counting turned into ours: the heart of the product.

A partner's figure N says what it could know at its as-of time T. Since then goods left that it could not have
left out, and, where it counts net of our open requests, units promised to us are missing from N though they are
on its shelf. Per SKU, in eaches (N = quantity * units_each, exactly):

    ON_HAND                      on hand = N - departures after T + arrivals after T
    AVAILABLE, net of nothing    the same: N is read as what is there
    AVAILABLE, net of SENT       on hand = N + known requests - departures after T + arrivals after T
    AVAILABLE, net of ACKNOWLEDGED   the same; a request is known once acknowledged, not once sent

*Known requests* are units of our requests that the partner knew at T (submitted, or acknowledged, at or before T; where
a batch reads them, at or before its last run, ``clock.read_until``) and that it still meant to ship at T: those
outstanding now, those that departed after T, and those that it gave up after T (rejected, or agreed to stop). Where N
is 0 or less, backordered units are not added: the shelf is short of them. Arrivals are returns put back and
corrections.

Worked: N = 40, net of SENT, T = 10:00. P1 (6 units) was sent 09:30 and is outstanding; P2 (5) was sent 09:00 and
left at 10:20; P3 (4) was sent 10:10 and left at 10:30. Known: 6 + 5 = 11. Departures after T: 5 + 4 = 9.
On hand = 40 + 11 - 9 = 42. The truth: 51 on the shelf at T (40 free, 11 promised), of which 9 left.

Where the figure contains units that cannot be sold to us, N is what is left of it without them (``contents``); units
that are there and unavailable stay in on hand and are held back, those that came after T too. A figure less its
committed units is net as an AVAILABLE one is.

The same numbers come out in whatever order counts, shipments and answers reach us; ``left_out_by_count`` says for a
shipment that arrives after a count whether that count already left its units out, ``left_out_unknown`` whether it
left out a request of which we hear only later that the partner knew it, ``held_already`` whether it had units of which
we hear only later that they were given up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from hub.inventory.clock import read_until
from hub.inventory.contents import Figure, Told
from hub.model.identity import DocumentId, LocationId, Sku
from hub.model.ledger import Balance, Bucket, Commitment, Departure, GivenUp, Movement
from hub.model.network import CountingRule, NetOf
from hub.model.stock import CountBasis, FeedMode, StockReport

PART_MISSING = "stock.part-missing"
"""Code of the refusal of a figure that contains units of which the report does not say how many they are."""

_ZERO = Decimal(0)
_Row = TypeVar("_Row", Commitment, Departure, GivenUp, Movement)


@dataclass(frozen=True, slots=True)
class Term:
    """One signed part of a figure, in eaches, and what it is in words.

    ``document`` and ``as_of``: the count it rests on, where it rests on one."""

    words: str
    quantity: Decimal
    document: DocumentId | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class CountDecision:
    """What one figure means: ``counted`` is N in eaches, ``terms`` add up to ``on_hand``, ``delta`` is what the ledger
    has to move by to get there, ``unavailable_delta`` the same for units that are there and unsellable.
    ``named``: the report gives this figure; else it follows from the item's absence. ``ends_doubt``: the item was not
    believed to be there (``Balance.doubted``), and is again."""

    sku: Sku
    location: LocationId
    as_of: datetime
    counted: Decimal
    terms: tuple[Term, ...]
    on_hand: Decimal
    delta: Decimal
    unavailable_delta: Decimal = _ZERO
    named: bool = True
    ends_doubt: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A figure that was not applied (``sku`` None: the whole report for the location)."""

    location: LocationId
    code: str
    message: str
    cure: str
    sku: Sku | None = None


@dataclass(frozen=True, slots=True)
class CountResult:
    """What a report means for one location."""

    decisions: tuple[CountDecision, ...]
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What we know of one location when a report is read. ``balances`` holds every SKU the report can touch (for a
    full report every SKU of the location); departures, arrivals and units given up reach back to the oldest as-of time
    in it."""

    balances: Mapping[Sku, Balance]
    commitments: Sequence[Commitment] = ()
    departures: Sequence[Departure] = ()
    arrivals: Sequence[Movement] = ()
    given_up: Sequence[GivenUp] = ()


def count_location(rule: CountingRule, report: StockReport, location: LocationId, known: Known) -> CountResult:
    """What ``report`` says of ``location``, as decisions and refusals (module docstring for the formula).

    Refused are, per SKU, figures older than the newest count applied (``stock.superseded``) and those without a part
    that they contain (``PART_MISSING``). ``known.balances`` says of which items a full report that does not name them
    speaks: a part of a location can be counted by itself. Whether a report is believed as a whole is for
    ``inventory.feed_guard``.
    """
    told = Told.by(rule, report, location)
    figures = dict(told.figures)
    names_all = report.mode is FeedMode.FULL and rule.names_all
    if names_all:
        for sku, balance in sorted(known.balances.items()):
            if sku not in figures and (balance.counted_at is not None or balance.on_hand != 0):
                figures[sku] = Figure(_ZERO, report.as_of, "not named in a full report: none")
    commitments = _by_sku(known.commitments)
    departures = _by_sku(known.departures)
    arrivals = _by_sku(known.arrivals)
    given_up = _by_sku(known.given_up)
    decisions: list[CountDecision] = []
    refusals: list[Refusal] = []
    for sku, figure in figures.items():
        balance, as_of = known.balances.get(sku, Balance(sku, location)), figure.as_of
        if balance.counted_at is not None and as_of < balance.counted_at:
            refusals.append(_superseded(sku, location, as_of, balance.counted_at))
            continue
        if missing := told.missing(sku):
            refusals.append(_part_missing(sku, location, report, missing))
            continue
        parts = [Term(words, quantity) for words, quantity in told.taken_off(sku)]
        counted = figure.quantity + sum((part.quantity for part in parts), _ZERO)
        terms = (
            Term(figure.words, figure.quantity),
            *parts,
            *_known_requests(
                rule, counted, as_of, commitments.get(sku, ()), departures.get(sku, ()), given_up.get(sku, ())
            ),
            *_since(as_of, departures.get(sku, ()), arrivals.get(sku, ())),
        )
        on_hand = sum((term.quantity for term in terms), _ZERO)
        held = told.unavailable(sku, names_all=names_all)
        since = _came(Bucket.UNAVAILABLE, as_of, arrivals.get(sku, ()))
        held_delta = _ZERO if held is None else held + since - balance.unavailable
        decisions.append(
            CountDecision(
                sku=sku,
                location=location,
                as_of=as_of,
                counted=counted,
                terms=terms,
                on_hand=on_hand,
                delta=on_hand - balance.on_hand,
                unavailable_delta=held_delta,
                named=sku in told.figures,
                ends_doubt=balance.doubted and balance.short_at is not None and as_of > balance.short_at,
            )
        )
    return CountResult(tuple(decisions), tuple(refusals))


def left_out_by_count(rule: CountingRule, counted_at: datetime | None, departure: Departure) -> bool:
    """Whether the newest count applied already left these shipped units out, so that moving stock would take them
    twice.

    True where the goods left at or before the count's as-of time and the count did not add them back as a known
    request. Worked: count on hand 90 as of 10:00 is applied; at 10:05 we hear of 10 units that left at 09:50.
    The 90 never held them: the ledger stays at 90. Had the partner reported 90 net of our requests, knowing of
    this one, we would have made it 100 on hand, and these 10 have to go.
    """
    if counted_at is None or departure.shipped_at > counted_at:
        return False
    return not knew(rule, departure, counted_at)


def left_out_unknown(rule: CountingRule, counted_at: datetime, news: NetOf, since: datetime) -> bool:
    """Whether the newest count applied left a request's units out and we did not add them back, as we hear only now
    that it was sent, or acknowledged (``news``), at ``since``. The units are those that were still meant to be shipped
    then: outstanding, backordered ones left out, shipped since, or given up since.

    Worked: 15 available net of acknowledged as of 10:05; at 10:20 we hear that 5 units were acknowledged at 10:02, of
    which 3 left at 10:04: 2 lay on the shelf beside the 15. Added to a count that is heard after the acknowledgement,
    they are the same.
    """
    return rule.nets and rule.net_of is news and since <= read_until(rule, counted_at)


def held_already(rule: CountingRule, counted_at: datetime | None, given_up: GivenUp) -> bool:
    """Whether the newest count applied had these units in its figure and we added them to it once more, as a request
    that it leaves out: they were given up before it, and we hear of that only now.

    Worked: 20 available net of sent as of 10:05; 4 units of ours, sent at 9:00, were outstanding: 24. At 10:20 we hear
    that they were rejected at 10:00: the 20 held them, so 4 have to go.
    """
    return counted_at is not None and given_up.at <= counted_at and knew(rule, given_up, counted_at)


def _known_requests(
    rule: CountingRule,
    counted: Decimal,
    as_of: datetime,
    commitments: Sequence[Commitment],
    departures: Sequence[Departure],
    given_up: Sequence[GivenUp],
) -> list[Term]:
    if not rule.nets:
        return []
    verb = "acknowledged" if rule.net_of is NetOf.ACKNOWLEDGED else "sent"
    promised = [each for each in commitments if knew(rule, each, as_of)]
    held = sum((each.quantity for each in promised), _ZERO)
    short = sum((each.backordered for each in promised), _ZERO) if counted <= 0 else _ZERO
    left = sum((each.quantity for each in departures if each.shipped_at > as_of and knew(rule, each, as_of)), _ZERO)
    lost = sum((each.quantity for each in given_up if each.at > as_of and knew(rule, each, as_of)), _ZERO)
    terms = (
        Term(f"our requests {verb} by then, still there: the figure leaves them out", held),
        Term("of these backordered: none of them is on a shelf that shows nothing free", -short),
        Term(f"our requests {verb} by then, shipped since: the figure leaves them out", left),
        Term(f"our requests {verb} by then, given up since: the figure leaves them out", lost),
    )
    return [term for term in terms if term.quantity]


def _since(as_of: datetime, departures: Sequence[Departure], arrivals: Sequence[Movement]) -> list[Term]:
    left = sum((each.quantity for each in departures if each.shipped_at > as_of), _ZERO)
    came = _came(Bucket.ON_HAND, as_of, arrivals)
    terms = (Term("shipped after the count", -left), Term("returned or corrected after the count", came))
    return [term for term in terms if term.quantity]


def _came(bucket: Bucket, as_of: datetime, arrivals: Sequence[Movement]) -> Decimal:
    return sum((each.quantity for each in arrivals if each.observed_at > as_of and each.bucket is bucket), _ZERO)


def knew(rule: CountingRule, promised: Commitment | Departure | GivenUp, as_of: datetime) -> bool:
    """Whether, by its rule, the partner's figure as of then leaves these units out because it knew our request."""
    if not rule.nets:
        return False
    since = promised.acknowledged_at if rule.net_of is NetOf.ACKNOWLEDGED else promised.submitted_at
    return since is not None and since <= read_until(rule, as_of)


def _by_sku(rows: Iterable[_Row]) -> dict[Sku, list[_Row]]:
    grouped: dict[Sku, list[_Row]] = {}
    for row in rows:
        grouped.setdefault(row.sku, []).append(row)
    return grouped


def _superseded(sku: Sku, location: LocationId, as_of: datetime, newest: datetime) -> Refusal:
    return Refusal(
        location,
        "stock.superseded",
        f"The figure for {sku} as of {as_of.isoformat()} is older than the count of {newest.isoformat()}.",
        "",
        sku,
    )


def _part_missing(sku: Sku, location: LocationId, report: StockReport, parts: Sequence[CountBasis]) -> Refusal:
    words = " and ".join(part.value.replace("_", " ") for part in parts)
    return Refusal(
        location,
        PART_MISSING,
        f"{report.reference} gives a figure for {sku} that contains {words} units, and does not say how many.",
        "Ask the partner to send them beside the figure. Where it leaves out those of which it has none, set "
        "missing_part: zero in counting.yaml; then reprocess.",
        sku,
    )
