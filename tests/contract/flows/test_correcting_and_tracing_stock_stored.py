"""The tests of that name in tests/unit/flows, on real storage."""

from tests.unit.flows.test_correcting_and_tracing_stock import *  # noqa: F403
