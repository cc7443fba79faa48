"""The three traces of design.md, section 2: each stored hand-off, and what the partners' own books say."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from hub.cli.demo.toy import CHANNEL, WAREHOUSE
from hub.model.document import Direction, Document
from hub.model.events import EventKind
from hub.model.identity import ChannelId, LocationId, Sku
from hub.model.order import OrderRecord
from hub.model.queue import InboxState, OutboxItem, OutboxState, Publication, PublicationState
from hub.sdk.simulation import BookedInstruction
from tests.e2e.shop_world import ShopWorld

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

SFTP_SUPPLIER = "alderbrook"


def test_shopify_order_becomes_an_850_and_its_856_a_shopify_fulfilment(world: ShopWorld) -> None:
    reference = world.sell(blocks=3)
    record = world.finished(reference)
    request = world.request_of(record.order_id)
    assert SFTP_SUPPLIER == request.location
    # It may overtake its shipment and is tried again then: the last to be recorded.
    world.eventually("the invoice", lambda: EventKind.INVOICE_RECORDED in kinds(world, record))

    # Step 3, inbox: the order in Shopify's bytes, stored before it was parsed.
    documents = world.documents(record.order_id)
    orders = [each for each in documents if each.connection == CHANNEL and each.direction is Direction.INBOUND]
    assert orders
    assert all(reference.encode() in each.body for each in orders)
    assert_applied(world, orders)

    # Step 6 and 7, outbox: one instruction, its bytes stored and the same that lie in the supplier's archive.
    (sent,) = x12(documents, Direction.OUTBOUND, "850")
    archive = [path.read_bytes() for path in (world.partners.folder / "partners" / SFTP_SUPPLIER / "archive").iterdir()]
    assert sent.body in archive
    item = accepted_item(world, sent)
    assert item.order_id == record.order_id

    # Step 8: what came back, each file as the supplier wrote it.
    folder = world.partners.folder / "partners" / SFTP_SUPPLIER / "outbound" / "done"
    for set_id in ("855", "856", "810"):
        (answer,) = x12(documents, Direction.INBOUND, set_id)
        assert answer.body in [path.read_bytes() for path in folder.glob(f"*-{set_id}.edi")]
        assert_applied(world, [answer])
    happened = kinds(world, record)
    assert EventKind.ORDER_TAKEN is next(iter(happened))
    assert happened == dict.fromkeys(
        (
            EventKind.ORDER_TAKEN,
            EventKind.ORDER_ROUTED,
            EventKind.REQUEST_PLANNED,
            EventKind.REQUEST_SUBMITTED,
            EventKind.SYNTAX_RECEIVED,
            EventKind.ACKNOWLEDGEMENT_RECORDED,
            EventKind.SHIPMENT_RECORDED,
            EventKind.INVOICE_RECORDED,
            EventKind.SHIPMENT_CONFIRMED,
        ),
        1,
    )

    assert_confirmed(world, reference, documents)
    booked = instruction(world, SFTP_SUPPLIER, request.request_id)
    assert (1, {"AB-101": Decimal(3)}, {"AB-101": Decimal(3)}) == (booked.times, booked.lines, booked.shipped)


def test_supplier_846_becomes_the_channels_quantity(world: ShopWorld) -> None:
    supplier, sku, location = "lowmere", Sku("TOY-BALL"), LocationId("lowmere")
    shown = world.eventually("a quantity of the ball", lambda: shop_shows(world, sku))
    with world.hub.storage.read() as uow:
        before = {each.id for each in uow.documents.page(limit=1000)}

    world.simulator(supplier).sell_elsewhere("LM-108", 5)

    world.eventually("five fewer in the shop", lambda: shop_shows(world, sku) == shown - 5)
    world.eventually("the hub to know it", lambda: publication(world, sku).confirmed == shown - 5)
    with world.hub.storage.read() as uow:
        movement = next(one for one in uow.ledger.movements(sku, location) if one.quantity == -5)
        (document,) = [each for each in uow.documents.page(limit=1000) if each.id == movement.document]
        sent = next(one for one in uow.outbox.page(limit=1000) if sku in one.subject and one.created_at >= document.at)
    assert document.id not in before
    assert b"ST*846*" in document.body
    assert_applied(world, [document])
    assert PublicationState.SENT is publication(world, sku).state
    assert OutboxState.ACCEPTED is world_item(world, sent.key).state
    assert sku.encode() in stored(world, sent).body
    assert_replied(world, supplier, document)


def test_3pl_shipment_becomes_a_shopify_fulfilment(world: ShopWorld) -> None:
    reference = world.sell(drum=1)
    record = world.finished(reference)
    request = world.request_of(record.order_id)
    assert WAREHOUSE == request.location

    documents = world.documents(record.order_id)
    (sent,) = [each for each in documents if (each.connection, each.direction) == (WAREHOUSE, Direction.OUTBOUND)]
    assert b"ProcessOrder" in sent.body
    assert request.request_id.encode() in sent.body
    accepted_item(world, sent)
    polled = [each for each in documents if (each.connection, each.direction) == (WAREHOUSE, Direction.INBOUND)]
    assert polled
    assert all(b"Envelope" in each.body for each in polled)
    assert_applied(world, polled)

    assert {EventKind.REQUEST_SUBMITTED, EventKind.SHIPMENT_RECORDED, EventKind.SHIPMENT_CONFIRMED} <= set(
        kinds(world, record)
    )
    with world.hub.storage.read() as uow:
        (shipment,) = uow.requests.shipments(record.order_id)
    assert shipment.parcels
    confirmation = assert_confirmed(world, reference, documents)
    assert shipment.parcels[0].tracking_number.encode() in confirmation.body
    booked = instruction(world, WAREHOUSE, request.request_id)
    assert (1, {"TOY-DRUM": Decimal(1)}, "sent") == (booked.times, booked.shipped, booked.state)


def x12(documents: list[Document], direction: Direction, set_id: str) -> list[Document]:
    marker = f"ST*{set_id}*".encode()
    return [each for each in documents if each.direction is direction and marker in each.body]


def assert_applied(world: ShopWorld, documents: list[Document]) -> None:
    with world.hub.storage.read() as uow:
        entries = [uow.inbox.entry(each.id) for each in documents]
    assert [InboxState.APPLIED] * len(documents) == [entry.state if entry else None for entry in entries]


def world_item(world: ShopWorld, key: str) -> OutboxItem:
    with world.hub.storage.read() as uow:
        found = uow.outbox.get(key)
    assert found is not None
    return found


def accepted_item(world: ShopWorld, document: Document) -> OutboxItem:
    (key,) = document.item_keys
    item = world_item(world, key)
    assert (OutboxState.ACCEPTED, document.id, 1) == (item.state, item.document, item.attempts)
    return item


def stored(world: ShopWorld, item: OutboxItem) -> Document:
    assert item.document is not None
    with world.hub.storage.read() as uow:
        found = uow.documents.get(item.document)
    assert found is not None
    return found


def assert_confirmed(world: ShopWorld, reference: str, documents: list[Document]) -> Document:
    (confirmation,) = [each for each in documents if (each.connection, each.direction) == (CHANNEL, Direction.OUTBOUND)]
    assert "shopify-fulfilment" == confirmation.kind
    accepted_item(world, confirmation)
    book = world.partners.shop.book()
    assert book.sold[reference] == book.confirmed[reference]
    assert 0 == book.duplicates
    return confirmation


def assert_replied(world: ShopWorld, partner: str, document: Document) -> None:
    """The supplier holds our 997 for its file."""
    archive = world.partners.folder / "partners" / partner / "archive"
    number = document.body.split(b"GS*", 1)[1].split(b"*")[5]
    world.eventually(
        "a 997", lambda: any(b"AK1*IB*" + number.lstrip(b"0") in path.read_bytes() for path in archive.iterdir())
    )


def instruction(world: ShopWorld, partner: str, reference: str) -> BookedInstruction:
    return world.simulator(partner).book().instructions[reference]  # type: ignore[no-any-return]


def kinds(world: ShopWorld, record: OrderRecord) -> Counter[EventKind]:
    with world.hub.storage.read() as uow:
        return Counter(event.kind for event in uow.orders.timeline(record.order_id))


def publication(world: ShopWorld, sku: Sku) -> Publication:
    with world.hub.storage.read() as uow:
        return uow.publications.current(ChannelId(CHANNEL), [sku])[sku]


def shop_shows(world: ShopWorld, sku: str) -> int:
    """What the shop offers online."""
    shop = world.simulator(CHANNEL).server.shop
    with shop.lock:
        online = next(place for place in shop.locations.values() if place.fulfills_online_orders)
        return int(shop.level(shop.items_by_sku[sku], online).available)
