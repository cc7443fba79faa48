"""The simulated shop keeps Shopify's rules; the judge of every run stands on this."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from hub_shopify.operations import OPERATIONS
from hub_shopify.simulator import ShopifySimulator
from hub_shopify.simulator_webhooks import WebhookWeather

Call = Callable[..., dict[str, Any]]


@pytest.fixture
def call(shop: ShopifySimulator) -> Call:
    connection = HTTPConnection(shop.base_url.removeprefix("http://"))
    headers = {"X-Shopify-Access-Token": "simulated-token", "Content-Type": "application/json"}

    def send(operation: str, **variables: Any) -> dict[str, Any]:
        body = json.dumps({"query": OPERATIONS[operation], "variables": variables})
        connection.request("POST", "/admin/api/2026-10/graphql.json", body, headers)
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
        return answer

    return send


def open_orders(shop: ShopifySimulator, order_id: str) -> list[tuple[str, int]]:
    order = shop.server.shop.orders[order_id]
    return [
        (f.location.name, sum(line.remaining_quantity for line in f.lines))
        for f in order.fulfilment_orders
        if f.is_active
    ]


def level(shop: ShopifySimulator, place: str, sku: str = "TOY-1") -> tuple[int, int, int]:
    booked = shop.server.book().inventory[place, sku]
    return booked.available, booked.committed, booked.on_hand


def buy(shop: ShopifySimulator, *lines: tuple[str, int]) -> str:
    order = shop.storefront.place_order(lines, {"countryCodeV2": "US"})
    assert order is not None
    return order.id


def move(call: Call, shop: ShopifySimulator, order_id: str, place: str, units: int | None = None) -> dict[str, Any]:
    source = next(f for f in shop.server.shop.orders[order_id].fulfilment_orders if f.is_active)
    lines = None if units is None else [{"id": source.lines[0].id, "quantity": units}]
    location = shop.server.location_id(place)
    payload: dict[str, Any] = call("MoveFulfilmentOrder", marker=[], id=source.id, location=location, lines=lines)[
        "data"
    ]["fulfillmentOrderMove"]
    return payload


def test_checkout_commits_stock_and_turns_away_what_is_not_shown(shop: ShopifySimulator) -> None:
    buy(shop, ("TOY-1", 12), ("TOY-1", 3))
    assert (5, 15, 20) == level(shop, "Crossdock")
    assert shop.storefront.place_order([("TOY-1", 3), ("TOY-1", 3)], {}) is None
    assert (5, 15, 20) == level(shop, "Crossdock")


def test_two_hundred_buyers_never_get_more_than_is_shown(shop: ShopifySimulator) -> None:
    got: list[object] = []
    buyers = [
        threading.Thread(target=lambda: got.append(shop.storefront.place_order([("TOY-1", 1)], {}))) for _ in range(200)
    ]
    for buyer in buyers:
        buyer.start()
    for buyer in buyers:
        buyer.join()
    assert 20 == sum(order is not None for order in got)
    assert (0, 20, 20) == level(shop, "Crossdock")


def test_whole_move_changes_the_location_and_keeps_the_id(shop: ShopifySimulator, call: Call) -> None:
    order = buy(shop, ("TOY-1", 2))
    payload = move(call, shop, order, "Harbour store")
    assert payload["movedFulfillmentOrder"]["id"] == payload["originalFulfillmentOrder"]["id"]
    assert [("Harbour store", 2)] == open_orders(shop, order)
    assert ((20, 0, 20), (4, 2, 6)) == (level(shop, "Crossdock"), level(shop, "Harbour store"))


def test_partial_move_makes_a_new_fulfilment_order(shop: ShopifySimulator, call: Call) -> None:
    order = buy(shop, ("TOY-1", 3))
    payload = move(call, shop, order, "Harbour store", 1)
    assert payload["movedFulfillmentOrder"]["id"] != payload["originalFulfillmentOrder"]["id"]
    assert [("Crossdock", 2), ("Harbour store", 1)] == open_orders(shop, order)


def fulfilment(fulfilment_order: str, number: str, line: str = "", units: int = 0) -> dict[str, Any]:
    lines = {"fulfillmentOrderLineItems": [{"id": line, "quantity": units}]} if line else {}
    return {
        "lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": fulfilment_order, **lines}],
        "trackingInfo": {"number": number},
    }


def test_repeated_fulfilment_is_counted_and_over_fulfilment_refused(shop: ShopifySimulator, call: Call) -> None:
    order = buy(shop, ("TOY-1", 2))
    (source,) = shop.server.shop.orders[order].fulfilment_orders
    one = fulfilment(source.id, "HP1", source.lines[0].id, 1)
    for _ in range(2):
        assert [] == call("CreateFulfilment", marker=[], fulfillment=one)["data"]["fulfillmentCreate"]["userErrors"]
    refused = call("CreateFulfilment", marker=[], fulfillment=one)["data"]["fulfillmentCreate"]["userErrors"]
    assert 1 == len(refused)
    counts = shop.server.book().counts
    assert (2, 1, 1) == tuple(
        counts[name] for name in ("fulfilments_recorded", "duplicate_fulfilments", "over_fulfilment_attempts")
    )
    assert 1 == shop.book().duplicates
    assert (18, 0, 18) == level(shop, "Crossdock")


def test_fulfilment_over_two_locations_or_orders_is_refused(shop: ShopifySimulator, call: Call) -> None:
    order, other = buy(shop, ("TOY-1", 2)), buy(shop, ("TOY-1", 1))
    move(call, shop, order, "Harbour store", 1)
    parts = [f.id for f in shop.server.shop.orders[order].fulfilment_orders]
    others = [f.id for f in shop.server.shop.orders[other].fulfilment_orders]
    for ids in (parts, [parts[0], *others]):
        groups = {"lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": one} for one in ids]}
        payload = call("CreateFulfilment", marker=[], fulfillment=groups)["data"]["fulfillmentCreate"]
        assert 1 == len(payload["userErrors"])


def test_cancelling_gives_back_what_was_not_fulfilled(shop: ShopifySimulator, call: Call) -> None:
    order = buy(shop, ("TOY-1", 3))
    (source,) = shop.server.shop.orders[order].fulfilment_orders
    one = fulfilment(source.id, "HP1", source.lines[0].id, 1)
    call("CreateFulfilment", marker=[], fulfillment=one)
    assert shop.storefront.cancel_order(order)
    assert (19, 0, 19) == level(shop, "Crossdock")
    booked = shop.server.book().orders[order]
    assert (True, True, 1) == (booked.cancelled, booked.complete, booked.lines[0].fulfilled)


def set_request(shop: ShopifySimulator, quantity: int, **expected: int | None) -> dict[str, Any]:
    entry = {
        "inventoryItemId": shop.server.item_id("TOY-1"),
        "locationId": shop.server.location_id("Crossdock"),
        "quantity": quantity,
        **expected,
    }
    return {"name": "available", "reason": "correction", "quantities": [entry]}


def test_set_is_compare_and_swap_with_a_memory_of_keys(shop: ShopifySimulator, call: Call) -> None:
    def codes(key: str, quantity: int, expected: int | None) -> list[str]:
        answer = call("SetQuantities", key=key, input=set_request(shop, quantity, changeFromQuantity=expected))
        return [error["code"] for error in answer["data"]["inventorySetQuantities"]["userErrors"]]

    assert [] == codes("k1", 9, 20)
    assert [] == codes("k1", 9, 20)
    assert ["IDEMPOTENCY_KEY_PARAMETER_MISMATCH"] == codes("k1", 8, 9)
    assert ["CHANGE_FROM_QUANTITY_STALE"] == codes("k2", 8, 20)
    assert [] == codes("k3", 7, None)
    assert (7, 0, 7) == level(shop, "Crossdock")


def test_missing_change_from_quantity_is_a_top_level_error(shop: ShopifySimulator, call: Call) -> None:
    answer = call("SetQuantities", key="k1", input=set_request(shop, 9))
    assert "INVALID_FIELD_ARGUMENTS" == answer["errors"][0]["extensions"]["code"]


def test_set_without_idempotent_is_a_top_level_error(shop: ShopifySimulator) -> None:
    text = OPERATIONS["SetQuantities"].replace("@idempotent(key: $key)", "").replace(", $key: String!", "")
    request = {"query": text, "variables": {"input": set_request(shop, 9, changeFromQuantity=None)}}
    shop.server.endpoint.on_request = None
    answer = shop.server.endpoint.answer(request)
    assert "BAD_REQUEST" == answer["errors"][0]["extensions"]["code"]


def test_spent_cost_bucket_throttles_on_http_200(scenario: dict[str, Any]) -> None:
    simulator = ShopifySimulator(scenario | {"points": 60, "points_per_second": 0.001})
    variables = {"search": "", "first": 5, "after": None, "lines": 20}
    request = {"query": OPERATIONS["OrdersUpdated"], "variables": variables}
    answers = [simulator.server.endpoint.answer(request) for _ in range(70)]
    simulator.server.webhooks.stop()
    last = answers[-1]
    assert "THROTTLED" == last["errors"][0]["extensions"]["code"]
    assert (
        last["extensions"]["cost"]["requestedQueryCost"]
        > last["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"]
    )


def test_walk_in_customers_never_take_what_is_promised(shop: ShopifySimulator, call: Call) -> None:
    order = buy(shop, ("TOY-1", 4))
    move(call, shop, order, "Harbour store")
    assert 2 == shop.staff.walk_in_sale("Harbour store", "TOY-1", 9)
    assert 1 == shop.staff.ship_open("9999")
    assert (0, 0, 0) == level(shop, "Harbour store")


def test_staff_ship_by_themselves_after_their_delay(scenario: dict[str, Any]) -> None:
    simulator = ShopifySimulator(scenario | {"staff_delay_seconds": 0.0})
    simulator.start()
    try:
        order = buy(simulator, ("TOY-1", 1))
        done = threading.Event()
        endpoint = simulator.server.endpoint
        (source,) = simulator.server.shop.orders[order].fulfilment_orders
        move_request = {
            "query": OPERATIONS["MoveFulfilmentOrder"],
            "variables": {
                "marker": [],
                "id": source.id,
                "location": simulator.server.location_id("Hill store"),
                "lines": None,
            },
        }
        endpoint.answer(move_request)
        for _ in range(100):
            if simulator.server.book().orders[order].complete:
                done.set()
                break
            threading.Event().wait(0.1)
        assert done.is_set()
    finally:
        simulator.stop()
    assert simulator.idle()


class Inbox:
    """A receiver that refuses the first deliveries and keeps the rest."""

    def __init__(self, refusals: int) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        inbox = self
        left = [refusals]

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if left[0]:
                    left[0] -= 1
                    self.send_response(503)
                else:
                    inbox.got.append((dict(self.headers.items()), body))
                    self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/webhooks/toyshop"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def test_webhooks_are_signed_and_repeated_until_they_are_taken(shop: ShopifySimulator) -> None:
    inbox = Inbox(refusals=2)
    shop.server.webhooks.weather = WebhookWeather(first_retry_seconds=0.01)
    shop.server.send_webhooks_to(inbox.url)
    order = buy(shop, ("TOY-1", 1))
    shop.storefront.cancel_order(order)
    assert shop.server.webhooks.wait_until_idle(10)
    inbox.server.shutdown()
    topics = sorted(headers["X-Shopify-Topic"] for headers, _ in inbox.got)
    assert ["orders/cancelled", "orders/create", "orders/updated"] == topics
    for headers, body in inbox.got:
        digest = hmac.new(b"simulated-secret", body, hashlib.sha256).digest()
        assert base64.b64encode(digest).decode() == headers["X-Shopify-Hmac-Sha256"]
    assert 3 == shop.server.book().counts["webhooks_delivered"]


def test_repeats_of_a_webhook_share_its_ids(shop: ShopifySimulator) -> None:
    inbox = Inbox(refusals=0)
    shop.server.webhooks.weather = WebhookWeather(repeated=1.0)
    shop.server.send_webhooks_to(inbox.url)
    buy(shop, ("TOY-1", 1))
    assert shop.server.webhooks.wait_until_idle(10)
    inbox.server.shutdown()
    assert len(inbox.got) > 1
    assert 1 == len({(h["X-Shopify-Webhook-Id"], h["X-Shopify-Event-Id"], body) for h, body in inbox.got})


def test_lost_webhooks_are_counted_and_never_sent(shop: ShopifySimulator) -> None:
    shop.server.webhooks.weather = WebhookWeather(lost=1.0)
    shop.server.send_webhooks_to("http://127.0.0.1:1/never")
    buy(shop, ("TOY-1", 1))
    assert shop.server.webhooks.wait_until_idle(1)
    assert 1 == shop.server.book().counts["webhooks_lost"]
