"""Why an order is not here, or not further."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.flows.explain_missing import MissingReport, explain_missing
from hub.model.document import Direction, Document
from hub.model.identity import ConnectionId, DocumentId
from hub.model.queue import ConnectionHealth, ConnectionState
from tests.builders import NOW, Desk, a_location, a_network


@pytest.fixture
def desk() -> Desk:
    desk = Desk(a_network(a_location("acme")))
    desk.stock("acme", A=20)
    desk.tick()
    return desk


def asked(desk: Desk, text: str) -> MissingReport:
    return explain_missing(desk.uow, desk.network, text)


def codes(desk: Desk, text: str) -> list[str]:
    return [finding.code for finding in asked(desk, text).findings]


def test_order_nobody_sent_was_never_received(desk: Desk) -> None:
    assert codes(desk, "5404") == ["never-received"]


def test_channel_that_is_down_and_its_stuck_document_are_named(desk: Desk) -> None:
    shop = ConnectionId("shop")
    desk.uow.connections.note(ConnectionHealth(shop, ConnectionState.PAUSED, NOW, message="password expired"))
    desk.stored["bad-1"] = desk.uow.documents.add(
        Document(shop, Direction.INBOUND, "order", "bad-1", b"{", NOW)
    ) or DocumentId("")
    desk.work("shop", "bad-1").quarantine(shop, "", code="data.invalid", message="broken", cure="fix it")
    assert codes(desk, "5404") == ["connection-down", "quarantined-document"]


@pytest.mark.parametrize("text", ["shop-5001", "5001", "#1"])
def test_order_is_found_by_any_of_its_names(desk: Desk, text: str) -> None:
    desk.place(Z=1, X=(None, 1))
    assert codes(desk, text) == ["unmapped-line", "routing.no-stock", "routing.unmapped-sku"]


def test_each_stage_of_waiting_is_told(desk: Desk) -> None:
    order_id = desk.place(A=1)
    assert codes(desk, "5001") == ["not-sent"]
    desk.send()
    assert codes(desk, "5001") == ["not-acknowledged"]
    request = desk.request(order_id)
    desk.uow.requests.save(request)
    desk.tick(24 * 60)
    assert codes(desk, "5001") == ["held", "not-acknowledged"]


def test_order_about_to_be_routed_says_so(desk: Desk) -> None:
    order_id = desk.place(A=1)
    record = desk.order(order_id)
    desk.uow.orders.save(replace(record, hold="order.look: a person"))
    assert asked(desk, "5001").findings[0].words == "order.look: a person"
