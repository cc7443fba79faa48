"""The conformance kit applied to the file connector: one class per capability, the mailbox as a folder and by SFTP."""

from __future__ import annotations

import csv
import io
import itertools
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from quayside import (
    CONNECTION,
    NOW,
    codebook,
    connection,
    downloads,
    envelope,
    request,
    simulator,
    stamp,
    with_many_items,
)

from hub.model.document import Document
from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import ChannelId, PartnerId, Sku
from hub.model.money import Money
from hub.model.price import ItemPrice, PriceList
from hub.model.quantity import to_base
from hub.model.stock import FeedMode, QuantityUpdate
from hub.sdk.capabilities import Envelope
from hub.sdk.spec import ConnectorSpec
from hub.sdk.testing import (
    FaultPartner,
    FaultProxy,
    FulfilmentSinkContract,
    HealthContract,
    HealthPartner,
    HttpFaultContract,
    InventorySinkContract,
    InventorySourceContract,
    InvoiceSourceContract,
    ItemSinkContract,
    ItemSourceContract,
    OrderSourceContract,
    ShipmentSourceContract,
    SinkPartner,
    SourcePartner,
    SpecContract,
    wait_until,
    with_unknown_fields,
)
from hub_filedrop.connector import FileDrop
from hub_filedrop.downloads import Downloads
from hub_filedrop.plugin import hub_connectors
from hub_filedrop.simulator import FilePartnerSimulator

SECRET = "canary-41ab-passphrase"
LINES = (("MUG-BLUE", 3), ("TEA-TIN", 24))
_MEDIA = {"csv": "text/csv", "json": "application/json"}


class Quayside:
    """The simulated partner at work, and connections to it with a planted passphrase."""

    def __init__(self, folder: Path, **scenario: Any) -> None:
        self.folder = folder
        self.simulator: FilePartnerSimulator = simulator(folder, **scenario)
        self.numbers = itertools.count(1)

    def open(self, **settings: Any) -> FileDrop:
        given = {"private_key_passphrase": SecretStr(SECRET), "page_size": 2, **settings}
        return connection(self.simulator, **given)

    def counts(self) -> frozenset[str]:
        """One stock file more than before."""
        self.simulator.tell_stock()
        return frozenset({"MUG-BLUE@quayside=50", "TEA-TIN@quayside=120"})

    def sells(self) -> frozenset[str]:
        """A customer of the partner's buys two things."""
        return frozenset({f"ordered {self.simulator.sell({'QT-100': 2, 'QT-200': 12})}"})

    def reprices(self) -> frozenset[str]:
        """A catalogue that did not come before."""
        name = f"C{next(self.numbers)}"
        self.simulator.tell_prices(name)
        return frozenset({f"priced {name}"})

    def ships(self, mark: str) -> frozenset[str]:
        """An order of ours, taken, shipped and billed."""
        number = next(self.numbers)
        [document] = self.open().render([envelope(request(number, *LINES))], codebook(), stamp(number))
        self.open().send(document)
        wait_until(lambda: any(self.folder.rglob(f"invoices_P{number:08d}.json")))
        return frozenset({f"{mark} P{number:08d}"})

    def booked(self, told: Envelope) -> int:
        assert isinstance(told.item, FulfilmentRequest)
        wait_until(self.simulator.idle)
        found = self.simulator.book().instructions.get(told.item.request_id)
        return found.times if found else 0


@pytest.fixture(params=["folder", "sftp"])
def quayside(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Quayside]:
    at_work = Quayside(tmp_path / "mailbox", sftp=request.param == "sftp")
    at_work.simulator.start()
    yield at_work
    at_work.simulator.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Quayside]:
    at_work = Quayside(tmp_path / "mailbox")
    at_work.simulator.start()
    yield at_work
    at_work.simulator.stop()


def grown(document: Document) -> Document | None:
    """With a field that nobody knows, by the kind of the file."""
    ending = document.meta["file"].rpartition(".")[2]
    semicolons = document.media_type != "text/csv" and b";" in document.body.partition(b"\n")[0]
    found = with_unknown_fields(replace(document, media_type=_MEDIA[ending]))
    if found is None or not semicolons:
        return found
    return replace(found, body=found.body.replace(b",", b";"))


