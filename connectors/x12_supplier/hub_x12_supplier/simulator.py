"""A supplier on loopback: a mailbox folder, served by SFTP if wished, and a clerk who works through it."""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hub.edi.documents.parts import party_named
from hub.edi.documents.purchase_order import parse_purchase_order
from hub.edi.envelope import read_interchanges
from hub.edi.interchange import Interchange, TransactionSet
from hub.edi.write import Row
from hub.errors import DataError
from hub.sdk.simulation import PartnerBook
from hub_x12_supplier import simulator_documents as write
from hub_x12_supplier.simulator_books import BookedOrder, SupplierBooks
from hub_x12_supplier.simulator_scenario import Counting, SupplierScenario

INBOUND, OUTBOUND, DONE = "inbound", "outbound", "outbound/done"


class SupplierSimulator:
    """Reads 850s, answers 997, 855, 856 and 810, and sends 846s; drops interchange numbers it has seen."""

    def __init__(self, scenario: Mapping[str, Any]) -> None:
        self.scenario = SupplierScenario.model_validate(dict(scenario))
        self._books = SupplierBooks(self.scenario)
        self._opening = dict(self._books.on_hand)
        self._lock = threading.RLock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._turns = itertools.count()
        self._numbers = itertools.count(1)
        self._seen: set[str] = set()
        self._notices = 0
        self._server: Any = None
        self._broken_due = self.scenario.broken_feed

    def start(self) -> None:
        """Make the folders, begin to work, and serve them by SFTP where the scenario says so."""
        for folder in (INBOUND, OUTBOUND, DONE, "archive"):
            (self.scenario.folder / folder).mkdir(parents=True, exist_ok=True)
        self._numbers = itertools.count(self._last_number() + 1)
        if self.scenario.sftp:
            from hub_x12_supplier.simulator_sftp import SftpServer

            self._server = SftpServer(self.scenario.folder)
            self._server.start()
        self._later(0, self._feed)
        self._thread = threading.Thread(target=self._work, name=f"supplier-{self.scenario.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop working; the books and the files stay."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(10)
        if self._server is not None:
            self._server.stop()

    def connection_settings(self) -> Mapping[str, Any]:
        """The mailbox, by SFTP where served so."""
        if self._server is None:
            return {"mailbox": f"folder:{self.scenario.folder}", "stable_seconds": 0}
        return {
            "mailbox": self._server.url,
            "host_key": self._server.host_key,
            "password": f"${{env:{self._variable}}}",
            "stable_seconds": 0,
        }

    def environment(self) -> Mapping[str, str]:
        """The SFTP password."""
        return {self._variable: self._server.password} if self._server is not None else {}

    @property
    def _variable(self) -> str:
        return f"{self.scenario.name.upper().replace('-', '_')}_SFTP_PASSWORD"

    def book(self) -> PartnerBook:
        """What the supplier itself holds true."""
        with self._lock:
            return self._books.book(self._opening)

    def idle(self) -> bool:
        """No order waits for an answer or a shipment, no file for being read."""
        with self._lock:
            waiting = any((self.scenario.folder / INBOUND).glob("*.edi"))
            return not waiting and not self._books.unfinished() and not self._orders_waiting()

    def sell_elsewhere(self, item: str, quantity: int) -> None:
        """Another customer of the supplier takes some stock."""
        with self._lock:
            self._books.tick()
            key = next(key for key in self._books.on_hand if key[1] == item)
            self._books.on_hand[key] -= quantity
            self._books.history[key].append((self._books.last_event, self._books.on_hand[key]))

    def _orders_waiting(self) -> bool:
        return any(job.__name__ != "_feed" for _, _, job in self._agenda)

    def _last_number(self) -> int:
        """The highest control number of its files: a supplier that restarts does not use its numbers again."""
        files = [path for folder in (OUTBOUND, DONE) for path in (self.scenario.folder / folder).glob("*-*.edi*")]
        return max((int(path.name[:9]) for path in files if path.name[:9].isdigit()), default=0)

    def _later(self, seconds: float, job: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (time.monotonic() + seconds, next(self._turns), job))

    def _work(self) -> None:
        while not self._stop.wait(self.scenario.tick):
            with self._lock:
                self._read_mail()
                while self._agenda and self._agenda[0][0] <= time.monotonic():
                    heapq.heappop(self._agenda)[2]()

    def _read_mail(self) -> None:
        for path in sorted((self.scenario.folder / INBOUND).glob("*.edi")):
            body = path.read_bytes()
            path.rename(self.scenario.folder / "archive" / path.name)
            try:
                found = read_interchanges(body)
            except DataError:
                continue
            for each in found:
                self._take(each)

    def _take(self, found: Interchange) -> None:
        if found.control_number in self._seen:
            self._books.duplicates += 1
            return
        self._seen.add(found.control_number)
        for group in found.groups:
            if group.functional_id != "PO":
                continue
            self._put("997", [write.acknowledgement_of(group)], self._books.tick())
        orders = [self._book(each) for _, each in found.usable_sets() if each.id == "850"]
        fresh = [order for order in orders if order.times == 1]
        if fresh:
            self._later(self.scenario.acknowledge_after, lambda: self._answer(fresh))

    def _book(self, transaction_set: TransactionSet) -> BookedOrder:
        order = parse_purchase_order(transaction_set)
        site = party_named(order.parties, "SF")
        self._books.tick()
        return self._books.take(order, site.id if site else next(iter(self.scenario.items[0].stock)))

    def _answer(self, orders: Sequence[BookedOrder]) -> None:
        at = self._books.tick()
        self._put("855", [list(write.order_answer(order, at)) for order in orders], at)
        self._later(self.scenario.ship_after, lambda: self._ship(orders))
        late = [order for order in orders if any(line.backordered for line in order.lines)]
        if late:
            self._later(self.scenario.backorder_after, lambda: self._catch_up(late))

    def _catch_up(self, orders: Sequence[BookedOrder]) -> None:
        ready = [order for order in orders if self._books.release_backorder(order)]
        self._ship(ready)

    def _ship(self, orders: Sequence[BookedOrder]) -> None:
        at = self._books.tick()
        notices: list[list[Row]] = []
        invoices: list[list[Row]] = []
        for order in orders:
            leaving = self._books.ship(order)
            if leaving:
                notices.append(list(write.ship_notice(self.scenario, order, leaving, at)))
                invoices.append(list(write.invoice(self.scenario, order, leaving, at)))
        if not notices:
            return
        self._put("856", notices, at)
        self._notices += 1
        if self.scenario.duplicate_notices and self._notices % self.scenario.duplicate_notices == 0:
            self._put("856", notices, at)
        if self.scenario.invoices:
            self._put("810", invoices, at)

    def _feed(self) -> None:
        at = self._books.tick()
        if self.scenario.counting is Counting.LATE_DELTA:
            at -= dt.timedelta(seconds=self.scenario.lag)
        if self._broken_due:
            self._broken_due = False
            self._put("846", [list(write.stock_feed(self._books, at, broken=True))], at)
        self._put("846", [list(write.stock_feed(self._books, at))], at)
        self._later(self.scenario.feed_every, self._feed)

    def _put(self, set_id: str, sets: Sequence[Sequence[Row]], at: dt.datetime) -> None:
        number = next(self._numbers)
        body = write.interchange(self.scenario, set_id, sets, number, at)
        self._write(f"{number:09d}-{set_id}", body)
        if self.scenario.repeated_files and number % self.scenario.repeated_files == 0:
            self._write(f"{number:09d}-{set_id}-again", body)

    def _write(self, name: str, body: bytes) -> None:
        folder: Path = self.scenario.folder / OUTBOUND
        temporary = folder / f".{name}.part"
        temporary.write_bytes(body)
        temporary.rename(folder / f"{name}.edi")
