"""Shopify's payloads in Shopify's words, tolerant: fields we do not know are ignored.

These are nodes of the admin GraphQL schema; webhook bodies are in ``wire_webhooks``, and what we store to send
is in ``intents``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from hub.errors import DataError


class Inbound(BaseModel):
    """Tolerant, frozen, and silent about its input in errors."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, alias_generator=to_camel, populate_by_name=True
    )


ModelT = TypeVar("ModelT", bound=BaseModel)
Whole = Annotated[int, Field(ge=0)]
Number = Annotated[str, BeforeValidator(lambda value: value.rsplit("/", 1)[-1] if isinstance(value, str) else value)]
"""The number at the end of a gid."""


def read(model: type[ModelT], body: bytes) -> ModelT:
    """The body as this model. Raises DataError naming the place, never the value."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        path = ".".join(str(part) for part in first["loc"])
        reason = str(first["type"])
    raise DataError(
        f"Shopify's message cannot be read ({reason}).",
        code="data.invalid",
        cure="Look at the stored document; if Shopify changed its format, update the connector and reprocess.",
        path=path,
    )


class PageInfo(Inbound):
    has_next_page: bool = False
    end_cursor: str | None = None


class GraphMoney(Inbound):
    amount: Decimal
    currency_code: str


class GraphMoneyBag(Inbound):
    shop_money: GraphMoney


class GraphAddress(Inbound):
    name: str | None = None
    company: str | None = None
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    province_code: str | None = None
    zip: str | None = None
    country_code_v2: str | None = Field(default=None, alias="countryCodeV2")
    phone: str | None = None


class GraphLine(Inbound):
    id: Number
    sku: str | None = None
    title: str = ""
    quantity: Whole
    non_fulfillable_quantity: Whole = 0
    requires_shipping: bool = True
    original_unit_price_set: GraphMoneyBag | None = None


class GraphLines(Inbound):
    nodes: tuple[GraphLine, ...]


class GraphShippingLine(Inbound):
    code: str | None = None
    title: str = ""


class GraphOrder(Inbound):
    """One node of ``orders``; all of its lines."""

    id: Number
    name: str
    created_at: AwareDatetime
    updated_at: AwareDatetime
    cancelled_at: AwareDatetime | None = None
    cancel_reason: str | None = None
    test: bool = False
    email: str | None = None
    shipping_address: GraphAddress | None = None
    shipping_line: GraphShippingLine | None = None
    line_items: GraphLines


class GraphLineRef(Inbound):
    id: Number
    sku: str | None = None


class GraphLocationRef(Inbound):
    id: Number


class GraphTracking(Inbound):
    company: str | None = None
    number: str | None = None
    url: str | None = None


class GraphFulfilmentLine(Inbound):
    quantity: int | None = None
    line_item: GraphLineRef


class GraphFulfilmentLines(Inbound):
    nodes: tuple[GraphFulfilmentLine, ...]


class GraphFulfilment(Inbound):
    id: Number
    status: str
    created_at: AwareDatetime
    location: GraphLocationRef | None = None
    tracking_info: tuple[GraphTracking, ...] = ()
    fulfillment_line_items: GraphFulfilmentLines


class GraphShippedOrder(Inbound):
    """An order with its fulfilments, as ``StoreShipments`` gives it."""

    id: Number
    name: str
    fulfillments: tuple[GraphFulfilment, ...] = ()


class GraphAssignedLocation(Inbound):
    location: GraphLocationRef | None = None


class GraphOpenLine(Inbound):
    id: str
    remaining_quantity: Whole
    line_item: GraphLineRef


class GraphOpenLines(Inbound):
    nodes: tuple[GraphOpenLine, ...]
    page_info: PageInfo = PageInfo()


class GraphFulfilmentOrder(Inbound):
    id: str
    status: str
    request_status: str
    assigned_location: GraphAssignedLocation
    line_items: GraphOpenLines


class GraphFulfilmentOrders(Inbound):
    nodes: tuple[GraphFulfilmentOrder, ...]
    page_info: PageInfo = PageInfo()


class GraphMetafield(Inbound):
    value: str


class GraphOrderFulfilment(Inbound):
    """Everything that decides a move or a fulfilment of one order."""

    id: str
    name: str
    cancelled_at: AwareDatetime | None = None
    metafield: GraphMetafield | None = None
    fulfillment_orders: GraphFulfilmentOrders
    fulfillments: tuple[GraphFulfilment, ...] = ()


class GraphQuantity(Inbound):
    name: str
    quantity: int


class GraphItem(Inbound):
    id: str
    sku: str | None = None
    tracked: bool = True


class GraphLevel(Inbound):
    item: GraphItem
    quantities: tuple[GraphQuantity, ...]


class StoreCounts(Inbound):
    """The counts of one location as we store them: Shopify's nodes under the moment we asked."""

    location: Number
    as_of: AwareDatetime
    levels: tuple[GraphLevel, ...]


class GraphSoughtLevel(Inbound):
    quantities: tuple[GraphQuantity, ...]


class GraphSoughtItem(Inbound):
    id: str
    sku: str | None = None
    inventory_level: GraphSoughtLevel | None = None


class GraphUserError(Inbound):
    code: str | None = None
    field: tuple[str, ...] | None = None
    message: str


def jsonable(node: Any) -> Any:
    """A decoded answer back to what JSON holds: transport reads fractions as Decimal."""
    if isinstance(node, Decimal):
        return str(node)
    if isinstance(node, dict):
        return {key: jsonable(value) for key, value in node.items()}
    return [jsonable(value) for value in node] if isinstance(node, list) else node
