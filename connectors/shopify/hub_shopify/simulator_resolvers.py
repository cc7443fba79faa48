"""How the simulator's schema reads the shop: paging, searching, and Shopify's field names.

Anything without a resolver here is read from the object's attribute of the same name in snake case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING, Any, TypeAlias

from graphql import GraphQLError, GraphQLResolveInfo

from hub_shopify.simulator_state import Fulfilment, FulfilmentOrder, Item, Level, LineItem, Location, Order

if TYPE_CHECKING:
    from hub_shopify.simulator_graphql import GraphqlEndpoint

MOST_NODES = 250

Resolver = Callable[..., Any]
Info: TypeAlias = "GraphQLResolveInfo[GraphqlEndpoint]"


@cache
def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def read_attribute(source: Any, info: Info, **_arguments: Any) -> Any:
    """The default resolver: an attribute or key of the same name."""
    name = snake(info.field_name)
    return source.get(name) if isinstance(source, dict) else getattr(source, name)


def listing(nodes: Sequence[Any], first: int | None, after: str | None) -> dict[str, Any]:
    """One page of a list that does not change order; cursors are positions."""
    _check_first(first)
    start = int(after) if after else 0
    end = start + (first or MOST_NODES)
    return _connection(nodes[start:end], str(start), str(min(end, len(nodes))), len(nodes) > end)


def _connection(nodes: Sequence[Any], start: str, end: str, has_next: bool) -> dict[str, Any]:
    info = {
        "has_next_page": has_next,
        "has_previous_page": False,
        "start_cursor": start if nodes else None,
        "end_cursor": end if nodes else None,
    }
    return {"nodes": nodes, "page_info": info}


def _check_first(first: int | None) -> None:
    if first is not None and not 0 < first <= MOST_NODES:
        raise GraphQLError(f"Argument 'first' on Field must be between 1 and {MOST_NODES}.")


def orders(
    _root: Any,
    info: Info,
    first: int | None = None,
    after: str | None = None,
    query: str = "",
    sortKey: str = "PROCESSED_AT",  # noqa: N803
) -> dict[str, Any]:
    """Orders by update time; the cursor is the last (time, number) seen, so updates are never skipped."""
    _check_first(first)
    if sortKey != "UPDATED_AT":
        raise GraphQLError("The simulator lists orders by UPDATED_AT only.")
    shop = info.context.shop
    since, locations = _order_search(query)
    recent = takewhile(lambda order: order.updated_at >= since, reversed(shop.orders_by_update.values()))
    found = sorted((o for o in recent if _ships_from(o, locations)), key=_order_key)
    if after:
        stamp, number = after.split("|")
        found = [order for order in found if _order_key(order) > (stamp, int(number))]
    page = found[: first or MOST_NODES]
    start, end = [f"{o.updated_at}|{o.number}" for o in page[:1] + page[-1:]] or ("", "")
    return _connection(page, start, end, len(found) > len(page))


def _order_key(order: Order) -> tuple[str, int]:
    return order.updated_at, order.number


def _ships_from(order: Order, locations: frozenset[str]) -> bool:
    return not locations or any(f.location.id.rsplit("/", 1)[1] in locations for f in order.fulfilments)


def _order_search(query: str) -> tuple[str, frozenset[str]]:
    """The two terms this connector uses; an unknown term is an error, where Shopify only warns."""
    since = "".join(re.findall(r"updated_at:>='?([0-9TZ:-]+)'?", query))
    locations = frozenset(re.findall(r"fulfillment_location_id:(\d+)", query))
    rest = re.sub(r"updated_at:>='?[0-9TZ:-]+'?|fulfillment_location_id:\d+|\bAND\b|\bOR\b|[()\s]", "", query)
    if rest:
        raise GraphQLError("The simulator does not know this search term.")
    return since, locations


def inventory_items(
    _root: Any, info: Info, first: int | None = None, after: str | None = None, query: str = ""
) -> dict[str, Any]:
    shop = info.context.shop
    if not query:
        return listing(list(shop.items.values()), first, after)
    wanted = [quoted.replace('\\"', '"') for quoted in re.findall(r'sku:"((?:[^"\\]|\\.)*)"', query)]
    return listing([shop.items_by_sku[sku] for sku in wanted if sku in shop.items_by_sku], first, after)


def money(line: LineItem, _info: Info) -> dict[str, Any]:
    amount = {"amount": str(line.item.price), "currency_code": "USD"}
    return {"shop_money": amount, "presentment_money": amount}


def quantities(level: Level, _info: Info, names: list[str]) -> list[dict[str, Any]]:
    zero = {"reserved", "damaged", "quality_control", "safety_stock", "incoming"}
    counts = {
        name: 0 if name in zero else getattr(level, name)
        for name in names
        if name in zero | {"available", "on_hand", "committed"}
    }
    return [
        {"id": f"{level.id}?name={name}", "name": name, "quantity": count, "updated_at": level.updated_at}
        for name, count in counts.items()
    ]


def shipping_address(order: Order, _info: Info) -> Mapping[str, Any] | None:
    if not order.ship_to:
        return None
    return {
        "id": order.id.replace("Order", "MailingAddress"),
        **{snake(k): v for k, v in order.ship_to.items()},
    }


def _metafield(source: Order, _info: Info, key: str, namespace: str = "") -> dict[str, Any] | None:
    value = source.metafields.get((namespace, key))
    return None if value is None else {"namespace": namespace, "key": key, "value": value}


def _fulfilment_order_lines(
    source: FulfilmentOrder, _info: Info, first: int | None = None, after: str | None = None
) -> dict[str, Any]:
    return listing(source.lines, first, after)


def _inventory_levels(source: Any, info: Info, first: int | None = None, after: str | None = None) -> dict[str, Any]:
    shop = info.context.shop
    return listing([shop.levels[item_id, source.id] for item_id in shop.items], first, after)


def _inventory_level(source: Item, info: Info, locationId: str) -> Level | None:  # noqa: N803
    return info.context.shop.levels.get((source.id, locationId))


def _order(_root: Any, info: Info, id: str) -> Order | None:  # noqa: A002
    return info.context.shop.orders.get(id)


def _location(_root: Any, info: Info, id: str | None = None) -> Location | None:  # noqa: A002
    return info.context.shop.locations.get(id or "")


def _fulfilments(source: Order, _info: Info, first: int | None = None) -> list[Fulfilment]:
    return source.fulfilments[: first or MOST_NODES]


RESOLVERS: dict[str, Resolver] = {
    "QueryRoot.shop": lambda _root, info: info.context.shop_facts,
    "QueryRoot.order": _order,
    "QueryRoot.orders": orders,
    "QueryRoot.location": _location,
    "QueryRoot.locations": lambda _root, info, first=None, after=None: listing(
        list(info.context.shop.locations.values()), first, after
    ),
    "QueryRoot.inventoryItems": inventory_items,
    "Order.displayFulfillmentStatus": lambda order, _info: order.display_status,
    "Order.currencyCode": lambda order, _info: order.currency,
    "Order.processedAt": lambda order, _info: order.created_at,
    "Order.shippingAddress": shipping_address,
    "Order.shippingLine": lambda order, _info: {"code": order.service, "title": order.service.capitalize()},
    "Order.lineItems": lambda order, _info, first=None, after=None: listing(order.lines, first, after),
    "Order.fulfillmentOrders": lambda order, _info, first=None, after=None: listing(
        order.fulfilment_orders, first, after
    ),
    "Order.fulfillments": _fulfilments,
    "Order.metafield": _metafield,
    "LineItem.sku": lambda line, _info: line.item.sku,
    "LineItem.title": lambda line, _info: line.item.title,
    "LineItem.requiresShipping": lambda _line, _info: True,
    "LineItem.originalUnitPriceSet": money,
    "FulfillmentOrder.orderId": lambda source, _info: source.order.id,
    "FulfillmentOrder.orderName": lambda source, _info: source.order.name,
    "FulfillmentOrder.assignedLocation": lambda source, _info: {
        "name": source.location.name,
        "location": source.location,
    },
    "FulfillmentOrder.lineItems": _fulfilment_order_lines,
    "FulfillmentOrderLineItem.sku": lambda line, _info: line.line_item.item.sku,
    "Fulfillment.totalQuantity": lambda source, _info: sum(line.quantity for line in source.lines),
    "Fulfillment.trackingInfo": lambda source, _info, first=None: source.tracking[: first or MOST_NODES],
    "Fulfillment.fulfillmentLineItems": lambda source, _info, first=None, after=None: listing(
        source.lines, first, after
    ),
    "InventoryItem.inventoryLevel": _inventory_level,
    "InventoryLevel.quantities": quantities,
    "Location.inventoryLevels": _inventory_levels,
}
