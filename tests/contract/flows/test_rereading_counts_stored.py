"""The tests of that name in tests/unit/flows, on real storage."""

from tests.unit.flows.test_rereading_counts import *  # noqa: F403
