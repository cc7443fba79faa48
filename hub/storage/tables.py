"""Every table, as SQLAlchemy Core metadata. The migrations create them; a test holds the two together.

Rows that are looked up by a partner's or our own key carry it in a unique constraint: a repeat is dropped by the
database itself. Canonical objects are kept whole as JSON text beside the columns that queries need.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from hub.storage.column_types import RowNumber, Scaled, UtcMicros

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _text(name: str, *, optional: bool = False, key: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=optional, primary_key=key)


def _instant(name: str, *, optional: bool = False) -> Column[Any]:
    return Column(name, UtcMicros, nullable=optional)


def _quantity(name: str, *, optional: bool = False) -> Column[Any]:
    return Column(name, Scaled, nullable=optional)


def _count(name: str) -> Column[Any]:
    return Column(name, Integer, nullable=False)


def _row_number() -> Column[Any]:
    return Column("id", RowNumber, primary_key=True, autoincrement=True)


orders = Table(
    "orders",
    metadata,
    _text("order_id", key=True),
    _text("channel"),
    _text("external_id"),
    _text("number"),
    _text("status"),
    _text("hold"),
    _count("attempts"),
    Column("version", BigInteger, nullable=False),
    _text("body"),
    _text("counters"),
    _text("excluded"),
    UniqueConstraint("channel", "external_id"),
    Index(None, "status", "order_id"),
)

# Lines that still need somebody: units no location was asked for, and items that no SKU is known for.
open_lines = Table(
    "open_lines",
    metadata,
    _text("order_id"),
    _text("line_id"),
    _text("channel"),
    _instant("placed_at"),
    _text("sku", optional=True),
    _text("channel_item"),
    _quantity("quantity"),
    PrimaryKeyConstraint("order_id", "line_id"),
    Index(
        "ix_open_lines_unmapped",
        "channel_item",
        sqlite_where=text("sku IS NULL"),
        postgresql_where=text("sku IS NULL"),
    ),
    Index("ix_open_lines_sku", "sku"),
)

order_events = Table(
    "order_events",
    metadata,
    _row_number(),
    _text("order_id"),
    _text("kind"),
    _instant("at"),
    _text("actor"),
    _text("cause", optional=True),
    _text("data"),
    Index(None, "order_id", "id"),
    sqlite_autoincrement=True,
)

requests = Table(
    "requests",
    metadata,
    _row_number(),
    _text("request_id"),
    _text("order_id"),
    _text("location"),
    _text("body"),
    _instant("submitted_at", optional=True),
    _instant("acknowledged_at", optional=True),
    UniqueConstraint("request_id"),
    Index(None, "order_id", "id"),
    sqlite_autoincrement=True,
)

request_lines = Table(
    "request_lines",
    metadata,
    Column("request_id", Text, ForeignKey("requests.request_id"), nullable=False),
    _count("number"),
    _text("line_id"),
    _text("sku"),
    _text("location"),
    _quantity("outstanding"),
    _quantity("backordered"),
    PrimaryKeyConstraint("request_id", "number"),
    Index(
        "ix_request_lines_open",
        "location",
        "sku",
        sqlite_where=text("outstanding > 0"),
        postgresql_where=text("outstanding > 0"),
    ),
)

shipments = Table(
    "shipments",
    metadata,
    _row_number(),
    _text("connection"),
    _text("shipment_id"),
    _text("order_id"),
    _instant("shipped_at"),
    _text("body"),
    UniqueConstraint("connection", "shipment_id", "order_id"),
    Index(None, "order_id", "id"),
    sqlite_autoincrement=True,
)

departures = Table(
    "departures",
    metadata,
    Column("shipment", RowNumber, ForeignKey("shipments.id"), nullable=False),
    _count("number"),
    _text("sku"),
    _text("location"),
    _quantity("quantity"),
    _instant("shipped_at"),
    _text("request_id", optional=True),
    PrimaryKeyConstraint("shipment", "number"),
    Index(None, "location", "shipped_at"),
)

invoices = Table(
    "invoices",
    metadata,
    _row_number(),
    _text("partner"),
    _text("invoice_number"),
    _text("request_id"),
    _text("state"),
    _text("body"),
    UniqueConstraint("partner", "invoice_number"),
    Index(None, "request_id", "id"),
    sqlite_autoincrement=True,
)

returns = Table(
    "returns",
    metadata,
    _text("channel"),
    _text("return_id"),
    _text("order_id"),
    _text("body"),
    PrimaryKeyConstraint("channel", "return_id"),
    Index(None, "order_id"),
)

plans = Table(
    "plans",
    metadata,
    _row_number(),
    _text("order_id"),
    _text("body"),
    Index(None, "order_id", "id"),
    sqlite_autoincrement=True,
)

movements = Table(
    "movements",
    metadata,
    _row_number(),
    _text("key"),
    _text("sku"),
    _text("location"),
    _quantity("quantity"),
    _text("cause"),
    _instant("observed_at"),
    _instant("recorded_at"),
    _text("bucket"),
    _text("document", optional=True),
    _text("reference"),
    UniqueConstraint("key"),
    Index(None, "sku", "location", "id"),
    Index(
        "ix_movements_arrivals",
        "location",
        "observed_at",
        sqlite_where=text("bucket = 'on_hand' AND cause NOT IN ('count', 'shipment')"),
        postgresql_where=text("bucket = 'on_hand' AND cause NOT IN ('count', 'shipment')"),
    ),
    sqlite_autoincrement=True,
)

reservations = Table(
    "reservations",
    metadata,
    _row_number(),
    _text("key"),
    _text("sku"),
    _text("location"),
    _quantity("quantity"),
    _text("order_id"),
    _text("line_id"),
    _text("request_id"),
    _text("cause"),
    _instant("recorded_at"),
    UniqueConstraint("key"),
    Index(None, "sku", "location", "id"),
    sqlite_autoincrement=True,
)

holds = Table(
    "holds",
    metadata,
    _text("request_id"),
    _text("line_id"),
    _text("sku"),
    _text("location"),
    _quantity("held"),
    PrimaryKeyConstraint("request_id", "line_id", "sku", "location"),
    CheckConstraint("held >= 0", name="held"),
)

balances = Table(
    "balances",
    metadata,
    _text("sku"),
    _text("location"),
    _quantity("on_hand"),
    _quantity("unavailable"),
    _quantity("reserved"),
    _instant("counted_at", optional=True),
    _text("counted_document", optional=True),
    PrimaryKeyConstraint("sku", "location"),
    # On hand may fall below reserved (a count says so, domain.md 1.5, negative stock); reserved itself never does.
    CheckConstraint("reserved >= 0", name="reserved"),
    Index(None, "location", "sku"),
)

# The newest count per location, beside the balances: asking a million of them would cost a second.
counts = Table(
    "counts",
    metadata,
    _text("location", key=True),
    _instant("as_of"),
)

documents = Table(
    "documents",
    metadata,
    _row_number(),
    _text("connection"),
    _text("direction"),
    _text("kind"),
    _text("source_id"),
    _instant("at"),
    _text("media_type"),
    _text("meta"),
    _text("item_keys"),
    _text("sha256"),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("connection", "direction", "source_id"),
    Index(None, "connection", "id"),
    sqlite_autoincrement=True,
)

document_orders = Table(
    "document_orders",
    metadata,
    _text("order_id"),
    Column("document", RowNumber, ForeignKey("documents.id"), nullable=False),
    PrimaryKeyConstraint("order_id", "document"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("document", RowNumber, ForeignKey("documents.id"), primary_key=True, autoincrement=False),
    _text("connection"),
    _text("stream"),
    _text("state"),
    _count("attempts"),
    _text("note"),
    Index(
        "ix_inbox_waiting",
        "connection",
        "document",
        sqlite_where=text("state = 'stored'"),
        postgresql_where=text("state = 'stored'"),
    ),
)

cursors = Table(
    "cursors",
    metadata,
    _text("connection"),
    _text("stream"),
    _text("cursor"),
    PrimaryKeyConstraint("connection", "stream"),
)

outbox = Table(
    "outbox",
    metadata,
    _row_number(),
    _text("key"),
    _text("connection"),
    _text("kind"),
    _text("payload"),
    _instant("created_at"),
    _text("coalesce_key"),
    _text("order_id", optional=True),
    _text("subject"),
    _text("state"),
    _count("attempts"),
    _instant("due"),
    _text("document", optional=True),
    _text("note"),
    UniqueConstraint("key"),
    Index(None, "connection", "state", "id"),
    Index(
        "ix_outbox_unsettled",
        "connection",
        "order_id",
        "id",
        sqlite_where=text("state IN ('pending', 'sending', 'unknown')"),
        postgresql_where=text("state IN ('pending', 'sending', 'unknown')"),
    ),
    Index(
        "ix_outbox_coalesce",
        "connection",
        "kind",
        "coalesce_key",
        "id",
        sqlite_where=text("coalesce_key <> ''"),
        postgresql_where=text("coalesce_key <> ''"),
    ),
    sqlite_autoincrement=True,
)

lanes = Table(
    "lanes",
    metadata,
    _text("lane", key=True),
    _text("owner", optional=True),
    Column("fence", BigInteger, nullable=False),
    _instant("lease_until", optional=True),
)

# Marks are rows of their own: appending one never waits for the lane's holder, nor for another order's commit.
lane_marks = Table(
    "lane_marks",
    metadata,
    _row_number(),
    _text("lane"),
    _instant("due"),
    Index(None, "lane", "due"),
    sqlite_autoincrement=True,
)

tasks = Table(
    "tasks",
    metadata,
    _text("kind"),
    _text("key"),
    _instant("due"),
    Column("version", BigInteger, nullable=False),
    _count("attempts"),
    _text("note"),
    PrimaryKeyConstraint("kind", "key"),
    Index(None, "due"),
)

quarantine = Table(
    "quarantine",
    metadata,
    _row_number(),
    _text("document"),
    _text("connection"),
    _text("path"),
    _text("code"),
    _text("message"),
    _text("cure"),
    _instant("at"),
    _text("order_id", optional=True),
    _text("state"),
    Index(
        "uq_quarantine_open",
        "document",
        "path",
        unique=True,
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    Index(None, "state", "connection", "id"),
    sqlite_autoincrement=True,
)

refs = Table(
    "refs",
    metadata,
    _row_number(),
    _text("kind"),
    _text("connection"),
    _text("ours"),
    _text("theirs"),
    UniqueConstraint("kind", "connection", "ours", "theirs"),
    Index(None, "kind", "connection", "theirs", "id"),
    sqlite_autoincrement=True,
)

touches = Table(
    "touches",
    metadata,
    _text("sku", key=True),
    Column("number", BigInteger, nullable=False),
    _instant("at"),
    Index(None, "at", "sku"),
)

settled_touches = Table(
    "settled_touches",
    metadata,
    _text("channel"),
    _text("sku"),
    Column("number", BigInteger, nullable=False),
    PrimaryKeyConstraint("channel", "sku"),
)

publications = Table(
    "publications",
    metadata,
    _text("channel"),
    _text("sku"),
    _quantity("requested", optional=True),
    _quantity("confirmed", optional=True),
    _instant("at", optional=True),
    PrimaryKeyConstraint("channel", "sku"),
)

connections = Table(
    "connections",
    metadata,
    _text("connection", key=True),
    _text("state"),
    _instant("since"),
    _count("failures"),
    _text("code"),
    _text("message"),
)

sequences = Table(
    "sequences",
    metadata,
    _text("name", key=True),
    Column("value", BigInteger, nullable=False),
)
