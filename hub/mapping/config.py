"""hub.yaml: the merchant's set-up, and from it the Network the domain works with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from hub.errors import ConfigurationError
from hub.mapping.item_lots import lots_of
from hub.mapping.kits import KitConfig, load_kits
from hub.mapping.partner import Partner, load_partner
from hub.mapping.polling import Poll
from hub.mapping.yaml_file import place_of, read_yaml, validate
from hub.model.canonical import Amount, Canonical, NonNegativeAmount, PositiveAmount
from hub.model.fulfilment import RequestKind
from hub.model.identity import ChannelId, ConnectionId, LocationId, PartnerId, Sku
from hub.model.kit import Kit
from hub.model.network import Channel, InvoiceTolerance, ItemLimits, Location, Network, ShippingCost, UpdateBudget

SETUP_SUFFIXES = frozenset({".yaml", ".yml", ".csv"})
"""What a set-up's files end with."""


class RateConfig(Canonical):
    """Calls per second a connection may make, and how many at once after a pause."""

    per_second: float = Field(gt=0)
    burst: float = Field(default=1, ge=1)


class ConnectionConfig(Canonical):
    """One configured connector. ``poll`` by stream: seconds between fetches, a cron expression in UTC, a PollWindow."""

    connector: str
    partner: PartnerId
    channel: ChannelId | None = None
    settings: Mapping[str, Any] = Field(default_factory=dict)
    poll: Mapping[str, Poll] = Field(default_factory=dict)
    rate: RateConfig | None = None
    allow_private: bool = False
    enabled: bool = True


class LocationConfig(Canonical):
    """A place stock ships from; see hub.model.network.Location. Counting comes from the partner's counting.yaml."""

    name: str = ""
    kind: RequestKind
    connection: ConnectionId
    owner: str = ""
    site: str = ""
    cost: ShippingCost = ShippingCost()
    lead_days: int = Field(default=1, ge=0)
    safety_stock: NonNegativeAmount = Decimal(0)
    pack_multiple: bool = False
    acknowledge_within_hours: Decimal = Field(default=Decimal(24), gt=0)
    active: bool = True


class ChannelConfig(Canonical):
    """A place orders start; see hub.model.network.Channel."""

    name: str = ""
    connection: ConnectionId
    sells_from: tuple[LocationId, ...] = ()
    native: tuple[LocationId, ...] = ()
    buffer: NonNegativeAmount = Decimal(0)
    cap: Amount | None = None
    quota: NonNegativeAmount | None = None
    quota_hours: Decimal | None = Field(default=None, gt=0)
    quota_from: date | None = None
    ring_fence: NonNegativeAmount = Decimal(0)
    multiple: PositiveAmount = Decimal(1)
    items: Mapping[Sku, ItemLimits] = Field(default_factory=dict)
    budget: UpdateBudget | None = None
    acknowledge: bool = False
    invoice: bool = False

    @model_validator(mode="after")
    def _window_has_a_quota(self) -> ChannelConfig:
        if self.quota_hours is not None and self.quota_from is not None:
            raise ValueError("quota_hours and quota_from exclude each other")
        limited = self.quota is not None or any(each.quota is not None for each in self.items.values())
        if not limited and (self.quota_hours is not None or self.quota_from is not None):
            raise ValueError("quota_hours and quota_from need a quota, of the channel or of an item")
        return self


class RoutingConfig(Canonical):
    """Limits of routing."""

    max_splits: int = Field(default=4, ge=1)
    max_attempts: int = Field(default=8, ge=1)


class StockConfig(Canonical):
    """Limits of stock. ``soft_hold_hours``: the longest that units are kept for a cart or a quote at once;
    ``keep_days``: what ``hub stock compact`` leaves of the ledger, everything where None."""

    soft_hold_hours: Decimal = Field(default=Decimal(72), gt=0)
    keep_days: int | None = Field(default=None, ge=60)


class WebConfig(Canonical):
    """Where the web server listens; loopback until an administrator says otherwise."""

    host: str = "127.0.0.1"
    port: int = Field(default=8470, ge=0, le=65535)


class EngineConfig(Canonical):
    """How the daemon works. ``lease_seconds``: how long a killed worker's lane stays taken."""

    workers: int = Field(default=8, ge=1, le=256)
    lease_seconds: float = Field(default=30, gt=0)
    sweep_seconds: float = Field(default=1.0, gt=0)


class HubConfig(Canonical):
    """hub.yaml. ``database`` is an SQLAlchemy URL; a relative SQLite path is taken from the file's folder."""

    currency: str = "USD"
    database: str = "sqlite:///hub.db"
    mappings: str = "mappings"
    web: WebConfig = WebConfig()
    engine: EngineConfig = EngineConfig()
    connections: Mapping[ConnectionId, ConnectionConfig] = Field(default_factory=dict)
    locations: Mapping[LocationId, LocationConfig] = Field(default_factory=dict)
    channels: Mapping[ChannelId, ChannelConfig] = Field(default_factory=dict)
    routing: RoutingConfig = RoutingConfig()
    stock: StockConfig = StockConfig()
    kits: Mapping[Sku, KitConfig] = Field(default_factory=dict)


