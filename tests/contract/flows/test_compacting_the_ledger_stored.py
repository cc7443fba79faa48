"""The tests of that name in tests/unit/flows, on real storage."""

from tests.unit.flows.test_compacting_the_ledger import *  # noqa: F403
