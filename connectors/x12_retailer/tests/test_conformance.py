"""The conformance kit applied to the X12 retailer: one class per capability."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from retailer import ITEMS, NOW, SECRET, Retailer, codebook, confirmation, sets_of, update

from hub.edi.documents.inventory import parse_inventory
from hub.edi.documents.ship_notice import parse_ship_notice
from hub.model.document import Document
from hub.model.quantity import to_base
from hub.model.shipment import Parcel, ShipmentConfirmation
from hub.model.stock import QuantityUpdate
from hub.sdk.capabilities import Envelope
from hub.sdk.spec import ConnectorSpec
from hub.sdk.testing import (
    HealthContract,
    HealthPartner,
    InventorySinkContract,
    OrderSourceContract,
    ReplySinkContract,
    ShipmentSinkContract,
    SinkPartner,
    SourcePartner,
    SpecContract,
    acknowledged,
    replies_due,
    wait_until,
)
from hub_x12_retailer.plugin import hub_connectors


class TestOrders(OrderSourceContract):
    @pytest.fixture
    def partner(self, retailer: Retailer) -> SourcePartner:
        return SourcePartner(retailer.open, codebook(), retailer.orders, SECRET, spoil=with_unreadable_quantity)


def with_unreadable_quantity(document: Document) -> Document:
    return replace(document, body=document.body.replace(b"PO1*1*3*", b"PO1*1*E*"))


class TestQuantities(InventorySinkContract):
    @pytest.fixture
    def partner(self, retailer: Retailer) -> SinkPartner:
        figures = itertools.count(1)

        def items(count: int) -> Sequence[Envelope]:
            skus = itertools.cycle(ITEMS)
            return [update(next(figures), next(skus), next(figures) * 12) for _ in range(count)]

        def effects(told: Envelope) -> int:
            assert isinstance(told.item, QuantityUpdate)
            item, quantity = ITEMS[told.item.sku], told.item.quantity
            wait_until(retailer.simulator.idle)
            return int(retailer.simulator.books.shown[item] == quantity)

        return SinkPartner(
            open=retailer.open,
            codebook=codebook(),
            items=items,
            effects=effects,
            now=NOW,
            secret=SECRET,
            most_items=2,
            carried=("sku", "quantity"),
            read_back=quantities_read_back,
            codebook_lacking=codebook(items=()),
        )


def quantities_read_back(document: Document) -> Mapping[str, Mapping[str, Any]]:
    """Our 846 as its reader sees it, by item key."""
    [advice] = map(parse_inventory, sets_of(document))
    found: dict[str, dict[str, Any]] = {}
    for key, line in zip(document.item_keys, advice.lines, strict=True):
        item = codebook().item_for(line.ids)
        [quantity] = line.quantities
        assert item is not None
        assert quantity.amount is not None
        found[key] = {"sku": item.sku, "quantity": to_base(quantity.amount, item.units_each)}
    return found


class TestShipNotices(ShipmentSinkContract):
    @pytest.fixture
    def partner(self, retailer: Retailer) -> SinkPartner:
        numbers = itertools.count(1)

        def items(count: int) -> Sequence[Envelope]:
            return [
                confirmation(
                    retailer.sold(),
                    ("1", "MUG-BLUE", 3),
                    ("2", "TEA-TIN", 12),
                    parcels=(Parcel(tracking_number=f"1Z{number:06}", carrier="UPSN", sscc="006141411234567890"),),
                    number=number,
                )
                for number in itertools.islice(numbers, count)
            ]

        def effects(told: Envelope) -> int:
            assert isinstance(told.item, ShipmentConfirmation)
            wait_until(retailer.simulator.idle)
            return int(retailer.simulator.book().confirmed[told.item.order_external_id] == {"1": 3, "2": 12})

        return SinkPartner(
            open=retailer.open,
            codebook=codebook(),
            items=items,
            effects=effects,
            now=NOW,
            secret=SECRET,
            carried=(
                "order_external_id",
                "lines.*.line_id",
                "lines.*.sku",
                "lines.*.quantity",
                "parcels.*.tracking_number",
                "parcels.*.sscc",
                "parcels.*.carrier",
            ),
            read_back=notices_read_back,
            codebook_lacking=codebook(items=()),
        )


def notices_read_back(document: Document) -> Mapping[str, Mapping[str, Any]]:
    """Our 856s as their reader sees them, by item key."""
    return {key: _notice(each) for key, each in zip(document.item_keys, sets_of(document), strict=True)}


def _notice(transaction_set: Any) -> dict[str, Any]:
    notice = parse_ship_notice(transaction_set)
    read: dict[str, Any] = {}
    for index, shipped in enumerate(notice.items()):
        item = codebook().item_for(shipped.line.ids)
        assert item is not None
        assert shipped.order is not None
        assert shipped.shipment is not None
        assert shipped.line.quantity is not None
        each = item.units_each if shipped.line.unit == item.unit else Decimal(1)
        read["order_external_id"] = shipped.order.number
        read[f"lines.{index}.line_id"] = shipped.line.line_number
        read[f"lines.{index}.sku"] = item.sku
        read[f"lines.{index}.quantity"] = to_base(shipped.line.quantity, each)
        [read["parcels.0.tracking_number"]] = shipped.marks("CP")
        # Behind the application identifier 00.
        [read["parcels.0.sscc"]] = (label[2:] for label in shipped.marks("GM"))
        read["parcels.0.carrier"] = shipped.shipment.carriers[0].id
    return read


class TestReplies(ReplySinkContract):
    @pytest.fixture
    def partner(self, retailer: Retailer) -> SinkPartner:
        return SinkPartner(
            open=retailer.open,
            codebook=codebook(),
            items=lambda count: replies(retailer, count),
            effects=lambda told: answered(retailer, told),
            now=NOW,
            secret=SECRET,
            most_items=6,
        )


def replies(retailer: Retailer, count: int) -> list[Envelope]:
    """The 997s that so many purchase orders deserve."""
    for _ in range(count):
        retailer.sold()
    return replies_due(retailer.open(), codebook(), count)


def answered(retailer: Retailer, told: Envelope) -> int:
    """How many files of the retailer's archive acknowledge the same group."""
    wait_until(lambda: not any(retailer.folder.glob("inbound/*.edi")))
    return acknowledged(retailer.folder / "archive", "PO", str(int(told.key.split(":")[-2])))


class TestMailbox(HealthContract):
    @pytest.fixture
    def partner(self, retailer: Retailer) -> HealthPartner:
        def stop() -> None:
            retailer.simulator.stop()
            shutil.rmtree(retailer.folder)

        return HealthPartner(retailer.open, stop, SECRET)


class TestSpec(SpecContract):
    @pytest.fixture
    def spec(self) -> ConnectorSpec:
        [found] = hub_connectors()
        return found
