"""Webhook bodies in Shopify's words: REST's names, numeric ids. Tolerant, as ``wire``."""

from __future__ import annotations

from decimal import Decimal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from hub_shopify.wire import Whole


class Hook(BaseModel):
    """A part of a webhook body."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class HookMoney(Hook):
    amount: Decimal
    currency_code: str


class HookMoneyBag(Hook):
    shop_money: HookMoney


class HookAddress(Hook):
    name: str | None = None
    company: str | None = None
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    province_code: str | None = None
    zip: str | None = None
    country_code: str | None = None
    phone: str | None = None


class HookLine(Hook):
    id: int
    sku: str | None = None
    title: str = ""
    quantity: Whole
    fulfillable_quantity: Whole | None = None
    requires_shipping: bool = True
    price_set: HookMoneyBag | None = None


class HookFulfilledLine(Hook):
    id: int
    quantity: Whole


class HookFulfilment(Hook):
    status: str | None = None
    line_items: tuple[HookFulfilledLine, ...] = ()


class HookShippingLine(Hook):
    code: str | None = None
    title: str = ""


class HookOrder(Hook):
    """Body of orders/create, orders/updated and orders/cancelled."""

    id: int
    name: str
    created_at: AwareDatetime
    updated_at: AwareDatetime
    cancelled_at: AwareDatetime | None = None
    cancel_reason: str | None = None
    test: bool = False
    email: str | None = None
    shipping_address: HookAddress | None = None
    shipping_lines: tuple[HookShippingLine, ...] = ()
    line_items: tuple[HookLine, ...]
    fulfillments: tuple[HookFulfilment, ...] = ()
