"""The stories of that name in tests/unit/flows, on real storage; random ones are quick in memory only."""

from tests.unit.flows.test_refilling import (  # noqa: F401
    test_channel_with_a_cap_is_filled_up_as_it_sells,
    test_channel_without_compare_and_swap_is_told_again_what_a_late_figure_hid,
    test_figure_asked_for_before_a_sale_was_known_is_replaced,
    test_newer_figure_knows_what_became_of_the_one_that_was_on_its_way,
    test_refused_figure_is_not_repeated_and_says_why,
    test_sale_that_the_channel_took_off_itself_needs_no_telling,
)
