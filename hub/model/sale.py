"""What we tell a channel that buys from us: which units it will get (855, 865), and what it owes for them (810)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from pydantic import Field, model_validator

from hub.model.canonical import Canonical, Instant, PositiveAmount, Text
from hub.model.identity import ChannelId, ConnectionId, LineId, LocationId, OrderId, Sku
from hub.model.money import Money, currency_exponent
from hub.model.purchase import AcknowledgementOutcome


class AnsweredUnits(Canonical):
    """Eaches of a line and what becomes of them: accepted, backordered or rejected."""

    quantity: PositiveAmount
    outcome: AcknowledgementOutcome


class AnsweredLine(Canonical):
    """Our answer for one order line; ``units`` add up to ``ordered``. Quantities in eaches, the price of one each."""

    line_id: LineId
    sku: Sku
    ordered: PositiveAmount
    units: tuple[AnsweredUnits, ...] = Field(min_length=1)
    unit_price: Money | None = None

    @model_validator(mode="after")
    def _complete(self) -> AnsweredLine:
        if sum((each.quantity for each in self.units), Decimal(0)) != self.ordered:
            raise ValueError("the units answered are not those ordered")
        return self


class OrderAcknowledgement(Canonical):
    """Our business answer to a channel's order. ``revision`` counts our answers from 1: the first answers the order,
    a later one says what has changed since. ``cancellations`` is how many of the channel's it knows of."""

    key: Text
    order_id: OrderId
    channel: ChannelId
    connection: ConnectionId
    order_external_id: str
    placed_at: Instant
    answered_at: Instant
    revision: int = Field(ge=1)
    cancellations: int = Field(default=0, ge=0)
    lines: tuple[AnsweredLine, ...] = Field(min_length=1)


class BilledLine(Canonical):
    """Eaches of one order line that left, at the price the order names."""

    line_id: LineId
    sku: Sku
    quantity: PositiveAmount
    unit_price: Money
    title: str = ""


class CustomerInvoice(Canonical):
    """Our claim for money for one shipment of a channel's order. ``invoice_number`` is ours; ``shipping`` is billed
    with an order's first invoice. ``total`` is exact to the smallest coin, rounded once and half up.

    ``ship_to_site`` is the channel's code of the place the goods went to, empty for a person's address.
    """

    key: Text
    invoice_number: Text
    order_id: OrderId
    channel: ChannelId
    connection: ConnectionId
    order_external_id: str
    placed_at: Instant
    location: LocationId
    shipment: str
    shipped_at: Instant
    invoiced_at: Instant
    lines: tuple[BilledLine, ...] = Field(min_length=1)
    shipping: Money | None = None
    total: Money
    ship_to_site: str = ""

    @model_validator(mode="after")
    def _adds_up(self) -> CustomerInvoice:
        if self.total != total_of(self.lines, self.shipping):
            raise ValueError("the total is not that of lines and shipping")
        return self


def total_of(lines: tuple[BilledLine, ...], shipping: Money | None) -> Money:
    """Lines and shipping, rounded once to the currency's coin. Raises ValueError for several currencies."""
    first, *rest = [line.unit_price.times(line.quantity) for line in lines]
    total = sum([*rest, *([shipping] if shipping is not None else [])], first)
    coin = Decimal(1).scaleb(-currency_exponent(total.currency))
    return Money(amount=total.amount.quantize(coin, ROUND_HALF_UP), currency=total.currency)
