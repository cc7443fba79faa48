"""What a connector object is given when it is made: nothing global, everything passed in."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from hub.model.identity import ChannelId, ConnectionId, PartnerId
from hub.sdk.settings import ConnectorSettings
from hub.transport.mailbox import MailboxKind

SettingsT = TypeVar("SettingsT", bound=ConnectorSettings)


@dataclass(frozen=True)
class ConnectionContext(Generic[SettingsT]):
    """One configured connector for one partner.

    ``channel`` is the channel this connection serves, None for a supplier or warehouse. ``allow_private`` allows
    loopback and private addresses (simulators, a partner inside the merchant's own network); egress refuses them
    otherwise. ``mailbox_kinds`` are those of installed transports; pass them to ``open_mailbox``.
    """

    connection: ConnectionId
    partner: PartnerId
    settings: SettingsT
    clock: Callable[[], datetime]
    channel: ChannelId | None = None
    allow_private: bool = False
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    random: random.Random = field(default_factory=random.Random)
    mailbox_kinds: Mapping[str, MailboxKind] = field(default_factory=dict)
