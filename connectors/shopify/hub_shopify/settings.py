"""What a merchant configures for one Shopify shop, and the API version this connector speaks."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime, Field, field_validator

from hub.sdk.settings import ConnectorSettings, Secret

API_VERSION = "2026-10"
API_VERSION_FLOOR = "2026-04"
API_SUNSET = date(2027, 10, 1)
"""Shopify serves a stable version for twelve months; after this day 2026-10 is answered by a newer one."""


class ShopifySettings(ConnectorSettings):
    """One shop.

    ``online_location`` is the number of the location whose quantity the hub publishes and where orders wait
    for the hub to decide; ``store_locations`` are those whose staff ship in Shopify's own admin. Numbers are
    the last part of the location's id (``gid://shopify/Location/65001`` is ``65001``).
    """

    base_url: str = Field(pattern=r"^https?://[^/@\s]+$", description="https://SHOP.myshopify.com")
    access_token: Secret = Field(description="Admin API access token, by reference")
    webhook_secret: Secret | None = Field(default=None, description="App secret that signs webhooks, by reference")
    previous_webhook_secret: Secret | None = Field(
        default=None,
        description="The secret before a rotation; Shopify may sign with it for an hour",
    )
    online_location: str = Field(default="", pattern=r"^\d*$")
    store_locations: tuple[str, ...] = ()
    overlap_seconds: int = Field(default=120, ge=1, description="How far each poll reaches back before the last")
    first_orders_since: AwareDatetime | None = Field(
        default=None, description="Orders not touched since then are left alone; none takes all Shopify gives"
    )
    page_size: int = Field(default=50, ge=1, le=250, description="Lower it if Shopify says MAX_COST_EXCEEDED")
    accept_test_orders: bool = False
    notify_customers: bool = Field(default=False, description="Shopify mails the customer at each fulfilment")
    deadline_seconds: float = Field(default=30.0, gt=0)

    @field_validator("store_locations")
    @classmethod
    def _store_numbers(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(number.isdecimal() for number in value):
            raise ValueError("store_locations are numbers")
        return value
