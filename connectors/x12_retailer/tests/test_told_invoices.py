"""810: what a retailer is asked to pay, to the cent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from retailer import NOW, bill, billed, codebook, profile, rendered, sets_of, usd

from hub.edi.documents.invoice import Invoice, parse_invoice
from hub.edi.documents.pricing import AllowanceCharge
from hub.errors import ConfigurationError, DataError
from hub.mapping.codebook import PartnerItem
from hub.model.identity import LocationId, Sku
from hub.model.money import Money
from hub.model.quantity import to_base
from hub.model.sale import CustomerInvoice, total_of
from hub.sdk.capabilities import Envelope, Stamp
from hub_x12_retailer.connector import X12Retailer
from hub_x12_retailer.translate.invoices import invoices

ORDER = "4500000101"


def invoice(connector: X12Retailer, told: Envelope, **changes: Any) -> Invoice:
    book = codebook(**{"x12": profile(), **changes})
    [found] = sets_of(rendered(connector, told, book=book))
    return parse_invoice(found)


def claimed(document: Invoice) -> Decimal:
    """What the lines and charges of it add up to."""
    lines = [(each.quantity or Decimal(0)) * (each.price or Decimal(0)) for each in document.lines]
    return sum([*lines, *(each.amount or Decimal(0) for each in document.allowances)], Decimal(0))


def test_invoice_names_its_order_and_what_left_in_the_retailers_units(connector: X12Retailer) -> None:
    told = bill(ORDER, billed("10", "MUG-BLUE", 3, title="Blue mug"), billed("20", "TEA-TIN", 24, "2.50"))
    found = invoice(connector, told)
    assert ("I00000001", "2026-11-22") == (found.number, str(found.date))
    assert (ORDER, "", "2026-11-20") == (found.purchase_order_number, found.release, str(found.purchase_order_date))
    assert [
        ("10", Decimal(3), "EA", Decimal("4.5"), (("SK", "70001"), ("UP", "012345678905")), ("Blue mug",)),
        ("20", Decimal(2), "CA", Decimal(30), (("SK", "70002"),), ()),
    ] == [(each.number, each.quantity, each.unit, each.price, each.ids, each.descriptions) for each in found.lines]
    assert ("USD", Decimal("73.5"), 2) == (found.currency, found.total, found.lines_claimed)
    assert [("011", "2026-11-21")] == [(each.qualifier, str(each.date)) for each in found.dates]
    assert () == found.findings


def test_total_is_written_in_cents(connector: X12Retailer) -> None:
    document = rendered(connector, bill(ORDER, billed("10", "MUG-BLUE", 3)))
    assert b"~\nTDS*1350~" in document.body


def test_invoice_names_release_places_and_the_retailers_days(connector: X12Retailer) -> None:
    told = bill(
        "4500000100 release 7",
        billed("1", "MUG-BLUE", 3),
        ship_to_site="0042",
        invoiced_at=NOW.replace(hour=2),
        shipped_at=NOW.replace(day=21, hour=2),
    )
    found = invoice(connector, told, x12=profile(timezone="America/New_York"), sites={"E1": LocationId("east")})
    assert ("4500000100", "7", "2026-11-21") == (found.purchase_order_number, found.release, str(found.date))
    assert [("SF", "92", "E1"), ("ST", "92", "0042")] == [
        (each.entity, each.id_qualifier, each.id) for each in found.parties
    ]
    assert [("011", "2026-11-20")] == [(each.qualifier, str(each.date)) for each in found.dates]


def test_freight_is_a_charge_of_its_own_and_in_the_total(connector: X12Retailer) -> None:
    found = invoice(connector, bill(ORDER, billed("10", "MUG-BLUE", 3), shipping="7.25"))
    assert (AllowanceCharge("C", "D240", Decimal("7.25"), description="Freight"),) == found.allowances
    assert Decimal("20.75") == found.total
    assert () == invoice(connector, bill(ORDER, billed("10", "MUG-BLUE", 3), shipping="0")).allowances


def test_freight_with_a_fraction_of_a_cent_is_rounded_and_the_total_stands(connector: X12Retailer) -> None:
    found = invoice(connector, bill(ORDER, billed("10", "MUG-BLUE", 3), shipping="7.255"))
    assert (Decimal("7.26"), Decimal("20.76")) == (found.allowances[0].amount, found.total)


def test_broken_pack_is_billed_by_the_each(connector: X12Retailer) -> None:
    [found] = invoice(connector, bill(ORDER, billed("20", "TEA-TIN", 18, "2.50"))).lines
    assert (Decimal(18), "EA", Decimal("2.5")) == (found.quantity, found.unit, found.price)


def test_price_of_a_pack_comes_back_from_its_twelfths(connector: X12Retailer) -> None:
    [found] = invoice(connector, bill(ORDER, billed("20", "TEA-TIN", 24, Decimal(10) / 12))).lines
    assert (Decimal(2), "CA", Decimal(10)) == (found.quantity, found.unit, found.price)


def test_thirds_of_a_coin_keep_the_total_to_the_cent(connector: X12Retailer) -> None:
    found = invoice(connector, bill(ORDER, billed("20", "TEA-TIN", 18, Decimal(10) / 12)))
    [line] = found.lines
    assert (Decimal(18), "EA", Decimal("0.833333")) == (line.quantity, line.unit, line.price)
    assert (Decimal(15), "14.999994") == (found.total, f"{claimed(found):f}")


def test_unit_is_the_one_whose_price_costs_what_the_line_does(connector: X12Retailer) -> None:
    tenths = codebook(items=(PartnerItem(Sku("TEA-TIN"), {"SK": "70002"}, unit="OZ", units_each=Decimal("0.1")),))
    told = bill(ORDER, billed("20", "TEA-TIN", 50000, "0.000004"))
    [found] = invoice(connector, told, items=tenths.items).lines
    assert (Decimal(50000), "EA", Decimal("0.000004")) == (found.quantity, found.unit, found.price)


def test_total_stands_where_no_price_of_six_places_comes_near_it(connector: X12Retailer) -> None:
    found = invoice(connector, bill(ORDER, billed("10", "MUG-BLUE", 90_000, Decimal(1) / 3)))
    assert (Decimal(30_000), "29999.97") == (found.total, f"{claimed(found):.2f}")


def test_item_that_the_retailer_does_not_know_is_not_billed(connector: X12Retailer) -> None:
    with pytest.raises(DataError) as caught:
        invoice(connector, bill(ORDER, billed("10", "NO-SUCH", 3)))
    assert "data.unmapped-sku" == caught.value.code


def test_coins_smaller_than_a_hundredth_have_no_place_in_an_810(connector: X12Retailer) -> None:
    dinars = Money(amount=Decimal("1.005"), currency="KWD")
    with pytest.raises(DataError) as caught:
        invoice(connector, bill(ORDER, billed("10", "MUG-BLUE", 3).model_copy(update={"unit_price": dinars})))
    assert "x12.not-writable" == caught.value.code


def test_retailer_that_agreed_on_no_invoices_gets_none(connector: X12Retailer) -> None:
    with pytest.raises(ConfigurationError) as caught:
        invoice(connector, bill(ORDER, billed("10", "MUG-BLUE", 3)), x12=profile(sends=("846", "856")))
    assert "x12.set-not-sent" == caught.value.code


def test_several_invoices_go_in_one_interchange(connector: X12Retailer) -> None:
    told = [bill(ORDER, billed("10", "MUG-BLUE", 1), number=number) for number in (1, 2)]
    document = rendered(connector, *told)
    assert ["I00000001", "I00000002"] == [parse_invoice(each).number for each in sets_of(document)]
    assert ["I00000001", "I00000002"] == [
        message.subject
        for group in (document.exchange.groups if document.exchange else ())
        for message in group.messages
    ]


@st.composite
def bills(draw: st.DrawFn) -> CustomerInvoice:
    """As orders come: prices of a unit of one or of twelve, any number of eaches of it."""
    lines = []
    for number in range(1, draw(st.integers(min_value=1, max_value=4)) + 1):
        sku, each = draw(st.sampled_from([("MUG-BLUE", 1), ("TEA-TIN", 12)]))
        price = draw(st.decimals(min_value=0, max_value=2000, places=draw(st.sampled_from([2, 4]))))
        lines.append(billed(str(number), sku, draw(st.integers(min_value=1, max_value=2000)), price / each))
    shipping = draw(st.none() | st.decimals(min_value=0, max_value=99, places=2))
    freight = usd(shipping) if shipping is not None else None
    told = bill(ORDER, *lines, shipping=str(shipping or ""), total=total_of(tuple(lines), freight))
    assert isinstance(told.item, CustomerInvoice)
    return told.item


@given(told=bills())
def test_invoice_is_read_back_with_its_units_and_a_total_that_fits(told: CustomerInvoice) -> None:
    stamp = Stamp(told.invoiced_at, "stamp", (5, 6))
    [written] = sets_of(invoices([(told.key, told)], codebook(), stamp))
    found = parse_invoice(written)
    assert (told.invoice_number, told.order_external_id) == (found.number, found.purchase_order_number)
    assert told.total.amount == found.total
    assert found.total is not None
    assert abs(found.total - claimed(found)) <= Decimal("0.01")
    for line, item in zip(told.lines, found.lines, strict=True):
        known = codebook().item_for(item.ids)
        assert known is not None
        assert item.quantity is not None
        eaches = to_base(item.quantity, known.units_each) if item.unit == known.unit else item.quantity
        assert (line.line_id, line.sku, line.quantity) == (item.number, known.sku, eaches)
