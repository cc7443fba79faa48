"""Two of the stories of tests/unit/flows/test_any_order on real storage: hundreds of databases each."""

from __future__ import annotations

import pytest

from tests.unit.flows.test_any_order import RULES, STORIES, in_every_order


@pytest.mark.slow
@pytest.mark.parametrize(("story", "rule"), [("an order", "net of acknowledged"), ("a feed", "on hand")])
def test_every_order_of_five_events_ends_in_one_state_on_real_storage(story: str, rule: str) -> None:
    told, on_hand = STORIES[story]
    found = list(in_every_order(told, RULES[rule]))
    assert {(repr(state), int(units)) for state, units, _ in found} == {(repr(found[0][0]), on_hand)}
    assert [] == [broken for _, _, laws in found for broken in laws]
