"""Each set read into its typed form, and written where the hub writes it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from hub.edi.check import check_interchange, check_set
from hub.edi.documents.acknowledgement import parse_acknowledgement, render_acknowledgement
from hub.edi.documents.functional import parse_functional, render_functional
from hub.edi.documents.inventory import InventoryAdvice, parse_inventory, render_inventory
from hub.edi.documents.invoice import parse_invoice
from hub.edi.documents.purchase_order import parse_purchase_order, render_purchase_order
from hub.edi.documents.ship_notice import ShippedItem, parse_ship_notice
from hub.edi.documents.ship_notice_rows import render_ship_notice
from hub.edi.envelope import GROUP_OF_SET, read_interchanges
from hub.edi.interchange import Status
from hub.edi.write import write_interchange
from hub.errors import DataError
from tests.unit.edi.interchanges import (
    ACKNOWLEDGEMENT,
    ENVELOPE,
    FUNCTIONAL,
    INVENTORY,
    PURCHASE_ORDER,
    SHIP_NOTICE,
    read_set,
)


def test_purchase_order_is_read_in_its_words() -> None:
    order = parse_purchase_order(read_set("850"))
    assert ("PO-1001", "DS", dt.date(2026, 11, 20)) == (order.number, order.order_type, order.date)
    assert order.ship_to is not None
    assert ("Ada Example", ("1 Example Road", "Flat 2"), "10001") == (
        order.ship_to.name,
        order.ship_to.address_lines,
        order.ship_to.postal_code,
    )
    first = order.lines[0]
    assert ("1", Decimal(2), "EA", Decimal("12.50"), "PE") == (
        first.number,
        first.quantity,
        first.unit,
        first.price,
        first.price_basis,
    )
    assert (("UP", "012345678905"), ("VN", "LAMP-1")) == first.ids
    assert ("UPSN", "ND") == (order.carriers[0].id, order.carriers[0].service_level)
    assert [("010", dt.date(2026, 12, 1))] == [(item.qualifier, item.date) for item in order.dates]
    assert 2 == order.lines_claimed


@pytest.mark.parametrize(
    ("set_id", "parse", "render"),
    [
        ("846", parse_inventory, render_inventory),
        ("850", parse_purchase_order, render_purchase_order),
        ("855", parse_acknowledgement, render_acknowledgement),
        ("856", parse_ship_notice, render_ship_notice),
        ("997", parse_functional, render_functional),
    ],
)
def test_what_is_rendered_is_a_good_set_and_reads_back_equal(set_id: str, parse: Any, render: Any) -> None:
    document = parse(read_set(set_id))
    data = write_interchange(replace(ENVELOPE, functional_id=GROUP_OF_SET[set_id]), [render(document)])
    (back,) = read_interchanges(data)
    assert Status.ACCEPTED == check_interchange(back).groups[0].sets[0].status
    assert _placeless(document) == _placeless(parse(back.groups[0].sets[0]))


def _placeless(document: Any) -> Any:
    """The document without the places of its stock lines, which need not be those of the original."""
    if isinstance(document, InventoryAdvice):
        return replace(document, lines=tuple(replace(line, position=0) for line in document.lines))
    return document


def test_personal_data_stays_out_of_the_repr() -> None:
    shown = repr(parse_purchase_order(read_set("850")))
    assert not any(text in shown for text in ("Ada", "Road", "Springfield", "10001"))


def test_several_statuses_of_a_line_are_kept_apart() -> None:
    document = parse_acknowledgement(read_set("855"))
    assert ("PO-1001", "AC", "SO-77") == (document.purchase_order_number, document.status, document.seller_number)
    first, second = document.lines
    assert [("IA", Decimal(6)), ("IB", Decimal(3)), ("IR", Decimal(1))] == [
        (item.code, item.quantity) for item in first.statuses
    ]
    assert [dt.date(2026, 12, 3), dt.date(2026, 12, 20), None] == [item.date for item in first.statuses]
    assert [Decimal(3)] == [item.quantity for item in first.statuses[1].schedules]
    assert (("VN", "BULB-10"),) == second.statuses[0].ids


def test_status_without_a_line_is_kept_as_a_line_of_its_own() -> None:
    body = "BAK*00*AC*PO-1*20261120~ACK*IA*2*EA****VN*LAMP-1~ACK*IR*1*EA****VN*BULB-9~CTT*2"
    document = parse_acknowledgement(read_set("855", body))
    assert [("", "IA", (("VN", "LAMP-1"),)), ("", "IR", (("VN", "BULB-9"),))] == [
        (line.number, line.statuses[0].code, line.ids) for line in document.lines
    ]
    assert [] == [item.code for item in check_set(read_set("855", body)) if item.rejects]


def test_two_quantities_under_one_item_are_two_items() -> None:
    body = "BSN*00*S*20261120*1200~HL*1**I~LIN**VN*A~SN1**1*EA~SN1**2*CA"
    assert [(Decimal(1), "EA"), (Decimal(2), "CA")] == [(item.line.quantity, item.line.unit) for item in _items(body)]


def test_date_is_read_from_either_place() -> None:
    body = PURCHASE_ORDER.replace("DTM*010*20261201", "DTM*010****D8*20261201")
    assert dt.date(2026, 12, 1) == parse_purchase_order(read_set("850", body)).dates[0].date


def test_ship_notice_is_a_tree_with_inherited_order_and_marks() -> None:
    notice = parse_ship_notice(read_set("856"))
    (root,) = notice.roots
    assert ["S", "O", "P", "I", "P", "I"] == [level.code for level in notice.levels()]
    assert ("GROUND", "UPSN") == (root.carriers[0].routing, root.carriers[0].id)
    assert Decimal("4.5") == root.ladings[0].weight
    lamp, bulb = notice.items()
    assert ("1", Decimal(6), Decimal(10)) == (lamp.line.line_number, lamp.line.quantity, lamp.line.ordered)
    assert ["PO-1001", "PO-1001"] == [item.order.number for item in (lamp, bulb) if item.order]
    assert (("00123456789012345675",), ("1Z0001",)) == (lamp.marks("GM"), lamp.marks("CP"))
    assert ("1Z0002",) == bulb.marks("CP")
    assert root is lamp.shipment


@pytest.mark.parametrize("shape", ["SOPI", "STOI", "SOTPI", "SOTI"])
def test_item_inherits_through_any_nesting(shape: str) -> None:
    said = {"O": "~PRF*PO-1", "P": "~MAN*GM*00012345", "T": "~MAN*GM*00012345", "I": "~LIN**VN*A-1~SN1**1*EA"}
    levels = (f"HL*{number}*{number - 1 or ''}*{code}{said.get(code, '')}" for number, code in enumerate(shape, 1))
    (item,) = parse_ship_notice(read_set("856", "BSN*00*S*20261120*1200~" + "~".join(levels))).items()
    assert item.order is not None
    assert ("PO-1", ("00012345",)) == (item.order.number, item.marks("GM"))


def test_pack_under_its_item_marks_that_item() -> None:
    body = "BSN*00*S*20261120*1200~HL*1**S~HL*2*1*O~PRF*PO-1~HL*3*2*I~LIN**VN*A~SN1**2*EA~HL*4*3*P~MAN*CP*1Z9"
    (item,) = parse_ship_notice(read_set("856", body)).items()
    assert ("1Z9",) == item.marks("CP")


def test_parent_is_taken_from_hl02_and_not_from_the_order_of_levels() -> None:
    body = (
        "BSN*00*S*20261120*1200~HL*1**S~HL*2*1*O~PRF*PO-1~HL*3*1*O~PRF*PO-2~"
        "HL*4*2*I~LIN**VN*A~SN1**1*EA~HL*5*3*I~LIN**VN*B~SN1**1*EA"
    )
    found = {item.line.ids[0][1]: item.order.number for item in _items(body) if item.order}
    assert {"A": "PO-1", "B": "PO-2"} == found


def _items(body: str) -> list[ShippedItem]:
    return list(parse_ship_notice(read_set("856", body)).items())


def test_level_with_unknown_parent_is_a_root_with_a_finding() -> None:
    notice = parse_ship_notice(read_set("856", SHIP_NOTICE.replace("HL*4*3*I", "HL*4*9*I")))
    assert 2 == len(notice.roots)
    assert ["x12.hl-parent-unknown"] == [item.code for item in notice.findings]
    assert 2 == len(list(notice.items()))


def test_stock_is_read_in_every_shape() -> None:
    advice = parse_inventory(read_set("846"))
    assert ("STOCK-9", dt.date(2026, 11, 22), dt.time(6, 15)) == (advice.number, advice.date, advice.time)
    assert ["0001"] == [site.id for site in advice.sites]
    lamp, bulb, fuse = advice.lines
    assert [("33", Decimal(40)), ("63", Decimal(100))] == [(item.qualifier, item.amount) for item in lamp.quantities]
    assert [dt.date(2026, 12, 15)] == [item.date for item in lamp.quantities[1].dates]
    assert [("0001", Decimal(5)), ("0002", Decimal(7))] == [(item.site, item.amount) for item in bulb.site_quantities]
    assert ("WH", "West", dt.date(2026, 12, 10)) == (
        bulb.schedules[0].entity,
        bulb.schedules[0].name,
        bulb.schedules[0].date,
    )
    assert [("0001", Decimal(3)), ("0002", Decimal(4))] == [
        (item.site.id, item.amount) for item in fuse.quantities if item.site
    ]


def test_unreadable_quantity_is_none_and_a_finding_and_the_rest_is_kept() -> None:
    advice = parse_inventory(read_set("846", INVENTORY.replace("QTY*33*40", "QTY*33*4O")))
    assert [None, Decimal(100)] == [item.amount for item in advice.lines[0].quantities]
    assert 3 == len(advice.lines)
    assert [("x12.value-unreadable", "QTY", 2)] == [
        (item.code, item.segment_id, item.element) for item in advice.findings
    ]


@pytest.mark.parametrize(
    ("text", "number"), [("10.", Decimal(10)), ("-3", Decimal(-3)), (".5", Decimal("0.5")), ("", None)]
)
def test_odd_numbers_are_read(text: str, number: Decimal | None) -> None:
    advice = parse_inventory(read_set("846", INVENTORY.replace("QTY*33*40", f"QTY*33*{text}")))
    assert number == advice.lines[0].quantities[0].amount


@pytest.mark.parametrize("text", ["1e5", "NaN", "Infinity", "1,5", "١٢", "1_0"])
def test_what_python_would_take_for_a_number_is_not_one_in_x12(text: str) -> None:
    advice = parse_inventory(read_set("846", INVENTORY.replace("QTY*33*40", f"QTY*33*{text}")))
    assert advice.lines[0].quantities[0].amount is None


def test_invoice_amounts_have_their_implied_decimals_applied() -> None:
    invoice = parse_invoice(read_set("810"))
    assert ("INV-9", "PO-1001", Decimal("78.50")) == (invoice.number, invoice.purchase_order_number, invoice.total)
    assert [("C", Decimal("5.00"))] == [(item.indicator, item.amount) for item in invoice.allowances]
    assert [("A", Decimal("1.50"))] == [(item.indicator, item.amount) for item in invoice.lines[0].allowances]
    assert Decimal("12.5") == invoice.lines[0].price
    assert [Decimal(5)] == [tax.amount for tax in invoice.taxes]
    assert [(Decimal(2), 10, 30)] == [(t.discount_percent, t.discount_days, t.net_days) for t in invoice.terms]


def test_functional_acknowledgement_is_read_per_set() -> None:
    document = parse_functional(read_set("997"))
    assert ("PO", "17", "P") == (document.functional_id, document.group_control_number, document.status)
    assert ["A", "R"] == [document.verdict("850", number) for number in ("0001", "0002")]
    note = document.results[1].notes[0]
    assert ("PO1", 9, "8") == (note.segment_id, note.position, note.code)
    assert [(2, None, "1"), (4, 2, "6")] == [(item.element, item.component, item.code) for item in note.elements]


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("AK1*PO*17~AK9*A*3*3*3", "A"),
        ("AK1*PO*17~AK9*R*3*3*0", "R"),
        ("AK1*PO*17~AK2*850*0001~AK5*R~AK9*P*3*3*2", "A"),
        ("AK1*PO*17~AK2*850*0001~AK5*R~AK9*P*3*3*1", ""),
        ("AK1*PO*17~AK2*850*2~AK5*E*5~AK9*E*3*3*3", "E"),
        ("AK1*PO*17~AK2*850*0002~AK5*X~AK9*P*3*3*2", "R"),
    ],
)
def test_verdict_on_a_set_that_may_not_be_named(body: str, verdict: str) -> None:
    assert verdict == parse_functional(read_set("997", body)).verdict("850", "0002")


def test_functional_acknowledgement_renders_what_it_read() -> None:
    rows = render_functional(parse_functional(read_set("997"))).rows
    lines = ("*".join(">".join(part) if isinstance(part, tuple) else part for part in row) for row in rows)
    assert FUNCTIONAL == "~".join(line.rstrip("*") for line in lines)


@pytest.mark.parametrize("parse", [parse_acknowledgement, parse_inventory, parse_ship_notice, parse_invoice])
def test_wrong_set_is_a_typed_refusal(parse: Any) -> None:
    with pytest.raises(DataError) as caught:
        parse(read_set("850", PURCHASE_ORDER))
    assert "x12.wrong-set" == caught.value.code


def test_empty_sets_are_read_without_an_error() -> None:
    assert "" == parse_acknowledgement(read_set("855", "REF*IA*1")).purchase_order_number
    assert () == parse_ship_notice(read_set("856", "BSN")).roots
    assert () == parse_inventory(read_set("846", "BIA")).lines
    assert "" == parse_invoice(read_set("810", "BIG")).number
    assert "AC" == parse_acknowledgement(read_set("855", ACKNOWLEDGEMENT)).status
