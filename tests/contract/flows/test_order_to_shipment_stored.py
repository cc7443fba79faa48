"""The tests of that name in tests/unit/flows, on real storage."""

from tests.unit.flows.test_order_to_shipment import *  # noqa: F403
