"""The tests of that name in tests/unit/flows, on real storage."""

from tests.unit.flows.test_changed_settings import *  # noqa: F403
