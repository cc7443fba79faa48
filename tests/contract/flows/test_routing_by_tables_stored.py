"""The stories of that name in tests/unit/flows, on real storage."""

from tests.unit.flows.test_routing_by_tables import (  # noqa: F401
    test_freight_decides_who_ships_and_is_told_by_name,
    test_lateness_has_its_price,
    test_location_that_would_be_late_is_kept_out_with_its_reason,
    test_order_to_where_no_table_leads_waits_with_the_reason,
)
