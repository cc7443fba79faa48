"""Sums of the ledger's entries by day, beside the entries and in their place.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _spans() -> list[sa.Column[int]]:
    names = ("first_observed", "last_observed", "first_recorded", "last_recorded")
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def upgrade() -> None:
    """Create the tables; the first run of the daemon fills them."""
    op.create_table(
        "checkpoint_horizons",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("noted", sa.BigInteger(), nullable=False),
        sa.Column("rivals", sa.Text(), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_checkpoint_horizons"),
    )
    op.create_table(
        "checkpoints",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("through", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sku", "location", "source", name="pk_checkpoints"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "day_sums",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("observed_day", sa.BigInteger(), nullable=False),
        sa.Column("recorded_day", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("first_row", sa.BigInteger(), nullable=False),
        sa.Column("last_row", sa.BigInteger(), nullable=False),
        *_spans(),
        sa.PrimaryKeyConstraint("sku", "location", "bucket", "observed_day", "recorded_day", name="pk_day_sums"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "compacted_sums",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("observed_day", sa.BigInteger(), nullable=False),
        sa.Column("recorded_day", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        *_spans(),
        sa.PrimaryKeyConstraint(
            "sku", "location", "bucket", "cause", "observed_day", "recorded_day", name="pk_compacted_sums"
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "spent_keys",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", "key", name="pk_spent_keys"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "compactions",
        sa.Column("boundary", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("archive", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("boundary", "started_at", name="pk_compactions"),
    )
