"""The kernel on orders small enough to work out by hand."""

from __future__ import annotations

from hub.routing.kernel import solve
from hub.routing.problem import NEVER, Freight, Offer, Problem, Shared

MANY = 1_000_000


def an_offer(node: int, fixed: int, *stock: int, place: int | None = None, shared: tuple[Shared, ...] = ()) -> Offer:
    """``stock`` units of each line, each for 100 mills beside ``fixed``."""
    curves = tuple(tuple(100 * units for units in range(most + 1)) for most in stock)
    return Offer(node, node if place is None else place, fixed, curves, shared=shared)


def a_problem(*offers: Offer, wanted: tuple[int, ...], split: int = 1500, most_shipments: int = 4) -> Problem:
    zeros = tuple(0 for _ in wanted)
    return Problem(wanted, zeros, zeros, tuple(MANY for _ in wanted), offers, split, most_shipments)


def plan_of(problem: Problem) -> list[tuple[int, tuple[int, ...]]]:
    return [(shipment.offer, shipment.amounts) for shipment in solve(problem).shipments]


def test_one_parcel_is_weighed_against_two() -> None:
    both, first, second = an_offer(0, 8800, 1, 1), an_offer(1, 3900, 1, 0), an_offer(2, 4400, 0, 1)
    assert plan_of(a_problem(both, first, second, wanted=(1, 1))) == [(0, (1, 1))]
    assert plan_of(a_problem(both, first, second, wanted=(1, 1), split=500)) == [(0, (1, 1))], "a tie is one parcel"
    assert plan_of(a_problem(both, first, second, wanted=(1, 1), split=499)) == [(1, (1, 0)), (2, (0, 1))]


def test_line_that_nobody_holds_is_split_and_no_location_gives_more_than_it_has() -> None:
    cheap, dear = an_offer(0, 1000, 2), an_offer(1, 5000, 3)
    assert plan_of(a_problem(cheap, dear, wanted=(5,))) == [(0, (2,)), (1, (3,))]
    short = solve(a_problem(cheap, dear, wanted=(7,)))
    assert [each.amounts for each in short.shipments] == [(2,), (3,)]
    assert short.backordered == (2,)


def test_location_that_is_cheapest_for_each_part_ships_only_what_it_has() -> None:
    cheap, dear = an_offer(0, 10, 1), an_offer(1, 900, 2)
    assert plan_of(a_problem(cheap, dear, wanted=(2,), split=0)) == [(1, (2,))]
    assert plan_of(a_problem(cheap, an_offer(1, 900, 1), wanted=(2,), split=0)) == [(0, (1,)), (1, (1,))]


def test_lines_of_one_item_share_its_shelf() -> None:
    shelf = (Shared(3, (1, 1)),)
    here, there = an_offer(0, 100, 2, 2, shared=shelf), an_offer(1, 700, 2, 2)
    assert plan_of(a_problem(here, there, wanted=(2, 2))) == [(1, (2, 2))]
    found = solve(a_problem(here, wanted=(2, 2)))
    assert sum(found.shipments[0].amounts) == 3


def test_weight_steps_and_services_decide() -> None:
    by_ground = Freight(10, 0, (5000, 5000, 9000), (1, 1, 1))
    by_air = Freight(10, 0, (7000, 7000, 7000), (2, 2, 2))
    offer = an_offer(0, 0, 2)._replace(freight=(by_ground, by_air))
    light = a_problem(offer, wanted=(2,))._replace(weights=(5,))
    assert solve(light).shipments[0][2:] == (5200, 1)
    assert solve(light._replace(weights=(6,))).shipments[0][2:] == (7200, 2)
    heavy = solve(light._replace(weights=(11,)))
    assert heavy.backordered == (1,), "a parcel heavier than every table is not carried"


def test_amounts_that_are_not_sold_are_not_shipped() -> None:
    pairs = Offer(0, 0, 1000, ((0, NEVER, 200, NEVER, 400),))
    assert plan_of(a_problem(pairs, an_offer(1, 2000, 3), wanted=(5,))) == [(0, (2,)), (1, (3,))]


def test_offers_of_one_place_exclude_each_other() -> None:
    here, too = an_offer(0, 10, 1, 0), an_offer(1, 10, 0, 1, place=0)
    found = solve(a_problem(here, too, an_offer(2, 9000, 0, 1), wanted=(1, 1)))
    assert [each.offer for each in found.shipments] == [0, 2]


def test_no_more_shipments_than_allowed() -> None:
    offers = [
        an_offer(0, 10, 1, 0, 0),
        an_offer(1, 10, 0, 1, 0),
        an_offer(2, 10, 0, 0, 1),
        an_offer(3, 900_000, 1, 1, 1),
    ]
    assert len(plan_of(a_problem(*offers, wanted=(1, 1, 1)))) == 3
    assert plan_of(a_problem(*offers, wanted=(1, 1, 1), most_shipments=2)) == [(3, (1, 1, 1))]
    two = solve(a_problem(*offers[:3], wanted=(1, 1, 1), most_shipments=2))
    assert (len(two.shipments), sum(two.backordered)) == (2, 1)


def test_order_that_ships_complete_ships_all_or_nothing() -> None:
    problem = a_problem(an_offer(0, 10, 1, 0), wanted=(1, 1))._replace(complete=True)
    assert solve(problem).shipments == ()
    assert len(solve(problem._replace(offers=(*problem.offers, an_offer(1, 10, 0, 1)))).shipments) == 2


def test_order_too_large_to_prove_says_what_nothing_can_beat() -> None:
    offers = [an_offer(node, 1000 + node, *[50] * 5) for node in range(3)]
    found = solve(a_problem(*offers, wanted=(60,) * 5))
    assert not any(found.backordered)
    assert not found.exact
    assert 0 < found.bound < found.cost
