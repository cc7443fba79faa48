"""One raw message, kept whole with its checksum and where it came from (raw before parsed, ADR 0004).

Plain frozen dataclasses, not models: bodies are large and this is the hottest path.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from hub.model.identity import ConnectionId, DocumentId

if TYPE_CHECKING:
    from hub.model.exchange import Exchange


class Direction(StrEnum):
    """Seen from the hub."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


@dataclass(frozen=True, slots=True)
class Document:
    """A message in the partner's bytes.

    ``source_id`` is the partner's own identity of this message (webhook id, file name and hash, object id and
    version): (connection, source_id) is stored once, a repeat is dropped as a duplicate. ``kind`` names what the
    connector will parse it as (``order``, ``x12``, ``stock``). ``meta`` holds routing facts, never secrets and
    never personal data. ``item_keys`` are, on an outbound document, the keys of the outbox items it carries.
    """

    connection: ConnectionId
    direction: Direction
    kind: str
    source_id: str
    body: bytes = field(repr=False)
    at: datetime
    media_type: str = "application/octet-stream"
    meta: Mapping[str, str] = field(default_factory=dict)
    item_keys: tuple[str, ...] = ()
    id: DocumentId = DocumentId("")
    exchange: Exchange | None = field(default=None, repr=False)

    @property
    def sha256(self) -> str:
        """Hex digest of the body."""
        return hashlib.sha256(self.body).hexdigest()
