"""Webhooks as Shopify sends them: signed, frozen at trigger time, repeated until a 2xx, sometimes twice."""

from __future__ import annotations

import base64
import hashlib
import heapq
import hmac
import json
import random
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from hub_shopify.simulator_book import Tally
from hub_shopify.simulator_state import LineItem, Order, Shop

MOST_ATTEMPTS = 8
ANSWER_WITHIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Subscription:
    topic: str
    uri: str


@dataclass(frozen=True, slots=True)
class WebhookWeather:
    """Shares of deliveries that are lost for good or sent more than once; waits between attempts."""

    lost: float = 0.0
    repeated: float = 0.0
    most_repeats: int = 3
    first_retry_seconds: float = 0.2


@dataclass(order=True, slots=True)
class _Delivery:
    due: float
    place: int
    uri: str = field(compare=False)
    headers: Mapping[str, str] = field(compare=False)
    body: bytes = field(compare=False)
    attempt: int = field(compare=False, default=1)


class WebhookSender:
    """Queues at trigger time, delivers from its own threads."""

    def __init__(self, shop: Shop, tally: Tally, secret: str, domain: str, seed: int, threads: int = 2) -> None:
        self.weather = WebhookWeather()
        self.subscriptions: list[Subscription] = []
        self._shop = shop
        self._tally = tally
        self._secret = secret.encode()
        self._domain = domain
        self._random = random.Random(seed)
        self._queue: list[_Delivery] = []
        self._ready = threading.Condition()
        self._places = 0
        self._under_way = 0
        self._stopping = False
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(threads)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        with self._ready:
            self._stopping = True
            self._ready.notify_all()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=ANSWER_WITHIN_SECONDS + 1)

    def subscribe(self, topic: str, uri: str) -> None:
        """The same pair again changes nothing."""
        subscription = Subscription(topic, uri)
        if subscription not in self.subscriptions:
            self.subscriptions.append(subscription)

    def announce(self, topic: str, order: Order) -> None:
        """Freeze the payload now and queue it to every subscriber. The caller holds the shop's lock."""
        wanted = [s for s in self.subscriptions if s.topic == topic]
        if not wanted:
            return
        body = json.dumps(order_payload(order)).encode()
        event_id = self._uuid()
        for subscription in wanted:
            if self._random.random() < self.weather.lost:
                self._tally.webhooks_lost += 1
                continue
            headers = self.headers(topic, body, event_id, self._uuid())
            copies = 1
            if self._random.random() < self.weather.repeated:
                copies += self._random.randint(1, self.weather.most_repeats)
            for _ in range(copies):
                self._push(subscription.uri, headers, body)

    def headers(self, topic: str, body: bytes, event_id: str, webhook_id: str) -> dict[str, str]:
        """The headers of one delivery; the signature covers the body only."""
        digest = hmac.new(self._secret, body, hashlib.sha256).digest()
        return {
            "Content-Type": "application/json",
            "X-Shopify-Topic": topic,
            "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode(),
            "X-Shopify-Shop-Domain": self._domain,
            "X-Shopify-API-Version": "2026-10",
            "X-Shopify-Webhook-Id": webhook_id,
            "X-Shopify-Event-Id": event_id,
            "X-Shopify-Triggered-At": self._shop.now(),
        }

    def wait_until_idle(self, seconds: float) -> bool:
        """True once nothing is queued or under way; False after this long."""
        deadline = time.monotonic() + seconds
        with self._ready:
            while self._queue or self._under_way:
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._ready.wait(min(left, 0.05))
        return True

    def _uuid(self) -> str:
        bits = f"{self._random.getrandbits(128):032x}"
        return f"{bits[:8]}-{bits[8:12]}-{bits[12:16]}-{bits[16:20]}-{bits[20:]}"

    def _push(self, uri: str, headers: Mapping[str, str], body: bytes, delay: float = 0, attempt: int = 1) -> None:
        with self._ready:
            self._places += 1
            due = time.monotonic() + delay
            heapq.heappush(self._queue, _Delivery(due, self._places, uri, headers, body, attempt))
            self._ready.notify()

    def _work(self) -> None:
        connections: dict[str, HTTPConnection] = {}
        while (delivery := self._next()) is not None:
            ok = _post(connections, delivery)
            with self._shop.lock:
                if ok:
                    self._tally.webhooks_delivered += 1
                elif delivery.attempt >= MOST_ATTEMPTS:
                    self._tally.webhooks_refused += 1
            if not ok and delivery.attempt < MOST_ATTEMPTS:
                delay = self.weather.first_retry_seconds * 2 ** (delivery.attempt - 1)
                self._push(delivery.uri, delivery.headers, delivery.body, delay, delivery.attempt + 1)
            with self._ready:
                self._under_way -= 1
                self._ready.notify_all()

    def _next(self) -> _Delivery | None:
        with self._ready:
            while not self._stopping:
                wait = self._queue[0].due - time.monotonic() if self._queue else None
                if wait is not None and wait <= 0:
                    self._under_way += 1
                    return heapq.heappop(self._queue)
                self._ready.wait(wait)
            return None


