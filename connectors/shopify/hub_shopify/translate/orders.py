"""An order node or an order webhook to ``Order`` and ``Cancellation``.

Both carry the same facts. The order's ``updatedAt`` is the revision that lets a late older message lose.
It has whole seconds only: within one, a poll knows better than a webhook, which was frozen when it was
triggered, and a later poll better than an earlier one.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from hub.errors import DataError
from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.identity import ChannelId, LineId, Sku
from hub.model.money import Money
from hub.model.order import Order, OrderLine
from hub.model.party import Address
from hub.model.returns import Cancellation
from hub.sdk.capabilities import Item, Parsed, Problem
from hub_shopify.wire import GraphAddress, GraphLine, GraphOrder, GraphShippingLine, read
from hub_shopify.wire_webhooks import HookLine, HookOrder

ORDER_KIND = "shopify-order"
WEBHOOK_KIND = "shopify-order-webhook"
SERVICES = frozenset({"standard", "express", "expedited", "overnight", "pickup"})


def parse_order(document: Document, codebook: Codebook, channel: ChannelId, accept_tests: bool) -> Parsed:
    """The order as it stands, and its cancellation. Test orders say nothing unless accepted."""
    hooked = document.kind == WEBHOOK_KIND
    order = graph_order(read(HookOrder, document.body)) if hooked else read(GraphOrder, document.body)
    if order.test and not accept_tests:
        return Parsed()
    problems: list[Problem] = []
    wanted = _wanted(order)
    lines = [
        _line(line, wanted[line.id], place, codebook, problems)
        for place, line in enumerate(order.line_items.nodes)
        if line.requires_shipping and wanted[line.id]
    ]
    if not lines:
        emptied = any(line.requires_shipping and line.quantity for line in order.line_items.nodes)
        return Parsed(items=(_cancellation(order, order.updated_at, channel),)) if emptied else Parsed()
    taken = Order(
        channel=channel,
        external_id=order.id,
        number=order.name,
        placed_at=order.created_at.astimezone(UTC),
        revision=_revision(order, None if hooked else document.at),
        ship_to=_address(order.shipping_address, order.email),
        service=_service(order.shipping_line, codebook),
        lines=tuple(lines),
    )
    items: list[Item] = [taken]
    if order.cancelled_at:
        items.append(_cancellation(order, order.cancelled_at, channel))
    return Parsed(items=tuple(items), problems=tuple(problems))


def _revision(order: GraphOrder, polled_at: datetime | None) -> str:
    updated = order.updated_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{updated} {polled_at.astimezone(UTC).isoformat()}" if polled_at else updated


def _wanted(order: GraphOrder) -> dict[str, int]:
    """Units per line the customer wants or has got. Units taken off the order are gone from it; those of a
    returned parcel are not. A cancelled order still says what was sold: its cancellation says the rest."""
    taken_off = not order.cancelled_at
    return {
        line.id: line.quantity - (line.non_fulfillable_quantity if taken_off else 0) for line in order.line_items.nodes
    }


def graph_order(hook: HookOrder) -> GraphOrder:
    """A webhook body in the shape of the GraphQL node."""
    address = hook.shipping_address
    shipping = hook.shipping_lines[0] if hook.shipping_lines else None
    return GraphOrder.model_validate(
        {
            "id": str(hook.id),
            "name": hook.name,
            "created_at": hook.created_at,
            "updated_at": hook.updated_at,
            "cancelled_at": hook.cancelled_at,
            "cancel_reason": hook.cancel_reason,
            "test": hook.test,
            "email": hook.email,
            "shipping_address": address and {**address.model_dump(), "country_code_v2": address.country_code},
            "shipping_line": shipping and shipping.model_dump(),
            "line_items": {
                "nodes": [
                    {
                        "id": str(line.id),
                        "sku": line.sku,
                        "title": line.title,
                        "quantity": line.quantity,
                        "non_fulfillable_quantity": _taken_off(hook, line),
                        "requires_shipping": line.requires_shipping,
                        "original_unit_price_set": line.price_set and line.price_set.model_dump(),
                    }
                    for line in hook.line_items
                ]
            },
        }
    )


def _taken_off(hook: HookOrder, line: HookLine) -> int:
    """REST does not say it outright: what is neither still to fulfil nor fulfilled."""
    if line.fulfillable_quantity is None:
        return 0
    fulfilled = sum(
        one.quantity
        for fulfilment in hook.fulfillments
        if fulfilment.status in (None, "success", "pending", "open")
        for one in fulfilment.line_items
        if one.id == line.id
    )
    return max(0, line.quantity - line.fulfillable_quantity - fulfilled)


def _line(line: GraphLine, wanted: int, place: int, codebook: Codebook, problems: list[Problem]) -> OrderLine:
    sku = _sku(line, f"lineItems[{place}].sku", codebook, problems)
    price = line.original_unit_price_set.shop_money if line.original_unit_price_set else None
    return OrderLine(
        line_id=LineId(line.id),
        sku=sku,
        channel_item=line.sku or "",
        quantity=Decimal(wanted),
        unit_price=Money(amount=price.amount, currency=price.currency_code) if price else None,
        title=line.title,
    )


def _sku(line: GraphLine, path: str, codebook: Codebook, problems: list[Problem]) -> Sku | None:
    """Our SKU, or None with a problem: the line waits in quarantine and the rest of the order flows."""
    item = codebook.item_for([("sku", line.sku)]) if line.sku else None
    if item is None:
        problems.append(
            Problem(
                path,
                "data.unmapped-sku" if line.sku else "data.missing-sku",
                "The shop sold an item that is not mapped." if line.sku else "The shop sold an item without a SKU.",
                f"Add it to mappings/partners/{codebook.partner}/items.csv; the order is then read again."
                if line.sku
                else "Give it one in the shop; the next update is taken by itself.",
                line.sku or "",
                (("sku", line.sku),) if line.sku else (),
            )
        )
        return None
    if item.units_each != 1:
        # A confirmation names order lines only, so packs could not be turned back into the shop's units.
        cure = "Give the pack a SKU of its own, as a kit of its single item."
        problems.append(Problem(path, "shopify.pack-item", "A shop item must be one each.", cure, line.sku or ""))
        return None
    return item.sku


def _address(address: GraphAddress | None, email: str | None) -> Address | None:
    if address is None:
        return None
    country = (address.country_code_v2 or "").upper()
    if len(country) != 2:
        raise DataError(
            "The delivery address has no country.",
            code="data.missing-country",
            cure="Complete the address in the shop; the next update is taken by itself.",
            path="shippingAddress.countryCodeV2",
        )
    return Address(
        name=address.name or "",
        company=address.company or "",
        line1=address.address1 or "",
        line2=address.address2 or "",
        city=address.city or "",
        region=address.province_code or "",
        postal_code=address.zip or "",
        country=country,
        phone=address.phone or "",
        email=email or "",
    )


def _service(shipping: GraphShippingLine | None, codebook: Codebook) -> str:
    """The codebook's ``services`` table by code, then by title; else a known word; else standard."""
    for word in (shipping.code, shipping.title) if shipping else ():
        if word and (known := codebook.code("services", word) or (word.lower() if word.lower() in SERVICES else "")):
            return known
    return "standard"


def _cancellation(order: GraphOrder, at: datetime, channel: ChannelId) -> Cancellation:
    """Everything that has not left; the same however often the order is told."""
    reason = (order.cancel_reason or "").lower()
    return Cancellation(channel=channel, external_id=order.id, cancelled_at=at.astimezone(UTC), reason=reason)
