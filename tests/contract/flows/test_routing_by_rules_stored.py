"""The stories of that name in tests/unit/flows, on real storage."""

from tests.unit.flows.test_routing_by_rules import (  # noqa: F401
    test_charge_of_a_rule_is_a_cost_by_its_name,
    test_draft_that_is_judged_beside_is_told_where_it_would_decide_otherwise,
    test_location_gets_no_more_units_than_are_left_of_its_day,
    test_order_that_is_fetched_waits_for_its_location_and_goes_nowhere_else,
    test_rule_holds_an_order_until_a_person_releases_it_and_then_no_more,
    test_rule_keeps_a_location_out_and_the_explanation_names_it,
)