def _post(connections: dict[str, HTTPConnection], delivery: _Delivery) -> bool:
    parts = urlsplit(delivery.uri)
    connection = connections.pop(parts.netloc, None) or HTTPConnection(parts.netloc, timeout=ANSWER_WITHIN_SECONDS)
    try:
        connection.request("POST", parts.path or "/", delivery.body, dict(delivery.headers))
        answer = connection.getresponse()
        answer.read()
    except (OSError, HTTPException):
        with suppress(OSError):
            connection.close()
        return False
    connections[parts.netloc] = connection
    return 200 <= answer.status < 300


def order_payload(order: Order) -> dict[str, Any]:
    """The webhook's body: REST's names, numeric ids, money as text (orders/create documentation)."""
    address = order.ship_to
    return {
        "id": _number(order.id),
        "admin_graphql_api_id": order.id,
        "name": order.name,
        "order_number": order.number,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
        "cancelled_at": order.cancelled_at,
        "cancel_reason": order.cancel_reason.lower() if order.cancel_reason else None,
        "test": order.test,
        "currency": order.currency,
        "email": order.email,
        "fulfillment_status": {"FULFILLED": "fulfilled", "PARTIALLY_FULFILLED": "partial"}.get(order.display_status),
        "shipping_address": {
            "name": address.get("name"),
            "company": address.get("company"),
            "address1": address.get("address1"),
            "address2": address.get("address2"),
            "city": address.get("city"),
            "province_code": address.get("provinceCode"),
            "zip": address.get("zip"),
            "country_code": address.get("countryCodeV2"),
            "phone": address.get("phone"),
        },
        "shipping_lines": [{"code": order.service, "title": order.service.capitalize()}],
        "line_items": [_line_payload(line, order.currency) for line in order.lines],
        "fulfillments": [
            {
                "id": _number(fulfilment.id),
                "status": fulfilment.status.lower(),
                "line_items": [
                    {"id": _number(line.line_item.id), "quantity": line.quantity} for line in fulfilment.lines
                ],
            }
            for fulfilment in order.fulfilments
        ],
    }


def _line_payload(line: LineItem, currency: str) -> dict[str, Any]:
    price = str(line.item.price)
    return {
        "id": _number(line.id),
        "admin_graphql_api_id": line.id,
        "sku": line.item.sku,
        "title": line.item.title,
        "quantity": line.quantity,
        "current_quantity": line.current_quantity,
        "fulfillable_quantity": line.unfulfilled_quantity,
        "requires_shipping": True,
        "price": price,
        "price_set": {"shop_money": {"amount": price, "currency_code": currency}},
    }


def _number(gid: str) -> int:
    return int(gid.rsplit("/", 1)[1])
