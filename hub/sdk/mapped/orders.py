"""Records of orders as orders of the connection's channel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from hub.mapping.fields.reading import Fields, Said
from hub.model.identity import ChannelId, LineId
from hub.model.money import Money
from hub.model.order import Order, OrderLine
from hub.model.party import Address
from hub.model.quantity import amount_of_each
from hub.sdk.capabilities import Parsed
from hub.sdk.mapped.intake import Intake

_ADDRESS = tuple(Address.model_fields)


def orders(intake: Intake, channel: ChannelId) -> Parsed:
    """Every order that can be used. A line whose item is not mapped waits, and the rest of its order flows."""
    found = tuple(order for said in intake.records() if (order := _order(intake, said, channel)) is not None)
    return Parsed(found, intake.problems)


def _order(intake: Intake, said: Said, channel: ChannelId) -> Order | None:
    """The order with those of its lines that can be read. One of which there are several versions stands or falls as a
    whole: a line that the newer version does not name is wanted no more."""
    lines: dict[LineId, OrderLine] = {}
    for number, line in enumerate(said.lines, start=1):
        made = _line(intake, said, line, number)
        if made is not None and lines.setdefault(made.line_id, made) is not made:
            intake.refuse(line, "line_id", "Another line of the order has this key.")
            return None
    fields, versions = said.fields, "revision" in said.fields
    if not lines or (versions and len(lines) < len(said.lines)):
        if not said.lines:
            intake.refuse(said, "lines", "The order has no line.")
        return None
    address = _address(intake, said)
    if address is None and any(name.startswith("ship_to.") for name in fields):
        return None
    placed, promised = fields.get("placed_at"), fields.get("promised_by")
    key = str(fields["external_id"])
    return Order(
        channel=channel,
        external_id=key,
        number=str(fields.get("number") or key),
        placed_at=placed if isinstance(placed, datetime) else intake.written_at,
        # An order that comes again changes nothing, unless more of its lines can be read than before.
        revision=f"{fields.get('revision', '0')} {len(lines):06d}",
        ship_to=address,
        service=str(fields.get("service", "standard")),
        promised_by=promised if isinstance(promised, date) else None,
        lines=tuple(lines.values()),
        shipping_charge=intake.money(said, "shipping_charge", fields.get("currency")),
    )


def _line(intake: Intake, order: Said, said: Said, number: int) -> OrderLine | None:
    """The line in eaches, without a SKU where its item is not mapped; None where not even its eaches are known."""
    if said.fault is not None:
        intake.fault(said, said.fault)
        return None
    item = intake.item(said)
    size = intake.eaches_of(said, item)
    quantity = intake.eaches(said, "quantity", size[1]) if size is not None else None
    if size is None or quantity is None:
        return None
    if quantity <= 0:
        intake.refuse(said, "quantity", "An order asks for more than none.")
        return None
    price = intake.money(said, "unit_price", order.fields.get("currency"))
    return OrderLine(
        line_id=LineId(str(said.fields.get("line_id") or number)),
        sku=item.sku if item is not None else None,
        channel_item=_named(said.fields),
        quantity=quantity,
        unit_price=price and Money(amount=amount_of_each(price.amount, size[1]), currency=price.currency),
        title=str(said.fields.get("title", "")),
    )


def _named(fields: Fields) -> str:
    return next((str(value) for name, value in fields.items() if name.startswith("item.")), "")


def _address(intake: Intake, said: Said) -> Address | None:
    parts: Mapping[str, str] = {
        name: str(said.fields[f"ship_to.{name}"]) for name in _ADDRESS if f"ship_to.{name}" in said.fields
    }
    if not parts:
        return None
    country = parts.get("country", "").upper()
    if len(country) != 2 or not (country.isascii() and country.isalpha()):
        cure = "Map ship_to.country to two letters (ISO 3166), by a table where the file has names."
        intake.report(said, "data.missing-country", "The address has no country.", cure)
        return None
    return Address(**{**parts, "country": country})
