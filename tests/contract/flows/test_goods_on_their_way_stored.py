"""The tests of that name in tests/unit/flows, on real storage."""

from tests.unit.flows.test_goods_on_their_way import *  # noqa: F403
