"""A warehouse on loopback: a mailbox folder, and a clerk who ships what the files in it ask for, and receives what
they announce."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hub.edi.documents.parts import Party, party_named
from hub.edi.documents.shipping_order import parse_shipping_order
from hub.edi.documents.transfer_advice import parse_transfer_advice
from hub.edi.interchange import Interchange, TransactionSet
from hub.sdk.simulation import PartnerBook
from hub.sdk.x12.desk import MailDesk
from hub_x12_warehouse import simulator_documents as write
from hub_x12_warehouse.simulator_books import BookedOrder, ExpectedGoods, WarehouseBooks
from hub_x12_warehouse.simulator_scenario import WarehouseScenario

_ANSWERED = frozenset({"OW", "AR"})
"""GS01 of 940s and 943s."""


class WarehouseSimulator:
    """Reads 940s and 943s, answers 997, 945 and 944, and sends 846s; drops interchange numbers it has seen."""

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
        """No order waits to be shipped, no goods to be received, no file to be read."""
        with self._desk.lock:
            return self._desk.idle() and not self._books.unfinished()

    def _take(self, found: Interchange) -> None:
        if any(group.functional_id in _ANSWERED for group in found.groups):
            self._desk.acknowledge(found)
        sets = [each for _, each in found.usable_sets()]
        orders = [self._book(each) for each in sets if each.id == "940"]
        fresh = [order for order in orders if order.times == 1]
        if fresh:
            self._desk.later(self.scenario.ship_after, lambda: self._ship(fresh))
        announced = [self._expect(each) for each in sets if each.id == "943"]
        coming = [goods for goods in announced if goods.times == 1]
        if coming:
            self._desk.later(self.scenario.receive_after, lambda: self._receive(coming))

    def _book(self, transaction_set: TransactionSet) -> BookedOrder:
        order = parse_shipping_order(transaction_set)
        return self._books.take(order, self._site(order.parties))

    def _expect(self, transaction_set: TransactionSet) -> ExpectedGoods:
        advice = parse_transfer_advice(transaction_set)
        return self._books.expect(advice, self._site(advice.parties))

    def _site(self, parties: Sequence[Party]) -> str:
        site = party_named(parties, "WH")
        return site.id if site else next(iter(self.scenario.items[0].stock))

    def _receive(self, coming: Sequence[ExpectedGoods]) -> None:
        for goods in coming:
            self._books.receive(goods)
        at = self._books.watch.tick()
        self._desk.put("944", [list(write.transfer_receipt(self.scenario, goods, at)) for goods in coming], at)

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
