"""The toy shop's world: what every simulated partner has and does, and the hub.yaml that connects them."""

from __future__ import annotations

import random
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SKUS = tuple(
    f"TOY-{name}"
    for name in ("BLOCKS", "KITE", "PUZZLE", "TRAIN", "ROBOT", "DRUM", "DOLL", "BALL", "PLANE", "YOYO", "SLIDE", "BOAT")
)
CHANNEL = "toyshop"
WAREHOUSE = "riverside"


# Shopify's own first guess never assigns to a store: the hub decides, and moves orders there.
_STORE = {"is_store": True, "fulfils_online_orders": False}


@dataclass(frozen=True)
class Supplier:
    """One simulated EDI supplier: its X12 id, the prefix of its item numbers, which SKUs, and its ways."""

    name: str
    edi_id: str
    prefix: str
    skus: tuple[int, ...]
    counting: str
    behaviours: tuple[str, ...] = ("accept",)
    sites: tuple[str, ...] = ("MAIN",)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def item(self, index: int) -> str:
        """Its number for a SKU; items.csv of the partner says the same."""
        return f"{self.prefix}-{101 + index}"


SUPPLIERS = (
    Supplier("alderbrook", "ALDERBROOK", "AB", (0, 1, 2, 3, 4), "on_hand", ("accept", "partial", "accept")),
    Supplier("casebridge", "CASEBRIDGE", "CB", (2, 3, 4, 5, 6), "on_hand_cases", ("accept", "accept", "backorder")),
    Supplier("lowmere", "LOWMERE", "LM", (4, 5, 6, 7, 8), "available_net", ("accept", "reject", "accept", "accept")),
    Supplier("grosswell", "GROSSWELL", "GW", (6, 7, 8, 9, 10), "available_gross", ("accept", "short")),
    Supplier("twinpeak", "TWINPEAK", "TP", (8, 9, 10, 11, 0), "two_sites", sites=("EAST", "WEST")),
    Supplier("fullerby", "FULLERBY", "FB", (10, 11, 0, 1, 2), "missing_means_zero", extra={"duplicate_notices": 2}),
    Supplier("latchford", "LATCHFORD", "LF", (1, 3, 5, 7, 9, 11), "late_delta", extra={"lag": 10_800}),
)


@dataclass(frozen=True)
class ToyScale:
    """How big and how quick the world is. ``stock`` is eaches per SKU and location before the first order."""

    stock: int = 48
    store_stock: int = 10
    warehouse_stock: int = 16
    acknowledge_after: float = 0.3
    ship_after: float = 0.6
    backorder_after: float = 2.0
    feed_every: float = 1.5
    warehouse_step: float = 0.4
    store_delay: float = 1.0
    poll_seconds: float = 0.5
    broken_feed: bool = True
    quirks: bool = True
    webhooks_lost: float = 0.05
    webhooks_repeated: float = 0.1
    shop_points_per_second: float = 1_000
    supplier_tick: float = 0.1
    sftp: tuple[str, ...] = ("alderbrook",)


def scenarios(folder: Path, port: int, scale: ToyScale) -> dict[str, tuple[str, dict[str, Any]]]:
    """Every partner by name: its connector, and the scenario of that connector's simulator."""
    found: dict[str, tuple[str, dict[str, Any]]] = {
        CHANNEL: ("shopify", _shop(port, scale)),
        WAREHOUSE: ("ongoing", _warehouse(scale)),
    }
    for supplier in SUPPLIERS:
        found[supplier.name] = ("x12_supplier", _supplier(supplier, folder / supplier.name, scale))
    return found


def _shop(port: int, scale: ToyScale) -> dict[str, Any]:
    stores = dict.fromkeys(SKUS[::2], scale.store_stock), dict.fromkeys(SKUS[1::2], scale.store_stock)
    return {
        "name": CHANNEL,
        "items": [{"sku": sku, "title": sku.removeprefix("TOY-").title()} for sku in SKUS],
        "locations": [
            {"number": 100, "name": "Online"},
            {"number": 101, "name": "Harbour store", **_STORE, "stock": stores[0]},
            {"number": 102, "name": "Market store", **_STORE, "stock": stores[1]},
        ],
        "staff_delay_seconds": scale.store_delay,
        "webhooks": {
            "url": f"http://127.0.0.1:{port}/webhooks/{CHANNEL}",
            "lost": scale.webhooks_lost if scale.quirks else 0.0,
            "repeated": scale.webhooks_repeated if scale.quirks else 0.0,
        },
        "points": 20 * scale.shop_points_per_second,
        "points_per_second": scale.shop_points_per_second,
    }


