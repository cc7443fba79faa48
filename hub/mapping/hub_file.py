"""hub.yaml: the merchant's set-up. Descriptions stand on the fields: the JSON Schema carries them to editors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import Field, model_validator

from hub.mapping.kits import KitConfig
from hub.mapping.network_file import ConnectionConfig, LocationConfig
from hub.model.canonical import Amount, Canonical, NonNegativeAmount, PositiveAmount
from hub.model.identity import ChannelId, ConnectionId, LocationId, PartnerId, Sku
from hub.model.network import ItemLimits, UpdateBudget
from hub.model.prices import Goal, Prices


class ChannelConfig(Canonical):
    """A place orders start; see hub.model.network.Channel."""

    name: str = Field(default="", description="for people")
    connection: ConnectionId = Field(description="where quantities and shipments are told")
    sells_from: tuple[LocationId, ...] = Field(
        default=(), description="locations whose stock is published to it, and that may ship its orders"
    )
    native: tuple[LocationId, ...] = Field(
        default=(), description="locations whose stock it shows by itself: they may ship, nothing is published"
    )
    buffer: NonNegativeAmount = Field(default=Decimal(0), description="units of each SKU held back from it")
    cap: Amount | None = Field(default=None, description="most units of a SKU that it shows at a time")
    quota: NonNegativeAmount | None = Field(
        default=None, description="most units of a SKU that it may sell: those sold and those shown together"
    )
    quota_hours: Decimal | None = Field(default=None, gt=0, description="the quota is for the last so many hours")
    quota_from: date | None = Field(
        default=None, description="the day, in UTC, from which on sales count against the quota"
    )
    ring_fence: NonNegativeAmount = Field(
        default=Decimal(0), description="units of each SKU that other channels do not see"
    )
    multiple: PositiveAmount = Field(default=Decimal(1), description="its customers order by so many eaches at once")
    items: Mapping[Sku, ItemLimits] = Field(
        default_factory=dict, description="limits of single SKUs, where they differ from the channel's"
    )
    budget: UpdateBudget | None = Field(default=None, description="how many quantities it may be told; null: any")
    confirm: bool = Field(default=True, description="tell it what left, and by which parcels")
    acknowledge: bool = Field(default=False, description="tell it what becomes of each order (X12 855 and 865)")
    invoice: bool = Field(default=False, description="bill it for each shipment (X12 810)")

    @model_validator(mode="after")
    def _window_has_a_quota(self) -> ChannelConfig:
        if self.quota_hours is not None and self.quota_from is not None:
            raise ValueError("quota_hours and quota_from exclude each other")
        limited = self.quota is not None or any(each.quota is not None for each in self.items.values())
        if not limited and (self.quota_hours is not None or self.quota_from is not None):
            raise ValueError("quota_hours and quota_from need a quota, of the channel or of an item")
        return self


class RoutingConfig(Canonical):
    """Limits of routing, and what it aims for."""

    max_splits: int = Field(default=4, ge=1, description="most sites that ship one order")
    max_attempts: int = Field(
        default=8, ge=1, description="rounds of asking, and of waiting for stock, before a person gets the order"
    )
    goal: Goal = Field(default=Goal.COST, description="what it aims for: a preset of prices")
    prices: Prices = Field(default=Prices(), description="prices that differ from those of the goal")


class StockConfig(Canonical):
    """Limits of stock. ``soft_hold_hours``: the longest that units are kept for a cart or a quote at once;
    ``keep_days``: what ``hub stock compact`` leaves of the ledger, everything where None."""

    soft_hold_hours: Decimal = Field(
        default=Decimal(72), gt=0, description="the longest that units are kept for a cart or a quote at once"
    )
    keep_days: int | None = Field(
        default=None, ge=60, description="days of the ledger that `hub stock compact` leaves; null: everything"
    )


class WebConfig(Canonical):
    """Where the web server listens; loopback until an administrator says otherwise."""

    host: str = Field(default="127.0.0.1", description="address the web server listens on")
    port: int = Field(default=8470, ge=0, le=65535, description="its port; 0 picks a free one")


class EngineConfig(Canonical):
    """How the daemon works. ``lease_seconds``: how long a killed worker's lane stays taken."""

    workers: int = Field(default=8, ge=1, le=256, description="most threads that work lanes")
    lease_seconds: float = Field(default=30, gt=0, description="how long a killed worker's lane stays taken")
    sweep_seconds: float = Field(default=1.0, gt=0, description="how often due lanes are looked for")


class HubConfig(Canonical):
    """hub.yaml, with what the partners it names bring."""

    currency: str = Field(default="USD", description="currency of all costs in this file")
    database: str = Field(
        default="sqlite:///hub.db",
        description="SQLAlchemy URL; a relative SQLite path is taken from the file's folder",
    )
    mappings: str = Field(
        default="mappings",
        description="folder with partners/ and the tables of kits, items and rates, relative to this file",
    )
    web: WebConfig = Field(default=WebConfig(), description="where the web server listens")
    engine: EngineConfig = Field(default=EngineConfig(), description="how the daemon works")
    partners: tuple[PartnerId, ...] | Mapping[PartnerId, Mapping[str, Any] | None] = Field(
        default=(),
        description="partners whose own connections and locations are part of the set-up: a list of names, or by name "
        "what is to lie over their partner.yaml",
    )
    connections: Mapping[ConnectionId, ConnectionConfig] = Field(
        default_factory=dict, description="by name: configured connectors; laid over those of the partners"
    )
    locations: Mapping[LocationId, LocationConfig] = Field(
        default_factory=dict, description="by name: where stock ships from; laid over those of the partners"
    )
    channels: Mapping[ChannelId, ChannelConfig] = Field(
        default_factory=dict, description="by name: where orders start and quantities are shown"
    )
    routing: RoutingConfig = Field(default=RoutingConfig(), description="limits of routing, and what it aims for")
    stock: StockConfig = Field(default=StockConfig(), description="limits of stock")
    kits: Mapping[Sku, KitConfig] = Field(
        default_factory=dict, description="by SKU: what is sold as one item and consists of others"
    )
