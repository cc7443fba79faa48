"""The three hooks, called once at start (a fourth needs an ADR). No hook is in the data path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pluggy

from hub.sdk.spec import ConnectorSpec
from hub.transport.mailbox import MailboxOpener

PROJECT = "hub"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class HubHooks:
    """What a plug-in may offer."""

    @hookspec
    def hub_connectors(self) -> Iterable[ConnectorSpec]:  # type: ignore[empty-body]
        """Connectors in this distribution.

        Example: ``return [ConnectorSpec(name="acme", title="Acme WMS", ...)]``.
        """

    @hookspec
    def hub_routing_rules(self) -> Iterable[Any]:  # type: ignore[empty-body]
        """Routing rules and strategies. Collected at start; routing does not ask them yet."""

    @hookspec
    def hub_transports(self) -> Mapping[str, MailboxOpener]:  # type: ignore[empty-body]
        """Mailbox kinds: URL scheme to what opens such a mailbox.

        Example: ``return {"as2": As2Mailbox}``, and a connection's ``mailbox: as2://...`` is opened by it.
        """
