"""The log of what was exchanged in numbered envelopes: an exchange holds groups, a group holds messages.

In X12 these are interchange (ISA), functional group (GS) and transaction set (ST); in EDIFACT UNB, UNG and UNH.
Plain frozen dataclasses: a feed may bring thousands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.model.document import Direction
from hub.model.identity import ConnectionId, DocumentId


class ExchangeState(StrEnum):
    """What became of an exchange.

    Inbound: ``recorded``; ``refused`` (its envelope, nothing of it was used); ``held`` (its control number was used
    before for other content). Outbound: ``sent`` (its bytes are stored for sending), then ``received`` or ``rejected``
    as the partner answered it as a whole.
    """

    RECORDED = "recorded"
    REFUSED = "refused"
    HELD = "held"
    SENT = "sent"
    RECEIVED = "received"
    REJECTED = "rejected"


class ReceiptState(StrEnum):
    """What a partner said of a group or a message of ours: that it could be read, never that it is accepted business.

    ``none``: no answer is expected (and inbound). ``noted``: readable, with errors in it. ``partial``: some messages
    of the group were rejected.
    """

    NONE = "none"
    AWAITED = "awaited"
    RECEIVED = "received"
    NOTED = "noted"
    PARTIAL = "partial"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class ExchangeMessage:
    """One message (transaction set): ``kind`` is its set id, ``subject`` the business key in it (an order number).

    ``item_key`` is, outbound, the outbox item it carries. ``code`` is the partner's word (AK501).
    """

    kind: str
    control_number: str
    subject: str = ""
    item_key: str = ""
    state: ReceiptState = ReceiptState.NONE
    code: str = ""


@dataclass(frozen=True, slots=True)
class ExchangeGroup:
    """One group: ``kind`` is its functional id (GS01). ``due`` is when an answer must have come, None for never.

    ``answer`` is the document that answered it and ``code`` the partner's word (AK901).
    """

    kind: str
    sender: str
    receiver: str
    control_number: str
    version: str
    messages: tuple[ExchangeMessage, ...] = ()
    state: ReceiptState = ReceiptState.NONE
    due: datetime | None = None
    code: str = ""
    answer: DocumentId | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Exchange:
    """One numbered envelope, as sent or received.

    ``sender`` and ``receiver`` are ids with their qualifiers (``ZZ:NORTHWIND``). ``sha256`` and ``size`` are of the
    exchange's own bytes, which may be a part of its document. ``repeats`` counts how often the same bytes came again.
    ``note`` is a remark for people, ``code`` the partner's word on the whole (TA105) or why it was refused.
    Control numbers read from the log have no leading zeros.
    """

    connection: ConnectionId
    direction: Direction
    sender: str
    receiver: str
    control_number: str
    sha256: str
    size: int
    at: datetime
    state: ExchangeState
    usage: str = ""
    version: str = ""
    groups: tuple[ExchangeGroup, ...] = ()
    document: DocumentId = DocumentId("")
    code: str = ""
    note: str = ""
    repeats: int = 0
    id: int = 0


@dataclass(frozen=True, slots=True)
class SentGroup:
    """A group of ours as found by the numbers that an answer names, with the exchange it went out in."""

    exchange: Exchange
    group: ExchangeGroup


def bare_number(text: str) -> str:
    """A control number without leading zeros, by which two spellings of it are compared: 000000017 is 17."""
    return text.strip().lstrip("0") or "0"
