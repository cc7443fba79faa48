"""Every kind of document keeps what it says of known items, and the line of an unknown one waits for items.csv."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from hub.edi.interchange import TradingId
from hub.edi.write import Row
from hub.mapping.codebook import Codebook, PartnerItem
from hub.model.events import EventKind
from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import ConnectionId, LocationId, OrderId, PartnerId, Sku
from hub.model.order import OrderRecord
from hub.model.purchase import InvoiceLine
from hub.sdk.context import ConnectionContext
from hub.sync.connections import LiveConnection
from hub.sync.daemon import Engine
from hub_shopify.plugin import hub_connectors as shopify_connectors
from hub_shopify.settings import ShopifySettings
from hub_shopify.simulator import ShopifySimulator
from tests.fakes.world import CHANNEL, World
from tests.integration.retailer_shop import ITEMS, MUG, TEA, Trade, a_retailer, retailer_connection
from tests.integration.supplier_mail import MailWorld, file_of, stock

OLD_B = PartnerItem(Sku("B"), {"VN": "OLD-B"})


@pytest.fixture
def mail(database_url: str, tmp_path: Path) -> Iterator[MailWorld]:
    made = MailWorld(database_url, suppliers=("east",), folder=tmp_path / "mailbox")
    yield made
    made.close()


@pytest.fixture
def engine(mail: MailWorld) -> Engine:
    """Two A and three B are asked of the supplier, who still ships and bills B under its old number."""
    made = mail.engine()
    mail.put("stock.edi", file_of("846", stock(A=9, B=9)))
    mail.work(made)
    mail.order("1", {"A": 2, "B": 3})
    mail.work(made)
    assert 1 == len(mail.collect("850*"))
    return made


def request(engine: Engine) -> FulfilmentRequest:
    with engine.runtime.storage.read() as uow:
        [found] = uow.requests.for_order(OrderId("shop-1"))
    return found


def shipped(engine: Engine) -> dict[str, int]:
    return {str(line.sku): int(line.shipped) for line in request(engine).lines}


def number_of(engine: Engine, sku: str) -> str:
    return next(str(line.number) for line in request(engine).lines if line.sku == sku)


def map_old_b(mail: MailWorld, engine: Engine) -> None:
    mail.more_items = (OLD_B,)
    engine.apply_config(mail.connections(), mail.network())
    mail.work(engine)


def codes(mail: MailWorld, engine: Engine) -> list[str]:
    return [entry.code for entry in mail.entries(engine)]


def notice(engine: Engine) -> list[Row]:
    rows: list[Row] = [
        ("BSN", "00", "S-1", "20261102", "1000", "0001"),
        ("HL", "1", "", "S"),
        ("DTM", "011", "20261102", "1000"),
        ("HL", "2", "1", "O"),
        ("PRF", request(engine).request_id),
    ]
    for place, (sku, item, units) in enumerate((("A", "ES-A", "2"), ("B", "OLD-B", "3")), 3):
        rows += [
            ("HL", str(place), "2", "I"),
            ("LIN", number_of(engine, sku), "VN", item),
            ("SN1", "", units, "EA"),
        ]
    return [*rows, ("CTT", "4")]


def test_ship_notice_counts_its_known_line_at_once_and_the_other_once_it_is_mapped(
    mail: MailWorld, engine: Engine
) -> None:
    mail.put("notice.edi", file_of("856", notice(engine), number=2))
    mail.work(engine)
    assert {"A": 2, "B": 0} == shipped(engine)
    assert ["data.unmapped-item"] == codes(mail, engine)
    map_old_b(mail, engine)
    mail.put("again.edi", file_of("856", notice(engine), number=3))
    mail.work(engine)
    assert {"A": 2, "B": 3} == shipped(engine)
    assert [] == codes(mail, engine)


def test_invoice_waits_as_a_whole_because_a_part_of_it_is_no_claim(mail: MailWorld, engine: Engine) -> None:
    mail.put("notice.edi", file_of("856", notice(engine), number=2))
    mail.work(engine)
    rows: list[Row] = [("BIG", "20261102", "INV-1", "20261102", request(engine).request_id)]
    for sku, item, units in (("A", "ES-A", "2"), ("B", "OLD-B", "3")):
        rows.append(("IT1", number_of(engine, sku), units, "EA", "1", "", "VN", item))
    mail.put("invoice.edi", file_of("810", [*rows, ("TDS", "500"), ("CTT", "2")], number=3))
    mail.work(engine)
    assert 0 == len(invoices(engine))
    map_old_b(mail, engine)
    assert ([["A", "B"]], []) == ([[line.sku for line in each] for each in invoices(engine)], codes(mail, engine))


def invoices(engine: Engine) -> list[tuple[InvoiceLine, ...]]:
    with engine.runtime.storage.read() as uow:
        return [each.lines for each in uow.requests.invoices(request(engine).request_id)]


def test_acknowledgement_is_read_by_our_line_numbers_whatever_the_item_is_called(
    mail: MailWorld, engine: Engine
) -> None:
    rows: list[Row] = [("BAK", "00", "AC", request(engine).request_id, "20261102")]
    for sku, item, units in (("A", "ES-A", "2"), ("B", "OLD-B", "3")):
        rows += [("PO1", number_of(engine, sku), units, "EA", "", "", "VN", item), ("ACK", "IA", units, "EA")]
    mail.put("answer.edi", file_of("855", [*rows, ("CTT", "2")], number=2))
    mail.work(engine)
    assert {"A": Decimal(2), "B": Decimal(3)} == {str(line.sku): line.accepted for line in request(engine).lines}
    assert [] == codes(mail, engine)


def skus(record: OrderRecord) -> list[Sku | None]:
    return [line.sku for line in record.order.lines]


def asked_for(engine: Engine, record: OrderRecord) -> list[str]:
    with engine.runtime.storage.read() as uow:
        return sorted(line.sku for each in uow.requests.for_order(record.order_id) for line in each.lines)


def test_retailers_order_keeps_its_known_line_and_gets_the_other_by_the_new_map(world: World, tmp_path: Path) -> None:
    retailer = a_retailer(tmp_path / "retailer")
    retailer.start()
    east = world.connection("east")
    trade = Trade(world, retailer, world.engine(connections=[retailer_connection(retailer, ITEMS[:1]), east]))
    world.stock("east", {"MUG": 20, "TEA": 42})
    trade.go_on()
    rows: list[Row] = [
        ("BEG", "00", "DS", "PO-7", "", "20261102"),
        ("N1", "ST", "Store 7"),
        ("N3", "1 Main St"),
        ("N4", "Springfield", "IL", "62701", "US"),
        ("PO1", "1", "2", "EA", "9.5", "", "SK", MUG),
        ("PO1", "2", "3", "EA", "4.5", "", "SK", TEA),
        ("CTT", "2"),
    ]
    body = file_of("850", rows, number=700, sender=TradingId("ZZ", "BRIGHTMART"), group_sender="BRIGHTMART")
    (retailer.scenario.folder / "outbound" / "po7.edi").write_bytes(body)
    trade.go_on()
    record = trade.order("PO-7")
    assert ([Sku("MUG"), None], ["MUG"]) == (skus(record), asked_for(trade.engine, record))
    trade.engine.apply_config([retailer_connection(retailer), east], world.network())
    trade.go_on()
    record = trade.order("PO-7")
    retailer.stop()
    assert ([Sku("MUG"), Sku("TEA")], ["MUG", "TEA"]) == (skus(record), asked_for(trade.engine, record))
    with trade.engine.runtime.storage.read() as uow:
        assert [] == uow.quarantine.open()
        mapped = [event for event in uow.orders.timeline(record.order_id) if event.kind is EventKind.LINE_MAPPED]
    assert 1 == len(mapped)


@pytest.fixture
def shop() -> Iterator[ShopifySimulator]:
    simulator = ShopifySimulator(
        {
            "items": [{"sku": "TOY-ROBOT", "price": "12.50"}, {"sku": "TOY-KITE", "price": "9.00"}],
            "locations": [{"number": 65001, "name": "Crossdock", "stock": {"TOY-ROBOT": 9, "TOY-KITE": 9}}],
            "staff_delay_seconds": None,
        }
    )
    simulator.start()
    yield simulator
    simulator.stop()


def shop_connection(shop: ShopifySimulator, *items: PartnerItem) -> LiveConnection:
    given = dict(shop.connection_settings())
    secrets = shop.environment()
    for name in ("access_token", "webhook_secret"):
        given[name] = SecretStr(secrets[given[name].removeprefix("${env:").removesuffix("}")])
    context = ConnectionContext(
        connection=ConnectionId("shop"),
        partner=PartnerId("shop"),
        settings=ShopifySettings.model_validate(given),
        clock=lambda: datetime.now(UTC),
        channel=CHANNEL,
        allow_private=True,
        sleep=lambda _seconds: None,
        random=random.Random(1),
    )
    codebook = Codebook(ConnectionId("shop"), PartnerId("shop"), items, sites={"65001": LocationId("online")})
    [spec] = shopify_connectors()
    return LiveConnection.open(spec, context, codebook)


def test_shopify_order_keeps_its_known_line_and_gets_the_other_by_the_new_map(
    world: World, shop: ShopifySimulator
) -> None:
    robot, kite = (PartnerItem(Sku(name), {"sku": f"TOY-{name}"}) for name in ("ROBOT", "KITE"))
    east = world.connection("east")
    world.stock("east", {"ROBOT": 9, "KITE": 9})
    engine = world.engine(connections=[shop_connection(shop, robot), east])
    engine.run_until_idle()
    reference = shop.sell({"TOY-ROBOT": 1, "TOY-KITE": 2})
    world.live(engine, rounds=2)
    with engine.runtime.storage.read() as uow:
        [record] = uow.orders.page(limit=5)
        waiting = {entry.path: entry.waits_for for entry in uow.quarantine.open()}
    assert reference
    assert ([Sku("ROBOT"), None], ["ROBOT"]) == (skus(record), asked_for(engine, record))
    assert {"lineItems[1].sku": (("sku", "TOY-KITE"),), "lines[1].sku": ()} == waiting
    for items in ((robot, kite), (robot, kite)):
        engine.apply_config([shop_connection(shop, *items), east], world.network())
        world.live(engine, rounds=2)
    with engine.runtime.storage.read() as uow:
        [record] = uow.orders.page(limit=5)
        assert [] == uow.quarantine.open()
    assert ([Sku("ROBOT"), Sku("KITE")], ["KITE", "ROBOT"]) == (skus(record), asked_for(engine, record))
