"""What rules are told of an order and of locations: plain dicts by the names of ``hub.model.rule_facts``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hub.model.identity import LocationId, Sku
from hub.model.item import KILOGRAM, POUND, ItemFacts
from hub.model.network import Network
from hub.model.order import Order, OrderLine
from hub.model.rule_facts import LINE, ORDER, Fact

Facts = dict[str, Any]

_UNKNOWN = ItemFacts(sku=Sku(""))
_ZERO = Decimal(0)

# What a fact of each type is where an example says nothing of it; else null, or an empty list.
_NOTHING: Facts = {"text": "", "decimal": _ZERO, "int": 0, "bool": False, "moment": datetime(2000, 1, 1, tzinfo=UTC)}


def _said_nothing(record: Iterable[Fact]) -> Facts:
    return {fact.name: _NOTHING.get(fact.type, None if fact.type.endswith(" or null") else ()) for fact in record}


_NO_LINE = {**_said_nothing(LINE), "quantity": Decimal(1)}
_NO_ORDER = {**_said_nothing(ORDER), "id": "example", "service": "standard"}


def order_facts(
    order: Order,
    items: Mapping[Sku, ItemFacts],
    *,
    lines: Sequence[OrderLine] | None = None,
    attempts: int = 0,
    rejected_by: Iterable[LocationId] = (),
) -> Facts:
    """The facts of an order. ``lines``: those to be told of, in this order; by default all that it still asks for."""
    asked = [line for line in order.lines if not line.dropped] if lines is None else lines
    told = [_line_facts(line, items) for line in asked]
    sums = _sums(told)
    ship_to = order.ship_to
    return {
        "id": order.order_id,
        "channel": order.channel,
        "service": order.service,
        "tags": order.tags,
        "currency": "" if sums["total"] is None else _currency(asked),
        "placed_at": order.placed_at,
        "promised_by": order.promised_by,
        "country": ship_to.country if ship_to else "",
        "region": ship_to.region if ship_to else "",
        "postal_code": ship_to.postal_code if ship_to else "",
        "pickup_at": order.pickup_at,
        "ship_complete": order.ship_complete,
        "attempts": attempts,
        "rejected_by": tuple(rejected_by),
        "lines": told,
        **sums,
    }


def facts_of_example(given: Mapping[str, Any]) -> Facts:
    """The facts of an order that says only what is ``given``, lines too; sums that are not given are of its lines."""
    lines = [{**_NO_LINE, **line} for line in given.get("lines", ())]
    return {**_NO_ORDER, **_sums(lines), **given, "lines": lines}


def _sums(lines: Sequence[Facts]) -> Facts:
    return {
        "total": _sum(None if line["unit_price"] is None else line["unit_price"] * line["quantity"] for line in lines),
        "units": sum((line["quantity"] for line in lines), _ZERO),
        "weight_kg": _sum(line["weight_kg"] for line in lines),
        "weight_lb": _sum(line["weight_lb"] for line in lines),
    }


def _sum(parts: Iterable[Decimal | None]) -> Decimal | None:
    """None where one of them is not known."""
    total = _ZERO
    for part in parts:
        if part is None:
            return None
        total += part
    return total


def _currency(lines: Iterable[OrderLine]) -> str:
    return next((line.unit_price.currency for line in lines if line.unit_price), "")


def _line_facts(line: OrderLine, items: Mapping[Sku, ItemFacts]) -> Facts:
    item = _UNKNOWN if line.sku is None else items.get(line.sku, _UNKNOWN)
    weight = None if item.weight is None else item.weight * line.quantity
    return {
        "sku": line.sku or "",
        "quantity": line.quantity,
        "unit_price": None if line.unit_price is None else line.unit_price.amount,
        "category": item.category,
        "tags": item.tags,
        "hazmat": item.hazmat,
        "weight_kg": None if weight is None else weight / KILOGRAM,
        "weight_lb": None if weight is None else weight / POUND,
    }


def location_facts(network: Network) -> dict[LocationId, Facts]:
    """The facts of every location, in the network's order."""
    channels: dict[LocationId, list[str]] = {}
    for channel in network.channels:
        for reached in channel.reachable:
            channels.setdefault(reached, []).append(channel.channel)
    return {
        each.location: {
            "id": each.location,
            "name": each.name,
            "kind": each.kind.value,
            "partner": each.partner,
            "owner": each.stock_owner,
            "site": each.ships_from,
            "country": each.place.country,
            "region": each.place.region,
            "postal_code": each.place.postal_code,
            "tags": each.tags,
            "uses": tuple(use.value for use in each.uses),
            "channels": tuple(channels.get(each.location, ())),
        }
        for each in network.locations
    }
