"""Finding connectors and transports through pluggy: name clashes and broken packages told, never hidden."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy

from hub.errors import ConfigurationError
from hub.mapping.shipped import CONNECTORS
from hub.sdk.hookspecs import PROJECT, HubHooks
from hub.sdk.spec import ConnectorSpec
from hub.transport.mailbox import BUILT_IN, MailboxKind, MailboxOpener

OWN_PACKAGE = "crossdock"
"""The distribution that brings the built-in mailbox kinds."""

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")


@dataclass(frozen=True)
class BrokenPlugin:
    """A package that could not be loaded, and why; the others run on."""

    name: str
    distribution: str
    reason: str


@dataclass(frozen=True)
class Plugins:
    """What was found. ``distributions`` names the package each connector came from."""

    connectors: Mapping[str, ConnectorSpec]
    distributions: Mapping[str, str]
    broken: tuple[BrokenPlugin, ...] = ()
    routing_rules: tuple[Any, ...] = ()
    transports: Mapping[str, MailboxKind] = field(default_factory=dict)

    def connector(self, name: str) -> ConnectorSpec:
        """The spec of that name. Raises ConfigurationError ``configuration.unknown-connector`` with what is there."""
        found = self.connectors.get(name)
        if found is None:
            failed = next((f" Its package failed to load: {b.reason}" for b in self.broken if b.name == name), "")
            raise ConfigurationError(
                f"There is no connector {name}.{failed}",
                code="configuration.unknown-connector",
                cure=f"Install its package, or choose one of: {', '.join(sorted(self.connectors)) or 'none'}.",
            )
        return found


def discover(found: Iterable[EntryPoint] | None = None) -> Plugins:
    """Load every installed plug-in once.

    Raises ConfigurationError ``configuration.connector-clash`` or ``configuration.transport-clash`` where two packages
    offer one connector name or one mailbox kind, naming both.
    """
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(HubHooks)
    broken: list[BrokenPlugin] = []
    packages: dict[str, str] = {}
    for entry in entry_points(group=CONNECTORS) if found is None else found:
        distribution = entry.dist.name if entry.dist else entry.module
        try:
            manager.register(entry.load(), name=distribution)
        except Exception as error:  # noqa: BLE001  a stranger may raise anything; it must not stop the others
            broken.append(BrokenPlugin(entry.name, distribution, f"{type(error).__name__}: {error}"))
    connectors: dict[str, ConnectorSpec] = {}
    for name, plugin in manager.list_name_plugin():
        hook = getattr(plugin, "hub_connectors", None)
        for spec in hook() if hook else ():
            if spec.name in connectors:
                raise ConfigurationError(
                    f"Packages {packages[spec.name]} and {name} both offer the connector {spec.name}.",
                    code="configuration.connector-clash",
                    cure="Uninstall one of them.",
                )
            connectors[spec.name] = spec
            packages[spec.name] = name
    transports: dict[str, MailboxKind] = {}
    for name, plugin in manager.list_name_plugin():
        hook = getattr(plugin, "hub_transports", None)
        for scheme, opener in (hook() if hook else {}).items():
            _add_transport(transports, scheme, opener, name)
    rules = tuple(rule for offered in manager.hook.hub_routing_rules() for rule in offered)
    return Plugins(connectors, packages, tuple(broken), rules, transports)


def _add_transport(transports: dict[str, MailboxKind], scheme: str, opener: MailboxOpener, package: str) -> None:
    if not _SCHEME.fullmatch(scheme):
        raise ConfigurationError(
            f"Package {package} offers a mailbox kind {scheme!r}, which is no URL scheme.",
            code="configuration.transport-clash",
            cure="Uninstall it, or ask its author for a name of small letters and digits.",
        )
    taken = OWN_PACKAGE if scheme in BUILT_IN else transports[scheme].package if scheme in transports else ""
    if taken:
        raise ConfigurationError(
            f"Packages {taken} and {package} both open mailboxes of the kind {scheme}:.",
            code="configuration.transport-clash",
            cure=f"Uninstall {package}." if taken == OWN_PACKAGE else "Uninstall one of them.",
        )
    transports[scheme] = MailboxKind(opener, package)
