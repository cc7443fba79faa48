"""The worked examples in every shipped counting.yaml come out as written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from hub.inventory.counting import Known, count_location
from hub.mapping.config import shipped_mappings
from hub.mapping.partner import CountingExample, load_partner
from hub.model.identity import ConnectionId, LocationId, PartnerId, RequestId, Sku
from hub.model.ledger import Commitment, Departure
from hub.model.network import CountingRule
from hub.model.stock import FeedMode, StockReport, StockRow

PARTNERS = shipped_mappings() / "partners"
COUNTED = datetime(2026, 11, 2, 10, tzinfo=UTC)
BEFORE, AFTER = COUNTED - timedelta(hours=1), COUNTED + timedelta(hours=1)
SKU, HERE = Sku("TOY-ONE"), LocationId("here")


def examples() -> Iterator[tuple[str, CountingRule, CountingExample]]:
    for folder in sorted(path for path in PARTNERS.iterdir() if path.is_dir()):
        counting = load_partner(PartnerId(folder.name), [PARTNERS]).counting
        for number, example in enumerate(counting.examples, start=1):
            yield f"{folder.name}-{number}", counting.rule, example


def report(rule: CountingRule, example: CountingExample) -> StockReport:
    row = StockRow(sku=SKU, location=HERE, basis=rule.basis, quantity=example.quantity, units_each=example.units_each)
    return StockReport(
        connection=ConnectionId("them"),
        reference="count",
        as_of=COUNTED,
        mode=FeedMode.DELTA,
        locations=(HERE,),
        rows=(row,),
    )


def known(example: CountingExample) -> Known:
    """What left since the count is taken from the requests they knew, as far as these go."""
    still_there = max(example.known_open - example.shipped_since, Decimal(0))
    commitments = [
        Commitment(RequestId(name), SKU, HERE, units, asked, asked)
        for name, units, asked in (("P1", still_there, BEFORE), ("P2", example.unknown_open, AFTER))
        if units
    ]
    departures = [Departure(SKU, HERE, example.shipped_since, AFTER, RequestId("P1"), BEFORE, BEFORE)]
    return Known({}, commitments, departures if example.shipped_since else [])


@pytest.mark.parametrize(("rule", "example"), [pytest.param(rule, each, id=name) for name, rule, each in examples()])
def test_example_comes_out_as_written(rule: CountingRule, example: CountingExample) -> None:
    (decision,) = count_location(rule, report(rule, example), HERE, known(example)).decisions
    assert example.on_hand == decision.on_hand


def test_every_shipped_partner_has_an_example() -> None:
    counted = {name.rpartition("-")[0] for name, _, _ in examples()}
    assert {path.parent.name for path in Path(PARTNERS).glob("*/counting.yaml")} == counted