def _warehouse(scale: ToyScale) -> dict[str, Any]:
    return {
        "name": WAREHOUSE,
        "stock": {sku: str(scale.warehouse_stock) for sku in SKUS},
        "step_seconds": scale.warehouse_step,
        "two_parcels_every": 5,
    }


def _supplier(supplier: Supplier, folder: Path, scale: ToyScale) -> dict[str, Any]:
    pack = {"unit": "CA", "units_each": "4"} if supplier.counting == "on_hand_cases" else {}
    share = scale.stock // len(supplier.sites) // 12 * 12
    scenario: dict[str, Any] = {
        "name": supplier.name,
        "folder": str(folder),
        "own_id": supplier.edi_id,
        "counting": supplier.counting,
        "items": [
            {"item": supplier.item(index), "stock": dict.fromkeys(supplier.sites, str(share)), **pack}
            for index in supplier.skus
        ],
        "acknowledge_after": scale.acknowledge_after,
        "ship_after": scale.ship_after,
        "backorder_after": scale.backorder_after,
        "feed_every": scale.feed_every,
        "tick": scale.supplier_tick,
        "sftp": supplier.name in scale.sftp,
        "broken_feed": scale.broken_feed and supplier.name == "twinpeak",
        "lag": supplier.extra.get("lag", 0.0),
    }
    if scale.quirks:
        scenario["behaviours"] = list(supplier.behaviours)
        scenario["duplicate_notices"] = supplier.extra.get("duplicate_notices", 0)
    return scenario


def configuration(
    settings: Mapping[str, Mapping[str, Any]], port: int, database: str, scale: ToyScale
) -> dict[str, Any]:
    """hub.yaml as data; ``settings`` are those of each partner's simulator."""
    connections: dict[str, Any] = {
        name: {
            "connector": connector,
            "partner": name,
            "settings": dict(settings[name]),
            "poll": {stream: every * scale.poll_seconds for stream, every in _POLLED[connector].items()},
            "allow_private": True,
        }
        for name, connector in (
            (CHANNEL, "shopify"),
            (WAREHOUSE, "ongoing"),
            *((supplier.name, "x12_supplier") for supplier in SUPPLIERS),
        )
    }
    connections[CHANNEL]["channel"] = CHANNEL
    dropship = _suppliers_locations()
    return {
        "currency": "USD",
        "database": database,
        "web": {"port": port},
        "connections": connections,
        "locations": {
            "store-harbour": _location("store", CHANNEL, "Harbour store", "4.20", "0.40", 2),
            "store-market": _location("store", CHANNEL, "Market store", "4.40", "0.40", 2),
            WAREHOUSE: _location("warehouse", WAREHOUSE, "Riverside Fulfilment", "3.10", "0.60", 1),
            **dropship,
        },
        "channels": {
            CHANNEL: {
                "connection": CHANNEL,
                "sells_from": [WAREHOUSE, *dropship],
                "native": ["store-harbour", "store-market"],
                "buffer": "2",
                "items": LIMITS,
            }
        },
    }


LIMITS = {"TOY-YOYO": {"cap": "12"}, "TOY-BOAT": {"buffer": "6"}}
"""What the shop shows otherwise than of all others: at most 12, refilled as they sell; 6 held back."""

_POLLED = {
    "shopify": {"orders": 2, "store-counts": 4, "store-shipments": 2},
    "ongoing": {"stock": 3, "orders": 1},
    "x12_supplier": {"mailbox": 1},
}
"""Streams, and every how many ``poll_seconds`` each is fetched; orders come by webhook first."""


def _suppliers_locations() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for index, supplier in enumerate(SUPPLIERS):
        names = (
            [supplier.name] if len(supplier.sites) == 1 else [f"{supplier.name}-{s.lower()}" for s in supplier.sites]
        )
        for name in names:
            cost = f"{5.00 + 0.15 * index:.2f}"
            found[name] = _location("dropship", supplier.name, name.replace("-", " ").title(), cost, "0.50", 3)
    return found


def _location(kind: str, connection: str, name: str, per_request: str, per_unit: str, days: int) -> dict[str, Any]:
    return {
        "name": name,
        "kind": kind,
        "connection": connection,
        "cost": {"per_request": per_request, "per_line": "0.10", "per_unit": per_unit},
        "lead_days": days,
    }


def baskets(count: int, seed: int) -> Sequence[dict[str, int]]:
    """What the buyers want: one to three SKUs, one to three units each; the same seed, the same baskets."""
    chance = random.Random(seed)
    return [
        {sku: chance.choice((1, 1, 1, 2, 3)) for sku in chance.sample(SKUS, chance.choice((1, 1, 2, 2, 3)))}
        for _ in range(count)
    ]


def free_port() -> int:
    """A loopback port nobody listens on now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
