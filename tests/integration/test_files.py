"""A supplier and a shop that exchange files: from an order to the supplier's invoice."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from hub.mapping.codebook import Codebook
from hub.mapping.partner import load_partner
from hub.model.fulfilment import Negotiation
from hub.model.identity import ChannelId, ConnectionId, LocationId, OrderId, PartnerId, Sku
from hub.model.network import Channel, Network
from hub.model.order import OrderRecord, OrderStatus
from hub.sdk.context import ConnectionContext
from hub.sdk.spec import ConnectorSpec
from hub.sync.connections import LiveConnection
from hub.sync.daemon import Engine
from hub.transport.throttle import RateBudget
from hub_filedrop import simulator_files as files
from hub_filedrop.plugin import hub_connectors
from hub_filedrop.settings import FileDropSettings
from hub_filedrop.simulator_books import BookedOrder, FilePartnerBooks, FilePartnerScenario, SimulatedItem
from tests.fakes.world import START, World

EAST, BOOTH = ConnectionId("east"), ConnectionId("booth")
PARTNERS = Path(__file__).parents[2] / "connectors/filedrop/tests/partners"
ITEMS = (SimulatedItem(item="QT-100"), SimulatedItem(item="QT-200", unit="CA", units_each=Decimal(12)))
COUNTED = START - timedelta(minutes=1)
SUPPLIER = {
    "receive": {"stock": "stock_*.csv", "shipments": "shipments_*.csv", "invoices": "invoices_*.json"},
    "send": {"fulfilment": {"mapping": "requests", "name": "requests_{number:06}.csv"}},
    "accepts": True,
}
SHOP = {"receive": {"orders": "orders_*.csv"}}


@dataclass
class FileWorld(World):
    """``east`` is a supplier and ``booth`` a shop, each with a mailbox below ``folder``; both use Quayside's mappings.

    ``lacking`` are SKUs whose items are not mapped."""

    folder: Path = field(default_factory=Path)
    lacking: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in (EAST, BOOTH):
            (self.folder / name / "inbound").mkdir(parents=True)
            (self.folder / name / "outbound").mkdir()

    def connection(
        self, name: str, spec: ConnectorSpec | None = None, *, budget: RateBudget | None = None, fingerprint: str = "1"
    ) -> LiveConnection:
        if name not in {EAST, BOOTH}:
            return super().connection(name, spec, budget=budget, fingerprint=fingerprint)
        given = {"mailbox": f"folder:{self.folder / name}", "stable_seconds": 0}
        settings = FileDropSettings.model_validate({**given, **(SUPPLIER if name == EAST else SHOP)})
        channel = ChannelId("booth") if name == BOOTH else None
        context = ConnectionContext(ConnectionId(name), PartnerId(name), settings, self.clock, channel=channel)
        [found] = hub_connectors()
        live = LiveConnection.open(
            found, context, self.codebook(ConnectionId(name)), polls={"mailbox": 60.0, "downloads": 0}
        )
        live.check_mappings(lambda *steps: ".".join(map(str, steps)))
        return live

    def connections(self) -> list[LiveConnection]:
        return [*super().connections(), self.connection(BOOTH)]

    def codebook(self, name: ConnectionId) -> Codebook:
        book = load_partner(PartnerId("quayside"), [PARTNERS]).codebook(name)
        items = tuple(item for item in book.items if item.sku not in self.lacking)
        place = LocationId(EAST)
        return replace(book, partner=PartnerId(name), items=items, sites={"MAIN": place}, default_location=place)

    def network(self) -> Network:
        network = super().network()
        booth = Channel(channel=ChannelId("booth"), connection=BOOTH, sells_from=(LocationId(EAST),))
        return network.model_copy(update={"channels": (*network.channels, booth)})

    def put(self, name: str, file: str, body: bytes) -> None:
        """A partner writes a file, and the hub does what follows."""
        (self.folder / name / "outbound" / file).write_bytes(body)

    def work(self, engine: Engine) -> None:
        """Poll once and do everything that follows."""
        self.advance(minutes=2)
        engine.run_until_idle()

    def requests(self) -> list[dict[str, str]]:
        """Rows of all files of requests that lie at the supplier."""
        found = sorted((self.folder / EAST / "inbound").glob("requests_*.csv"))
        return [row for path in found for row in csv.DictReader(io.StringIO(path.read_text()))]

    def ship(self, number: str) -> None:
        """The supplier ships what was asked by one request, and bills it."""
        books = FilePartnerBooks(FilePartnerScenario(name="east", folder=self.folder, items=ITEMS))
        for item in books.on_hand:
            books.on_hand[item] = Decimal(1000)
        text = (self.folder / EAST / "inbound" / "requests_000001.csv").read_bytes()
        order = BookedOrder(number, files.requests(text, books.items)[number])
        books.ship(order)
        self.put(EAST, f"shipments_{number}.csv", files.shipment(order, self.now))
        self.put(EAST, f"invoices_{number}.json", files.invoice(order, self.now))


@pytest.fixture
def files_world(sqlite_url: str, tmp_path: Path) -> Iterator[FileWorld]:
    made = FileWorld(sqlite_url, suppliers=("east",), folder=tmp_path / "mail")
    yield made
    made.close()


def count(world: FileWorld, cups: int, teas: int) -> None:
    world.put(EAST, "stock_1.csv", files.stock({ITEMS[0]: Decimal(cups), ITEMS[1]: Decimal(teas)}, COUNTED))


def record(engine: Engine, order: str) -> OrderRecord:
    with engine.runtime.storage.read() as uow:
        found = uow.orders.get(OrderId(order))
    assert found is not None
    return found


def on_hand(engine: Engine, sku: str) -> int:
    with engine.runtime.storage.read() as uow:
        return int(sum(row.on_hand for row in uow.ledger.balances([Sku(sku)])))


def test_order_of_a_shop_goes_through_a_supplier_that_trades_by_files(files_world: FileWorld) -> None:
    world = files_world
    engine = world.engine()
    count(world, cups=50, teas=120)
    world.work(engine)
    assert (50, 120) == (on_hand(engine, "MUG-BLUE"), on_hand(engine, "TEA-TIN"))
    world.order("1", {"MUG-BLUE": 3, "TEA-TIN": 24})
    world.work(engine)
    asked = world.requests()
    assert [("QT-100", "3", "EA"), ("QT-200", "2", "CA")] == [(row["item"], row["units"], row["unit"]) for row in asked]
    number = asked[0]["order"]
    with engine.runtime.storage.read() as uow:
        [request] = uow.requests.for_order(OrderId("shop-1"))
    assert (number, Negotiation.ACCEPTED) == (request.request_id, request.negotiation)
    world.ship(number)
    world.work(engine)
    assert OrderStatus.FULFILLED is record(engine, "shop-1").status
    assert (47, 96) == (on_hand(engine, "MUG-BLUE"), on_hand(engine, "TEA-TIN"))
    assert {"1/1": 3, "1/2": 24} == dict(world.shop.confirmed)
    with engine.runtime.storage.read() as uow:
        assert [] == uow.quarantine.open()
        assert [f"I{number}"] == [each.invoice_number for each in uow.requests.invoices(request.request_id)]


def test_order_of_a_shop_that_writes_files_is_routed_and_its_unmapped_line_follows(files_world: FileWorld) -> None:
    world = files_world
    world.lacking.add("TEA-TIN")
    engine = world.engine()
    count(world, cups=50, teas=120)
    world.put(
        BOOTH, "orders_1.csv", files.order("W1", {"QT-100": 2, "QT-200": 12}, datetime(2026, 11, 2, 9, 0, tzinfo=UTC))
    )
    world.work(engine)
    assert [("QT-100", "2")] == [(row["item"], row["units"]) for row in world.requests()]
    assert [Sku("MUG-BLUE"), None] == [line.sku for line in record(engine, "booth-W1").order.lines]
    with engine.runtime.storage.read() as uow:
        waiting = [each for each in uow.quarantine.open() if each.connection == BOOTH]
    assert {"data.unmapped-item", "data.unmapped-sku"} == {each.code for each in waiting}
    world.lacking.clear()
    engine = world.engine(engine.runtime.storage)
    world.put(EAST, "stock_2.csv", files.stock({ITEMS[0]: Decimal(50), ITEMS[1]: Decimal(120)}, world.now))
    world.work(engine)
    assert [("QT-100", "2"), ("QT-200", "1")] == [(row["item"], row["units"]) for row in world.requests()]


def test_connection_that_only_reads_orders_refuses_quantities_and_reads_on(files_world: FileWorld) -> None:
    world = files_world
    engine = world.engine()
    count(world, cups=50, teas=120)
    world.work(engine)
    world.put(BOOTH, "orders_1.csv", files.order("W1", {"QT-100": 2}, START))
    world.work(engine)
    assert OrderStatus.OPEN is record(engine, "booth-W1").status
    assert [] == list((world.folder / BOOTH / "inbound").iterdir())
