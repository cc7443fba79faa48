"""What a connector says of itself."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.errors import ConfigurationError, InvariantError
from hub.sdk.capabilities import KINDS, SOURCES, Health, WebhookReceiver
from hub.sdk.settings import ConnectorSettings


@dataclass(frozen=True)
class ConnectorSpec:
    """One connector. ``provides`` maps a capability Protocol to the class that provides it; the class is made with
    one argument, the ConnectionContext. ``further_sources`` are classes that provide Sources of ``provides`` by another
    way, as streams of their own (downloads beside a mailbox).

    ``allowed_hosts`` are patterns (``*.myshopify.com``) or, in braces, the name of a settings field that holds hosts or
    URLs (``{base_url}``). ``simulator`` is ``module:Class`` of a hub.sdk.simulation.Simulator, loaded only when asked
    for.
    """

    name: str
    title: str
    version: str
    settings: type[ConnectorSettings]
    provides: Mapping[type, type]
    allowed_hosts: tuple[str, ...] = ()
    docs: str = ""
    simulator: str = ""
    default_poll_seconds: Mapping[str, float] = field(default_factory=dict)
    further_sources: tuple[type, ...] = ()

    def __post_init__(self) -> None:
        known = {*KINDS, *SOURCES, WebhookReceiver, Health}
        for capability in self.provides:
            if capability not in known:
                raise ConfigurationError(
                    f"Connector {self.name} provides {capability.__name__}, which is no capability.",
                    code="configuration.unknown-capability",
                    cure="Update the connector's package, or the hub: they do not fit each other.",
                )

    @property
    def capabilities(self) -> tuple[str, ...]:
        """Names of what it provides, sorted."""
        return tuple(sorted(capability.__name__ for capability in self.provides))

    @property
    def streams(self) -> dict[str, type]:
        """Source classes by stream name: a class that provides several Sources is one stream, named after it."""
        found: dict[str, type] = {stream_name(cls): cls for cls in self.further_sources}
        for capability, cls in self.provides.items():
            if capability in SOURCES:
                found[stream_name(cls)] = cls
        return found

    @property
    def sinks(self) -> dict[str, type]:
        """Sink classes by outbox kind."""
        return {KINDS[capability]: cls for capability, cls in self.provides.items() if capability in KINDS}

    def load_simulator(self) -> type[Any]:
        """The simulator class. Raises InvariantError where the connector ships none."""
        if not self.simulator:
            raise InvariantError(f"Connector {self.name} ships no simulator.")
        module, _, name = self.simulator.partition(":")
        loaded: type[Any] = getattr(importlib.import_module(module), name)
        return loaded


def stream_name(cls: type) -> str:
    """``stream`` of the class where it has one, else its name in lower case."""
    return str(getattr(cls, "stream", cls.__name__.lower()))
