"""The tests of that name in tests/unit/flows, on real storage."""

from tests.unit.flows.test_assembling_kits import *  # noqa: F403
