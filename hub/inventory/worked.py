"""A worked example of a counting rule, counted: does it come out as it is written?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hub.inventory.clock import by_partners_clock
from hub.inventory.counting import Known, Term, count_location
from hub.model.counting_example import CountingExample
from hub.model.identity import ConnectionId, LocationId, RequestId, Sku
from hub.model.ledger import Balance, Commitment, Departure
from hub.model.network import CountingRule, MissingMeans
from hub.model.stock import CountBasis, FeedMode, StockReport, StockRow

_COUNTED = datetime(2026, 11, 2, 10, tzinfo=UTC)
_BEFORE = _COUNTED - timedelta(days=30)
_ITEM, _OTHER, _HERE = Sku("ITEM"), Sku("OTHER"), LocationId("here")


@dataclass(frozen=True, slots=True)
class Worked:
    """What the rule makes of an example: eaches, why, and the refusal's code where the figure is not used."""

    on_hand: Decimal
    unavailable: Decimal
    terms: tuple[Term, ...] = ()
    refused: str = ""
    discontinued: bool = False


def work_out(rule: CountingRule, example: CountingExample) -> Worked:
    """The example counted by the rule."""
    result = count_location(rule, by_partners_clock(rule, _report(rule, example)), _HERE, _known(example))
    for decision in result.decisions:
        if decision.sku == _ITEM:
            delisted = not decision.named and rule.missing is MissingMeans.DELISTED
            return Worked(decision.on_hand, decision.unavailable_delta, decision.terms, discontinued=delisted)
    return Worked(example.before, Decimal(0), refused=next((each.code for each in result.refusals), ""))


def difference(rule: CountingRule, example: CountingExample) -> str:
    """How the example comes out where that is not as written, in words; empty where it is."""
    found = work_out(rule, example)
    wanted = (example.on_hand, example.unavailable, example.refused, example.discontinued)
    if (found.on_hand, found.unavailable, found.refused, found.discontinued) == wanted:
        return ""
    terms = " ".join(f"{term.quantity:+f} {term.words};" for term in found.terms)
    refused = f", refused with {found.refused}" if found.refused else ""
    given_up = ", discontinued" if found.discontinued else ""
    return f"{found.on_hand:f} on hand, {found.unavailable:f} of it unavailable{refused}{given_up}. {terms}".rstrip(
        "; "
    )


def _report(rule: CountingRule, example: CountingExample) -> StockReport:
    """A report of the example's moment: full where it is about an item that is not named."""
    return StockReport(
        connection=ConnectionId("partner"),
        reference="The example",
        as_of=_COUNTED,
        mode=FeedMode.FULL if example.quantity is None else FeedMode.DELTA,
        locations=(_HERE,),
        rows=tuple(_rows(rule, example)),
    )


def _rows(rule: CountingRule, example: CountingExample) -> Iterator[StockRow]:
    def row(sku: Sku, basis: CountBasis, quantity: Decimal) -> StockRow:
        return StockRow(sku=sku, location=_HERE, basis=basis, quantity=quantity, units_each=example.units_each)

    if example.quantity is None:
        yield row(_OTHER, rule.basis, Decimal(1))
        return
    yield row(_ITEM, rule.basis, example.quantity)
    for part, units in example.parts.items():
        yield row(_ITEM, part, units)


def _known(example: CountingExample) -> Known:
    """Our requests; what left since the count is taken from those it knew, as far as these go."""
    still_there = max(example.known_open - example.shipped_since, Decimal(0))
    after = _COUNTED + timedelta(minutes=float(example.unknown_after_minutes))
    commitments = [
        Commitment(RequestId(name), _ITEM, _HERE, units, asked, asked)
        for name, units, asked in (("P1", still_there, _BEFORE), ("P2", example.unknown_open, after))
        if units
    ]
    left_at = _COUNTED + timedelta(minutes=float(example.shipped_after_minutes))
    departure = Departure(_ITEM, _HERE, example.shipped_since, left_at, RequestId("P1"), _BEFORE, _BEFORE)
    balances = {_ITEM: Balance(_ITEM, _HERE, example.before)} if example.before else {}
    return Known(balances, commitments, [departure] if example.shipped_since else [])
