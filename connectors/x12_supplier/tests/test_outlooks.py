"""Dated quantities and the marks of items that a supplier gives up, as an 846 says them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from test_profile import STOCK, book, document, read

from hub.model.identity import LocationId
from hub.model.stock import ItemOutlook, StockBatch, StockReport
from hub_x12_supplier.translate.sets import fed

FIRST, THIRD = date(2026, 12, 1), date(2026, 12, 3)
PLAIN = "QTY*17*5*EA"

Told = list[tuple[date, Decimal | None]]


def said(quantities: str, **changes: Any) -> tuple[list[tuple[str, Decimal]], list[ItemOutlook]]:
    """Figures and outlooks of a file whose item says this; a feed gives the same."""
    using, body = book(**changes), STOCK.replace(PLAIN, quantities)
    [report] = read(body, using=using).items
    assert isinstance(report, StockReport)
    batches = [piece for piece in fed(document(body), using) if isinstance(piece, StockBatch)]
    figures = [(row.basis.value, row.quantity) for row in report.rows]
    assert figures == [(row[2].value, row[3]) for batch in batches for row in batch.rows]
    assert list(report.outlooks) == [each for batch in batches for each in batch.outlooks]
    return figures, list(report.outlooks)


def expected(outlooks: list[ItemOutlook]) -> Told:
    return [(each.day, each.quantity) for outlook in outlooks for each in outlook.expected]


@pytest.mark.parametrize(
    ("quantities", "figures", "told"),
    [
        ("QTY*17*5*EA", [("on_hand", 5)], []),
        ("QTY*17*5*EA~QTY*63*40*EA~DTM*018*20261201", [("on_hand", 5)], [(FIRST, 40)]),
        ("QTY*17*5*EA~QTY*17*45*EA~DTM*018*20261201", [("on_hand", 5)], [(FIRST, 40)]),
        ("QTY*33*0*EA~QTY*33*45*EA~DTM*002*20261201", [("available", 0)], [(FIRST, 45)]),
        (
            "QTY*33*5*EA~QTY*33*30*EA~DTM*018*20261203~QTY*33*20*EA~DTM*018*20261201",
            [("available", 5)],
            [(FIRST, 15), (THIRD, 10)],
        ),
        ("QTY*33*9*EA~QTY*33*7*EA~DTM*018*20261201", [("available", 9)], []),
        ("QTY*33*0*EA~DTM*018*20261201", [("available", 0)], [(FIRST, None)]),
        ("DTM*169*20261201~QTY*17*0*EA", [("on_hand", 0)], [(FIRST, None)]),
        ("QTY*17*5*EA~SCH*40*EA***018*20261201~SCH*2*DZ***018*20261203", [("on_hand", 5)], [(FIRST, 40), (THIRD, 24)]),
        ("QTY*17*5*EA~SCH*40*EA***097*20261122", [("on_hand", 5)], []),
        ("QTY*17*5*EA~QTY*63*4*XX~DTM*018*20261201", [("on_hand", 5)], [(FIRST, None)]),
    ],
    ids=[
        "no date",
        "on order, dated",
        "on hand by then",
        "available again",
        "two dates, in any order",
        "fewer by then",
        "none until then",
        "a date and no quantity",
        "a schedule",
        "a schedule of today",
        "a unit that nobody knows",
    ],
)
def test_quantity_with_a_date_is_expected_by_then(
    quantities: str, figures: list[tuple[str, int]], told: list[tuple[date, int | None]]
) -> None:
    found, outlooks = said(quantities)
    assert [(basis, Decimal(units)) for basis, units in figures] == found
    assert [(day, None if units is None else Decimal(units)) for day, units in told] == expected(outlooks)


def test_other_dates_may_be_agreed() -> None:
    _, outlooks = said("QTY*17*5*EA~QTY*63*40*EA~DTM*010*20261201", expected_dates=("010",))
    assert [(FIRST, Decimal(40))] == expected(outlooks)


@pytest.mark.parametrize(
    ("marks", "changes"),
    [
        ("PID*S**VI*DC", {"discontinued": ("PID*DC",)}),
        ("REF*ZZ*DISC", {"discontinued": ("REF*ZZ*DISC",)}),
        ("DTM*036*20261122", {}),
    ],
    ids=["code", "reference", "end date"],
)
def test_item_that_is_given_up_is_told_by_its_mark(marks: str, changes: dict[str, Any]) -> None:
    figures, [outlook] = said(f"{marks}~{PLAIN}", **changes)
    assert [("on_hand", Decimal(5))] == figures
    assert outlook.discontinued
    figures, [outlook] = said(marks, **changes)
    assert {("available", Decimal(0)), ("on_hand", Decimal(0))} == set(figures), "none is left where none is named"
    assert outlook.discontinued


@pytest.mark.parametrize("marks", ["PID*S**VI*DC", "REF*ZZ*DISC", "DTM*036*20261231"])
def test_what_is_not_agreed_or_has_not_come_marks_nothing(marks: str) -> None:
    assert ([("on_hand", Decimal(5))], []) == said(f"{marks}~{PLAIN}")


def test_outlook_belongs_to_the_site_it_is_told_of() -> None:
    sites = {"EAST": LocationId("east"), "WEST": LocationId("west")}
    text = "N1*WH**92*EAST~QTY*17*5*EA~N1*WH**92*WEST~QTY*17*0*EA~QTY*63*8*EA~DTM*018*20261201"
    _, [outlook] = said(text, sites=sites)
    assert ("west", [(FIRST, Decimal(8))]) == (outlook.location, expected([outlook]))
    _, [outlook] = said("N1*WH**92*EAST~QTY*17*5*EA~SCH*8*EA*WH*WEST*018*20261201", sites=sites)
    assert "west" == outlook.location
    _, outlooks = said("N1*WH**92*EAST~QTY*17*5*EA~SCH*8*EA*WH*NORTH*018*20261201", sites=sites)
    assert [] == outlooks, "nobody knows where that is"
