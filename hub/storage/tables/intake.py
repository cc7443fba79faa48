"""Documents, the inbox, and what could not be used."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, PrimaryKeyConstraint, Table, UniqueConstraint, text

from hub.storage.column_types import RowNumber
from hub.storage.tables.columns import count, instant, metadata, row_number, words

documents = Table(
    "documents",
    metadata,
    row_number(),
    words("connection"),
    words("direction"),
    words("kind"),
    words("source_id"),
    instant("at"),
    words("media_type"),
    words("meta"),
    words("item_keys"),
    words("sha256"),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("connection", "direction", "source_id"),
    Index(None, "connection", "id"),
    sqlite_autoincrement=True,
)

document_orders = Table(
    "document_orders",
    metadata,
    words("order_id"),
    Column("document", RowNumber, ForeignKey("documents.id"), nullable=False),
    PrimaryKeyConstraint("order_id", "document"),
    Index(None, "document"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("document", RowNumber, ForeignKey("documents.id"), primary_key=True, autoincrement=False),
    words("connection"),
    words("stream"),
    words("state"),
    count("attempts"),
    words("note"),
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
    words("connection"),
    words("stream"),
    words("cursor"),
    PrimaryKeyConstraint("connection", "stream"),
)

quarantine = Table(
    "quarantine",
    metadata,
    row_number(),
    words("document"),
    words("connection"),
    words("path"),
    words("code"),
    words("message"),
    words("cure"),
    instant("at"),
    words("order_id", optional=True),
    words("state"),
    words("waits_for", optional=True),
    words("map_version", optional=True),
    Index(
        "ix_quarantine_waiting",
        "connection",
        "id",
        sqlite_where=text("state = 'open' AND waits_for IS NOT NULL"),
        postgresql_where=text("state = 'open' AND waits_for IS NOT NULL"),
    ),
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
    row_number(),
    words("kind"),
    words("connection"),
    words("ours"),
    words("theirs"),
    UniqueConstraint("kind", "connection", "ours", "theirs"),
    Index(None, "kind", "connection", "theirs", "id"),
    sqlite_autoincrement=True,
)
