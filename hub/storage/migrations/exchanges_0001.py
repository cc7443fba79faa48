"""The log of exchanges in the first schema; a module of its own for its length."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def create_exchange_tables() -> None:
    """Create exchanges, their groups and their messages."""
    op.create_table(
        "exchanges",
        sa.Column("id", _ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("control_number", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("usage", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exchanges"),
        sa.UniqueConstraint(
            "connection",
            "direction",
            "sender",
            "receiver",
            "control_number",
            "sha256",
            name="uq_exchanges_key",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_exchanges_sent", "exchanges", ["connection", "direction", "control_number", "id"], unique=False)
    op.create_index(
        "ix_exchanges_number", "exchanges", ["connection", "direction", "sender", "receiver", "number"], unique=False
    )
    op.create_table(
        "exchange_groups",
        sa.Column("id", _ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("exchange", _ROW_NUMBER, nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("control_number", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["exchange"], ["exchanges.id"], name="fk_exchange_groups_exchange"),
        sa.PrimaryKeyConstraint("id", name="pk_exchange_groups"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_exchange_groups_exchange_id", "exchange_groups", ["exchange", "id"], unique=False)
    op.create_index(
        "ix_exchange_groups_sent",
        "exchange_groups",
        ["connection", "direction", "kind", "control_number", "id"],
        unique=False,
    )
    op.create_index(
        "ix_exchange_groups_awaited",
        "exchange_groups",
        ["exchange"],
        unique=False,
        sqlite_where=sa.text("state = 'awaited'"),
        postgresql_where=sa.text("state = 'awaited'"),
    )
    op.create_table(
        "exchange_messages",
        sa.Column("exchange_group", _ROW_NUMBER, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("control_number", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("item_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["exchange_group"], ["exchange_groups.id"], name="fk_exchange_messages_exchange_group"),
        sa.PrimaryKeyConstraint("exchange_group", "place", name="pk_exchange_messages"),
    )
