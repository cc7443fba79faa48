"""The ledger, and what channels show of it."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, PrimaryKeyConstraint, Table, UniqueConstraint, text

from hub.storage.column_types import Scaled
from hub.storage.tables.columns import count, instant, metadata, quantity, row_number, words

movements = Table(
    "movements",
    metadata,
    row_number(),
    words("key"),
    words("sku"),
    words("location"),
    quantity("quantity"),
    words("cause"),
    instant("observed_at"),
    instant("recorded_at"),
    words("bucket"),
    words("document", optional=True),
    words("reference"),
    UniqueConstraint("key"),
    Index(None, "sku", "location", "id"),
    Index(
        "ix_movements_arrivals",
        "location",
        "observed_at",
        sqlite_where=text("cause NOT IN ('count', 'shipment')"),
        postgresql_where=text("cause NOT IN ('count', 'shipment')"),
    ),
    sqlite_autoincrement=True,
)

reservations = Table(
    "reservations",
    metadata,
    row_number(),
    words("key"),
    words("sku"),
    words("location"),
    quantity("quantity"),
    words("order_id"),
    words("line_id"),
    words("request_id"),
    words("cause"),
    instant("recorded_at"),
    UniqueConstraint("key"),
    Index(None, "sku", "location", "id"),
    sqlite_autoincrement=True,
)

holds = Table(
    "holds",
    metadata,
    words("request_id"),
    words("line_id"),
    words("sku"),
    words("location"),
    quantity("held"),
    PrimaryKeyConstraint("request_id", "line_id", "sku", "location"),
    CheckConstraint("held >= 0", name="held"),
)

soft_holds = Table(
    "soft_holds",
    metadata,
    words("key", key=True),
    instant("placed_at"),
    instant("expires_at"),
    words("channel", optional=True),
    words("location", optional=True),
    words("reason"),
    words("order_id", optional=True),
)

soft_hold_units = Table(
    "soft_hold_units",
    metadata,
    words("hold"),
    count("number"),
    words("sku"),
    words("location"),
    quantity("quantity"),
    quantity("held"),
    PrimaryKeyConstraint("hold", "number"),
    CheckConstraint("held >= 0", name="held"),
    Index(
        "ix_soft_hold_units_held",
        "sku",
        "hold",
        sqlite_where=text("held > 0"),
        postgresql_where=text("held > 0"),
    ),
)

held_entries = Table(
    "held_entries",
    metadata,
    row_number(),
    words("key"),
    words("hold"),
    words("sku"),
    words("location"),
    quantity("quantity"),
    words("cause"),
    instant("recorded_at"),
    UniqueConstraint("key"),
    Index(None, "sku", "location", "id"),
    sqlite_autoincrement=True,
)

balances = Table(
    "balances",
    metadata,
    words("sku"),
    words("location"),
    quantity("on_hand"),
    quantity("unavailable"),
    quantity("reserved"),
    Column("soft_held", Scaled, nullable=False, server_default=text("0")),
    instant("counted_at", optional=True),
    words("counted_document", optional=True),
    instant("short_at", optional=True),
    words("short_request", optional=True),
    PrimaryKeyConstraint("sku", "location"),
    # On hand may fall below reserved (a count says so, domain.md 1.5, negative stock); reserved itself never does.
    CheckConstraint("reserved >= 0", name="reserved"),
    Index(None, "location", "sku"),
)

# The newest count per location, beside the balances: asking a million of them would cost a second.
counts = Table(
    "counts",
    metadata,
    words("location", key=True),
    instant("as_of"),
)

touched_skus = Table(
    "touched_skus",
    metadata,
    words("sku", key=True),
    instant("at"),
)
"""Every SKU ever touched, and when first."""

looking_channels = Table(
    "looking_channels",
    metadata,
    words("channel", key=True),
)
"""Channels that have looked at what was touched, and are told of each touch since."""

channel_touches = Table(
    "channel_touches",
    metadata,
    words("channel"),
    words("sku"),
    Column("number", BigInteger, nullable=False),
    Column("settled", BigInteger, nullable=False),
    instant("at"),
    PrimaryKeyConstraint("channel", "sku"),
    Index(
        "ix_channel_touches_open",
        "channel",
        "at",
        "sku",
        sqlite_where=text("settled < number"),
        postgresql_where=text("settled < number"),
    ),
)

publishing_rules = Table(
    "publishing_rules",
    metadata,
    words("channel", key=True),
    words("rules"),
)

publications = Table(
    "publications",
    metadata,
    words("channel"),
    words("sku"),
    quantity("requested", optional=True),
    quantity("confirmed", optional=True),
    quantity("ordered"),
    quantity("cancelled"),
    words("certainty"),
    instant("at", optional=True),
    instant("waits_since", optional=True),
    words("key"),
    words("state"),
    words("reason"),
    PrimaryKeyConstraint("channel", "sku"),
    Index(
        "ix_publications_unsettled",
        "channel",
        "state",
        sqlite_where=text("state IN ('pending', 'error')"),
        postgresql_where=text("state IN ('pending', 'error')"),
    ),
    Index(
        "ix_publications_waiting",
        "channel",
        "waits_since",
        sqlite_where=text("waits_since IS NOT NULL"),
        postgresql_where=text("waits_since IS NOT NULL"),
    ),
)

outlooks = Table(
    "outlooks",
    metadata,
    words("sku"),
    words("location"),
    instant("as_of"),
    words("document", optional=True),
    words("body"),
    PrimaryKeyConstraint("location", "sku"),
    Index(None, "sku"),
)

feed_places = Table(
    "feed_places",
    metadata,
    row_number(),
    words("document"),
    count("feed"),
    words("location"),
    UniqueConstraint("document", "feed", "location"),
)
"""Locations of big feeds between being read and being published."""

feed_forms = Table(
    "feed_forms",
    metadata,
    row_number(),
    words("document"),
    count("feed"),
    words("basis"),
    words("unit"),
    quantity("units_each"),
    UniqueConstraint("document", "feed", "basis", "unit", "units_each"),
)
"""The ways in which their figures are stated."""

# Narrow, there are millions. ``confirmed``: the figure alone says what is there, so that all such are counted at once.
feed_rows = Table(
    "feed_rows",
    metadata,
    Column("place", BigInteger, nullable=False),
    words("sku"),
    Column("number", BigInteger, nullable=False),
    Column("form", BigInteger, nullable=False),
    quantity("quantity"),
    count("confirmed"),
    PrimaryKeyConstraint("place", "sku", "number"),
    sqlite_with_rowid=False,
)
"""Their rows."""

feed_outlooks = Table(
    "feed_outlooks",
    metadata,
    words("document"),
    count("feed"),
    words("location"),
    words("sku"),
    words("body"),
    PrimaryKeyConstraint("document", "feed", "location", "sku"),
    sqlite_with_rowid=False,
)
"""Their outlooks."""
