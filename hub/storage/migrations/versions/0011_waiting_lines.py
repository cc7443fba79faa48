"""What quarantined lines wait for in items.csv, and by which map of items they were judged last.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what earlier entries wait for is not known, so a person reprocesses them."""
    op.add_column("quarantine", sa.Column("waits_for", sa.Text(), nullable=True))
    op.add_column("quarantine", sa.Column("map_version", sa.Text(), nullable=True))
    op.create_index(
        "ix_quarantine_waiting",
        "quarantine",
        ["connection", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'open' AND waits_for IS NOT NULL"),
        postgresql_where=sa.text("state = 'open' AND waits_for IS NOT NULL"),
    )
