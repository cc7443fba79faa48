"""The first schema.

Revision ID: 0001
Revises: nothing
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.storage.migrations.exchanges_0001 import create_exchange_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create every table."""
    _orders()
    _stock()
    _documents()
    create_exchange_tables()
    _engine()


def _orders() -> None:
    op.create_table(
        "invoices",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("invoice_number", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_invoices"),
        sa.UniqueConstraint("partner", "invoice_number", name="uq_invoices_partner_invoice_number"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_invoices_request_id_id", "invoices", ["request_id", "id"], unique=False)
    op.create_table(
        "open_lines",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=True),
        sa.Column("channel_item", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", "line_id", name="pk_open_lines"),
    )
    op.create_index(
        "ix_open_lines_sku",
        "open_lines",
        ["sku"],
        unique=False,
        sqlite_where=sa.text("sku IS NOT NULL"),
        postgresql_where=sa.text("sku IS NOT NULL"),
    )
    op.create_index(
        "ix_open_lines_unmapped",
        "open_lines",
        ["channel_item"],
        unique=False,
        sqlite_where=sa.text("sku IS NULL"),
        postgresql_where=sa.text("sku IS NULL"),
    )
    op.create_table(
        "order_events",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_order_events"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_order_events_order_id_id", "order_events", ["order_id", "id"], unique=False)
    op.create_table(
        "orders",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("hold", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("counters", sa.Text(), nullable=False),
        sa.Column("excluded", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", name="pk_orders"),
        sa.UniqueConstraint("channel", "external_id", name="uq_orders_channel_external_id"),
    )
    op.create_index("ix_orders_status_order_id", "orders", ["status", "order_id"], unique=False)
    op.create_table(
        "plans",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plans"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_plans_order_id_id", "plans", ["order_id", "id"], unique=False)
    op.create_table(
        "requests",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
        sa.UniqueConstraint("request_id", name="uq_requests_request_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_requests_order_id_id", "requests", ["order_id", "id"], unique=False)
    op.create_table(
        "returns",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "return_id", name="pk_returns"),
    )
    op.create_index("ix_returns_order_id", "returns", ["order_id"], unique=False)
    op.create_table(
        "shipments",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("shipment_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("shipped_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_shipments"),
        sa.UniqueConstraint(
            "connection", "shipment_id", "order_id", name="uq_shipments_connection_shipment_id_order_id"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_shipments_order_id_id", "shipments", ["order_id", "id"], unique=False)
    op.create_table(
        "departures",
        sa.Column("shipment", ROW_NUMBER, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("shipped_at", sa.BigInteger(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["shipment"], ["shipments.id"], name="fk_departures_shipment"),
        sa.PrimaryKeyConstraint("shipment", "number", name="pk_departures"),
    )
    op.create_index("ix_departures_location_shipped_at", "departures", ["location", "shipped_at"], unique=False)
    op.create_table(
        "request_lines",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("outstanding", sa.BigInteger(), nullable=False),
        sa.Column("backordered", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["requests.request_id"], name="fk_request_lines_request_id"),
        sa.PrimaryKeyConstraint("request_id", "number", name="pk_request_lines"),
    )
    op.create_index(
        "ix_request_lines_open",
        "request_lines",
        ["location", "sku"],
        unique=False,
        sqlite_where=sa.text("outstanding > 0"),
        postgresql_where=sa.text("outstanding > 0"),
    )


def _stock() -> None:
    op.create_table(
        "balances",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("unavailable", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", sa.BigInteger(), nullable=True),
        sa.Column("counted_document", sa.Text(), nullable=True),
        sa.CheckConstraint("reserved >= 0", name="ck_balances_reserved"),
        sa.PrimaryKeyConstraint("sku", "location", name="pk_balances"),
    )
    op.create_index("ix_balances_location_sku", "balances", ["location", "sku"], unique=False)
    op.create_table(
        "counts",
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("location", name="pk_counts"),
    )
    op.create_table(
        "feed_rows",
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("feed", sa.Integer(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("units_each", sa.BigInteger(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("document", "feed", "location", "sku", "number", name="pk_feed_rows"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "holds",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("held >= 0", name="ck_holds_held"),
        sa.PrimaryKeyConstraint("request_id", "line_id", "sku", "location", name="pk_holds"),
    )
    op.create_table(
        "movements",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("observed_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_movements"),
        sa.UniqueConstraint("key", name="uq_movements_key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_movements_arrivals",
        "movements",
        ["location", "observed_at"],
        unique=False,
        sqlite_where=sa.text("bucket = 'on_hand' AND cause NOT IN ('count', 'shipment')"),
        postgresql_where=sa.text("bucket = 'on_hand' AND cause NOT IN ('count', 'shipment')"),
    )
    op.create_index("ix_movements_sku_location_id", "movements", ["sku", "location", "id"], unique=False)
    op.create_table(
        "publications",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("requested", sa.BigInteger(), nullable=True),
        sa.Column("confirmed", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("waits_since", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("channel", "sku", name="pk_publications"),
    )
    op.create_index(
        "ix_publications_waiting",
        "publications",
        ["channel", "waits_since"],
        unique=False,
        sqlite_where=sa.text("waits_since IS NOT NULL"),
        postgresql_where=sa.text("waits_since IS NOT NULL"),
    )
    op.create_table(
        "reservations",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reservations"),
        sa.UniqueConstraint("key", name="uq_reservations_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reservations_sku_location_id", "reservations", ["sku", "location", "id"], unique=False)
    op.create_table(
        "settled_touches",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "sku", name="pk_settled_touches"),
    )
    op.create_table(
        "touches",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sku", name="pk_touches"),
    )
    op.create_index("ix_touches_at_sku", "touches", ["at", "sku"], unique=False)


def _documents() -> None:
    op.create_table(
        "cursors",
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("connection", "stream", name="pk_cursors"),
    )
    op.create_table(
        "documents",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("meta", sa.Text(), nullable=False),
        sa.Column("item_keys", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
        sa.UniqueConstraint("connection", "direction", "source_id", name="uq_documents_connection_direction_source_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_documents_connection_id", "documents", ["connection", "id"], unique=False)
    op.create_table(
        "quarantine",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("cure", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quarantine"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_quarantine_state_connection_id", "quarantine", ["state", "connection", "id"], unique=False)
    op.create_index(
        "uq_quarantine_open",
        "quarantine",
        ["document", "path"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "refs",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("ours", sa.Text(), nullable=False),
        sa.Column("theirs", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_refs"),
        sa.UniqueConstraint("kind", "connection", "ours", "theirs", name="uq_refs_kind_connection_ours_theirs"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_refs_kind_connection_theirs_id", "refs", ["kind", "connection", "theirs", "id"], unique=False)
    op.create_table(
        "document_orders",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("document", ROW_NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name="fk_document_orders_document"),
        sa.PrimaryKeyConstraint("order_id", "document", name="pk_document_orders"),
    )
    op.create_index("ix_document_orders_document", "document_orders", ["document"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("document", ROW_NUMBER, autoincrement=False, nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name="fk_inbox_document"),
        sa.PrimaryKeyConstraint("document", name="pk_inbox"),
    )
    op.create_index(
        "ix_inbox_waiting",
        "inbox",
        ["connection", "document"],
        unique=False,
        sqlite_where=sa.text("state = 'stored'"),
        postgresql_where=sa.text("state = 'stored'"),
    )


def _engine() -> None:
    op.create_table(
        "connections",
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("connection", name="pk_connections"),
    )
    op.create_table(
        "lane_marks",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lane_marks"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_lane_marks_lane_due", "lane_marks", ["lane", "due"], unique=False)
    op.create_table(
        "lanes",
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("lane", name="pk_lanes"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("coalesce_key", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_outbox_coalesce",
        "outbox",
        ["connection", "kind", "coalesce_key", "state", "id"],
        unique=False,
        sqlite_where=sa.text("coalesce_key <> ''"),
        postgresql_where=sa.text("coalesce_key <> ''"),
    )
    op.create_index("ix_outbox_connection_state_id", "outbox", ["connection", "state", "id"], unique=False)
    op.create_index(
        "ix_outbox_unsettled",
        "outbox",
        ["connection", "order_id", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('pending', 'sending', 'unknown')"),
        postgresql_where=sa.text("state IN ('pending', 'sending', 'unknown')"),
    )
    op.create_table(
        "sequences",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_sequences"),
    )
    op.create_table(
        "tasks",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name="pk_tasks"),
    )
    op.create_index("ix_tasks_due", "tasks", ["due"], unique=False)
