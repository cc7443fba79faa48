"""Routing problems at random, small enough that every plan can be tried."""

from __future__ import annotations

from hypothesis import strategies as st

from hub.routing.problem import NEVER, Freight, Offer, Problem, Shared

_MOST_LINES = 3
_MOST_STEPS = 3
_MOST_OFFERS = 4
_MOST_WEIGHT = 3
BACKORDER = 10_000
"""Mills of a step that nobody ships: more than all the shipments of such a problem cost."""

_PRICES = st.integers(0, 60)


@st.composite
def curves(draw: st.DrawFn, *, lots: bool = True) -> tuple[int, ...]:
    """Costs by amount, dearer or cheaper with each step, below nothing too (a credit); some amounts not sold where
    ``lots``."""
    costs = draw(st.lists(st.integers(-8, 30), max_size=_MOST_STEPS))
    sold = st.sampled_from([True, True, True, not lots])
    return (0, *(cost if draw(sold) else NEVER for cost in costs))


@st.composite
def tables(draw: st.DrawFn) -> Freight:
    """Prices that do not fall; some tables end before the heaviest parcel, some do not look at size."""
    steps = draw(st.lists(st.integers(0, 12), min_size=1, max_size=12))
    prices = [sum(steps[: i + 1]) for i in range(len(steps))]
    services = draw(st.lists(st.integers(0, 2), min_size=len(prices), max_size=len(prices)))
    return Freight(draw(st.integers(1, 4)), draw(st.sampled_from([0, 1, 2, 5])), prices, services)


@st.composite
def offers(draw: st.DrawFn, node: int, place: int, lines: int, *, plain: bool) -> Offer:
    """An offer of ``lines`` lines; ``plain``: no lots, no shelves shared and every parcel carried."""
    own = tuple(draw(curves(lots=not plain)) for _ in range(lines))
    if plain:
        first, further = draw(_PRICES), draw(st.integers(0, 9))
        prices = [first + further * steps for steps in range(1 + lines * _MOST_STEPS * _MOST_WEIGHT)]
        return Offer(node, place, draw(_PRICES), own, (Freight(1, 0, prices, [0] * len(prices)),))
    freight = tuple(draw(st.lists(tables(), max_size=2)))
    shelf = st.builds(Shared, st.integers(0, 6), st.tuples(*[st.integers(0, 2)] * lines))
    shelves = tuple(draw(st.lists(shelf, max_size=2)))
    return Offer(node, place, draw(_PRICES), own, freight, shelves)


@st.composite
def problems(draw: st.DrawFn, *, plain: bool = False) -> Problem:
    """A problem of up to three lines of three steps and four offers, and every rule that a problem can have.

    ``plain``: only stock and costs matter, so that any way to give the stock out fills the same.
    """
    lines = draw(st.integers(1, _MOST_LINES))
    count = draw(st.integers(0, _MOST_OFFERS))
    nodes = draw(st.permutations(range(count)))
    places = list(range(count)) if plain else draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    each = st.integers(0, _MOST_WEIGHT)
    return Problem(
        quantities=tuple(draw(st.integers(1, _MOST_STEPS)) for _ in range(lines)),
        weights=tuple(draw(each) for _ in range(lines)),
        volumes=tuple(draw(each) for _ in range(lines)),
        backorder=tuple(draw(st.sampled_from([BACKORDER, 2 * BACKORDER])) for _ in range(lines)),
        offers=[draw(offers(node, place, lines, plain=plain)) for node, place in zip(nodes, places, strict=True)],
        split=draw(st.integers(0, 20)),
        most_shipments=count + 1 if plain else draw(st.integers(1, 4)),
        complete=not plain and draw(st.sampled_from([False, False, True])),
    )
