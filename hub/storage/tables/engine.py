"""The outbox, lanes, timers, health and sequences."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, PrimaryKeyConstraint, Table, UniqueConstraint, text

from hub.storage.tables.columns import count, instant, metadata, row_number, words

outbox = Table(
    "outbox",
    metadata,
    row_number(),
    words("key"),
    words("connection"),
    words("kind"),
    words("payload"),
    instant("created_at"),
    words("coalesce_key"),
    words("order_id", optional=True),
    words("subject"),
    words("state"),
    count("attempts"),
    instant("due"),
    words("document", optional=True),
    words("note"),
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
        "ix_outbox_made",
        "connection",
        "kind",
        "created_at",
        sqlite_where=text("coalesce_key <> ''"),
        postgresql_where=text("coalesce_key <> ''"),
    ),
    Index(
        "ix_outbox_coalesce",
        "connection",
        "kind",
        "coalesce_key",
        "state",
        "id",
        sqlite_where=text("coalesce_key <> ''"),
        postgresql_where=text("coalesce_key <> ''"),
    ),
    sqlite_autoincrement=True,
)

lanes = Table(
    "lanes",
    metadata,
    words("lane", key=True),
    words("owner", optional=True),
    Column("fence", BigInteger, nullable=False),
    instant("lease_until", optional=True),
)

# Marks are rows of their own: appending one never waits for the lane's holder, nor for another order's commit.
lane_marks = Table(
    "lane_marks",
    metadata,
    row_number(),
    words("lane"),
    instant("due"),
    Index(None, "lane", "due"),
    sqlite_autoincrement=True,
)

tasks = Table(
    "tasks",
    metadata,
    words("kind"),
    words("key"),
    instant("due"),
    Column("version", BigInteger, nullable=False),
    count("attempts"),
    words("note"),
    PrimaryKeyConstraint("kind", "key"),
    Index(None, "due"),
)

connections = Table(
    "connections",
    metadata,
    words("connection", key=True),
    words("state"),
    instant("since"),
    count("failures"),
    words("code"),
    words("message"),
)

sequences = Table(
    "sequences",
    metadata,
    words("name", key=True),
    Column("value", BigInteger, nullable=False),
)
