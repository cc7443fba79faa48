"""The conformance kit applied to the X12 warehouse: one class per capability."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from at_work import LINES, SECRET, Warehouse
from warehouse import NOW, codebook, envelope, request, transfer

from hub.edi.documents.parts import ProductIds
from hub.edi.documents.shipping_order import parse_shipping_order
from hub.edi.documents.transfer_advice import parse_transfer_advice
from hub.edi.envelope import read_interchanges
from hub.edi.interchange import TransactionSet
from hub.model.document import Document
from hub.model.quantity import to_base
from hub.sdk.capabilities import Envelope
from hub.sdk.spec import ConnectorSpec
from hub.sdk.testing import (
    AcknowledgementSourceContract,
    FulfilmentSinkContract,
    HealthContract,
    HealthPartner,
    InventorySourceContract,
    ReplySinkContract,
    ShipmentSourceContract,
    SinkPartner,
    SourcePartner,
    SpecContract,
    TransferSinkContract,
    TransferSourceContract,
    acknowledged,
    files_written,
    replies_due,
    wait_until,
)
from hub_x12_warehouse.plugin import hub_connectors


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    at_work = Warehouse(tmp_path / "mailbox", feed_every=3600)
    at_work.simulator.start()
    yield at_work
    at_work.simulator.stop()


class TestStock(InventorySourceContract):
    @pytest.fixture
    def partner(self, tmp_path: Path) -> Iterator[SourcePartner]:
        at_work = Warehouse(tmp_path / "mailbox", feed_every=0.1)
        at_work.simulator.start()
        yield SourcePartner(at_work.open, codebook(), at_work.counts, SECRET, spoil=with_unreadable_count)
        at_work.simulator.stop()


def with_unreadable_count(document: Document) -> Document:
    return replace(document, body=document.body.replace(b"QTY*17*50*", b"QTY*17*5O*"))


class TestShipments(ShipmentSourceContract):
    @pytest.fixture
    def partner(self, warehouse: Warehouse) -> SourcePartner:
        return SourcePartner(warehouse.open, codebook(), warehouse.ships, SECRET, spoil=with_unreadable_line)


def with_unreadable_line(document: Document) -> Document:
    return replace(document, body=document.body.replace(b"W12*CC*3*3*", b"W12*CC*3*E*"))


class TestGoodsReceived(TransferSourceContract):
    @pytest.fixture
    def partner(self, warehouse: Warehouse) -> SourcePartner:
        return SourcePartner(warehouse.open, codebook(), warehouse.receives, SECRET, spoil=with_unreadable_arrival)


def with_unreadable_arrival(document: Document) -> Document:
    return replace(document, body=document.body.replace(b"W07*3*", b"W07*E*"))


class TestReceipts(AcknowledgementSourceContract):
    @pytest.fixture
    def partner(self, warehouse: Warehouse) -> SourcePartner:
        return SourcePartner(warehouse.open, codebook(), warehouse.acknowledges, SECRET)


class TestShippingOrders(FulfilmentSinkContract):
    @pytest.fixture
    def partner(self, warehouse: Warehouse) -> SinkPartner:
        numbers = itertools.count(1)

        def orders(count: int) -> Sequence[Envelope]:
            return [envelope(request(next(numbers), ("LAMP-BRASS", 1), ("BULB-WARM", 12))) for _ in range(count)]

        return SinkPartner(
            open=warehouse.open,
            codebook=codebook(),
            items=orders,
            effects=warehouse.booked,
            now=NOW,
            secret=SECRET,
            most_items=51,
            carried=(
                "request_id",
                "order_number",
                "lines.*.number",
                "lines.*.sku",
                "lines.*.quantity",
                "ship_to.name",
                "ship_to.line1",
                "ship_to.city",
                "ship_to.region",
                "ship_to.country",
            ),
            read_back=read_back,
            codebook_lacking=codebook(items=()),
        )


def read_back(document: Document) -> Mapping[str, Mapping[str, Any]]:
    """Our 940s as their reader sees them, by item key."""
    [found] = read_interchanges(document.body)
    sets = [transaction_set for _, transaction_set in found.usable_sets()]
    return {key: _read(each) for key, each in zip(document.item_keys, sets, strict=True)}


def _read(transaction_set: TransactionSet) -> dict[str, Any]:
    order = parse_shipping_order(transaction_set)
    [ship_to] = [party for party in order.parties if party.entity == "ST"]
    read: dict[str, Any] = {
        "request_id": order.number,
        "order_number": next(one.value for one in order.numbers if one.qualifier == "CO"),
        "ship_to.name": ship_to.name,
        "ship_to.line1": ship_to.address_lines[0],
        "ship_to.city": ship_to.city,
        "ship_to.region": ship_to.state,
        "ship_to.country": ship_to.country,
    }
    for index, group in enumerate(order.groups):
        [line] = group.lines
        read[f"lines.{index}.number"] = int(group.number)
        read |= goods(index, line.ids, line.unit, line.quantity)
    return read


def goods(index: int, ids: ProductIds, unit: str, quantity: Decimal | None) -> dict[str, Any]:
    """What a line is of, and how many eaches: in the item's unit or in eaches, and the unit says which."""
    item = codebook().item_for(ids)
    assert item is not None
    assert quantity is not None
    each = item.units_each if unit == item.unit else Decimal(1)
    return {f"lines.{index}.sku": item.sku, f"lines.{index}.quantity": to_base(quantity, each)}


