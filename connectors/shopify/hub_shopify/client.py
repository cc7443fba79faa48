"""The only module with I/O: sends the operations of ``operations`` and pages through their answers.

Returns Shopify's own nodes; errors are those of hub.errors. One client per capability object; usable from
several threads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from hub.errors import ConfigurationError, DataError, UncertainOutcomeError
from hub.sdk.context import ConnectionContext
from hub.transport.answers import HttpResponse
from hub.transport.http import HttpClient, HttpSettings, Timing, open_http
from hub.transport.throttle import RateBudget
from hub_shopify.faults import classify
from hub_shopify.operations import (
    FULFILMENT_ORDERS_PER_ORDER,
    FULFILMENTS_PER_ORDER,
    LINES_PER_ORDER,
    OPERATIONS,
)
from hub_shopify.settings import API_VERSION, ShopifySettings
from hub_shopify.wire import (
    GraphOrderFulfilment,
    GraphSoughtItem,
    GraphUserError,
    jsonable,
)

LEVELS_PER_PAGE = 100
SKUS_PER_SEARCH = 40
MARKER_NAMESPACE = "crossdock"
GUESSED_COST = 100.0

Node = dict[str, Any]
ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """Order nodes and where the next page begins, None at the end."""

    nodes: tuple[Node, ...]
    next_cursor: str | None


class ShopifyClient:
    """Admin GraphQL of one shop, within its cost budget."""

    def __init__(self, context: ConnectionContext[ShopifySettings]) -> None:
        settings = context.settings
        self._settings = settings
        self._path = f"/admin/api/{API_VERSION}/graphql.json"
        self._budget = RateBudget(rate_per_second=50, burst=1_000, clock=context.monotonic)
        self._costs: dict[str, float] = {}
        self._open = self._opener(context)
        self._http: HttpClient | None = None
        self._lock = threading.Lock()
        self.spoken_version = ""

    def _opener(self, context: ConnectionContext[ShopifySettings]) -> Callable[[], HttpClient]:
        settings = context.settings
        http = HttpSettings(
            base_url=settings.base_url,
            allowed_hosts=frozenset({urlsplit(settings.base_url).hostname or ""}),
            allow_private=context.allow_private,
            headers={"X-Shopify-Access-Token": settings.access_token},
            deadline_seconds=settings.deadline_seconds,
            read_timeout_seconds=min(20.0, settings.deadline_seconds),
            idempotency_header="",
        )
        timing = Timing(
            clock=context.monotonic,
            sleep=context.sleep,
            random=context.random.random,
            now=lambda: context.clock().timestamp(),
        )
        return lambda: open_http(http, timing=timing, budget=self._budget)

    def shop(self) -> Node:
        """Facts of the shop; proves address, token and version."""
        node: Node = self._query("Shop", {})["shop"]
        return node

    def locations(self) -> list[Node]:
        """Every active location."""
        return list(self._paged("Locations", {"first": 100}, lambda data: data["locations"]))

    def orders_updated(self, search: str, after: str | None) -> OrdersPage:
        """One page of orders by update time, each with all its lines."""
        variables = {"search": search, "first": self._settings.page_size, "after": after, "lines": LINES_PER_ORDER}
        page = self._query("OrdersUpdated", variables)["orders"]
        for node in page["nodes"]:
            self._complete_lines(node)
        return _orders_page(page)

    def store_shipments(self, search: str, after: str | None) -> OrdersPage:
        """One page of orders with their fulfilments."""
        variables = {
            "search": search,
            "first": max(1, self._settings.page_size // 5),
            "after": after,
            "fulfilments": FULFILMENTS_PER_ORDER,
            "lines": LINES_PER_ORDER,
        }
        return _orders_page(self._query("StoreShipments", variables)["orders"])

    def location_counts(self, number: str) -> list[Node]:
        """Every level of one location. Raises ConfigurationError where there is no such location."""
        variables = {"id": f"gid://shopify/Location/{number}", "first": LEVELS_PER_PAGE}
        return list(self._paged("LocationCounts", variables, lambda data: _levels(data, number)))

    def items_by_sku(self, skus: Sequence[str], location: str) -> dict[str, GraphSoughtItem]:
        """Inventory items of these SKUs with what the location shows now; unknown SKUs are missing."""
        found: dict[str, GraphSoughtItem] = {}
        for start in range(0, len(skus), SKUS_PER_SEARCH):
            part = skus[start : start + SKUS_PER_SEARCH]
            search = " OR ".join(f"sku:{_quoted(sku)}" for sku in part)
            variables = {"search": search, "first": 2 * SKUS_PER_SEARCH, "location": location_gid(location)}
            for item in map(_sought, self._query("ItemsBySku", variables)["inventoryItems"]["nodes"]):
                # Search matches loosely and several items may share a SKU: exact ones only, first wins.
                if item.sku and item.sku in part:
                    found.setdefault(item.sku, item)
        return found

    def order_fulfilment(self, number: str, reference: str) -> GraphOrderFulfilment | None:
        """Fulfilment orders and fulfilments of an order, with our marker of this reference; None for no order."""
        variables = {
            "id": order_gid(number),
            "namespace": MARKER_NAMESPACE,
            "key": reference,
            "orders": FULFILMENT_ORDERS_PER_ORDER,
            "fulfilments": FULFILMENTS_PER_ORDER,
            "lines": LINES_PER_ORDER,
        }
        node = self._query("OrderFulfilment", variables)["order"]
        return None if node is None else _model(GraphOrderFulfilment, node)

    def move(self, marker: Node, fulfilment_order: str, location: str, lines: list[Node]) -> Node:
        """The payload of ``fulfillmentOrderMove``, our marker set before it."""
        variables = {
            "marker": [marker],
            "id": fulfilment_order,
            "location": location_gid(location),
            "lines": lines,
        }
        payload: Node = self._mutation("MoveFulfilmentOrder", variables).get("fulfillmentOrderMove") or {}
        return payload

    def create_fulfilment(self, marker: Node, fulfilment: Node) -> Node:
        """The payload of ``fulfillmentCreate``, our marker set before it."""
        variables = {"marker": [marker], "fulfillment": fulfilment}
        payload: Node = self._mutation("CreateFulfilment", variables).get("fulfillmentCreate") or {}
        return payload

    def set_quantities(self, entries: list[Node], key: str) -> list[GraphUserError]:
        """``inventorySetQuantities`` on ``available``: all entries or none; its userErrors."""
        request = {"name": "available", "reason": "correction", "quantities": entries}
        data = self._call("SetQuantities", {"input": request, "key": key}, safe=False, key=key)
        return user_errors(data.get("inventorySetQuantities"))

    def _query(self, name: str, variables: Mapping[str, Any]) -> Node:
        return self._call(name, variables, safe=True, key=None)

    def _mutation(self, name: str, variables: Mapping[str, Any]) -> Node:
        return self._call(name, variables, safe=False, key=None)

    def _call(self, name: str, variables: Mapping[str, Any], *, safe: bool, key: str | None) -> Node:
        response = self._client().request(
            "POST",
            self._path,
            safe=safe,
            key=key,
            json={"query": OPERATIONS[name], "variables": dict(variables)},
            cost=self._costs.get(name, GUESSED_COST),
        )
        self.spoken_version = response.headers.get("x-shopify-api-version", self.spoken_version)
        answer = _object(response)
        cost = (answer.get("extensions") or {}).get("cost") or {}
        self._learn(name, cost)
        if answer.get("errors"):
            raise classify(answer["errors"], cost, safe=safe)
        data = answer.get("data")
        if not isinstance(data, dict):
            raise classify([{"extensions": {"code": "INTERNAL_SERVER_ERROR"}}], cost, safe=safe)
        return data

    def _client(self) -> HttpClient:
        with self._lock:
            if self._http is None:
                self._http = self._open()
            return self._http

    def _learn(self, name: str, cost: Mapping[str, Any]) -> None:
        status = cost.get("throttleStatus")
        if status:
            self._budget.learn(
                float(status["currentlyAvailable"]), float(status["restoreRate"]), float(status["maximumAvailable"])
            )
            self._costs[name] = float(cost.get("requestedQueryCost") or GUESSED_COST)

    def _complete_lines(self, order: Node) -> None:
        """Orders with more lines than one page holds are completed before they are stored."""
        lines = order["lineItems"]
        info = lines.pop("pageInfo")
        if info["hasNextPage"]:
            variables = {"id": order["id"], "lines": 250, "after": info["endCursor"]}
            rest = self._paged("OrderLines", variables, lambda data: data["order"]["lineItems"])
            lines["nodes"].extend(rest)

    def _paged(self, name: str, variables: Node, connection: Callable[[Node], Node]) -> Iterator[Node]:
        after = variables.get("after")
        while True:
            page = connection(self._query(name, {**variables, "after": after}))
            yield from page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]


def order_gid(number: str) -> str:
    return f"gid://shopify/Order/{number}"


def location_gid(number: str) -> str:
    return f"gid://shopify/Location/{number}"


def marker(order: str, reference: str, value: str) -> Node:
    """Our note on an order, set in the same request as the effect it announces."""
    return {
        "ownerId": order_gid(order),
        "namespace": MARKER_NAMESPACE,
        "key": reference,
        "type": "json",
        "value": value,
    }


def user_errors(payload: Any) -> list[GraphUserError]:
    """The business refusals of a mutation's payload. Raises UncertainOutcomeError where it can't be read."""
    try:
        return [GraphUserError.model_validate(node) for node in payload["userErrors"]]
    except (ValidationError, KeyError, TypeError):
        pass
    raise UncertainOutcomeError("Shopify's answer to a mutation cannot be read.", code="shopify.outcome-unknown")


def _model(model: type[ModelT], node: Any) -> ModelT:
    try:
        return model.model_validate(node)
    except ValidationError:
        pass
    # Outside the handler: pydantic's error may quote what it could not read.
    raise DataError("Shopify's answer lacks what its schema promises.", code="shopify.unexpected-answer")


def _sought(node: Node) -> GraphSoughtItem:
    return _model(GraphSoughtItem, node)


def _object(response: HttpResponse) -> Node:
    answer = response.json()
    if not isinstance(answer, dict):
        raise DataError("Shopify's answer is no JSON object.", code="shopify.unexpected-answer")
    return answer


def _orders_page(page: Node) -> OrdersPage:
    info = page["pageInfo"]
    return OrdersPage(tuple(jsonable(page["nodes"])), info["endCursor"] if info["hasNextPage"] else None)


def _levels(data: Node, number: str) -> Node:
    location = data["location"]
    if location is None:
        raise ConfigurationError(
            f"The shop has no location {number}.",
            code="shopify.unknown-location",
            cure="Correct store_locations.",
        )
    levels: Node = location["inventoryLevels"]
    return levels


def _quoted(sku: str) -> str:
    escaped = sku.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
