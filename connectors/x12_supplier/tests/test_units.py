"""A supplier that counts, answers, ships and bills in cases: each document by the cases of its own day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from supplier import codebook, request
from test_profile import codes, document, read

from hub.mapping.codebook import Codebook, PartnerItem
from hub.mapping.x12_profile import X12Party, X12Profile
from hub.model.identity import Sku
from hub.model.purchase import Acknowledgement, Invoice
from hub.model.shipment import Shipment
from hub.model.stock import StockBatch, StockReport
from hub_x12_supplier.translate.orders import purchase_order
from hub_x12_supplier.translate.sets import fed, parsed

LAST, FIRST = "20261130", "20261201"
"""The last day of cases of twelve, the first of cases of ten."""

TEA, ROPE = Sku("TEA-TIN"), Sku("ROPE")


def book() -> Codebook:
    ids = {"VN": "NW-200"}
    return codebook(
        items=(
            PartnerItem(TEA, ids, "CA", Decimal(12), until=dt.date(2026, 11, 30)),
            PartnerItem(TEA, ids, "CA", Decimal(10), since=dt.date(2026, 12, 1)),
            PartnerItem(ROPE, {"VN": "NW-300"}, "FT", Fraction(1, 3)),
        ),
        x12=X12Profile(us=X12Party(id="TOYHUB"), partner=X12Party(id="NORTHWIND"), item_ids=("VN",), order_unit="pack"),
    )


def counted(day: str, quantity: str = "5", unit: str = "CA", item: str = "NW-200") -> str:
    return f"BIA*00*SI*COUNT*{day}*0600~LIN*1*VN*{item}~QTY*17*{quantity}*{unit}~CTT*1"


def figures(body: str) -> list[Decimal | Fraction]:
    [report] = read(body, using=book()).items
    assert isinstance(report, StockReport)
    return [row.units_each for row in report.rows]


def test_count_is_in_the_cases_of_the_day_it_was_made() -> None:
    assert [Decimal(12)] == figures(counted(LAST))
    assert [Decimal(10)] == figures(counted(FIRST))


def test_big_feed_is_in_the_cases_of_its_day_too() -> None:
    for day, each in ((LAST, Decimal(12)), (FIRST, Decimal(10))):
        pieces = fed(document(counted(day)), book())
        assert pieces is not None
        assert [each] == [row[5] for piece in pieces if isinstance(piece, StockBatch) for row in piece.rows]


def test_answer_is_in_the_cases_of_the_order_it_answers() -> None:
    for ordered, eaches in ((LAST, Decimal(60)), (FIRST, Decimal(50))):
        body = f"BAK*00*AD*P00000001*{ordered}*****20261203~PO1*1*5*CA***VN*NW-200~ACK*IA*5*CA~CTT*1"
        [answer] = read(body, "855", using=book()).items
        assert isinstance(answer, Acknowledgement)
        assert [eaches] == [line.quantity for line in answer.lines]


def notice(ordered: str, *, written: str = "20261203") -> str:
    return (
        f"BSN*00*S1*{written}*1030*0001~HL*1**S~DTM*011*{written}~HL*2*1*O~PRF*P00000001***{ordered}~"
        "HL*3*2*I~LIN*1*VN*NW-200~SN1*1*5*CA~CTT*1"
    )


def test_shipment_is_in_the_cases_of_the_order_it_is_of() -> None:
    for ordered, eaches in ((LAST, Decimal(60)), (FIRST, Decimal(50))):
        [left] = read(notice(ordered), "856", using=book()).items
        assert isinstance(left, Shipment)
        assert [eaches] == [line.quantity for line in left.lines]


def test_shipment_that_does_not_say_when_it_was_ordered_is_in_the_cases_of_its_own_day() -> None:
    [left] = read(notice("", written=LAST), "856", using=book()).items
    assert isinstance(left, Shipment)
    assert [Decimal(60)] == [line.quantity for line in left.lines]


def test_bill_is_in_the_cases_of_the_order_it_is_for() -> None:
    for ordered, eaches in ((LAST, 60), (FIRST, 50)):
        body = f"BIG*20261203*INV-1*{ordered}*P00000001~IT1*1*5*CA*60.00**VN*NW-200~TDS*30000~CTT*1"
        [bill] = read(body, "810", using=book()).items
        assert isinstance(bill, Invoice)
        assert [(Decimal(eaches), Decimal(300))] == [
            (line.quantity, line.quantity * line.unit_price.amount) for line in bill.lines
        ]


def test_what_is_ordered_is_in_the_cases_of_the_day_of_the_order() -> None:
    asked = request(1, ("TEA-TIN", 60))
    for day, cases in ((dt.date(2026, 11, 30), 5), (dt.date(2026, 12, 1), 6)):
        noon = dt.datetime.combine(day, dt.time(18), dt.UTC)
        written = purchase_order(asked, book(), noon)
        assert (day, [Decimal(cases)]) == (written.date, [line.quantity for line in written.lines])


def test_thirds_are_counted_where_they_make_whole_millionths() -> None:
    [report] = read(counted(LAST, "6", "FT", "NW-300"), using=book()).items
    assert isinstance(report, StockReport)
    assert [(Decimal(6), Fraction(1, 3))] == [(row.quantity, row.units_each) for row in report.rows]


def test_a_single_third_is_refused_with_its_line_and_the_rest_is_counted() -> None:
    rope = "LIN*1*VN*NW-300~QTY*17*1*FT~"
    found = read(counted(LAST).replace("LIN*1", f"{rope}LIN*2"), using=book())
    assert ["data.quantity-precision"] == codes(found)
    assert found.problems[0].path.endswith("846/LIN 1")
    assert "1 FT" == found.problems[0].value
    [report] = found.items
    assert isinstance(report, StockReport)
    assert [TEA] == [row.sku for row in report.rows]


def test_big_feed_refuses_a_single_third_as_a_small_one_does() -> None:
    pieces = fed(document(counted(LAST, "1", "FT", "NW-300")), book())
    assert pieces is not None
    assert ["data.quantity-precision"] == [
        problem.code for piece in pieces if not isinstance(piece, StockBatch) for problem in piece.problems
    ]


def test_answer_in_a_fraction_that_the_ledger_cannot_keep_is_a_problem_of_its_line() -> None:
    body = "BAK*00*AD*P00000001*20261120~PO1*1*1*FT***VN*NW-300~ACK*IA*1*FT~PO1*2*2*CA***VN*NW-200~ACK*IA*2*CA~CTT*2"
    found = read(body, "855", using=book())
    assert ["data.quantity-precision"] == codes(found)
    [answer] = found.items
    assert isinstance(answer, Acknowledgement)
    assert [Decimal(24)] == [line.quantity for line in answer.lines]


@given(st.integers(1, 500), st.sampled_from([dt.date(2026, 11, 30), dt.date(2026, 12, 1)]), st.data())
def test_parts_of_an_answer_in_cases_add_up_to_what_was_ordered(cases: int, day: dt.date, data: st.DataObject) -> None:
    size = 12 if day.month == 11 else 10
    asked = request(1, ("TEA-TIN", cases * size))
    [written] = purchase_order(asked, book(), dt.datetime.combine(day, dt.time(18), dt.UTC)).lines
    assert Decimal(cases) == written.quantity
    accepted = data.draw(st.integers(0, cases))
    parts = [("IA", accepted), ("IB", cases - accepted)]
    acks = "~".join(f"ACK*{code}*{count}*CA" for code, count in parts if count)
    body = f"BAK*00*AC*P00000001*{day:%Y%m%d}~PO1*1*{cases}*CA***VN*NW-200~{acks}~CTT*1"
    [answer] = parsed(document(body, "855"), book()).items
    assert isinstance(answer, Acknowledgement)
    assert Decimal(cases * size) == sum(line.quantity or 0 for line in answer.lines)
