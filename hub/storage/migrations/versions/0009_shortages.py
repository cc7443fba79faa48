"""What locations did not have when they were asked for it: the moment beside each balance, the units in each line.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; of shortages heard of before nothing is known, so records begin with the next requests."""
    op.add_column("balances", sa.Column("short_at", sa.BigInteger(), nullable=True))
    op.add_column("balances", sa.Column("short_request", sa.Text(), nullable=True))
    op.add_column("request_lines", sa.Column("asked_at", sa.BigInteger(), nullable=True))
    for name in ("quantity", "short"):
        op.add_column("request_lines", sa.Column(name, sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.create_index(
        "ix_request_lines_asked", "request_lines", ["location", "asked_at", "quantity", "short"], unique=False
    )
