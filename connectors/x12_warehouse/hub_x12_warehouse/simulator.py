"""A warehouse on loopback: a mailbox folder, and a clerk who ships what the files in it ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hub.edi.documents.parts import party_named
from hub.edi.documents.shipping_order import parse_shipping_order
from hub.edi.interchange import Interchange, TransactionSet
from hub.sdk.simulation import PartnerBook
from hub.sdk.x12.desk import MailDesk
from hub_x12_warehouse import simulator_documents as write
from hub_x12_warehouse.simulator_books import BookedOrder, WarehouseBooks
from hub_x12_warehouse.simulator_scenario import WarehouseScenario


class WarehouseSimulator:
    """Reads 940s, answers 997 and 945, and sends 846s; drops interchange numbers it has seen."""

    def __init__(self, scenario: Mapping[str, Any]) -> None:
        self.scenario = WarehouseScenario.model_validate(dict(scenario))
        self._books = WarehouseBooks(self.scenario)
        self._opening = dict(self._books.on_hand)
        self._desk = MailDesk(self.scenario, self._take, self._books.watch.tick)

    def start(self) -> None:
        """Make the folders and begin to work."""
        self._desk.start()
        self._desk.later(0, self._feed, business=False)

    def stop(self) -> None:
        """Stop working; the books and the files stay."""
        self._desk.stop()

    def connection_settings(self) -> Mapping[str, Any]:
        """The mailbox, a folder."""
        return {"mailbox": f"folder:{self.scenario.folder}", "stable_seconds": 0}

    def environment(self) -> Mapping[str, str]:
        """Nothing: a folder needs no secret."""
        return {}

    def book(self) -> PartnerBook:
        """What the warehouse itself holds true."""
        with self._desk.lock:
            return self._books.book(self._opening, self._desk.duplicates)

    def idle(self) -> bool:
        """No order waits to be shipped, no file to be read."""
        with self._desk.lock:
            return self._desk.idle() and not self._books.unfinished()

    def _take(self, found: Interchange) -> None:
        if any(group.functional_id == "OW" for group in found.groups):
            self._desk.acknowledge(found)
        orders = [self._book(each) for _, each in found.usable_sets() if each.id == "940"]
        fresh = [order for order in orders if order.times == 1]
        if fresh:
            self._desk.later(self.scenario.ship_after, lambda: self._ship(fresh))

    def _book(self, transaction_set: TransactionSet) -> BookedOrder:
        order = parse_shipping_order(transaction_set)
        site = party_named(order.parties, "WH")
        return self._books.take(order, site.id if site else next(iter(self.scenario.items[0].stock)))

    def _ship(self, orders: Sequence[BookedOrder]) -> None:
        at = self._books.watch.tick()
        picked = [(order, self._books.pick(order)) for order in orders]
        advices = [list(write.shipping_advice(self.scenario, order, left, at)) for order, left in picked if left]
        if advices:
            self._desk.put("945", advices, at)
        rest = [order for order in orders if any(not line.closed for line in order.lines)]
        if rest:
            self._desk.later(self.scenario.rest_after, lambda: self._ship(rest))

    def _feed(self) -> None:
        at = self._books.watch.tick()
        sites = dict.fromkeys(site for item in self.scenario.items for site in item.stock)
        self._desk.put("846", [list(write.stock_feed(self._books, site, at)) for site in sites], at)
        self._desk.later(self.scenario.feed_every, self._feed, business=False)
