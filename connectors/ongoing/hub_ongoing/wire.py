"""The vendor's payloads in the vendor's words: tolerant on the way in, exact on the way out.

Sources of names: the vendor's example requests, and the operation pages at developer.ongoingwarehouse.com.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_serializer
from pydantic.alias_generators import to_pascal

from hub_ongoing.answers import Row


class _Wire(BaseModel):
    model_config = ConfigDict(alias_generator=to_pascal, populate_by_name=True, frozen=True, hide_input_in_errors=True)


class _Answer(_Wire):
    model_config = ConfigDict(extra="ignore")


class _Request(_Wire):
    model_config = ConfigDict(extra="forbid")


def _listed(value: object) -> object:
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def _record(value: object) -> object:
    return {} if value == "" else value


def _stripped(value: object) -> object:
    return None if value == "" else value


T = TypeVar("T")
Listed = Annotated[list[T], BeforeValidator(_listed)]
Optional = Annotated[T | None, BeforeValidator(_stripped)]


# --- answers


class ProcessOrderAnswer(_Answer):
    """FileResultClass. ``success`` false is a business refusal, and comes with HTTP 200."""

    success: bool
    order_id: Optional[int] = None
    goods_owner_order_number: str = ""
    error_message: str = ""
    message: str = ""


class TrackingAnswer(_Answer):
    tracking_url: str = ""


class OrderInfoAnswer(_Answer):
    """``order_id`` is Ongoing's own; ``goods_owner_order_number`` is ours. Moments have no offset."""

    order_id: int
    order_status_number: int
    goods_owner_order_number: str = ""
    shipped_time: str = ""
    way_bill: str = ""


class ArticleAnswer(_Answer):
    article_number: str = Field(min_length=1)
    article_system_id: Optional[int] = None


class PickedOrderLineAnswer(_Answer):
    article: ArticleAnswer
    ordered_number_of_items: Decimal = Field(ge=0)
    picked_number_of_items: Decimal = Field(ge=0)
    external_order_line_code: str = ""


class PickedOrderLinesAnswer(_Answer):
    picked_order_line: Listed[Row] = []


class TransporterAnswer(_Answer):
    transporter_name: str = ""


class PalletItemAnswer(_Answer):
    """One parcel. ``is_ta_pallet_item`` false marks one that the transport system does not know."""

    label_id: str = ""
    is_ta_pallet_item: Optional[bool] = None
    tracking: Annotated[TrackingAnswer, BeforeValidator(_record)] = TrackingAnswer()


class PalletItemsAnswer(_Answer):
    order_pallet_item_info: Listed[PalletItemAnswer] = []


class OrderAnswer(_Answer):
    """One order of GetOrdersByQuery. Lines stay unread, so that one bad line does not cost the others."""

    order_info: OrderInfoAnswer
    picked_order_lines: Annotated[PickedOrderLinesAnswer, BeforeValidator(_record)] = PickedOrderLinesAnswer()
    transporter: Annotated[TransporterAnswer, BeforeValidator(_record)] = TransporterAnswer()
    order_pallet_items: Annotated[PalletItemsAnswer, BeforeValidator(_record)] = PalletItemsAnswer()


class InventoryLineAnswer(_Answer):
    """``number_of_items_decimal`` is physically there; ``sellable_number_of_items`` may be negative."""

    article: ArticleAnswer
    number_of_items_decimal: Decimal
    sellable_number_of_items: Decimal


# --- requests


class OrderNotification(_Request):
    mobile_phone: str | None = None
    email: str | None = None
    notify_by_email: bool
    notify_by_sms: bool
    notify_by_telephone: bool = False


class OrderInfo(_Request):
    order_identification: str = "GoodsOwnerOrderNumber"
    goods_owner_order_number: str = Field(min_length=1, max_length=50)
    order_operation: str
    reference_number: str | None = Field(default=None, min_length=1, max_length=50)
    way_of_delivery: str | None = Field(default=None, max_length=200)
    order_notification: OrderNotification | None = None


class Customer(_Request):
    """The consignee. Identified by name and address, because a shop's buyer has no customer number."""

    customer_operation: str = "CreateOrUpdate"
    customer_identification: str = "FullNameAndAddress"
    name: str = Field(min_length=1, max_length=200)
    address: str | None = Field(default=None, max_length=200)
    address2: str | None = Field(default=None, max_length=200)
    address3: str | None = Field(default=None, max_length=200)
    post_code: str | None = Field(default=None, max_length=30)
    city: str | None = Field(default=None, max_length=100)
    country_state_code: str | None = Field(default=None, max_length=50)
    country_code: str = Field(pattern=r"^[A-Z]{2}$")


class CustomerOrderLine(_Request):
    """``external_order_line_code`` is our line number; it is what ties a shipped line to ours."""

    article_identification: str = "ArticleNumber"
    order_line_identification: str = "ExternalOrderLineCode"
    external_order_line_code: str = Field(min_length=1, max_length=40)
    article_number: str = Field(min_length=1, max_length=50)
    number_of_items: Decimal = Field(gt=0)

    @field_serializer("number_of_items")
    def _plain(self, value: Decimal) -> Decimal:
        # xsd:decimal knows no exponent, and 2.000000 is the same order as 2.
        return Decimal(format(value.normalize(), "f"))


class CustomerOrderLines(_Request):
    customer_order_line: list[CustomerOrderLine] = Field(min_length=1)


class CustomerOrder(_Request):
    """The ``co`` of ProcessOrder."""

    order_info: OrderInfo
    customer: Customer | None = None
    customer_order_lines: CustomerOrderLines | None = None

    def arguments(self) -> dict[str, Any]:
        """As zeep takes it, in the vendor's spelling."""
        return self.model_dump(by_alias=True, exclude_none=True)
