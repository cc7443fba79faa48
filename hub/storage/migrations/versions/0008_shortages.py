"""What locations did not have when they were asked for it: the moment beside each balance.

Revision ID: 0008
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; of shortages heard of before nothing is known."""
    op.add_column("balances", sa.Column("short_at", sa.BigInteger(), nullable=True))
    op.add_column("balances", sa.Column("short_request", sa.Text(), nullable=True))