def spoilt(was: bytes, then: bytes) -> Callable[[Document], Document]:
    return lambda document: replace(document, body=document.body.replace(was, then))


class TestStock(InventorySourceContract):
    @pytest.fixture
    def partner(self, quayside: Quayside) -> SourcePartner:
        spoil = spoilt(b"EA;50;", b"EA;5O;")
        return SourcePartner(quayside.open, codebook(), quayside.counts, SECRET, spoil=spoil, with_unknown=grown)


class TestStockLeftAtThePartner(InventorySourceContract):
    @pytest.fixture
    def partner(self, folder: Quayside) -> SourcePartner:
        def opened() -> FileDrop:
            return folder.open(after_reading="leave")

        spoil = spoilt(b"EA;50;", b"EA;5O;")
        return SourcePartner(opened, codebook(), folder.counts, SECRET, spoil=spoil, with_unknown=grown)


class TestDownloadedStock(InventorySourceContract):
    @pytest.fixture
    def partner(self, tmp_path: Path) -> Iterator[SourcePartner]:
        at_work = Quayside(tmp_path / "mailbox", http=True)
        at_work.simulator.start()

        def opened() -> Downloads:
            settings = at_work.simulator.connection_settings()["download"]
            headers = {"X-Api-Key": SecretStr(SECRET)}
            return downloads(at_work.simulator, download=[{**each, "headers": headers} for each in settings])

        spoil = spoilt(b"EA;50;", b"EA;5O;")
        yield SourcePartner(opened, codebook(), at_work.counts, SECRET, spoil=spoil, with_unknown=grown)
        at_work.simulator.stop()


class TestDownloadsOfABadServer(HttpFaultContract):
    @pytest.fixture
    def partner(self, tmp_path: Path) -> Iterator[FaultPartner]:
        at_work = simulator(tmp_path / "mailbox", http=True)
        at_work.start()
        assert at_work.http is not None
        proxy = FaultProxy(at_work.http.url)
        proxy.start()
        at_work.tell_stock()

        def fetched() -> object:
            [given] = at_work.connection_settings()["download"]
            secret = {"X-Api-Key": SecretStr(SECRET)}
            given = {**given, "url": f"{proxy.url}/stock.csv", "headers": secret}
            return downloads(at_work, download=[given], deadline_seconds=1.0).fetch(None)

        yield FaultPartner(fetched, proxy, proxy.stop, SECRET)
        proxy.stop()
        at_work.stop()


class TestPrices(ItemSourceContract):
    @pytest.fixture
    def partner(self, folder: Quayside) -> SourcePartner:
        spoil = spoilt(b"CA,36,", b"CA,3b,")
        return SourcePartner(folder.open, codebook(), folder.reprices, SECRET, spoil=spoil, with_unknown=grown)


class TestOrders(OrderSourceContract):
    @pytest.fixture
    def partner(self, folder: Quayside) -> SourcePartner:
        spoil = spoilt(b"QT-200,12,", b"QT-200,1z,")
        return SourcePartner(folder.open, codebook(), folder.sells, SECRET, spoil=spoil, with_unknown=grown)


class TestShipments(ShipmentSourceContract):
    @pytest.fixture
    def partner(self, quayside: Quayside) -> SourcePartner:
        spoil = spoilt(b"QT-200;2;", b"QT-200;z;")
        return SourcePartner(
            quayside.open, codebook(), lambda: quayside.ships("shipped"), SECRET, spoil=spoil, with_unknown=grown
        )


class TestInvoices(InvoiceSourceContract):
    @pytest.fixture
    def partner(self, folder: Quayside) -> SourcePartner:
        return SourcePartner(folder.open, codebook(), lambda: folder.ships("invoiced"), SECRET, with_unknown=grown)


class TestRequests(FulfilmentSinkContract):
    @pytest.fixture
    def partner(self, quayside: Quayside) -> SinkPartner:
        numbers = itertools.count(1)

        def orders(count: int) -> Sequence[Envelope]:
            return [envelope(request(next(numbers), ("MUG-BLUE", 1), ("TEA-TIN", 12))) for _ in range(count)]

        return SinkPartner(
            open=quayside.open,
            codebook=codebook(),
            items=orders,
            effects=quayside.booked,
            now=NOW,
            secret=SECRET,
            carried=(
                "request_id",
                "order_number",
                "lines.*.number",
                "lines.*.sku",
                "lines.*.quantity",
                "ship_to.name",
                "ship_to.line1",
                "ship_to.city",
                "ship_to.country",
            ),
            read_back=read_back,
            codebook_lacking=replace(codebook(), items=()),
        )


