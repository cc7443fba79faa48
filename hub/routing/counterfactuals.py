"""What would change a decision: the smallest changes that flip it, worked out from the question that it answered.

Another plan that ships as much and costs D more would be taken if one of its locations asked more than D less, or one
of the chosen plan's more than D more, or, where it has fewer shipments, if each of them cost so much more. A location
that has not enough would be taken if it had some units more. Each change is tried on the kernel before it is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from hub.model.identity import LocationId
from hub.routing.accounting import money
from hub.routing.kernel import solve
from hub.routing.problem import Offer, Problem, Solution
from hub.routing.question import Question
from hub.routing.runners_up import runners_up

MOST_OTHERS = 12
"""Plans that are looked at for changes of price."""


class Flip(NamedTuple):
    """One change that would give another plan: ``what`` (``price``, ``split`` or ``stock``) of ``location``, by so much
    money or so many units; ``then`` who would ship."""

    what: str
    location: LocationId | None
    by: Decimal
    then: tuple[LocationId, ...]

    @property
    def words(self) -> str:
        """One sentence."""
        then = " + ".join(self.then) or "nobody"
        match self.what:
            case "split":
                return f"If each further shipment cost {self.by:f} more, {then} would ship."
            case "stock":
                return f"If {self.location} had {self.by:f} more of each line, {then} would ship."
        asked = "more" if self.by > 0 else "less"
        return f"If {self.location} asked {abs(self.by):f} {asked} for a shipment, {then} would ship."


def flips(question: Question, count: int = 3) -> list[Flip]:
    """The smallest changes of price, one for each location, and of stock that flip the choice, smallest first."""
    problem = question.problem
    chosen = solve(problem)
    prices = sorted(_prices(question, chosen), key=lambda flip: abs(flip.by))
    stock = sorted(_stock(question, chosen), key=lambda flip: flip.by)
    return [*prices[:count], *stock[:count]]


def _prices(question: Question, chosen: Solution) -> Iterator[Flip]:
    """By how much the dearest shipment chosen may rise, and any other location's must fall; and the split."""
    problem = question.problem
    others = [each for each in runners_up(problem, chosen, MOST_OTHERS) if each.backordered == chosen.backordered]
    seen: set[int] = set()
    for other in others:
        gap = other.cost - chosen.cost
        for shipment in other.shipments:
            offer = shipment.offer
            if offer in seen or any(each.offer == offer for each in chosen.shipments):
                continue
            seen.add(offer)
            flip = _tried(question, chosen, "price", offer, -gap - 1)
            if flip is not None:
                yield flip
    for shipment in chosen.shipments:
        rest = [each for each in others if all(one.offer != shipment.offer for one in each.shipments)]
        if rest:
            gap = min(each.cost for each in rest) - chosen.cost
            flip = _tried(question, chosen, "price", shipment.offer, gap + 1)
            if flip is not None:
                yield flip
    fewer = [each for each in others if len(each.shipments) < len(chosen.shipments)]
    if fewer:
        by = min(-(-(each.cost - chosen.cost + 1) // (len(chosen.shipments) - len(each.shipments))) for each in fewer)
        changed = solve(problem._replace(split=problem.split + by))
        if _who(question, changed) != _who(question, chosen):
            yield Flip("split", None, money(by), _who(question, changed))


def _tried(question: Question, chosen: Solution, what: str, offer: int, by: int) -> Flip | None:
    changed = solve(_dearer(question.problem, offer, by))
    if _who(question, changed) == _who(question, chosen):
        return None
    return Flip(what, question.pools[offer][0], money(by), _who(question, changed))


def _dearer(problem: Problem, offer: int, by: int) -> Problem:
    offers = list(problem.offers)
    offers[offer] = offers[offer]._replace(fixed=offers[offer].fixed + by)
    return problem._replace(offers=tuple(offers))


def _stock(question: Question, chosen: Solution) -> Iterator[Flip]:
    """The fewest units more of each line, at one location that sells singly, that would make it ship."""
    problem = question.problem
    for number, offer in enumerate(problem.offers):
        missing = max(
            (wanted - (len(curve) - 1) for wanted, curve in zip(problem.quantities, offer.curves, strict=True)),
            default=0,
        )
        if missing <= 0 or offer.shared or len(question.pools[number]) > 1:
            continue
        for more in range(1, missing + 1):
            offers = list(problem.offers)
            offers[number] = _with_more(offer, more, problem)
            changed = solve(problem._replace(offers=tuple(offers)))
            if changed.cost < chosen.cost and _who(question, changed) != _who(question, chosen):
                yield Flip("stock", question.pools[number][0], Decimal(more), _who(question, changed))
                break


def _with_more(offer: Offer, more: int, problem: Problem) -> Offer:
    """The offer with so many steps more of each line, each at what its last step costs; of a line that it has none of,
    at what another line's first step costs."""
    first = next((curve[1] for curve in offer.curves if len(curve) > 1), 0)
    curves = []
    for curve, wanted in zip(offer.curves, problem.quantities, strict=True):
        longer = list(curve)
        last = longer[-1] - longer[-2] if len(longer) > 1 else first
        while len(longer) - 1 < min(wanted, len(curve) - 1 + more):
            longer.append(longer[-1] + last)
        curves.append(tuple(longer))
    return offer._replace(curves=tuple(curves))


def _who(question: Question, solution: Solution) -> tuple[LocationId, ...]:
    return tuple(sorted(location for each in solution.shipments for location in question.pools[each.offer]))
