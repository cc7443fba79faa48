"""The client alone: bytes on the wire, and answers Shopify gives only on bad days (respx)."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import respx
from pydantic import SecretStr

from hub.errors import (
    ConfigurationError,
    DataError,
    HubError,
    InvariantError,
    TransientError,
    UncertainOutcomeError,
)
from hub.model.identity import ConnectionId, PartnerId
from hub.sdk.context import ConnectionContext
from hub_shopify.client import ShopifyClient, marker
from hub_shopify.settings import API_VERSION, ShopifySettings

BASE = "http://127.0.0.1:9"
URL = f"{BASE}/admin/api/{API_VERSION}/graphql.json"
Faults = Callable[[Mapping[str, Any]], list[str]]


@pytest.fixture
def client() -> ShopifyClient:
    settings = ShopifySettings(base_url=BASE, access_token=SecretStr("shpat-canary"), online_location="65001")
    return ShopifyClient(
        ConnectionContext(
            connection=ConnectionId("toyshop"),
            partner=PartnerId("toyshop"),
            settings=settings,
            clock=lambda: datetime(2026, 11, 22, tzinfo=UTC),
            allow_private=True,
            sleep=lambda _seconds: None,
            random=random.Random(1),
        )
    )


def answering(body: Any, status: int = 200) -> respx.Route:
    return respx.post(URL).mock(return_value=httpx.Response(status, json=body))


def failing(code: str | None, **more: Any) -> dict[str, Any]:
    return {"errors": [{"message": "no", "path": ["x"], "extensions": {"code": code} if code else {}}], **more}


@respx.mock
def test_request_carries_token_version_and_a_valid_operation(client: ShopifyClient, faults_of: Faults) -> None:
    route = answering({"data": {"shop": {"id": "gid://shopify/Shop/1"}}})
    client.shop()
    sent = route.calls.last.request
    assert "shpat-canary" == sent.headers["x-shopify-access-token"]
    assert [] == faults_of(json.loads(sent.content))


@respx.mock
def test_null_change_from_quantity_is_sent_not_left_out(client: ShopifyClient, faults_of: Faults) -> None:
    route = answering({"data": {"inventorySetQuantities": {"userErrors": []}}})
    entry = {
        "inventoryItemId": "gid://shopify/InventoryItem/1",
        "locationId": "gid://shopify/Location/65001",
        "quantity": 3,
        "changeFromQuantity": None,
    }
    client.set_quantities([entry], "key-1")
    sent = json.loads(route.calls.last.request.content)
    assert {"key": "key-1", "changeFromQuantity": None} == {
        "key": sent["variables"]["key"],
        "changeFromQuantity": sent["variables"]["input"]["quantities"][0]["changeFromQuantity"],
    }
    assert "@idempotent(key: $key)" in sent["query"]
    assert [] == faults_of(sent)


@respx.mock
@pytest.mark.parametrize(
    ("code", "query_error", "mutation_error"),
    [
        ("THROTTLED", TransientError, TransientError),
        ("ACCESS_DENIED", ConfigurationError, ConfigurationError),
        ("SHOP_INACTIVE", ConfigurationError, ConfigurationError),
        ("MAX_COST_EXCEEDED", ConfigurationError, ConfigurationError),
        ("undefinedField", InvariantError, InvariantError),
        ("INVALID_FIELD_ARGUMENTS", InvariantError, InvariantError),
        ("INTERNAL_SERVER_ERROR", TransientError, UncertainOutcomeError),
        ("SOMETHING_NEW", TransientError, UncertainOutcomeError),
        (None, TransientError, UncertainOutcomeError),
    ],
)
def test_top_level_error_on_http_200_has_the_class_of_its_code(
    client: ShopifyClient, code: str | None, query_error: type[HubError], mutation_error: type[HubError]
) -> None:
    answering(failing(code))
    with pytest.raises(query_error):
        client.shop()
    with pytest.raises(mutation_error):
        client.create_fulfilment(marker("1", "S-1", "{}"), {})


@respx.mock
def test_throttled_answer_tells_when_the_cost_is_affordable(client: ShopifyClient) -> None:
    status = {"maximumAvailable": 2000, "currentlyAvailable": 100, "restoreRate": 100}
    answering(failing("THROTTLED", extensions={"cost": {"requestedQueryCost": 600, "throttleStatus": status}}))
    with pytest.raises(TransientError) as caught:
        client.shop()
    assert 5.0 == caught.value.retry_after_seconds


@respx.mock
@pytest.mark.parametrize("body", [[], {"data": None}, {}, "text"])
def test_answer_without_data_is_never_taken_for_an_empty_one(client: ShopifyClient, body: Any) -> None:
    answering(body)
    with pytest.raises((TransientError, DataError)):
        client.orders_updated("updated_at:>='2026-01-01T00:00:00Z'", None)


@respx.mock
@pytest.mark.parametrize("payload", [None, {}, {"userErrors": None}, {"userErrors": [{"code": "X"}]}])
def test_unreadable_answer_to_a_mutation_leaves_its_outcome_open(client: ShopifyClient, payload: Any) -> None:
    answering({"data": {"inventorySetQuantities": payload}})
    with pytest.raises(UncertainOutcomeError):
        client.set_quantities([], "key-1")


@respx.mock
def test_answer_that_breaks_its_schema_is_a_data_error_without_the_answer(client: ShopifyClient) -> None:
    answering({"data": {"order": {"id": "canary-name"}}})
    with pytest.raises(DataError) as caught:
        client.order_fulfilment("1", "S-1")
    assert "canary" not in f"{caught.value!r} {caught.value} {caught.value.__cause__} {caught.value.__context__}"


@respx.mock
def test_search_quotes_an_awkward_sku(client: ShopifyClient) -> None:
    route = answering({"data": {"inventoryItems": {"nodes": [], "pageInfo": {"hasNextPage": False}}}})
    client.items_by_sku(['A"B OR sku:*', "C"], "65001")
    sent = json.loads(route.calls.last.request.content)
    assert 'sku:"A\\"B OR sku:*" OR sku:"C"' == sent["variables"]["search"]
