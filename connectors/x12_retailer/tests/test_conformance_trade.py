"""The conformance kit applied to what a retailer is answered, billed and quoted."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from retailer import (
    ITEMS,
    NOW,
    SECRET,
    Retailer,
    answer,
    bill,
    billed,
    codebook,
    line,
    price,
    price_list,
    sets_of,
)

from hub.edi.documents.acknowledgement import LineStatus, parse_acknowledgement
from hub.edi.documents.change_acknowledgement import parse_change_acknowledgement
from hub.edi.documents.invoice import parse_invoice
from hub.edi.documents.parts import ProductIds
from hub.edi.interchange import TransactionSet
from hub.mapping.codebook import PartnerItem
from hub.model.document import Document
from hub.model.price import PriceList
from hub.model.quantity import to_base
from hub.model.sale import CustomerInvoice, OrderAcknowledgement
from hub.sdk.capabilities import Envelope
from hub.sdk.testing import (
    AcknowledgementSinkContract,
    InvoiceSinkContract,
    ItemSinkContract,
    SinkPartner,
    wait_until,
)
from hub.sdk.testing.telling import values_in
from hub.sdk.x12.translate.prices import prices_of
from hub.sdk.x12.translate.sets import Received

OUTCOMES = {"IA": "accepted", "IB": "backordered", "IR": "rejected", "ID": "rejected"}


def partner(retailer: Retailer, **given: Any) -> SinkPartner:
    """What the three sinks have in common."""
    return SinkPartner(
        open=retailer.open, codebook=codebook(), now=NOW, secret=SECRET, codebook_lacking=codebook(items=()), **given
    )


class TestAnswers(AcknowledgementSinkContract):
    @pytest.fixture
    def partner(self, retailer: Retailer) -> SinkPartner:
        def items(count: int) -> Sequence[Envelope]:
            """First answers and later ones in turn."""
            return [
                answer(
                    retailer.sold(),
                    line("1", "MUG-BLUE", accepted=2, rejected=1),
                    line("2", "TEA-TIN", accepted=12, backordered=12),
                    revision=1 + number % 2,
                )
                for number in range(count)
            ]

        def effects(told: Envelope) -> int:
            assert isinstance(told.item, OrderAcknowledgement)
            wait_until(retailer.simulator.idle)
            expected = {
                each.line_id: {part.outcome.value: part.quantity for part in each.units} for each in told.item.lines
            }
            answers = retailer.simulator.books.answers.get(told.item.order_external_id, [])
            return sum(each.units == expected for each in answers)

        return partner(
            retailer,
            items=items,
            effects=effects,
            carried=(
                "order_external_id",
                "lines.*.line_id",
                "lines.*.sku",
                "lines.*.unit_price.amount",
                "lines.*.unit_price.currency",
                "lines.*.units.*.quantity",
                "lines.*.units.*.outcome",
            ),
            read_back=lambda document: by_key(document, answer_read_back),
        )


class TestInvoices(InvoiceSinkContract):
    @pytest.fixture
    def partner(self, retailer: Retailer) -> SinkPartner:
        numbers = itertools.count(1)

        def items(count: int) -> Sequence[Envelope]:
            return [
                bill(
                    retailer.sold(),
                    billed("1", "MUG-BLUE", 3, title="Blue mug"),
                    billed("2", "TEA-TIN", 24, "2.50", title="Tin of tea"),
                    shipping="7.25",
                    number=number,
                    ship_to_site="0042",
                )
                for number in itertools.islice(numbers, count)
            ]

        def effects(told: Envelope) -> int:
            assert isinstance(told.item, CustomerInvoice)
            wait_until(retailer.simulator.idle)
            booked = retailer.simulator.books.invoices.get(told.item.invoice_number)
            units = {each.line_id: each.quantity for each in told.item.lines}
            return int(booked is not None and (booked.units, booked.total) == (units, told.item.total.amount))

        return partner(
            retailer,
            items=items,
            effects=effects,
            carried=(
                "invoice_number",
                "order_external_id",
                "ship_to_site",
                "lines.*.line_id",
                "lines.*.sku",
                "lines.*.quantity",
                "lines.*.unit_price.amount",
                "lines.*.title",
                "shipping.amount",
                "total.amount",
                "total.currency",
            ),
            read_back=lambda document: by_key(document, invoice_read_back),
        )


class TestPrices(ItemSinkContract):
    @pytest.fixture
    def partner(self, retailer: Retailer) -> SinkPartner:
        numbers = itertools.count(1)

        def items(count: int) -> Sequence[Envelope]:
            """Of two lists each is about an item of its own."""
            return [
                price_list(price(sku, Decimal(number)), price(sku, Decimal("0.5"), 120), number=number)
                for number, sku in itertools.islice(zip(numbers, itertools.cycle(ITEMS), strict=False), count)
            ]

        def effects(told: Envelope) -> int:
            assert isinstance(told.item, PriceList)
            wait_until(retailer.simulator.idle)
            shown = retailer.simulator.books.prices.get(ITEMS[told.item.lines[0].sku], {})
            return int([each.unit_price.amount for each in told.item.lines] == list(shown.values()))

        return partner(
            retailer,
            items=items,
            effects=effects,
            most_items=2,
            carried=("catalogue", "mode", "lines.*.sku", "lines.*.unit_price.amount", "lines.*.from_quantity"),
            read_back=lambda document: by_key(document, prices_read_back),
        )


def by_key(document: Document, read: Callable[[TransactionSet], Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    """Our sets as their reader sees them, by item key."""
    return {key: read(each) for key, each in zip(document.item_keys, sets_of(document), strict=True)}


def known(ids: ProductIds) -> PartnerItem:
    item = codebook().item_for(ids)
    assert item is not None
    return item


def eaches(quantity: Decimal | None, unit: str, item: PartnerItem) -> Decimal:
    assert quantity is not None
    return to_base(quantity, item.units_each) if unit == item.unit else quantity


def answer_read_back(found: TransactionSet) -> Mapping[str, Any]:
    if found.id == "855":
        first = parse_acknowledgement(found)
        number, currency = first.purchase_order_number, first.currency
        lines = [(each.number, each.ids, each.price, each.unit, each.statuses) for each in first.lines]
    else:
        later = parse_change_acknowledgement(found)
        number, currency = later.number, later.currency
        lines = [(each.number, each.ids, each.price, each.unit, each.statuses) for each in later.lines]
    read: dict[str, Any] = {"order_external_id": number}
    for index, (line_id, ids, amount, unit, statuses) in enumerate(lines):
        item = known(ids)
        read |= {f"lines.{index}.line_id": line_id, f"lines.{index}.sku": item.sku}
        read[f"lines.{index}.unit_price.amount"] = (amount or Decimal(0)) / eaches(Decimal(1), unit, item)
        read[f"lines.{index}.unit_price.currency"] = currency
        read |= units_read_back(f"lines.{index}.units", statuses, item)
    return read


def units_read_back(path: str, statuses: Sequence[LineStatus], item: PartnerItem) -> Mapping[str, Any]:
    read: dict[str, Any] = {}
    for index, each in enumerate(statuses):
        read[f"{path}.{index}.quantity"] = eaches(each.quantity, each.unit, item)
        read[f"{path}.{index}.outcome"] = OUTCOMES[each.code]
    return read


def invoice_read_back(found: TransactionSet) -> Mapping[str, Any]:
    invoice = parse_invoice(found)
    read: dict[str, Any] = {
        "invoice_number": invoice.number,
        "order_external_id": invoice.purchase_order_number,
        "total.amount": invoice.total,
        "total.currency": invoice.currency,
    }
    [read["shipping.amount"]] = (each.amount for each in invoice.allowances)
    [read["ship_to_site"]] = (each.id for each in invoice.parties if each.entity == "ST")
    for index, each in enumerate(invoice.lines):
        item = known(each.ids)
        read[f"lines.{index}.line_id"] = each.number
        read[f"lines.{index}.sku"] = item.sku
        read[f"lines.{index}.quantity"] = eaches(each.quantity, each.unit, item)
        read[f"lines.{index}.unit_price.amount"] = (each.price or Decimal(0)) / eaches(Decimal(1), each.unit, item)
        [read[f"lines.{index}.title"]] = each.descriptions
    return read


def prices_read_back(found: TransactionSet) -> Mapping[str, Any]:
    [prices], _ = prices_of(found, Received(codebook(), NOW, "832"))
    return dict(values_in(prices))
