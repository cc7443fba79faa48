"""Soft holds: units kept for a cart or a quote until a named moment.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables, and the term of the balances."""
    op.add_column("balances", sa.Column("soft_held", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.create_table(
        "soft_holds",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_soft_holds"),
    )
    op.create_table(
        "soft_hold_units",
        sa.Column("hold", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hold", "number", name="pk_soft_hold_units"),
        sa.CheckConstraint("held >= 0", name="ck_soft_hold_units_held"),
    )
    op.create_index(
        "ix_soft_hold_units_held",
        "soft_hold_units",
        ["sku", "hold"],
        unique=False,
        sqlite_where=sa.text("held > 0"),
        postgresql_where=sa.text("held > 0"),
    )
    op.create_table(
        "held_entries",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("hold", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_held_entries"),
        sa.UniqueConstraint("key", name="uq_held_entries_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_held_entries_sku_location_id", "held_entries", ["sku", "location", "id"], unique=False)
