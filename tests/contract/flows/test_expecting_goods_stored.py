"""The tests of that name in tests/unit/flows, on real storage."""

from tests.unit.flows.test_expecting_goods import *  # noqa: F403
