"""What channels sold, line by line, and what became of each quantity they were told.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SCALE = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    """Create the table, fill it from the orders, and let publications know of what was sold until now."""
    sold = op.create_table(
        "sold_lines",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("ordered", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", "line_id", name="pk_sold_lines"),
    )
    op.create_index("ix_sold_lines_channel_sku_placed_at", "sold_lines", ["channel", "sku", "placed_at"], unique=False)
    orders = op.get_bind().execute(sa.text("SELECT * FROM orders").execution_options(yield_per=500))
    for partition in orders.partitions():
        rows = [row for order in partition for row in _sold(order)]
        if rows:
            op.bulk_insert(sold, rows)
    _widen_publications()
    op.create_index(
        "ix_outbox_made",
        "outbox",
        ["connection", "kind", "created_at"],
        unique=False,
        sqlite_where=sa.text("coalesce_key <> ''"),
        postgresql_where=sa.text("coalesce_key <> ''"),
    )


def _sold(order: Any) -> list[dict[str, Any]]:
    body, counters = json.loads(order.body), json.loads(order.counters)
    return [
        {
            "order_id": order.order_id,
            "line_id": line["line_id"],
            "channel": order.channel,
            "sku": line["sku"],
            "placed_at": _micros(body["placed_at"]),
            "ordered": int(Decimal(counters[line["line_id"]]["ordered"]) * _SCALE),
            "cancelled": int(Decimal(counters[line["line_id"]]["cancelled"]) * _SCALE),
        }
        for line in body["lines"]
        if line["sku"] is not None
    ]


def _micros(text: str) -> int:
    return (datetime.fromisoformat(text) - _EPOCH) // timedelta(microseconds=1)


def _widen_publications() -> None:
    for name in ("ordered", "cancelled"):
        op.add_column("publications", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    for name in ("certainty", "key", "state", "reason"):
        op.add_column("publications", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    # A figure that was asked for before is looked at anew: nothing says any more which item asked for it.
    op.execute(
        "UPDATE publications SET requested = NULL, certainty = 'unseen',"
        " state = CASE WHEN confirmed IS NULL THEN 'pending' ELSE 'sent' END"
    )
    for name in ("ordered", "cancelled"):
        op.execute(
            f"UPDATE publications SET {name} = COALESCE((SELECT CAST(SUM(s.{name}) AS BIGINT) FROM sold_lines s"
            " WHERE s.channel = publications.channel AND s.sku = publications.sku), 0)"
        )
    op.create_index(
        "ix_publications_unsettled",
        "publications",
        ["channel", "state"],
        unique=False,
        sqlite_where=sa.text("state IN ('pending', 'error')"),
        postgresql_where=sa.text("state IN ('pending', 'error')"),
    )
