"""Rows of the two hand-offs (inbox and outbox), of lanes, timers and quarantine (engine.md section 4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from hub.model.identity import ChannelId, ConnectionId, DocumentId, OrderId, Sku
from hub.model.stock import NO_SALES, ChannelSales


class InboxState(StrEnum):
    """received -> stored is one step for us: a row exists only once stored."""

    STORED = "stored"
    APPLIED = "applied"
    QUARANTINED = "quarantined"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """A stored inbound document waiting for, or done with, parse and flow."""

    document: DocumentId
    connection: ConnectionId
    stream: str
    state: InboxState
    attempts: int = 0
    note: str = ""


class OutboxState(StrEnum):
    """pending -> sending -> accepted | refused | unknown; ``sending`` after a crash means unknown.

    ``superseded``: a newer item replaced it before it was sent, or it was given up. ``waiting``: outcome unknown and
    the partner offers no way to ask; its acknowledgement deadline decides, then a person. ``failed``: attempts ran out.
    """

    PENDING = "pending"
    SENDING = "sending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    WAITING = "waiting"
    SUPERSEDED = "superseded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One intention for a partner. ``key`` is unique for ever: adding it again changes nothing.

    ``kind`` is the sink noun (``fulfilment``, ``cancellation``, ``inventory``, ``shipment``, ``reply``);
    ``payload`` the canonical object as JSON. ``coalesce`` where not empty: a newer item with the same
    (connection, kind, coalesce) supersedes older unsent ones. ``subject`` is what it is about, for people.
    """

    key: str
    connection: ConnectionId
    kind: str
    payload: str = field(repr=False)
    created_at: datetime
    coalesce: str = ""
    order_id: OrderId | None = None
    subject: str = ""
    id: int = 0
    state: OutboxState = OutboxState.PENDING
    attempts: int = 0
    due: datetime | None = None
    document: DocumentId | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work a lane until it runs out; every settlement is conditional on ``fence``."""

    lane: str
    owner: str
    fence: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Task:
    """A durable timer: (kind, key) is one row; scheduling it again keeps the earlier due time.

    ``version`` grows whenever it is scheduled again, so that finishing an old version never loses a new one.
    """

    kind: str
    key: str
    due: datetime
    version: int = 0
    attempts: int = 0
    note: str = ""


ItemIds = tuple[tuple[str, str], ...]
"""A partner's names of one item: pairs of qualifier and value. The qualifier is empty where the partner gives none."""

ANY_ITEM: ItemIds = (("", ""),)
"""Several items that are not named one by one."""


class QuarantineState(StrEnum):
    """Open until released by a person, or by a reprocess that went well."""

    OPEN = "open"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class QuarantineEntry:
    """A document (``path`` empty) or one part of it that we could not use, kept whole.

    ``waits_for``: the partner's (qualifier, value) pairs of an item that its map did not name, empty where it waits for
    something else; ``map_version`` is the map by which it was judged.
    """

    document: DocumentId
    connection: ConnectionId
    path: str
    code: str
    message: str
    cure: str
    at: datetime
    order_id: OrderId | None = None
    id: int = 0
    state: QuarantineState = QuarantineState.OPEN
    waits_for: ItemIds = ()
    map_version: str = ""


class ConnectionState(StrEnum):
    """Health of a connection as the engine sees it."""

    OK = "ok"
    DEGRADED = "degraded"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class ConnectionHealth:
    """Since when, why, and how many failures in a row."""

    connection: ConnectionId
    state: ConnectionState
    since: datetime
    failures: int = 0
    code: str = ""
    message: str = ""


class PublicationState(StrEnum):
    """What became of the last decision about a channel's quantity.

    ``pending``: to be told. ``sent``: the channel took it. ``skipped``: there is nothing to tell, or it must not be
    told yet. ``error``: the channel refused it, or nobody knows what became of it.
    """

    PENDING = "pending"
    SENT = "sent"
    SKIPPED = "skipped"
    ERROR = "error"


class Certainty(StrEnum):
    """How well we know what a channel shows.

    ``exact``: it compared, or was seen to show it: its later sales are those we hear of. ``unseen``: it took the figure
    whatever it showed, so that a sale we hear of later may have been overwritten. ``at_most``: it may show less.
    """

    EXACT = "exact"
    UNSEEN = "unseen"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True)
class Publication:
    """What a channel was last known to show for a SKU, and what was last decided to tell it.

    ``confirmed``: the figure that it took or was seen to show, when its orders had taken ``sales``, as far as
    ``certainty`` says. What it shows now says ``inventory.showing``.
    ``requested``: what we ask for, until it took that, as outbox item ``key``.
    ``state`` and ``reason``: what was decided last at ``at``, and why, in a few fixed words or the partner's.
    ``waits_since``: then the channel showed something else than we believed, so it sold units of which we may not
    know yet. Until its orders were fetched again and taken, the figure is not raised. None: nothing to wait for.
    """

    channel: ChannelId
    sku: Sku
    requested: Decimal | None = None
    confirmed: Decimal | None = None
    sales: ChannelSales = NO_SALES
    certainty: Certainty = Certainty.UNSEEN
    at: datetime | None = None
    waits_since: datetime | None = None
    key: str = ""
    state: PublicationState = PublicationState.PENDING
    reason: str = ""
