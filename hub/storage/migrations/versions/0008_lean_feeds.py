"""Staged rows of big feeds as narrow as they can be; balances with room to be counted again where they lie.

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


def upgrade() -> None:
    """Create the tables; what was staged is forgotten, whoever staged it begins again."""
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
    if op.get_context().dialect.name == "postgresql":
        # A new version of a row then fits on its page, and no index hears of it.
        op.execute("ALTER TABLE balances SET (fillfactor = 45)")
