"""Orders, requests and what came of them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, PrimaryKeyConstraint, Table, Text, UniqueConstraint, text

from hub.storage.column_types import RowNumber, Scaled
from hub.storage.tables.columns import count, instant, metadata, quantity, row_number, words

orders = Table(
    "orders",
    metadata,
    words("order_id", key=True),
    words("channel"),
    words("external_id"),
    words("number"),
    words("status"),
    words("hold"),
    count("attempts"),
    Column("version", BigInteger, nullable=False),
    words("body"),
    words("counters"),
    words("excluded"),
    UniqueConstraint("channel", "external_id"),
    Index(None, "status", "order_id"),
)

# Lines that still need somebody: units no location was asked for, and items that no SKU is known for.
open_lines = Table(
    "open_lines",
    metadata,
    words("order_id"),
    words("line_id"),
    words("channel"),
    instant("placed_at"),
    words("sku", optional=True),
    words("channel_item"),
    quantity("quantity"),
    PrimaryKeyConstraint("order_id", "line_id"),
    Index(
        "ix_open_lines_unmapped",
        "channel_item",
        sqlite_where=text("sku IS NULL"),
        postgresql_where=text("sku IS NULL"),
    ),
    Index(
        "ix_open_lines_sku",
        "sku",
        sqlite_where=text("sku IS NOT NULL"),
        postgresql_where=text("sku IS NOT NULL"),
    ),
)

# What each channel sold of a SKU, line by line: sums of these say what it must show now, and what is left of a quota.
sold_lines = Table(
    "sold_lines",
    metadata,
    words("order_id"),
    words("line_id"),
    words("channel"),
    words("sku"),
    instant("placed_at"),
    quantity("ordered"),
    quantity("cancelled"),
    PrimaryKeyConstraint("order_id", "line_id"),
    Index(None, "channel", "sku", "placed_at"),
)

order_events = Table(
    "order_events",
    metadata,
    row_number(),
    words("order_id"),
    words("kind"),
    instant("at"),
    words("actor"),
    words("cause", optional=True),
    words("data"),
    Index(None, "order_id", "id"),
    sqlite_autoincrement=True,
)

requests = Table(
    "requests",
    metadata,
    row_number(),
    words("request_id"),
    words("order_id"),
    words("location"),
    words("body"),
    instant("submitted_at", optional=True),
    instant("acknowledged_at", optional=True),
    UniqueConstraint("request_id"),
    Index(None, "order_id", "id"),
    sqlite_autoincrement=True,
)

request_lines = Table(
    "request_lines",
    metadata,
    Column("request_id", Text, ForeignKey("requests.request_id"), nullable=False),
    count("number"),
    words("line_id"),
    words("sku"),
    words("location"),
    quantity("outstanding"),
    quantity("backordered"),
    instant("asked_at", optional=True),
    Column("quantity", Scaled, nullable=False, server_default=text("0")),
    Column("short", Scaled, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("request_id", "number"),
    Index("ix_request_lines_asked", "location", "asked_at", "quantity", "short"),
    Index(
        "ix_request_lines_open",
        "location",
        "sku",
        sqlite_where=text("outstanding > 0"),
        postgresql_where=text("outstanding > 0"),
    ),
)

shipments = Table(
    "shipments",
    metadata,
    row_number(),
    words("connection"),
    words("shipment_id"),
    words("order_id"),
    instant("shipped_at"),
    words("body"),
    UniqueConstraint("connection", "shipment_id", "order_id"),
    Index(None, "order_id", "id"),
    sqlite_autoincrement=True,
)

departures = Table(
    "departures",
    metadata,
    Column("shipment", RowNumber, ForeignKey("shipments.id"), nullable=False),
    count("number"),
    words("sku"),
    words("location"),
    quantity("quantity"),
    instant("shipped_at"),
    words("request_id", optional=True),
    PrimaryKeyConstraint("shipment", "number"),
    Index(None, "location", "shipped_at"),
)

given_up = Table(
    "given_up",
    metadata,
    words("key"),
    words("sku"),
    words("location"),
    quantity("quantity"),
    instant("at"),
    words("request_id"),
    PrimaryKeyConstraint("key"),
    Index(None, "location", "at"),
)

invoices = Table(
    "invoices",
    metadata,
    row_number(),
    words("partner"),
    words("invoice_number"),
    words("request_id"),
    words("state"),
    words("body"),
    UniqueConstraint("partner", "invoice_number"),
    Index(None, "request_id", "id"),
    sqlite_autoincrement=True,
)

returns = Table(
    "returns",
    metadata,
    words("channel"),
    words("return_id"),
    words("order_id"),
    words("body"),
    PrimaryKeyConstraint("channel", "return_id"),
    Index(None, "order_id"),
)

plans = Table(
    "plans",
    metadata,
    row_number(),
    words("order_id"),
    words("body"),
    Index(None, "order_id", "id"),
    sqlite_autoincrement=True,
)
