"""The toy world with the real daemon in it, and ways to wait for what it does."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

from hub.bootstrap import Hub, open_hub
from hub.cli.demo.partners import ToyPartners
from hub.cli.demo.process import DaemonProcess
from hub.cli.demo.toy import CHANNEL, ToyScale, free_port
from hub.model.document import Document
from hub.model.events import EventKind
from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import ChannelId, OrderId
from hub.model.order import OrderRecord, OrderStatus
from hub.model.queue import QuarantineEntry

FoundT = TypeVar("FoundT")

PATIENCE_SECONDS = 150.0

QUIET = ToyScale(
    stock=48,
    store_stock=0,
    warehouse_stock=1,
    quirks=False,
    broken_feed=False,
    feed_every=1.0,
    sftp=("alderbrook",),
)
"""Nobody misbehaves; stores are empty and the warehouse has one of each, so one unit ships from it, three do not."""


class ShopWorld:
    """A running toy world. ``hub`` reads the daemon's database from here, ``partners`` are their own truth."""

    def __init__(self, partners: ToyPartners, daemon: DaemonProcess, hub: Hub, log: Path) -> None:
        self.partners, self.daemon, self.hub, self.log = partners, daemon, hub, log

    @property
    def config(self) -> Path:
        return self.partners.config

    def simulator(self, name: str) -> Any:
        """A partner, with all that its own simulator can do."""
        return self.partners.simulators[name]

    def eventually(self, what: str, find: Callable[[], FoundT | None]) -> FoundT:
        """What ``find`` gives once it is neither None nor False nor empty."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            found = find()
            if found:
                return found
            if time.monotonic() > end:
                raise AssertionError(f"waited in vain for {what}; {self._log_in_short()}")
            time.sleep(0.1)

    def _log_in_short(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        bad = [line for line in lines if _json(line).get("level") in {"warning", "error", "critical"}]
        return "\n".join(["what the log warns of:", *bad[-20:], "its end:", *lines[-10:]])

    def sell(self, **units: int) -> str:
        """A buyer orders once the shop shows enough; the order's reference there."""
        lines = {f"TOY-{name.upper()}": count for name, count in units.items()}
        return self.eventually(f"the shop to show {lines}", lambda: self.partners.shop.sell(lines))

    def record(self, reference: str) -> OrderRecord | None:
        """The hub's order for the shop's reference."""
        with self.hub.storage.read() as uow:
            return uow.orders.find(ChannelId(CHANNEL), reference)

    def finished(self, reference: str) -> OrderRecord:
        """The order once it is fulfilled in the hub and in the shop's own book, and the hub knows that."""

        def both() -> OrderRecord | None:
            record = self.record(reference)
            if record is None or record.status is not OrderStatus.FULFILLED:
                return None
            with self.hub.storage.read() as uow:
                happened = [event.kind for event in uow.orders.timeline(record.order_id)]
                shipped = uow.requests.shipments(record.order_id)
            if happened.count(EventKind.SHIPMENT_CONFIRMED) < len(shipped):
                return None
            book = self.partners.shop.book()
            return record if book.confirmed[reference] == book.sold[reference] else None

        return self.eventually(f"order {reference} to be fulfilled", both)

    def request_of(self, order_id: OrderId) -> FulfilmentRequest:
        """The one request of an order."""
        with self.hub.storage.read() as uow:
            (request,) = uow.requests.for_order(order_id)
        return request

    def documents(self, order_id: OrderId) -> list[Document]:
        """All that was stored about an order, oldest first."""
        with self.hub.storage.read() as uow:
            return uow.documents.for_order(order_id)

    def quarantined(self, code: str) -> QuarantineEntry:
        """The newest open entry of that code, once there is one."""

        def newest() -> QuarantineEntry | None:
            with self.hub.storage.read() as uow:
                return next((entry for entry in uow.quarantine.open(limit=500) if entry.code == code), None)

        return self.eventually(f"a quarantine entry {code}", newest)

    def logged(self, **wanted: Any) -> Sequence[dict[str, Any]]:
        """Log lines with these values."""
        found = []
        for line in self.log.read_text(encoding="utf-8", errors="replace").splitlines():
            entry = _json(line)
            if all(entry.get(name) == value for name, value in wanted.items()):
                found.append(entry)
        return found

    def get(self, path: str) -> tuple[int, bytes]:
        """GET from the daemon."""
        return _ask(urllib.request.Request(f"http://127.0.0.1:{self.partners.port}{path}"))

    def webhook(self, body: bytes, *, secret: str | None = None, topic: str = "orders/create") -> tuple[int, bytes]:
        """POST a webhook as the shop would, signed with its secret unless another is given."""
        key = secret if secret is not None else self.simulator(CHANNEL).server.webhook_secret
        signature = base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()
        headers = {
            "Content-Type": "application/json",
            "X-Shopify-Topic": topic,
            "X-Shopify-Hmac-Sha256": signature,
            "X-Shopify-Shop-Domain": "toyshop.myshopify.example",
        }
        url = f"http://127.0.0.1:{self.partners.port}/webhooks/{CHANNEL}"
        return _ask(urllib.request.Request(url, body, headers))


@contextmanager
def shop_world(
    folder: Path,
    scale: ToyScale = QUIET,
    database: str = "sqlite:///hub.db",
    change: Callable[[Path], None] | None = None,
) -> Iterator[ShopWorld]:
    """Partners and a daemon on them; ``change`` may edit the configuration before it starts."""
    port = free_port()
    log = folder / "hub.log"
    with ToyPartners(folder, port, scale, database) as partners:
        if change is not None:
            change(partners.config)
        daemon = DaemonProcess(partners.config, port, partners.environment(), log)
        hub = open_hub(partners.config, environment=partners.environment())
        daemon.start(60)
        try:
            yield ShopWorld(partners, daemon, hub, log)
        finally:
            if daemon.running:
                daemon.stop()
            hub.storage.close()


def order_payload(reference: int, sku: str, units: int = 1) -> dict[str, Any]:
    """A webhook's body for an order of a made-up buyer."""
    return {
        "id": reference,
        "admin_graphql_api_id": f"gid://shopify/Order/{reference}",
        "name": f"#{reference}",
        "order_number": reference,
        "created_at": "2026-11-02T09:30:00Z",
        "updated_at": "2026-11-02T09:30:00Z",
        "cancelled_at": None,
        "cancel_reason": None,
        "test": False,
        "currency": "USD",
        "email": None,
        "fulfillment_status": None,
        "shipping_address": {
            "name": "Sample Buyer",
            "address1": "1 Example Street",
            "city": "Sampleton",
            "province_code": "NY",
            "zip": "10001",
            "country_code": "US",
        },
        "shipping_lines": [{"code": "standard", "title": "Standard"}],
        "line_items": [
            {
                "id": reference * 10,
                "sku": sku,
                "title": "Toy",
                "quantity": units,
                "current_quantity": units,
                "fulfillable_quantity": units,
                "requires_shipping": True,
                "price": "10.00",
                "price_set": {"shop_money": {"amount": "10.00", "currency_code": "USD"}},
            }
        ],
        "fulfillments": [],
    }


def _ask(request: urllib.request.Request) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def _json(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}
