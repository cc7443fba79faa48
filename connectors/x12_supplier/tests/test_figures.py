"""Figures that no supplier can mean cost their own line, and prices for more than one are read as what they are."""

from __future__ import annotations

from decimal import Decimal

import pytest
from test_profile import STOCK, book, codes, document, read

from hub.model.purchase import Acknowledgement, Invoice
from hub.model.stock import StockBatch, StockFeed, StockReport
from hub.sdk.capabilities import Parsed
from hub_x12_supplier.translate.sets import fed, parsed

BILL = "BIG*20261122*I1**P00000001~IT1*1*10*EA*{price}*{basis}*VN*NW-100~TDS*{total}~CTT*1"


@pytest.mark.parametrize("amount", ["9" * 12, "1" + "0" * 12, "9" * 15, "9" * 25, "0." + "1" * 20])
def test_quantity_that_no_ledger_can_keep_is_a_problem_of_its_line(amount: str) -> None:
    body = STOCK.replace("QTY*17*5*EA", f"QTY*17*{amount}*EA").replace("~CTT*1", "~LIN*2*VN*NW-200~QTY*17*5*EA~CTT*2")
    found = read(body)
    [report] = found.items
    assert isinstance(report, StockReport)
    kept = amount == "9" * 12
    assert [(["x12.incomplete-item"], 1), ([], 2)][kept] == (codes(found), len(report.rows))
    pieces = list(fed(document(body), book()))
    rows = [row for piece in pieces if isinstance(piece, StockBatch) for row in piece.rows]
    assert [(row.sku, row.quantity) for row in report.rows] == [(row[0], row[3]) for row in rows]


@pytest.mark.parametrize(
    ("price", "basis", "each"),
    [("250", "HP", "2.50"), ("2500", "TP", "2.50"), ("2.5", "PE", "2.50"), ("2.5", "", "2.5")],
)
def test_price_of_many_is_billed_by_the_each(price: str, basis: str, each: str) -> None:
    [claim] = parsed(document(BILL.format(price=price, basis=basis, total=2500), "810"), book()).items
    assert isinstance(claim, Invoice)
    assert Decimal(each) == claim.lines[0].unit_price.amount
    assert claim.computed_total == claim.total.amount


def test_price_by_weight_can_not_be_checked() -> None:
    assert ["x12.incomplete-item"] == codes(read(BILL.format(price="2.5", basis="PP", total=2500), "810"))


def test_count_of_a_day_is_taken_as_of_its_start() -> None:
    """What left that day is taken off it: it may have been counted before."""
    using = book(timezone="America/New_York")
    [report] = read(STOCK.replace("*0600", ""), using=using).items
    assert isinstance(report, StockReport)
    assert "2026-11-22T05:00:00+00:00" == report.as_of.isoformat()
    *_, rest = fed(document(STOCK.replace("*0600", "")), using)
    assert isinstance(rest, Parsed)
    [feed] = rest.items
    assert isinstance(feed, StockFeed)
    assert report.as_of == feed.as_of


ANSWER = "BAK*00*AD*P00000001*20261122~{dated}PO1*1*5*EA***VN*NW-100~ACK*IA*5*EA~CTT*1"


@pytest.mark.parametrize(
    ("dated", "at"),
    [
        ("DTM*097*20261122*04153075~", "2026-11-22T09:15:30.750000+00:00"),
        ("DTM*097*20261122*0415~", "2026-11-22T09:15:59.990000+00:00"),
        ("DTM*097*20261122*2359~", "2026-11-22T12:00:00+00:00"),
        ("DTM*097*20261122~", "2026-11-22T12:00:00+00:00"),
        ("", "2026-11-22T12:00:00+00:00"),
    ],
    ids=["to the hundredth", "to the minute: its end", "in our future", "without a time", "not at all"],
)
def test_answer_is_as_old_as_it_says_and_else_as_we_received_it(dated: str, at: str) -> None:
    using = book(timezone="America/New_York")
    [answer] = read(ANSWER.format(dated=dated), "855", using=using).items
    assert isinstance(answer, Acknowledgement)
    assert at == answer.acknowledged_at.isoformat()
