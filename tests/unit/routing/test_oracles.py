"""The oracles of routing agree with each other, and the accounting finds each planted fault."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from hub.routing.problem import NEVER, Freight, Offer, Problem, Shared, Shipment, Solution
from tests.routing.accounting import Bill, faults_of, price
from tests.routing.oracle import least_cost_by_highs, least_cost_by_trying
from tests.routing.problems import problems

BY_THE_POUND = Freight(10, 0, [5, 5, 8, 12, 20], [0, 0, 1, 1, 1])
NEAR = Offer(node=0, place=0, fixed=3, curves=((0, 2, 3), (0, 4)), freight=(BY_THE_POUND,))
FAR = Offer(node=1, place=1, fixed=1, curves=((0, 1), (0, NEVER, 5)), freight=(BY_THE_POUND,))
PROBLEM = Problem((2, 2), (10, 15), (0, 0), (1000, 1000), [NEAR, FAR], split=6)
BOTH = Solution(
    (Shipment(0, (2, 0), 3 + 3 + 8, 1), Shipment(1, (0, 2), 1 + 5 + 12, 1)),
    backordered=(0, 0),
    cost=14 + 18 + 6,
    exact=True,
    bound=38,
)


def test_bill_has_every_item_of_the_formula() -> None:
    bill = price(PROBLEM, {0: (2, 0), 1: (0, 2)})
    assert Bill(fixed=4, lines=8, freight=20, split=6, backorder=0) == bill
    assert 38 == bill.total
    assert Bill(3, 2, 5, 0, 3000) == price(PROBLEM, {0: (1, 0)})


def test_small_example_is_solved_alike() -> None:
    assert 38 == least_cost_by_trying(PROBLEM) == least_cost_by_highs(PROBLEM)
    assert [] == faults_of(PROBLEM, BOTH)


@settings(max_examples=200)
@given(problems())
def test_trying_everything_and_highs_agree(problem: Problem) -> None:
    assert least_cost_by_trying(problem) == least_cost_by_highs(problem)


@pytest.mark.parametrize(
    ("problem", "solution", "fault"),
    [
        (PROBLEM, BOTH._replace(cost=37, bound=37), "the plan costs 38, not 37"),
        (PROBLEM, BOTH._replace(bound=36), "bound 36 of cost 38, exact True"),
        (PROBLEM, BOTH._replace(backordered=(0, 1)), "(0, 0) are not shipped, not (0, 1)"),
        (PROBLEM, BOTH._replace(shipments=BOTH.shipments[::-1]), "shipments are not by node: [1, 0]"),
        (PROBLEM._replace(most_shipments=1), BOTH, "2 shipments where 1 are the most"),
        (PROBLEM._replace(offers=[NEAR, FAR._replace(place=0)]), BOTH, "a place ships twice: [0, 0]"),
        (
            PROBLEM._replace(offers=[NEAR._replace(shared=(Shared(1, (1, 1)),)), FAR]),
            BOTH,
            "node 0 cannot ship (2, 0)",
        ),
        (
            PROBLEM,
            BOTH._replace(shipments=(BOTH.shipments[0]._replace(cost=13), BOTH.shipments[1])),
            "the shipment of node 0 costs 14, not 13",
        ),
        (
            PROBLEM,
            BOTH._replace(shipments=(BOTH.shipments[0]._replace(service=0), BOTH.shipments[1])),
            "the shipment of node 0 goes by service 1, not 0",
        ),
        (
            PROBLEM._replace(complete=True),
            Solution((BOTH.shipments[0],), (0, 2), 2014, exact=True, bound=2014),
            "all or nothing was asked, (0, 2) are missing",
        ),
        (
            PROBLEM,
            Solution((Shipment(1, (0, 1), 1, 1),), (2, 1), 3001, exact=True, bound=3001),
            "node 1 cannot ship (0, 1)",
        ),
    ],
)
def test_each_fault_of_a_solution_is_found(problem: Problem, solution: Solution, fault: str) -> None:
    assert fault in faults_of(problem, solution)
