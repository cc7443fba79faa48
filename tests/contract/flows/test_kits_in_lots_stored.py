"""The tests of that name in tests/unit/flows, on real storage."""

from tests.unit.flows.test_kits_in_lots import *  # noqa: F403
