"""A supplier on loopback: a mailbox folder, served by SFTP if wished, and a clerk who works through it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from hub.edi.documents.order_change import PurchaseOrderChange, parse_change
from hub.edi.documents.parts import party_named
from hub.edi.documents.purchase_order import parse_purchase_order
from hub.edi.interchange import Interchange, TransactionSet
from hub.edi.write import Row
from hub.sdk.simulation import PartnerBook
from hub.sdk.x12.desk import MailDesk
from hub_x12_supplier import simulator_documents as write
from hub_x12_supplier.simulator_books import BookedOrder, SupplierBooks
from hub_x12_supplier.simulator_scenario import Counting, SupplierScenario


class SupplierSimulator:
    """Reads 850s, answers 997, 855, 856 and 810, and sends 846s, and an 832 where it has prices; drops interchange
    numbers it has seen."""

    def __init__(self, scenario: Mapping[str, Any]) -> None:
        self.scenario = SupplierScenario.model_validate(dict(scenario))
        self._books = SupplierBooks(self.scenario)
        self._opening = dict(self._books.on_hand)
        self._desk = MailDesk(self.scenario, self._take, self._books.watch.tick)
        self._notices = 0
        self._server: Any = None
        self._broken_due = self.scenario.broken_feed

    def start(self) -> None:
        """Make the folders, begin to work, and serve them by SFTP where the scenario says so."""
        self._desk.start()
        if self.scenario.sftp:
            from hub.sdk.simulation_sftp import SftpServer

            self._server = SftpServer(self.scenario.folder)
            self._server.start()
        if self._books.prices:
            self._desk.later(0, self._tell_prices, business=False)
        self._desk.later(0, self._feed, business=False)

    def stop(self) -> None:
        """Stop working; the books and the files stay."""
        self._desk.stop()
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
        with self._desk.lock:
            return self._books.book(self._opening, self._desk.duplicates)

    def asked_back(self, number: str) -> int:
        """How many cancellations came for an order."""
        with self._desk.lock:
            order = self._books.orders.get(number)
            return order.asked_back if order else 0

    def asked_prices(self, number: str) -> Mapping[str, Decimal | None]:
        """What an order offers for one of its unit (PO104), by item."""
        with self._desk.lock:
            order = self._books.orders.get(number)
            return {line.item.item: line.asked_price for line in order.lines} if order else {}

    def reprice(self, prices: Mapping[str, Decimal], catalogue: str = "") -> None:
        """Ask other prices for one of these items' units from now on, and say so in an 832."""
        with self._desk.lock:
            self._books.prices.update(prices)
            self._tell_prices(catalogue)

    def idle(self) -> bool:
        """No order waits for an answer or a shipment, no file for being read."""
        with self._desk.lock:
            return self._desk.idle() and not self._books.unfinished()

    def sell_elsewhere(self, item: str, quantity: int) -> None:
        """Another customer of the supplier takes some stock."""
        with self._desk.lock:
            self._books.watch.tick()
            key = next(key for key in self._books.on_hand if key[1] == item)
            self._books.on_hand[key] -= quantity
            self._books.history[key].append((self._books.watch.last, self._books.on_hand[key]))

    def _take(self, found: Interchange) -> None:
        if any(group.functional_id in {"PO", "PC"} for group in found.groups):
            self._desk.acknowledge(found)
        changes = [parse_change(each) for _, each in found.usable_sets() if each.id == "860"]
        if changes:
            at = self._books.watch.tick()
            self._desk.put("865", [list(self._change(each, at)) for each in changes], at)
        orders = [self._book(each) for _, each in found.usable_sets() if each.id == "850"]
        fresh = [order for order in orders if order.times == 1]
        if fresh:
            self._desk.later(self.scenario.acknowledge_after, lambda: self._answer(fresh))

    def _change(self, change: PurchaseOrderChange, at: dt.datetime) -> Iterable[Row]:
        agreed = self._books.cancel(change.number, [line.number for line in change.lines])
        return write.change_answer(change, at, agreed=agreed)

    def _book(self, transaction_set: TransactionSet) -> BookedOrder:
        order = parse_purchase_order(transaction_set)
        site = party_named(order.parties, "SF")
        self._books.watch.tick()
        return self._books.take(order, site.id if site else next(iter(self.scenario.items[0].stock)))

    def _answer(self, orders: Sequence[BookedOrder]) -> None:
        at = self._books.watch.tick()
        self._desk.put("855", [list(write.order_answer(self.scenario, order, at)) for order in orders], at)
        for order in orders:
            order.answered = True
        self._desk.later(self.scenario.ship_after, lambda: self._ship(orders))
        late = [order for order in orders if any(line.backordered for line in order.lines)]
        if late:
            self._desk.later(self.scenario.backorder_after, lambda: self._catch_up(late))

    def _catch_up(self, orders: Sequence[BookedOrder]) -> None:
        ready = [order for order in orders if self._books.release_backorder(order)]
        self._ship(ready)

    def _ship(self, orders: Sequence[BookedOrder]) -> None:
        at = self._books.watch.tick()
        notices: list[list[Row]] = []
        invoices: list[list[Row]] = []
        for order in orders:
            leaving = self._books.ship(order)
            if leaving:
                notices.append(list(write.ship_notice(self.scenario, order, leaving, at)))
                invoices.append(list(write.invoice(order, leaving, at)))
        if not notices:
            return
        self._desk.put("856", notices, at)
        self._notices += 1
        if self.scenario.duplicate_notices and self._notices % self.scenario.duplicate_notices == 0:
            self._desk.put("856", notices, at)
        if self.scenario.invoices:
            self._desk.put("810", invoices, at)

    def _tell_prices(self, catalogue: str = "") -> None:
        at = self._books.watch.tick()
        rows = write.price_catalogue(self._books, catalogue or self.scenario.catalogue, at)
        self._desk.put("832", [list(rows)], at)

    def _feed(self) -> None:
        at = self._books.watch.tick()
        if self.scenario.counting is Counting.LATE_DELTA:
            at -= dt.timedelta(seconds=self.scenario.lag)
        if self._broken_due:
            self._broken_due = False
            self._desk.put("846", [list(write.stock_feed(self._books, at, broken=True))], at)
        self._desk.put("846", [list(write.stock_feed(self._books, at))], at)
        self._desk.later(self.scenario.feed_every, self._feed, business=False)