def read_back(document: Document) -> Mapping[str, Mapping[str, Any]]:
    """Our requests as their reader sees them, by item key."""
    found: dict[str, dict[str, Any]] = {}
    for row in csv.DictReader(io.StringIO(document.body.decode())):
        read = found.setdefault(f"fulfilment:{row['order']}", {})
        read |= {"request_id": row["order"], "order_number": row["reference"]}
        read |= {f"ship_to.{to}": row[of] for of, to in (("name", "name"), ("street", "line1"), ("town", "city"))}
        read["ship_to.country"] = row["country"]
        item = codebook().item_for([("VN", row["item"])])
        assert item is not None
        each = item.of_unit(row["unit"])
        assert each is not None
        index = int(row["line"]) - 1
        read |= {f"lines.{index}.number": index + 1, f"lines.{index}.sku": item.sku}
        read[f"lines.{index}.quantity"] = to_base(Decimal(row["units"]), each)
    return found


class TestQuantities(InventorySinkContract):
    @pytest.fixture
    def partner(self, folder: Quayside) -> SinkPartner:
        numbers = itertools.count(0)

        def quantities(count: int) -> Sequence[Envelope]:
            return [quantity(next(numbers)) for _ in range(count)]

        def effects(told: Envelope) -> int:
            assert isinstance(told.item, QuantityUpdate)
            wait_until(folder.simulator.idle)
            return folder.simulator.times_told(f"QT-M{told.item.sku.rpartition('-')[2]}", str(told.item.quantity))

        return SinkPartner(
            open=folder.open,
            codebook=with_many_items(100),
            items=quantities,
            effects=effects,
            now=NOW,
            secret=SECRET,
            codebook_lacking=replace(codebook(), items=()),
        )


def quantity(number: int) -> Envelope:
    update = QuantityUpdate(
        channel=ChannelId("shop"),
        connection=CONNECTION,
        sku=Sku(f"MORE-{number}"),
        quantity=Decimal(number + 7),
        expected=None,
        computed_at=NOW,
        key=f"inventory:MORE-{number}",
    )
    return Envelope(update.key, update)


class TestPriceLists(ItemSinkContract):
    @pytest.fixture
    def partner(self, folder: Quayside) -> SinkPartner:
        numbers = itertools.count(1)

        def effects(told: Envelope) -> int:
            assert isinstance(told.item, PriceList)
            wait_until(folder.simulator.idle)
            return folder.simulator.times_told(told.item.catalogue)

        return SinkPartner(
            open=folder.open,
            codebook=codebook(),
            items=lambda count: [price_list(next(numbers)) for _ in range(count)],
            effects=effects,
            now=NOW,
            secret=SECRET,
            codebook_lacking=replace(codebook(), items=()),
        )


def price_list(number: int) -> Envelope:
    price = ItemPrice(sku=Sku("MUG-BLUE"), unit_price=Money(amount=Decimal("7.50"), currency="EUR"))
    made = PriceList(
        partner=PartnerId("quayside"),
        connection=CONNECTION,
        catalogue=f"OURS-{number}",
        issued_at=NOW,
        mode=FeedMode.FULL,
        lines=(price,),
    )
    return Envelope(f"item:OURS-{number}", made)


class TestMailbox(HealthContract):
    @pytest.fixture
    def partner(self, folder: Quayside) -> HealthPartner:
        def stop() -> None:
            folder.simulator.stop()
            shutil.rmtree(folder.folder)

        return HealthPartner(folder.open, stop, SECRET)


class TestServer(HealthContract):
    @pytest.fixture
    def partner(self, tmp_path: Path) -> HealthPartner:
        at_work = Quayside(tmp_path / "mailbox", http=True)
        at_work.simulator.start()
        at_work.simulator.tell_stock()
        return HealthPartner(at_work.open, at_work.simulator.stop, SECRET)


class TestSpec(SpecContract):
    @pytest.fixture
    def spec(self) -> ConnectorSpec:
        [found] = hub_connectors()
        return found
