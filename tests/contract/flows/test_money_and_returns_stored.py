"""The tests of that name in tests/unit/flows, on real storage."""

from tests.unit.flows.test_money_and_returns import *  # noqa: F403
