"""The tests of that name in tests/unit/flows, on real storage."""

from tests.unit.flows.test_stock_and_channels import *  # noqa: F403
