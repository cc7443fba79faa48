"""The composition root: the only file that picks implementations and reads the outside world once.

``open_hub`` gives what the command line and the web need; ``Hub.engine()`` makes the daemon's engine from it.
"""

from __future__ import annotations

import hashlib
import os
import random
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hub.errors import ConfigurationError
from hub.mapping.config import Setup, load_setup
from hub.mapping.network_file import ConnectionConfig
from hub.mapping.partner import Partner
from hub.model.identity import ConnectionId, Sku
from hub.plugins import Plugins, discover
from hub.ports import Clock, Storage
from hub.sdk.context import ConnectionContext
from hub.sdk.settings import ConnectorSettings, SecretScheme, resolve_secrets, secret_schemes, secrets_in
from hub.sdk.spec import ConnectorSpec
from hub.storage import CommitObserver, SqlStorage, open_storage
from hub.sync.connections import LiveConnection
from hub.sync.daemon import Engine
from hub.sync.dispatch.embedded import EmbeddedDispatcher
from hub.sync.runtime import Limits, Runtime
from hub.transport.redact import Redactor
from hub.transport.throttle import RateBudget

CONFIG_VARIABLE = "CROSSDOCK_CONFIG"
DEFAULT_CONFIG = "hub.yaml"


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


def config_path(given: Path | None = None, environment: Mapping[str, str] | None = None) -> Path:
    """The configuration file: as given, else named by CROSSDOCK_CONFIG, else ``hub.yaml`` in this folder."""
    variables = os.environ if environment is None else environment
    return given or Path(variables.get(CONFIG_VARIABLE, DEFAULT_CONFIG))


