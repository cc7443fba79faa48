"""Goods on their way, goods received, and prices agreed with partners."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, Table, UniqueConstraint

from hub.storage.tables.columns import instant, metadata, quantity, row_number, words

transfers = Table(
    "transfers",
    metadata,
    row_number(),
    words("transfer_id"),
    words("location"),
    words("state"),
    words("body"),
    UniqueConstraint("transfer_id"),
    Index(None, "location", "state"),
    sqlite_autoincrement=True,
)

goods_receipts = Table(
    "goods_receipts",
    metadata,
    words("connection"),
    words("receipt_id"),
    words("location"),
    instant("received_at"),
    words("body"),
    PrimaryKeyConstraint("connection", "receipt_id"),
)

prices = Table(
    "prices",
    metadata,
    words("partner"),
    words("sku"),
    words("since"),
    quantity("from_quantity"),
    words("catalogue"),
    words("until"),
    words("amount"),
    words("currency"),
    words("title"),
    instant("issued_at"),
    words("document", optional=True),
    PrimaryKeyConstraint("partner", "sku", "since", "from_quantity", "catalogue"),
    Index(None, "partner", "catalogue"),
)
