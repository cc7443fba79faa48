"""What the shop tells the hub, over the real protocol."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from shopify_builders import (
    NOW,
    all_documents,
    confirmation,
    placed,
    rendered,
    request,
    webhook,
)

from hub.errors import ConfigurationError, RefusedError, TransientError
from hub.mapping.codebook import Codebook
from hub.model.order import Order
from hub.model.returns import Cancellation
from hub.model.shipment import Shipment
from hub.model.stock import CountBasis, StockReport
from hub.sdk.capabilities import Outcome
from hub_shopify.connector import Orders, OrderWebhooks, ShopHealth, StoreCounts, StoreShipments
from hub_shopify.plugin import hub_connectors
from hub_shopify.simulator import ShopifySimulator
from hub_shopify.sinks import Fulfilments, StoreAssignments

Connect = Callable[..., Any]


def test_poll_takes_every_order_once_over_pages_and_overlaps(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook, address: dict[str, str]
) -> None:
    numbers = {placed(shop, address, ("TOY-1", 1))[0] for _ in range(5)}
    source = connect(Orders, page_size=2)
    documents, cursor = all_documents(source)
    parsed = [source.parse(document, codebook).items[0] for document in documents]
    assert numbers == {order.external_id for order in parsed if isinstance(order, Order)}

    late, _ = placed(shop, address, ("TOY-2", 1))
    again, _ = all_documents(source, json.loads(json.dumps(cursor)))
    known = {document.source_id for document in documents}
    new = [document for document in again if document.source_id not in known]
    assert [late] == [item.external_id for item in source.parse(new[0], codebook).items if isinstance(item, Order)]


def test_order_keeps_address_price_service_and_whole_units(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook, address: dict[str, str]
) -> None:
    shop.storefront.place_order([("TOY-1", 2)], address, "overnight", email="robin@mail.example")
    source = connect(Orders)
    (document,), _ = all_documents(source)
    (order,) = source.parse(document, codebook).items
    assert isinstance(order, Order)
    line = order.lines[0]
    assert ("OUR-TOY-1", Decimal(2), Decimal("12.50")) == (line.sku, line.quantity, line.unit_price.amount)  # type: ignore[union-attr]
    assert ("express", "US", "robin@mail.example") == (order.service, order.ship_to.country, order.ship_to.email)  # type: ignore[union-attr]


def test_order_with_more_lines_than_a_page_is_stored_whole(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook, address: dict[str, str]
) -> None:
    shop.server.stock("Crossdock", "TOY-1", 200)
    placed(shop, address, *[("TOY-1", 1)] * 120)
    source = connect(Orders)
    (document,), _ = all_documents(source)
    (order,) = source.parse(document, codebook).items
    assert isinstance(order, Order)
    assert 120 == len(order.lines)


def test_unmapped_item_is_a_problem_and_the_rest_of_the_order_flows(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook, address: dict[str, str]
) -> None:
    placed(shop, address, ("TOY-1", 1), ("TOY-2", 1))
    source = connect(Orders)
    (document,), _ = all_documents(source)
    parsed = source.parse(document, replace(codebook, items=codebook.items[:1]))
    assert isinstance(parsed.items[0], Order)
    assert ["OUR-TOY-1", None] == [line.sku for line in parsed.items[0].lines]
    assert [("lineItems[1].sku", "TOY-2")] == [(problem.path, problem.value) for problem in parsed.problems]


def test_cancelled_order_is_cancelled_and_removed_units_are_gone_from_theirs(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook, address: dict[str, str]
) -> None:
    whole, _ = placed(shop, address, ("TOY-1", 1))
    part, (line,) = placed(shop, address, ("TOY-2", 3))
    shop.storefront.cancel_order(f"gid://shopify/Order/{whole}")
    shop.storefront.remove_units(f"gid://shopify/Order/{part}", "TOY-2", 2)
    source = connect(Orders)
    documents, _ = all_documents(source)
    items = [item for document in documents for item in source.parse(document, codebook).items]
    assert [(whole, ())] == [(item.external_id, item.lines) for item in items if isinstance(item, Cancellation)]
    orders = {item.external_id: item for item in items if isinstance(item, Order)}
    assert (line, Decimal(1)) == (orders[part].lines[0].line_id, orders[part].lines[0].quantity)
    assert Decimal(1) == orders[whole].lines[0].quantity


def test_webhook_says_the_same_as_the_poll(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook, address: dict[str, str]
) -> None:
    number, (line, _) = placed(shop, address, ("TOY-1", 3), ("TOY-3", 1))
    sink = connect(Fulfilments)
    sink.send(rendered(sink, codebook, confirmation(number, {line: 1}, "HP1")))
    shop.storefront.remove_units(f"gid://shopify/Order/{number}", "TOY-1", 1)
    headers, body = webhook(shop, number)
    (pushed,) = connect(OrderWebhooks).receive(headers, body, NOW)
    source = connect(Orders)
    (polled,), _ = all_documents(source)
    (one,), (other,) = (source.parse(document, codebook).items for document in (polled, pushed))
    assert isinstance(one, Order)
    assert isinstance(other, Order)
    assert other == one.model_copy(update={"revision": other.revision})


def test_forged_altered_or_unsigned_webhook_is_refused(
    shop: ShopifySimulator, connect: Connect, address: dict[str, str]
) -> None:
    headers, body = webhook(shop, placed(shop, address, ("TOY-1", 1))[0])
    receiver = connect(OrderWebhooks)
    unsigned = {k: v for k, v in headers.items() if k != "x-shopify-hmac-sha256"}
    for wrong_headers, wrong_body in (
        (headers, body.replace(b"TOY-1", b"TOY-2")),
        (headers | {"x-shopify-hmac-sha256": "Zm9yZ2Vk"}, body),
        (headers | {"x-shopify-hmac-sha256": "gef\u00e4lscht"}, body),
        (unsigned, body),
    ):
        with pytest.raises(RefusedError) as caught:
            receiver.receive(wrong_headers, wrong_body, NOW)
        assert "webhook.bad-signature" == caught.value.code


def test_replayed_webhook_has_the_same_identity_whatever_its_headers_say(
    shop: ShopifySimulator, connect: Connect, address: dict[str, str]
) -> None:
    headers, body = webhook(shop, placed(shop, address, ("TOY-1", 1))[0])
    receiver = connect(OrderWebhooks)
    (first,) = receiver.receive(headers, body, NOW)
    (again,) = receiver.receive(headers | {"x-shopify-event-id": "forged"}, body, NOW)
    assert first.source_id == again.source_id


def test_webhook_signed_with_the_secret_before_a_rotation_is_taken(
    shop: ShopifySimulator, connect: Connect, address: dict[str, str]
) -> None:
    headers, body = webhook(shop, placed(shop, address, ("TOY-1", 1))[0])
    rotated = {"webhook_secret": "the-new-one", "previous_webhook_secret": "simulated-secret"}
    assert 1 == len(connect(OrderWebhooks, **rotated).receive(headers, body, NOW))


def test_store_counts_state_each_figure_under_its_basis(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook, address: dict[str, str]
) -> None:
    number, (line,) = placed(shop, address, ("TOY-1", 2))
    sink = connect(StoreAssignments)
    sink.send(rendered(sink, codebook, request(number, {line: 2})))
    source = connect(StoreCounts)
    documents, _ = all_documents(source)
    reports = [source.parse(document, codebook).items[0] for document in documents]
    assert [("harbour",), ("hill",)] == [report.locations for report in reports if isinstance(report, StockReport)]
    rows = {row.basis: row.quantity for row in reports[0].rows if row.sku == "OUR-TOY-1"}
    assert {
        CountBasis.ON_HAND: Decimal(6),
        CountBasis.AVAILABLE: Decimal(4),
        CountBasis.COMMITTED: Decimal(2),
        CountBasis.UNAVAILABLE: Decimal(0),
    } == rows


def test_store_ships_what_was_assigned_and_the_hub_reads_it(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook, address: dict[str, str]
) -> None:
    number, (one, two) = placed(shop, address, ("TOY-1", 2), ("TOY-2", 1))
    sink = connect(StoreAssignments)
    receipt = sink.send(rendered(sink, codebook, request(number, {one: 1})))
    assert (Outcome.ACCEPTED, True) == (receipt.results[0].outcome, receipt.results[0].accepts)
    shop.staff.ship_open("9999")
    source = connect(StoreShipments)
    (document,), _ = all_documents(source)
    (shipment,) = source.parse(document, codebook).items
    assert isinstance(shipment, Shipment)
    assert ("harbour", "toyshop") == (shipment.location, shipment.channel)
    assert [(number, one, Decimal(1))] == [(x.order_external_id, x.line_id, x.quantity) for x in shipment.lines]
    assert {one: Decimal(1), two: Decimal(0)} == dict(shop.book().confirmed[number])
    assert (1, Decimal(1)) == (shop.book().instructions["P00000042"].times, shop.book().stock["65002", "TOY-1"] - 4)


def test_hubs_own_fulfilments_are_not_echoed_as_shipments(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook, address: dict[str, str]
) -> None:
    number, (line,) = placed(shop, address, ("TOY-1", 1))
    sink = connect(Fulfilments)
    sink.send(rendered(sink, codebook, confirmation(number, {line: 1}, "HP1")))
    assert [] == all_documents(connect(StoreShipments))[0]


def test_of_an_order_shipped_by_a_store_and_by_the_hub_only_the_stores_part_is_read(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook, address: dict[str, str]
) -> None:
    number, (one, two) = placed(shop, address, ("TOY-1", 1), ("TOY-2", 1))
    stores, told = connect(StoreAssignments), connect(Fulfilments)
    stores.send(rendered(stores, codebook, request(number, {one: 1})))
    shop.staff.ship_open("9999")
    told.send(rendered(told, codebook, confirmation(number, {two: 1}, "HP1")))
    source = connect(StoreShipments)
    (document,), _ = all_documents(source)
    assert 2 == len(json.loads(document.body)["fulfillments"])
    (shipment,) = source.parse(document, codebook).items
    assert isinstance(shipment, Shipment)
    assert [(one, Decimal(1))] == [(line.line_id, line.quantity) for line in shipment.lines]


def test_store_is_never_told_that_it_shipped_what_somebody_else_did(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook, address: dict[str, str]
) -> None:
    number, (line,) = placed(shop, address, ("TOY-1", 1))
    stores, told = connect(StoreAssignments), connect(Fulfilments)
    stores.send(rendered(stores, codebook, request(number, {line: 1})))
    receipt = told.send(rendered(told, codebook, confirmation(number, {line: 1}, "HP1")))
    assert Outcome.REFUSED == receipt.results[0].outcome
    assert [] == all_documents(connect(StoreShipments))[0]


def test_empty_cost_bucket_is_transient_and_says_how_long_to_wait(shop: ShopifySimulator, connect: Connect) -> None:
    shop.server.faults.next("throttled", 1)
    with pytest.raises(TransientError) as caught:
        connect(Orders).fetch(None)
    assert "partner.throttled" == caught.value.code
    assert (caught.value.retry_after_seconds or 0) >= 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("401", ConfigurationError),
        ("403", ConfigurationError),
        ("429", TransientError),
        ("500", TransientError),
        ("503-html", TransientError),
        ("top-level-error", TransientError),
        ("wrong-content-type", TransientError),
        ("truncated-body", TransientError),
        ("endless-body", TransientError),
        ("timeout-before", TransientError),
    ],
)
def test_failed_poll_has_the_class_that_says_what_to_do(
    fault: str, error: type[Exception], shop: ShopifySimulator, connect: Connect
) -> None:
    shop.server.faults.next(fault, 3)
    with pytest.raises(error):
        connect(Orders, deadline_seconds=1 if fault in {"endless-body", "timeout-before"} else 30).fetch(None)


def test_count_of_an_unknown_store_is_for_a_person_to_mend(shop: ShopifySimulator, connect: Connect) -> None:
    with pytest.raises(ConfigurationError) as caught:
        connect(StoreCounts, store_locations=("1",)).fetch(None)
    assert "shopify.unknown-location" == caught.value.code


def test_health_tells_a_working_shop_from_a_wrong_token(shop: ShopifySimulator, connect: Connect) -> None:
    assert connect(ShopHealth).check().ok
    report = connect(ShopHealth, access_token="wrong").check()
    assert (False, "partner.unauthorised") == (report.ok, report.code)
    assert "wrong" not in report.detail


def test_health_warns_of_unknown_locations_and_of_stores_that_shopify_routes_to(
    shop: ShopifySimulator, connect: Connect
) -> None:
    assert "shopify.unknown-location" == connect(ShopHealth, online_location="1").check().code
    assert "shopify.store-routes-itself" == connect(ShopHealth, store_locations=("65001",)).check().code


def test_secrets_and_people_show_in_no_repr_or_error(
    shop: ShopifySimulator, connect: Connect, codebook: Codebook, address: dict[str, str]
) -> None:
    placed(shop, address, ("TOY-1", 1))
    source = connect(Orders)
    page = source.fetch(None)
    parsed = source.parse(page.documents[0], codebook)
    shown = f"{source.settings!r} {source.context!r} {page!r} {parsed!r}"
    assert [] == [canary for canary in ("simulated-token", "simulated-secret", "Quay", "Robin") if canary in shown]


def test_spec_offers_what_the_readme_says() -> None:
    (spec,) = hub_connectors()
    assert {"orders", "store-counts", "store-shipments"} == set(spec.streams)
    assert {"cancellation", "fulfilment", "inventory", "shipment"} == set(spec.sinks)
    assert spec.load_simulator() is ShopifySimulator
