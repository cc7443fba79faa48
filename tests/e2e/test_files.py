"""A day of trade by files, through `hub run`: a supplier by SFTP, or with downloads, and a shop in a folder."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest

from hub.bootstrap import Hub, open_hub
from hub.cli.demo.process import DaemonProcess
from hub.cli.demo.toy import free_port
from hub.model.identity import OrderId, Sku
from hub.model.order import OrderRecord, OrderStatus
from hub_filedrop.simulator import FilePartnerSimulator

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

PARTNER = Path(__file__).parents[2] / "connectors/filedrop/tests/partners/quayside"
PATIENCE_SECONDS = 150.0
ITEMS = [
    {"item": "QT-100", "stock": "50", "price": "4.50"},
    {"item": "QT-200", "stock": "120", "unit": "CA", "units_each": "12", "price": "36"},
]
FoundT = TypeVar("FoundT")


@dataclass
class Trade:
    """``supplier`` ships, ``shop`` sells; ``hub`` reads the daemon's database from here."""

    supplier: FilePartnerSimulator
    shop: FilePartnerSimulator
    hub: Hub

    def order(self, reference: str) -> OrderRecord | None:
        with self.hub.storage.read() as uow:
            return uow.orders.get(OrderId(f"kiosk-{reference}"))

    def billed(self, reference: str) -> list[str]:
        """The supplier's invoices of an order that came."""
        with self.hub.storage.read() as uow:
            asked = uow.requests.for_order(OrderId(f"kiosk-{reference}"))
            return [each.invoice_number for one in asked for each in uow.requests.invoices(one.request_id)]

    def on_hand(self) -> dict[str, int]:
        """What the hub holds for true, by SKU."""
        with self.hub.storage.read() as uow:
            return {row.sku: int(row.on_hand) for row in uow.ledger.balances([Sku("MUG-BLUE"), Sku("TEA-TIN")])}


def eventually(what: str, find: Callable[[], FoundT | None]) -> FoundT:
    """What ``find`` gives once it is there."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (found := find()):
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.1)
    return found


@contextmanager
def trade(folder: Path, **supplier: Any) -> Iterator[Trade]:
    """Both partners at work, and the daemon between them."""
    both = {
        name: FilePartnerSimulator({"name": name, "folder": folder / name, "items": ITEMS, "feed_every": 3600, **more})
        for name, more in (("quayside", {"sftp": True, **supplier}), ("kiosk", {}))
    }
    for each in both.values():
        each.start()
    port = free_port()
    config = _set_up(folder, both, port)
    environment = {**both["quayside"].environment(), **both["kiosk"].environment()}
    daemon = DaemonProcess(config, port, environment, folder / "hub.log")
    try:
        daemon.start()
        yield Trade(both["quayside"], both["kiosk"], open_hub(config, environment=environment))
    finally:
        if daemon.running:
            daemon.stop()
        for each in both.values():
            each.stop()


def _set_up(folder: Path, partners: dict[str, FilePartnerSimulator], port: int) -> Path:
    for name in partners:
        shutil.copytree(PARTNER, folder / "mappings/partners" / name)
    (folder / "mappings/partners/kiosk/partner.yaml").write_text("name: Kiosk\n")
    (folder / "mappings/partners/kiosk/counting.yaml").unlink()
    supplier, shop = (dict(partners[name].connection_settings()) for name in ("quayside", "kiosk"))
    supplier["receive"] = {kind: files for kind, files in supplier["receive"].items() if kind != "orders"}
    supplier["send"] = {"fulfilment": supplier["send"]["fulfilment"]}
    shop["receive"] = {"orders": shop["receive"]["orders"]}
    shop["send"] = {kind: shop["send"][kind] for kind in ("shipment", "inventory")}
    polls = {"poll": {"mailbox": 1, "downloads": 1}, "allow_private": True, "connector": "filedrop"}
    connections = {
        "quayside": {"partner": "quayside", "settings": supplier, **polls},
        "kiosk": {"partner": "kiosk", "channel": "kiosk", "settings": shop, **polls},
    }
    found = {
        "web": {"port": port},
        "connections": connections,
        "locations": {"quayside": {"kind": "dropship", "connection": "quayside"}},
        "channels": {"kiosk": {"connection": "kiosk", "sells_from": ["quayside"]}},
    }
    path = folder / "hub.yaml"
    path.write_text(json.dumps(found, indent=1))
    return path


@pytest.mark.parametrize("http", [False, True], ids=["stock by mailbox", "stock downloaded"])
def test_a_day_of_trade_by_files(tmp_path: Path, http: bool) -> None:
    with trade(tmp_path, http=http) as day:
        supplier, shop = day.supplier, day.shop
        eventually("the first count", lambda: {"MUG-BLUE": 50, "TEA-TIN": 120} == day.on_hand())
        eventually("mugs to be shown", lambda: shop.times_told("QT-100", "50"))
        eventually("cases of tea to be shown", lambda: shop.times_told("QT-200", "10"))
        sold = shop.sell({"QT-100": 3, "QT-200": 24})
        assert sold is not None
        eventually("the order to ship", lambda: (found := day.order(sold)) and found.status is OrderStatus.FULFILLED)
        [asked] = supplier.book().instructions.values()
        assert {"QT-100": 3, "QT-200": 24} == {item: int(units) for item, units in asked.shipped.items()}
        assert 1 == asked.times
        eventually("the invoice", lambda: [f"I{asked.reference}"] == day.billed(sold))
        for row in ((sold, "1", "QT-100", "3", "EA", "UPS"), (sold, "2", "QT-200", "2", "CA", "UPS")):
            assert 1 == eventually(f"{row} to be told", partial(shop.times_told, *row))
        eventually("fewer mugs to be shown", lambda: shop.times_told("QT-100", "47"))
        eventually("fewer cases to be shown", lambda: shop.times_told("QT-200", "8"))
        supplier.tell_stock()
        eventually("the shipped units to be gone", lambda: {"MUG-BLUE": 47, "TEA-TIN": 96} == day.on_hand())
        ended = day.order(sold)
        assert ended is not None
        assert "" == ended.hold
        with day.hub.storage.read() as uow:
            assert [] == uow.quarantine.open()
        if http:
            assert supplier.http is not None
            assert {200, 304} == set(supplier.http.answered)
