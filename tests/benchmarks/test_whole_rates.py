"""How fast the whole hub is: the real daemon in its own process, simulated partners in this one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.client import HTTPConnection
from pathlib import Path

import pytest

from hub.cli.demo.partners import ToyPartners
from hub.cli.demo.process import DaemonProcess
from hub.cli.demo.toy import CHANNEL, ToyScale, baskets, free_port
from tests.benchmarks.figures import Figure, raw_commits
from tests.e2e.shop_world import order_payload

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

CONNECTIONS = 50
WEBHOOK_SECONDS = 8.0
ORDERS = 200
SINGLE_ORDERS = 15
_WELL_STOCKED = ToyScale(
    stock=600, store_stock=0, warehouse_stock=100, quirks=False, broken_feed=False, shop_points_per_second=100_000
)


def test_webhooks_made_durable(durable_url: str, tmp_path: Path, figures: list[Figure]) -> None:
    with running(tmp_path, durable_url, ToyScale(quirks=False, broken_feed=False, poll_seconds=600)) as partners:
        raw = raw_commits(durable_url)
        counted, took = send_webhooks(partners)
        raw = (raw + raw_commits(durable_url)) / 2
    slow = statistics.quantiles(took, n=100)
    note = f"{CONNECTIONS} connections, p50 {slow[49] * 1000:.0f} ms, p99 {slow[98] * 1000:.0f} ms"
    figures.append(Figure(durable_url.partition(":")[0], "webhooks, verified and durable", counted, raw, note))


def test_orders_to_purchase_orders(durable_url: str, tmp_path: Path, figures: list[Figure]) -> None:
    with running(tmp_path, durable_url, _WELL_STOCKED) as partners:
        raw = raw_commits(durable_url)
        singles = sorted(one_order(partners, number) for number in range(SINGLE_ORDERS))
        began = time.perf_counter()
        for basket in baskets(ORDERS, 7):
            sell(partners, basket)
        selling = time.perf_counter() - began
        wait_until_booked(partners)
        per_second = ORDERS / (time.perf_counter() - began)
        raw = (raw + raw_commits(durable_url)) / 2
    note = (
        f"{ORDERS} bought in {selling:.1f} s; alone: p50 {singles[SINGLE_ORDERS // 2]:.2f} s, most {singles[-1]:.2f} s"
    )
    name = "orders, bought to booked at the partners"
    figures.append(Figure(durable_url.partition(":")[0], name, per_second, raw, note))


@contextmanager
def running(folder: Path, database: str, scale: ToyScale) -> Iterator[ToyPartners]:
    """Partners and the daemon, quantities published."""
    port = free_port()
    with ToyPartners(folder / "toys", port, scale, database) as partners:
        daemon = DaemonProcess(partners.config, port, partners.environment(), folder / "hub.log")
        daemon.start(60)
        try:
            yield partners
        finally:
            daemon.stop()


def send_webhooks(partners: ToyPartners) -> tuple[float, list[float]]:
    """Webhooks answered 200 a second, and how long each took. Shopify's test orders are stored and go no further."""
    secret = next(value for name, value in partners.environment().items() if name.endswith("WEBHOOK_SECRET"))
    took: list[float] = []
    ends = time.perf_counter() + WEBHOOK_SECONDS
    began = time.perf_counter()

    def send(sender: int) -> None:
        connection = HTTPConnection("127.0.0.1", partners.port, timeout=30)
        number = sender * 1_000_000
        while time.perf_counter() < ends:
            number += 1
            body = json.dumps(order_payload(number, "TOY-KITE") | {"test": True}).encode()
            signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
            headers = {"X-Shopify-Topic": "orders/create", "X-Shopify-Hmac-Sha256": signature}
            started = time.perf_counter()
            connection.request("POST", f"/webhooks/{CHANNEL}", body, headers)
            answer = connection.getresponse()
            answer.read()
            assert 200 == answer.status
            took.append(time.perf_counter() - started)
        connection.close()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(1, CONNECTIONS + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(took) / (time.perf_counter() - began), took


def one_order(partners: ToyPartners, number: int) -> float:
    """Seconds from checkout until a partner has booked it, nothing else going on."""
    time.sleep(0.3 * (number % 3))
    sell(partners, {"TOY-TRAIN": 1})
    began = time.perf_counter()
    wait_until_booked(partners)
    return time.perf_counter() - began


def sell(partners: ToyPartners, basket: dict[str, int]) -> None:
    while partners.shop.sell(basket) is None:
        time.sleep(0.02)


def wait_until_booked(partners: ToyPartners) -> None:
    """Until partners have been asked for every unit sold: nobody rejects anything in this world."""
    ends = time.perf_counter() + 300
    while time.perf_counter() < ends:
        books = partners.books()
        sold = sum((units for lines in books[CHANNEL].sold.values() for units in lines.values()), Decimal(0))
        asked = sum(
            (units for book in books.values() for one in book.instructions.values() for units in one.lines.values()),
            Decimal(0),
        )
        if asked == sold:
            return
        time.sleep(0.02)
    raise AssertionError("not everything sold was ordered from a partner within five minutes")
