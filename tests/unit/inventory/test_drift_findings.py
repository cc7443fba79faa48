"""What the differences of a location have in common, and when that is a reason to change its configuration."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hub.inventory.drift import Difference
from hub.inventory.drift_findings import LEAST, Tally
from hub.inventory.drift_history import DriftCause, Explanation
from hub.model.identity import LocationId, Sku
from tests.builders import NOW

CROSSED = Explanation(DriftCause.CROSSED, Decimal(-5))
NETTING = Explanation(DriftCause.NETTING, Decimal(-5), cure="net_of: sent")


def a_difference(number: int, *candidates: Explanation) -> Difference:
    return Difference(
        sku=Sku(f"SKU{number}"),
        location=LocationId("acme"),
        as_of=NOW,
        recorded_at=NOW,
        document=None,
        believed=Decimal(10),
        quantity=Decimal(-5),
        facts=(),
        candidates=candidates,
    )


@pytest.mark.parametrize(
    ("candidates", "causes"),
    [((CROSSED, NETTING), [DriftCause.CROSSED]), ((NETTING,), [DriftCause.NETTING])],
    ids=["something more certain explains them", "nothing else explains them"],
)
def test_setting_is_proposed_only_where_nothing_more_certain_explains_the_differences(
    candidates: tuple[Explanation, ...], causes: list[DriftCause]
) -> None:
    tally = Tally()
    for number in range(LEAST):
        tally.take(a_difference(number, *candidates))
    assert causes == [each.cause for each in tally.findings()]