@dataclass(frozen=True)
class Setup:
    """A configuration that holds together: every name it uses exists, every partner's folder is read.

    ``version`` is a hash of the files it was read from, taken before they were read: where they change meanwhile
    it differs from theirs now.
    """

    path: Path
    config: HubConfig
    partners: Mapping[PartnerId, Partner]
    network: Network
    version: str

    @property
    def mappings(self) -> Path:
        """The folder of the user's own mappings; it need not exist."""
        return self.path.parent / self.config.mappings

    def version_now(self) -> str:
        """``version`` of the files as they are now."""
        return _version(_content(self.path), self.mappings)

    @property
    def database_url(self) -> str:
        """The database URL with a relative SQLite path made absolute."""
        prefix = "sqlite:///"
        url = self.config.database
        if url.startswith(prefix) and not url.startswith("sqlite:////") and url != prefix + ":memory:":
            return prefix + str((self.path.parent / url.removeprefix(prefix)).resolve())
        return url


def shipped_mappings() -> Path:
    """The mappings the hub ships: inside the wheel, or beside the package in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_mappings"
    return inside if inside.is_dir() else package.parent / "mappings"


def load_setup(path: Path) -> Setup:
    """Read and check hub.yaml, kits.csv and every partner folder it names.

    Raises ConfigurationError with file, line, column and cure.
    """
    content = _content(path)
    loaded = read_yaml(path)
    config = validate(HubConfig, loaded, path)
    version = _version(content, path.parent / config.mappings)
    folders = (path.parent / config.mappings / "partners", shipped_mappings() / "partners")
    partners: dict[PartnerId, Partner] = {}
    for name, connection in config.connections.items():
        try:
            if connection.partner not in partners:
                partners[connection.partner] = load_partner(connection.partner, folders)
        except ConfigurationError as error:
            if not error.place:
                error.place = place_of(loaded, ("connections", name, "partner"), path)
            raise
    _check_names(config, loaded, path)
    kits = load_kits(config.kits, loaded, path, path.parent / config.mappings)
    return Setup(path, config, partners, _network(config, partners, kits), version)


def _version(content: bytes, mappings: Path) -> str:
    digest = hashlib.sha256(content)
    for each in sorted(one for one in mappings.rglob("*") if one.suffix in SETUP_SUFFIXES):
        digest.update(f"\0{each}\0".encode() + _content(each))
    return digest.hexdigest()[:12]


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b"unreadable"


def _check_names(config: HubConfig, loaded: Any, path: Path) -> None:
    def known(name: str, names: Mapping[Any, Any], what: str, steps: tuple[str, ...]) -> None:
        if name not in names:
            raise ConfigurationError(
                f"There is no {what} {name}.",
                code="configuration.unknown-name",
                cure=f"Known: {', '.join(sorted(names)) or 'none'}.",
                place=place_of(loaded, steps, path),
            )

    for name, location in config.locations.items():
        known(location.connection, config.connections, "connection", ("locations", name, "connection"))
    _check_sites(config, loaded, path)
    for channel_name, channel in config.channels.items():
        known(channel.connection, config.connections, "connection", ("channels", channel_name, "connection"))
        for field in ("sells_from", "native"):
            for used in getattr(channel, field):
                known(used, config.locations, "location", ("channels", channel_name, field))
    for connection_name, connection in config.connections.items():
        if connection.channel is not None:
            known(connection.channel, config.channels, "channel", ("connections", connection_name, "channel"))


def _check_sites(config: HubConfig, loaded: Any, path: Path) -> None:
    """What may share a parcel is asked of one system."""
    connections: dict[str, ConnectionId] = {}
    for name, location in config.locations.items():
        site = location.site or name
        if connections.setdefault(site, location.connection) != location.connection:
            raise ConfigurationError(
                f"The site {site} has locations of two connections, {connections[site]} and {location.connection}.",
                code="configuration.site",
                cure="Give them one connection, or each a site of its own.",
                place=place_of(loaded, ("locations", name, "site" if location.site else "connection"), path),
            )


def _network(config: HubConfig, partners: Mapping[PartnerId, Partner], kits: Mapping[Sku, Kit]) -> Network:
    def location(name: LocationId, given: LocationConfig) -> Location:
        partner = partners[config.connections[given.connection].partner]
        return Location(
            location=name,
            partner=partner.partner,
            counting=partner.counting_rule(name),
            invoices=partner.x12.invoice_tolerance if partner.x12 else InvoiceTolerance(),
            lots=lots_of(partner.items, whole_units=given.pack_multiple),
            **{field: getattr(given, field) for field in LocationConfig.model_fields},
        )

    return Network(
        locations=tuple(location(name, given) for name, given in config.locations.items()),
        channels=tuple(
            Channel(channel=name, **{field: getattr(given, field) for field in ChannelConfig.model_fields})
            for name, given in config.channels.items()
        ),
        currency=config.currency,
        max_splits=config.routing.max_splits,
        max_attempts=config.routing.max_attempts,
        soft_hold_hours=config.stock.soft_hold_hours,
        kits=kits,
    )