class TestTransfers(TransferSinkContract):
    @pytest.fixture
    def partner(self, warehouse: Warehouse) -> SinkPartner:
        numbers = itertools.count(1)

        def transfers(count: int) -> Sequence[Envelope]:
            told = (transfer(next(numbers), *LINES, purchase_order="PO-1", carrier="TALO") for _ in range(count))
            return [envelope(each) for each in told]

        return SinkPartner(
            open=warehouse.open,
            codebook=codebook(),
            items=transfers,
            effects=warehouse.expected,
            now=NOW,
            secret=SECRET,
            most_items=51,
            carried=(
                "transfer_id",
                "location",
                "purchase_order",
                "carrier",
                "lines.*.number",
                "lines.*.sku",
                "lines.*.quantity",
            ),
            read_back=read_transfers,
            codebook_lacking=codebook(items=()),
        )


def read_transfers(document: Document) -> Mapping[str, Mapping[str, Any]]:
    """Our 943s as their reader sees them, by item key."""
    [found] = read_interchanges(document.body)
    sets = [transaction_set for _, transaction_set in found.usable_sets()]
    return {key: _read_transfer(each) for key, each in zip(document.item_keys, sets, strict=True)}


def _read_transfer(transaction_set: TransactionSet) -> dict[str, Any]:
    advice = parse_transfer_advice(transaction_set)
    [site] = [party.id for party in advice.parties if party.entity == "WH"]
    [carrier] = advice.carriers
    read: dict[str, Any] = {
        "transfer_id": advice.number,
        "location": codebook().sites[site],
        "purchase_order": advice.purchase_order_number,
        "carrier": carrier.scac,
    }
    for index, line in enumerate(advice.lines):
        read[f"lines.{index}.number"] = int(line.references[0].value)
        read |= goods(index, line.ids, line.unit, line.quantity)
    return read


class TestReplies(ReplySinkContract):
    @pytest.fixture
    def partner(self, tmp_path: Path) -> Iterator[SinkPartner]:
        at_work = Warehouse(tmp_path / "mailbox", feed_every=0.01)
        at_work.simulator.start()
        yield SinkPartner(
            open=at_work.open,
            codebook=codebook(),
            items=lambda count: replies(at_work, count),
            effects=lambda told: answered(at_work, told),
            now=NOW,
            secret=SECRET,
            most_items=6,
        )
        at_work.simulator.stop()


def replies(at_work: Warehouse, count: int) -> list[Envelope]:
    """The 997s that so many stock files deserve."""
    wait_until(lambda: len(files_written(at_work.folder, "*-846.edi")) >= count)
    return replies_due(at_work.open(), codebook(), count)


def answered(at_work: Warehouse, told: Envelope) -> int:
    """How many files of the warehouse's archive acknowledge the same group."""
    wait_until(lambda: not any(at_work.folder.glob("inbound/*.edi")))
    return acknowledged(at_work.folder / "archive", "IB", told.key.rpartition(":")[2])


class TestMailbox(HealthContract):
    @pytest.fixture
    def partner(self, warehouse: Warehouse) -> HealthPartner:
        def stop() -> None:
            warehouse.simulator.stop()
            shutil.rmtree(warehouse.folder)

        return HealthPartner(warehouse.open, stop, SECRET)


class TestSpec(SpecContract):
    @pytest.fixture
    def spec(self) -> ConnectorSpec:
        [found] = hub_connectors()
        return found
