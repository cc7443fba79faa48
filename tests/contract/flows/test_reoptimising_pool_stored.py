"""The tests of that name in tests/unit/flows, on real storage."""

from tests.unit.flows.test_reoptimising_pool import *  # noqa: F403
