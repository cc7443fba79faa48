"""The log of numbered envelopes."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, PrimaryKeyConstraint, Table, UniqueConstraint, text

from hub.storage.column_types import RowNumber
from hub.storage.tables.columns import count, instant, metadata, row_number, words

exchanges = Table(
    "exchanges",
    metadata,
    row_number(),
    words("connection"),
    words("direction"),
    words("sender"),
    words("receiver"),
    words("control_number"),
    Column("number", BigInteger, nullable=True),
    words("sha256"),
    Column("size", BigInteger, nullable=False),
    words("usage"),
    words("version"),
    words("document"),
    instant("at"),
    words("state"),
    words("code"),
    words("note"),
    count("repeats"),
    UniqueConstraint(
        "connection", "direction", "sender", "receiver", "control_number", "sha256", name="uq_exchanges_key"
    ),
    Index("ix_exchanges_sent", "connection", "direction", "control_number", "id"),
    Index("ix_exchanges_number", "connection", "direction", "sender", "receiver", "number"),
    sqlite_autoincrement=True,
)

exchange_groups = Table(
    "exchange_groups",
    metadata,
    row_number(),
    Column("exchange", RowNumber, ForeignKey("exchanges.id"), nullable=False),
    words("connection"),
    words("direction"),
    words("kind"),
    words("sender"),
    words("receiver"),
    words("control_number"),
    words("version"),
    words("state"),
    instant("due", optional=True),
    words("code"),
    words("answer", optional=True),
    Index(None, "exchange", "id"),
    Index("ix_exchange_groups_sent", "connection", "direction", "kind", "control_number", "id"),
    Index(
        "ix_exchange_groups_awaited",
        "exchange",
        sqlite_where=text("state = 'awaited'"),
        postgresql_where=text("state = 'awaited'"),
    ),
    sqlite_autoincrement=True,
)

exchange_messages = Table(
    "exchange_messages",
    metadata,
    Column("exchange_group", RowNumber, ForeignKey("exchange_groups.id"), nullable=False),
    count("place"),
    words("kind"),
    words("control_number"),
    words("subject"),
    words("item_key"),
    words("state"),
    words("code"),
    PrimaryKeyConstraint("exchange_group", "place"),
)
