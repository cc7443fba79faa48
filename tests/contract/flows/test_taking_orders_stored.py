"""The tests of that name in tests/unit/flows, on real storage."""

from tests.unit.flows.test_taking_orders import *  # noqa: F403