@dataclass
class Hub:
    """A set-up and everything it needs, made when first used."""

    setup: Setup
    environment: Mapping[str, str]
    clock: Clock = utc_now
    rng: random.Random = field(default_factory=random.SystemRandom)
    observer: CommitObserver | None = None

    @cached_property
    def plugins(self) -> Plugins:
        """Installed connectors."""
        return discover()

    @cached_property
    def storage(self) -> Storage:
        """The database, migrated to this version's schema."""
        return open_storage(self.setup.database_url, clock=self.clock, observer=self.observer)

    def durability(self) -> dict[str, str]:
        """The settings a durable commit rests on, as the database states them; for ``hub doctor``."""
        opened = self.storage
        return opened.durability() if isinstance(opened, SqlStorage) else {}

    @cached_property
    def redactor(self) -> Redactor:
        """Knows every secret of this set-up and keeps it out of logs."""
        return Redactor()

    @property
    def owner(self) -> str:
        """Names this daemon among those that share the database; the same again after a restart."""
        return f"{socket.gethostname()}:{self.setup.path.resolve()}"

    def connections(self) -> list[LiveConnection]:
        """Every enabled connection, its objects made anew.

        Raises ConfigurationError naming the connection and the setting.
        """
        schemes = secret_schemes(self.environment)
        return [
            self._connection(name, config, schemes)
            for name, config in self.setup.config.connections.items()
            if config.enabled
        ]

    def connection(self, name: ConnectionId) -> LiveConnection:
        """One connection. Raises ConfigurationError ``configuration.unknown-name``."""
        config = self.setup.config.connections.get(name)
        if config is None:
            raise ConfigurationError(
                f"There is no connection {name}.",
                code="configuration.unknown-name",
                cure=f"Known: {', '.join(sorted(self.setup.config.connections)) or 'none'}.",
                place=str(self.setup.path),
            )
        return self._connection(name, config, secret_schemes(self.environment))

    def engine(self) -> Engine:
        """The daemon's engine with the embedded dispatcher."""
        settings = self.setup.config.engine
        runtime = Runtime(
            storage=self.storage,
            clock=self.clock,
            rng=self.rng,
            limits=Limits(lease_seconds=settings.lease_seconds, sweep_seconds=settings.sweep_seconds),
        )
        return Engine(
            runtime,
            network=self.setup.network,
            connections=self.connections(),
            dispatcher=lambda handler: EmbeddedDispatcher(handler, workers=settings.workers),
            owner=self.owner,
        )

    def reload(self) -> Hub:
        """The same hub with its configuration read again, sharing storage and connectors.

        Raises ConfigurationError; the present set-up then stays as it is.
        """
        fresh = Hub(load_setup(self.setup.path), self.environment, self.clock, self.rng, self.observer)
        if fresh.setup.database_url != self.setup.database_url:
            raise ConfigurationError(
                "The database of a running hub can't be changed.",
                code="configuration.needs-restart",
                cure="Restart the hub to use another database.",
                place=str(self.setup.path),
            )
        for shared in ("plugins", "storage", "redactor"):
            fresh.__dict__[shared] = getattr(self, shared)
        return fresh

    def _connection(
        self, name: ConnectionId, config: ConnectionConfig, schemes: Mapping[str, SecretScheme]
    ) -> LiveConnection:
        spec = self._spec(config.connector, self.setup.place("connections", name, "connector"))
        values = resolve_secrets(
            spec.settings, config.settings, schemes, lambda *key: self._place_of_setting(name, *key)
        )
        settings = self._settings(name, spec, values)
        self.redactor.register_all(settings)
        partner = self.setup.partners[config.partner]
        context = ConnectionContext(
            connection=name,
            partner=config.partner,
            settings=settings,
            clock=self.clock,
            channel=config.channel,
            allow_private=config.allow_private,
            mailbox_kinds=self.plugins.transports,
        )
        fingerprint = self._fingerprint(config, partner, settings)
        book, budget = partner.codebook(name, self._catalogue), _budget(config)
        try:
            live = LiveConnection.open(spec, context, book, polls=config.poll, budget=budget, fingerprint=fingerprint)
        except ConfigurationError as error:
            error.place = error.place or self._place_of_setting(name)
            raise
        self._check_channels(live)
        live.check_mappings(lambda *key: self._place_of_setting(name, *key))
        return live

    def _fingerprint(self, config: ConnectionConfig, partner: Partner, settings: ConnectorSettings) -> str:
        """Of all that a connection is made from: equal ones, equal connections."""
        return _digest(
            config.model_dump_json(),
            repr(partner),
            *(repr(mapping.file) for mapping in partner.mappings.values()),
            repr(settings),
            *_secrets(settings),
            *sorted(self._catalogue),
        )

    def _place_of_setting(self, name: ConnectionId, *steps: str | int) -> str:
        return self.setup.place("connections", name, "settings", *steps)

    def _check_channels(self, live: LiveConnection) -> None:
        """What a channel is to be told, its connection must be able to tell."""
        for channel in self.setup.network.channels:
            wanted = {
                "confirm": ("shipment", channel.confirm),
                "acknowledge": ("acknowledgement", channel.acknowledge),
                "invoice": ("invoice", channel.invoice),
            }
            for key, (kind, asked) in wanted.items():
                if channel.connection == live.id and asked and live.sink(kind) is None:
                    raise ConfigurationError(
                        f"The connection {live.id} can't tell channel {channel.channel} of any {kind}.",
                        code="configuration.no-sink",
                        cure=f"Set {key} of the channel to false, or have the connection tell it: by its settings, or "
                        "by another connector.",
                        place=self.setup.place("channels", channel.channel, key),
                    )

    def _settings(self, name: ConnectionId, spec: ConnectorSpec, values: Mapping[str, Any]) -> ConnectorSettings:
        try:
            return spec.settings.model_validate(dict(values))
        except ValidationError as error:
            under = ("connections", name, "settings")
            raise self.setup.faults_of(spec.settings, error, under, code="configuration.settings") from None

    def _spec(self, connector: str, place: str) -> ConnectorSpec:
        try:
            return self.plugins.connector(connector)
        except ConfigurationError as error:
            error.place = place
            raise

    @cached_property
    def _catalogue(self) -> frozenset[Sku]:
        """Every SKU some partner's items.csv names: what a channel of our own may sell."""
        return frozenset(item.sku for partner in self.setup.partners.values() for item in partner.items)


def open_hub(path: Path | None = None, *, environment: Mapping[str, str] | None = None) -> Hub:
    """Read and check the configuration. Raises ConfigurationError with place and cure."""
    variables = dict(os.environ) if environment is None else environment
    return Hub(load_setup(config_path(path, variables)), variables)


def open_database(url: str, clock: Clock) -> Storage:
    """A database by itself, migrated to this version's schema: for what needs no configuration (``hub prove``)."""
    return open_storage(url, clock=clock)


def _secrets(settings: ConnectorSettings) -> list[str]:
    return [each.get_secret_value() for each in secrets_in(settings)]


def _budget(config: ConnectionConfig) -> RateBudget | None:
    if config.rate is None:
        return None
    return RateBudget(rate_per_second=config.rate.per_second, burst=config.rate.burst, clock=time.monotonic)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


__all__ = ["CONFIG_VARIABLE", "DEFAULT_CONFIG", "Hub", "config_path", "open_database", "open_hub", "utc_now"]
