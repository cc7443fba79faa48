"""Staged rows of big feeds as narrow as they can be; touches by channel; balances with room for a newer version.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TOUCHES = (
    "INSERT INTO touched_skus (sku, at) SELECT sku, at FROM touches",
    "INSERT INTO looking_channels (channel) SELECT DISTINCT channel FROM settled_touches",
    """
    INSERT INTO channel_touches (channel, sku, number, settled, at)
    SELECT c.channel, t.sku, t.number, coalesce(s.number, 0), t.at
    FROM touches t CROSS JOIN looking_channels c
    LEFT JOIN settled_touches s ON s.channel = c.channel AND s.sku = t.sku
    """,
)


def upgrade() -> None:
    """Create the tables; what was staged is forgotten, whoever staged it begins again."""
    _upgrade_feeds()
    _upgrade_touches()
    if op.get_context().dialect.name == "postgresql":
        # A new version of a row then fits on its page, and no index hears of it.
        op.execute("ALTER TABLE balances SET (fillfactor = 45)")


def _upgrade_feeds() -> None:
    op.drop_table("feed_rows")
    op.create_table(
        "feed_places",
        sa.Column("id", _ROW_NUMBER, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("feed", sa.Integer(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feed_places"),
        sa.UniqueConstraint("document", "feed", "location", name="uq_feed_places_document_feed_location"),
    )
    op.create_table(
        "feed_forms",
        sa.Column("id", _ROW_NUMBER, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("feed", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("units_each", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feed_forms"),
        sa.UniqueConstraint(
            "document", "feed", "basis", "unit", "units_each", name="uq_feed_forms_document_feed_basis_unit_units_each"
        ),
    )
    op.create_table(
        "feed_rows",
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("form", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("place", "sku", "number", name="pk_feed_rows"),
        sqlite_with_rowid=False,
    )


def _upgrade_touches() -> None:
    op.create_table(
        "touched_skus",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sku", name="pk_touched_skus"),
    )
    op.create_table(
        "looking_channels",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name="pk_looking_channels"),
    )
    op.create_table(
        "channel_touches",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "sku", name="pk_channel_touches"),
    )
    op.create_index(
        "ix_channel_touches_open",
        "channel_touches",
        ["channel", "at", "sku"],
        unique=False,
        sqlite_where=sa.text("settled < number"),
        postgresql_where=sa.text("settled < number"),
    )
    for statement in _TOUCHES:
        op.execute(statement)
    op.drop_table("settled_touches")
    op.drop_table("touches")
