"""Every table, as SQLAlchemy Core metadata. The migrations create them; a test holds the two together.

Rows that are looked up by a partner's or our own key carry it in a unique constraint: a repeat is dropped by the
database itself. Canonical objects are kept whole as JSON text beside the columns that queries need.
"""

from hub.storage.tables.columns import metadata
from hub.storage.tables.engine import connections, lane_marks, lanes, outbox, sequences, tasks
from hub.storage.tables.exchanges import exchange_groups, exchange_messages, exchanges
from hub.storage.tables.goods import goods_receipts, prices, transfers
from hub.storage.tables.history import (
    checkpoint_horizons,
    checkpoints,
    compacted_sums,
    compactions,
    day_sums,
    spent_keys,
)
from hub.storage.tables.intake import cursors, document_orders, documents, inbox, quarantine, refs
from hub.storage.tables.stock import (
    balances,
    channel_touches,
    counts,
    held_entries,
    holds,
    looking_channels,
    movements,
    outlooks,
    publications,
    reservations,
    soft_hold_units,
    soft_holds,
    touched_skus,
)
from hub.storage.tables.trade import (
    departures,
    given_up,
    invoices,
    open_lines,
    order_events,
    orders,
    plans,
    request_lines,
    requests,
    returns,
    shipments,
    sold_lines,
)

__all__ = [
    "balances",
    "channel_touches",
    "checkpoint_horizons",
    "checkpoints",
    "compacted_sums",
    "compactions",
    "connections",
    "counts",
    "cursors",
    "day_sums",
    "departures",
    "document_orders",
    "documents",
    "exchange_groups",
    "exchange_messages",
    "exchanges",
    "given_up",
    "goods_receipts",
    "held_entries",
    "holds",
    "inbox",
    "invoices",
    "lane_marks",
    "lanes",
    "looking_channels",
    "metadata",
    "movements",
    "open_lines",
    "order_events",
    "orders",
    "outbox",
    "outlooks",
    "plans",
    "prices",
    "publications",
    "quarantine",
    "refs",
    "request_lines",
    "requests",
    "reservations",
    "returns",
    "sequences",
    "shipments",
    "soft_hold_units",
    "soft_holds",
    "sold_lines",
    "spent_keys",
    "tasks",
    "touched_skus",
    "transfers",
]
