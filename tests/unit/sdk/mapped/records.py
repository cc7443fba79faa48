"""A partner whose records are taken in by mappings of the tests' own."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from hub.mapping.codebook import Codebook, PartnerItem
from hub.mapping.fields.compile import CompiledMapping
from hub.model.document import Direction, Document
from hub.model.identity import ChannelId, ConnectionId, LocationId, PartnerId, Sku
from hub.sdk.capabilities import Parsed
from hub.sdk.mapped.reading import parse_mapped
from tests.unit.mapping.fields.mappings import a_mapping

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WRITTEN = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
CHANNEL = ChannelId("shop")


def codebook(**changes: Any) -> Codebook:
    """CUP by the each, TEA by the case of twelve and by the pallet of 480, ROPE by the third of a roll."""
    values: dict[str, Any] = {
        "connection": ConnectionId("northwind"),
        "partner": PartnerId("northwind"),
        "items": (
            PartnerItem(Sku("CUP"), {"VN": "N-1", "UP": "400001"}),
            PartnerItem(Sku("TEA"), {"VN": "N-2"}, unit="CA", units_each=Decimal(12)),
            PartnerItem(Sku("TEA"), {"VN": "N-2"}, unit="PL", units_each=Decimal(480)),
        ),
        "sites": {"E": LocationId("east"), "W": LocationId("west")},
        "default_location": LocationId("east"),
    }
    return Codebook(**{**values, **changes})


def document(text: str | bytes, name: str = "file.csv") -> Document:
    """A file as the mailbox gives it."""
    body = text.encode() if isinstance(text, str) else text
    meta = {"file": name, "modified": WRITTEN.isoformat()}
    return Document(ConnectionId("northwind"), Direction.INBOUND, "file", name, body, NOW, meta=meta)


def taken(folder: Path, mapping: str, text: str | bytes, book: Codebook | None = None) -> Parsed:
    """What a file says by this mapping."""
    return parse_mapped(document(text), a_mapping(folder, mapping), book or codebook(), CHANNEL)


def as_json(*records: object) -> str:
    """A file of JSON."""
    return json.dumps(list(records))


def codes(parsed: Parsed) -> list[tuple[str, str]]:
    """Where and what the problems are."""
    return [(each.path, each.code) for each in parsed.problems]


def compiled(folder: Path, mapping: str) -> CompiledMapping:
    """The mapping of this YAML."""
    return a_mapping(folder, mapping)
