"""A partner on loopback that exchanges files: a supplier that tells stock, prices, shipments and invoices and takes
orders, and a shop whose customers buy. Its mailbox is a folder, served by SFTP if wished, its stock by HTTP."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hub.sdk.clerk import Clerk
from hub.sdk.simulation import PartnerBook
from hub_filedrop import simulator_files as files
from hub_filedrop.simulator_books import BookedOrder, FilePartnerBooks, FilePartnerScenario
from hub_filedrop.simulator_http import FileServer

STOCK = "stock.csv"
"""What its stock is called where it is downloaded."""


class FilePartnerSimulator:
    """Reads ``requests_*``, ``quantities_*`` and ``pricelist_*``; drops a file whose name it has seen."""

    def __init__(self, scenario: Mapping[str, Any]) -> None:
        self.scenario = FilePartnerScenario.model_validate(dict(scenario))
        self._books = FilePartnerBooks(self.scenario)
        self._clerk = Clerk(self.scenario.name, self.scenario.folder, self._read, tick=self.scenario.tick)
        self._numbers = itertools.count(1)
        self._sftp: Any = None
        self.http: FileServer | None = None

    def start(self) -> None:
        """Make the folders, begin to work, and serve what the scenario says."""
        self._clerk.start()
        if self.scenario.sftp:
            from hub.sdk.simulation_sftp import SftpServer

            self._sftp = SftpServer(self.scenario.folder)
            self._sftp.start()
        if self.scenario.http:
            self.http = FileServer()
            self.http.start()
        self._clerk.later(0, self._feed, business=False)

    def stop(self) -> None:
        """Stop working; the books and the files stay."""
        self._clerk.stop()
        for server in filter(None, (self._sftp, self.http)):
            server.stop()

    def connection_settings(self) -> Mapping[str, Any]:
        """The mailbox and what lies in it; where stock is served by HTTP, it is downloaded instead."""
        receive = {
            "orders": "orders_*.csv",
            "shipments": "shipments_*.csv",
            "invoices": "invoices_*.json",
            "prices": "prices_*.csv",
        }
        send = {
            "fulfilment": {"mapping": "requests", "name": "requests_{number:06}.csv"},
            "inventory": {"mapping": "quantities", "name": "quantities_{date}_{number:06}.csv"},
            "item": {"mapping": "pricelist", "name": "pricelist_{number:06}.csv"},
        }
        settings = {"stable_seconds": 0, "deduplicates": True, "accepts": True, "send": send, **self._mailbox()}
        if self.http is None:
            return {**settings, "receive": {"stock": "stock_*.csv", **receive}}
        login = {"username": self.http.user, "password": f"${{env:{self._variable('HTTP')}}}"}
        return {
            **settings,
            "receive": receive,
            "download": [{"url": f"{self.http.url}/{STOCK}", "mapping": "stock", **login}],
        }

    def environment(self) -> Mapping[str, str]:
        """The passwords."""
        servers = {"SFTP": self._sftp, "HTTP": self.http}
        return {self._variable(name): server.password for name, server in servers.items() if server is not None}

    def book(self) -> PartnerBook:
        """What the partner itself holds true."""
        with self._clerk.lock:
            return self._books.book()

    def idle(self) -> bool:
        """No order waits for its shipment, no file for being read."""
        with self._clerk.lock:
            return self._clerk.idle() and not self._books.unfinished()

    def times_told(self, *row: str) -> int:
        """How often a row of quantities or prices came that begins so."""
        with self._clerk.lock:
            return sum(times for told, times in self._books.told.items() if told[: len(row)] == row)

    def sell(self, lines: Mapping[str, int], service: str = "standard") -> str | None:
        """A made-up buyer orders these units by item; its file is written at once."""
        with self._clerk.lock:
            number = f"W{next(self._numbers):05d}"
            self._books.sold[number] = {item: Decimal(units) for item, units in lines.items()}
            self._put("orders", f"{number}.csv", files.order(number, lines, self._books.watch.tick()))
            return number

    def cancel(self, reference: str) -> bool:
        """Its files have no place for that."""
        return False

    def sell_elsewhere(self, item: str, quantity: int) -> None:
        """Another customer of the partner takes some stock."""
        with self._clerk.lock:
            at = self._books.watch.tick()
            self._books.on_hand[item] -= quantity
            self._books.history[item].append((at, self._books.on_hand[item]))

    def tell_prices(self, catalogue: str) -> None:
        """Write a catalogue."""
        with self._clerk.lock:
            self._put("prices", f"{catalogue}.csv", files.prices(self._books.items.values(), catalogue))

    def tell_stock(self) -> None:
        """Write what lies there now."""
        with self._clerk.lock:
            at = self._books.watch.tick()
            body = files.stock({self._books.items[item]: units for item, units in self._books.on_hand.items()}, at)
            if self.http is not None:
                self.http.put(STOCK, body, at)
            else:
                self._put("stock", f"{next(self._numbers):06d}.csv", body)

    def _feed(self) -> None:
        self.tell_stock()
        self._clerk.later(self.scenario.feed_every, self._feed, business=False)

    def _read(self, name: str, body: bytes) -> None:
        if name in self._books.seen:
            self._books.duplicates += 1
            return
        self._books.seen.add(name)
        if not name.startswith("requests_"):
            self._books.told.update(files.told(body))
            return
        taken = [self._books.take(number, lines) for number, lines in files.requests(body, self._books.items).items()]
        fresh = [order for order in taken if order is not None]
        self._clerk.later(self.scenario.ship_after, lambda: self._ship(fresh))

    def _ship(self, orders: list[BookedOrder]) -> None:
        for order in orders:
            at = self._books.ship(order)
            self._put("shipments", f"{order.number}.csv", files.shipment(order, at))
            if self.scenario.invoices:
                self._put("invoices", f"{order.number}.json", files.invoice(order, at))

    def _put(self, kind: str, name: str, body: bytes) -> None:
        self._clerk.write(f"{kind}_{name}", body)
        turn = next(self._numbers)
        if self.scenario.repeated_files and turn % self.scenario.repeated_files == 0:
            self._clerk.write(f"{kind}_again_{name}", body)

    def _mailbox(self) -> Mapping[str, Any]:
        if self._sftp is None:
            return {"mailbox": f"folder:{self.scenario.folder}"}
        return {
            "mailbox": self._sftp.url,
            "host_key": self._sftp.host_key,
            "password": f"${{env:{self._variable('SFTP')}}}",
        }

    def _variable(self, server: str) -> str:
        return f"{self.scenario.name.upper().replace('-', '_')}_{server}_PASSWORD"
