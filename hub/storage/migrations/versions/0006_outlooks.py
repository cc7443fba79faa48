"""What partners say of their items' future, and the same on its way in with a big feed; arrivals of every bucket.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, and the index over unavailable units that arrive too."""
    op.drop_index("ix_movements_arrivals", table_name="movements")
    op.create_index(
        "ix_movements_arrivals",
        "movements",
        ["location", "observed_at"],
        unique=False,
        sqlite_where=sa.text("cause NOT IN ('count', 'shipment')"),
        postgresql_where=sa.text("cause NOT IN ('count', 'shipment')"),
    )
    op.create_table(
        "outlooks",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("location", "sku", name="pk_outlooks"),
    )
    op.create_index("ix_outlooks_sku", "outlooks", ["sku"], unique=False)
    op.create_table(
        "feed_outlooks",
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("feed", sa.Integer(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", "feed", "location", "sku", name="pk_feed_outlooks"),
        sqlite_with_rowid=False,
    )
