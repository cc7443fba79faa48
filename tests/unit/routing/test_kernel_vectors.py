"""The kernel answers the five hundred fixed orders as they were proven to be answered best."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.routing.kernel import solve
from tests.benchmarks.routing.vectors import Vector, read, write
from tests.routing.accounting import faults_of


@pytest.fixture(scope="module")
def vectors() -> list[Vector]:
    return read()


def test_kernel_finds_every_proven_plan(vectors: list[Vector]) -> None:
    assert 500 == len(vectors)
    assert [] == [index for index, each in enumerate(vectors) if solve(each.problem) != each.solution]


def test_every_proven_plan_may_be_carried_out(vectors: list[Vector]) -> None:
    assert [] == [fault for each in vectors for fault in faults_of(each.problem, each.solution)]


def test_every_rule_of_a_problem_is_in_some_vector(vectors: list[Vector]) -> None:
    problems = [each.problem for each in vectors]
    offers = [offer for problem in problems for offer in problem.offers]
    assert set(range(1, 11)) == {len(problem.quantities) for problem in problems}
    assert {True, False} == {problem.complete for problem in problems}
    assert {0, 1500} == {problem.split for problem in problems}
    assert {1, 2} < {problem.most_shipments for problem in problems}
    assert any(offer.shared for offer in offers)
    assert any(len(offer.freight) > 1 for offer in offers)
    assert any(offer.place != offer.node for offer in offers)
    assert any(any(each.solution.backordered) for each in vectors)
    assert any(len(each.solution.shipments) > 3 for each in vectors)


def test_vectors_are_written_as_they_were_read(vectors: list[Vector], tmp_path: Path) -> None:
    write(vectors, tmp_path / "again.json")
    assert vectors == read(tmp_path / "again.json")
