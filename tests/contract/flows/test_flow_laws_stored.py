"""The laws of the flows on real storage: short histories, for each of their steps is a transaction."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.builders import Desk, a_location, a_network
from tests.fakes.stepwise import StepwiseUnit
from tests.unit.flows.test_flow_laws import Commerce


@pytest.mark.slow
def test_units_are_conserved_in_the_database() -> None:
    run_state_machine_as_test(Commerce, settings=settings(max_examples=6, stateful_step_count=15, deadline=None))


def test_desks_of_these_tests_keep_their_books_in_a_database() -> None:
    desk = Desk(a_network(a_location("acme")))
    desk.stock("acme", A=3)
    assert isinstance(desk.uow, StepwiseUnit)
