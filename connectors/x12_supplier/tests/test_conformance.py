"""The conformance kit applied to the X12 supplier: one class per capability."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from supplier import NOW, cancellation, codebook, connection, envelope, request, simulator, stamp

from hub.edi.documents.purchase_order import parse_purchase_order
from hub.edi.envelope import read_interchanges
from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.fulfilment import FulfilmentRequest
from hub.model.quantity import to_base
from hub.sdk.capabilities import Envelope
from hub.sdk.spec import ConnectorSpec
from hub.sdk.testing import (
    AcknowledgementSourceContract,
    CancellationSinkContract,
    FulfilmentSinkContract,
    HealthContract,
    HealthPartner,
    InventorySourceContract,
    InvoiceSourceContract,
    ItemSourceContract,
    ReplySinkContract,
    ShipmentSourceContract,
    SinkPartner,
    SourcePartner,
    SpecContract,
    acknowledged,
    files_written,
    replies_due,
    wait_until,
)
from hub_x12_supplier.connector import X12Supplier
from hub_x12_supplier.plugin import hub_connectors
from hub_x12_supplier.simulator import SupplierSimulator

SECRET = "canary-8c21-passphrase"
LINES = (("MUG-BLUE", 3), ("TEA-TIN", 24))


class Supplier:
    """A simulated supplier at work, and connections to it with a planted passphrase."""

    def __init__(self, folder: Path, feed_every: float, **settings: Any) -> None:
        self.folder = folder
        self._settings = settings
        self.simulator: SupplierSimulator = simulator(folder, feed_every=feed_every)
        self._numbers = itertools.count(1)

    def open(self) -> X12Supplier:
        given = {"private_key_passphrase": SecretStr(SECRET), "page_size": 2, **self._settings}
        return connection(self.simulator, **given)

    def counts(self) -> frozenset[str]:
        """One stock file more than before."""
        before = len(files_written(self.folder, "*-846.edi*"))
        wait_until(lambda: len(files_written(self.folder, "*-846.edi*")) > before)
        place = "northwind-main"
        return frozenset({f"MUG-BLUE@{place}=50", f"TEA-TIN@{place}=120"})

    def order(self, *marks: str) -> frozenset[str]:
        """A purchase order, taken, shipped and invoiced."""
        number = next(self._numbers)
        before = len(files_written(self.folder, "*-810.edi*"))
        [document] = self.open().render([envelope(request(number, *LINES))], codebook(), stamp(number))
        self.open().send(document)
        wait_until(lambda: len(files_written(self.folder, "*-810.edi*")) > before)
        return frozenset(f"{mark} P{number:08d}" for mark in marks)

    def reprice(self) -> frozenset[str]:
        """A catalogue that did not come before."""
        number = next(self._numbers)
        self.simulator.reprice({"NW-100": Decimal(5 + number), "NW-200": Decimal(60)}, f"C{number}")
        return frozenset({f"priced C{number}"})

    def booked(self, told: Envelope) -> int:
        assert isinstance(told.item, FulfilmentRequest)
        wait_until(self.simulator.idle)
        found = self.simulator.book().instructions.get(told.item.request_id)
        return found.times if found else 0


@pytest.fixture
def supplier(tmp_path: Path) -> Iterator[Supplier]:
    at_work = Supplier(tmp_path / "mailbox", feed_every=3600)
    at_work.simulator.start()
    yield at_work
    at_work.simulator.stop()


class TestStock(InventorySourceContract):
    @pytest.fixture
    def partner(self, tmp_path: Path) -> Iterator[SourcePartner]:
        at_work = Supplier(tmp_path / "mailbox", feed_every=0.1)
        at_work.simulator.start()
        yield SourcePartner(at_work.open, codebook(), at_work.counts, SECRET, spoil=with_unreadable_count)
        at_work.simulator.stop()


class TestStockLeftAtTheSupplier(InventorySourceContract):
    @pytest.fixture
    def partner(self, tmp_path: Path) -> Iterator[SourcePartner]:
        at_work = Supplier(tmp_path / "mailbox", feed_every=0.1, after_reading="leave")
        at_work.simulator.start()
        yield SourcePartner(at_work.open, codebook(), at_work.counts, SECRET, spoil=with_unreadable_count)
        at_work.simulator.stop()


def with_unreadable_count(document: Document) -> Document:
    return replace(document, body=document.body.replace(b"QTY*17*50*", b"QTY*17*5O*"))


class TestAcknowledgements(AcknowledgementSourceContract):
    @pytest.fixture
    def partner(self, supplier: Supplier) -> SourcePartner:
        return SourcePartner(supplier.open, codebook(), lambda: supplier.order("acknowledged"), SECRET)


class TestShipments(ShipmentSourceContract):
    @pytest.fixture
    def partner(self, supplier: Supplier) -> SourcePartner:
        return SourcePartner(supplier.open, codebook(), lambda: supplier.order("shipped"), SECRET)


class TestInvoices(InvoiceSourceContract):
    @pytest.fixture
    def partner(self, supplier: Supplier) -> SourcePartner:
        return SourcePartner(supplier.open, codebook(), lambda: supplier.order("invoiced"), SECRET)


class TestPrices(ItemSourceContract):
    @pytest.fixture
    def partner(self, supplier: Supplier) -> SourcePartner:
        return SourcePartner(supplier.open, codebook(), supplier.reprice, SECRET, spoil=with_unreadable_price)


def with_unreadable_price(document: Document) -> Document:
    return replace(document, body=document.body.replace(b"CTP**UCP*60*", b"CTP**UCP*6O*"))


class TestPurchaseOrders(FulfilmentSinkContract):
    @pytest.fixture
    def partner(self, supplier: Supplier) -> SinkPartner:
        numbers = itertools.count(1)

        def orders(count: int) -> Sequence[Envelope]:
            return [envelope(request(next(numbers), ("MUG-BLUE", 1), ("TEA-TIN", 12))) for _ in range(count)]

        return SinkPartner(
            open=supplier.open,
            codebook=codebook(),
            items=orders,
            effects=supplier.booked,
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


class TestCancellations(CancellationSinkContract):
    @pytest.fixture
    def partner(self, supplier: Supplier) -> SinkPartner:
        numbers = itertools.count(1)
        profile = codebook().x12
        assert profile is not None
        takes_changes = codebook(x12=profile.model_copy(update={"sends": ("850", "860", "997")}))

        def cancellations(count: int) -> Sequence[Envelope]:
            orders = [request(next(numbers), ("MUG-BLUE", 1), ("TEA-TIN", 12)) for _ in range(count)]
            number = next(numbers)
            [document] = supplier.open().render([envelope(each) for each in orders], codebook(), stamp(1000 + number))
            supplier.open().send(document)
            wait_until(lambda: all(each.request_id in supplier.simulator.book().instructions for each in orders))
            return [Envelope(f"cancel:{each.request_id}:1", cancellation(each, 2)) for each in orders]

        def effects(told: Envelope) -> int:
            wait_until(supplier.simulator.idle)
            return supplier.simulator.asked_back(getattr(told.item, "request_id", ""))

        return SinkPartner(
            open=supplier.open,
            codebook=takes_changes,
            items=cancellations,
            effects=effects,
            now=NOW,
            secret=SECRET,
            most_items=50,
            codebook_lacking=replace(takes_changes, items=()),
        )


def read_back(document: Document) -> Mapping[str, Mapping[str, Any]]:
    """Our 850s as their reader sees them, by item key."""
    [found] = read_interchanges(document.body)
    sets = [transaction_set for _, transaction_set in found.usable_sets()]
    return {key: _read(transaction_set) for key, transaction_set in zip(document.item_keys, sets, strict=True)}


def _read(transaction_set: Any) -> dict[str, Any]:
    order = parse_purchase_order(transaction_set)
    book: Codebook = codebook()
    [ship_to] = [party for party in order.parties if party.entity == "ST"]
    read: dict[str, Any] = {
        "request_id": order.number,
        "order_number": next(one.value for one in order.references if one.qualifier == "CO"),
        "ship_to.name": ship_to.name,
        "ship_to.line1": ship_to.address_lines[0],
        "ship_to.city": ship_to.city,
        "ship_to.region": ship_to.state,
        "ship_to.country": ship_to.country,
    }
    for index, line in enumerate(order.lines):
        item = book.item_for(line.ids)
        assert item is not None
        assert line.quantity is not None
        read[f"lines.{index}.number"] = int(line.number)
        read[f"lines.{index}.sku"] = item.sku
        # A profile orders in eaches or in whole packs, and the unit says which.
        each = item.units_each if line.unit == item.unit else Decimal(1)
        read[f"lines.{index}.quantity"] = to_base(line.quantity, each)
    return read


class TestReplies(ReplySinkContract):
    @pytest.fixture
    def partner(self, tmp_path: Path) -> Iterator[SinkPartner]:
        at_work = Supplier(tmp_path / "mailbox", feed_every=0.01)
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


def replies(at_work: Supplier, count: int) -> list[Envelope]:
    """The 997s that so many stock files deserve."""
    wait_until(lambda: len(files_written(at_work.folder, "*-846.edi")) >= count)
    return replies_due(at_work.open(), codebook(), count)


def answered(at_work: Supplier, told: Envelope) -> int:
    """How many files of the supplier's archive acknowledge the same group."""
    wait_until(lambda: not any(at_work.folder.glob("inbound/*.edi")))
    return acknowledged(at_work.folder / "archive", "IB", told.key.rpartition(":")[2])


class TestMailbox(HealthContract):
    @pytest.fixture
    def partner(self, supplier: Supplier) -> HealthPartner:
        def stop() -> None:
            supplier.simulator.stop()
            shutil.rmtree(supplier.folder)

        return HealthPartner(supplier.open, stop, SECRET)


class TestSpec(SpecContract):
    @pytest.fixture
    def spec(self) -> ConnectorSpec:
        [found] = hub_connectors()
        return found
