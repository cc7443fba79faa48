"""The stories of that name in tests/unit/flows, on real storage."""

from tests.unit.flows.test_budgets import (  # noqa: F401
    test_budget_of_each_item_leaves_the_others_alone,
    test_figure_that_replaces_an_unsent_one_costs_nothing,
    test_figure_that_waits_is_computed_anew_when_it_goes_out,
    test_reserve_is_left_for_figures_that_fall,
    test_what_is_over_budget_waits_and_goes_out_when_it_may,
    test_what_shows_too_much_is_told_before_what_shows_too_little,
)
