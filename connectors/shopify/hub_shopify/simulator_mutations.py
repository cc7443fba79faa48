"""The simulator's mutations: Shopify's checks and words around what the shop does."""

from __future__ import annotations

import re
from typing import Any

from graphql import GraphQLError, VariableNode

from hub_shopify.simulator_fulfilment import RefusalError, create, move
from hub_shopify.simulator_resolvers import MOST_NODES, Info, Resolver


def set_quantities(_root: Any, info: Info, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    """Both demands of 2026-04 and later are top-level errors, as seen on live shops."""
    key = _idempotency_key(info)
    if key is None:
        message = "The @idempotent directive is required for this mutation but was not provided."
        raise GraphQLError(message, extensions={"code": "BAD_REQUEST"})
    if any("changeFromQuantity" not in entry for entry in input["quantities"]):
        message = "InventoryQuantityInput must include the following argument: changeFromQuantity."
        raise GraphQLError(message, extensions={"code": "INVALID_FIELD_ARGUMENTS"})
    if len(input["quantities"]) > MOST_NODES:
        message = f"The input array size of {len(input['quantities'])} is greater than the maximum allowed of 250."
        raise GraphQLError(message, extensions={"code": "MAX_INPUT_SIZE_EXCEEDED"})
    return info.context.keys.set_quantities(key, input)


def _idempotency_key(info: Info) -> str | None:
    for directive in info.field_nodes[0].directives or ():
        for argument in directive.arguments or () if directive.name.value == "idempotent" else ():
            value = argument.value
            if isinstance(value, VariableNode):
                # graphql-core 3.3 wraps the values, 3.2 hands the plain mapping
                values: Any = info.variable_values
                return str(getattr(values, "coerced", values)[value.name.value])
            return str(getattr(value, "value", ""))
    return None


def move_fulfilment_order(
    _root: Any,
    info: Info,
    id: str,  # noqa: A002
    newLocationId: str,  # noqa: N803
    fulfillmentOrderLineItems: list[dict[str, Any]] | None = None,  # noqa: N803
) -> dict[str, Any]:
    context = info.context
    try:
        moved, original = move(context.shop, context.tally, id, newLocationId, fulfillmentOrderLineItems)
    except RefusalError as refusal:
        return {"user_errors": [{"code": refusal.code, "field": refusal.field, "message": refusal.message}]}
    context.book_assignment(moved)
    context.announce("orders/updated", original.order)
    return {"moved_fulfillment_order": moved, "original_fulfillment_order": original, "user_errors": []}


def create_fulfilment(_root: Any, info: Info, fulfillment: dict[str, Any], **_message: str | None) -> dict[str, Any]:
    context, shop = info.context, info.context.shop
    try:
        made = create(shop, context.tally, fulfillment["lineItemsByFulfillmentOrder"], fulfillment.get("trackingInfo"))
    except RefusalError as refusal:
        return {"fulfillment": None, "user_errors": [{"field": refusal.field, "message": refusal.message}]}
    first = fulfillment["lineItemsByFulfillmentOrder"][0]["fulfillmentOrderId"]
    context.announce("orders/updated", shop.fulfilment_orders[first].order)
    return {"fulfillment": made, "user_errors": []}


def set_metafields(_root: Any, info: Info, metafields: list[dict[str, Any]]) -> dict[str, Any]:
    shop = info.context.shop
    made = []
    for entry in metafields:
        order = shop.orders.get(entry["ownerId"])
        if order is None or not re.fullmatch(r"[A-Za-z0-9_-]{2,64}", entry["key"]):
            error = {"code": "INVALID", "field": ["metafields"], "message": "Owner or key is invalid."}
            return {"metafields": None, "user_errors": [error]}
        order.metafields[entry["namespace"], entry["key"]] = entry["value"]
        info.context.reference = entry["key"]
        shop.touch(order)
        made.append({"id": shop.new_id("Metafield"), **entry})
    return {"metafields": made, "user_errors": []}


MUTATIONS: dict[str, Resolver] = {
    "Mutation.inventorySetQuantities": set_quantities,
    "Mutation.fulfillmentOrderMove": move_fulfilment_order,
    "Mutation.fulfillmentCreate": create_fulfilment,
    "Mutation.metafieldsSet": set_metafields,
}
