"""A retailer on loopback: a mailbox folder, buyers who order and take back, and an EDI desk that reads what we send."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from hub.edi.documents.acknowledgement import parse_acknowledgement
from hub.edi.documents.change_acknowledgement import parse_change_acknowledgement
from hub.edi.documents.inventory import parse_inventory
from hub.edi.documents.invoice import parse_invoice
from hub.edi.documents.order_change import PurchaseOrderChange, render_change
from hub.edi.documents.parts import CarrierDetail, Party
from hub.edi.documents.price_catalogue import parse_catalogue
from hub.edi.documents.purchase_order import PurchaseOrder, PurchaseOrderLine, render_purchase_order
from hub.edi.documents.ship_notice import parse_ship_notice
from hub.edi.envelope import GROUP_OF_SET
from hub.edi.interchange import Interchange, TransactionSet
from hub.errors import DataError
from hub.sdk.clerk import Watch
from hub.sdk.simulation import PartnerBook
from hub.sdk.x12.desk import MailDesk
from hub_x12_retailer.simulator_books import RetailerBooks, RetailerScenario, RetailItem, RetailOrder


class RetailerSimulator:
    """Sends 850s and 860s, reads what a supplier writes, answers 997; drops interchange numbers it has seen.

    Its buyers order in eaches; an item that it orders in packs is ordered in whole ones.
    """

    def __init__(self, scenario: Mapping[str, Any]) -> None:
        self.scenario = RetailerScenario.model_validate(dict(scenario))
        self.books = RetailerBooks({item.item: item for item in self.scenario.items})
        self._readers: Mapping[str, Callable[[TransactionSet], None]] = {
            "810": lambda each: self.books.bill(parse_invoice(each)),
            "832": lambda each: self.books.list_prices(parse_catalogue(each)),
            "846": lambda each: self.books.stock(parse_inventory(each)),
            "855": lambda each: self.books.answer(parse_acknowledgement(each)),
            "856": lambda each: self.books.receive(parse_ship_notice(each)),
            "865": lambda each: self.books.change(parse_change_acknowledgement(each)),
        }
        self._answered = {GROUP_OF_SET[set_id] for set_id in self._readers}
        self._watch = Watch()
        self._desk = MailDesk(self.scenario, self._take, self._watch.tick)

    def start(self) -> None:
        """Make the folders and begin to work."""
        self._desk.start()

    def stop(self) -> None:
        """Stop working; the books and the files stay."""
        self._desk.stop()

    def connection_settings(self) -> Mapping[str, Any]:
        """The mailbox."""
        return {"mailbox": f"folder:{self.scenario.folder}", "stable_seconds": 0}

    def environment(self) -> Mapping[str, str]:
        """A folder needs no password."""
        return {}

    def book(self) -> PartnerBook:
        """What the retailer itself holds true."""
        with self._desk.lock:
            return self.books.book(self._desk.duplicates)

    def idle(self) -> bool:
        """No file of ours waits to be read."""
        with self._desk.lock:
            return self._desk.idle()

    def sell(self, lines: Mapping[str, int], service: str = "standard") -> str | None:
        """A buyer orders eaches of each item; None where the retailer shows too little."""
        with self._desk.lock:
            order = self.books.place(lines)
            if order is None:
                return None
            at = self._watch.tick()
            self._desk.put("850", [render_purchase_order(self._written(order, service, at)).rows], at)
            return order.number

    def cancel(self, reference: str) -> bool:
        """Its buyer takes back what has not left; False where nothing is left to take back."""
        with self._desk.lock:
            order = self.books.orders[reference]
            if not self.books.take_back(order):
                return False
            at = self._watch.tick()
            change = PurchaseOrderChange(order.number, at.date(), purpose="01", changed_on=at.date())
            self._desk.put("860", [render_change(change).rows], at)
            return True

    def _take(self, found: Interchange) -> None:
        if any(group.functional_id in self._answered for group in found.groups):
            self._desk.acknowledge(found)
        for _, each in found.usable_sets():
            try:
                if each.id in self._readers:
                    self._readers[each.id](each)
            except DataError as error:
                self.books.not_understood.append(error.code)

    def _written(self, order: RetailOrder, service: str, at: dt.datetime) -> PurchaseOrder:
        return PurchaseOrder(
            number=order.number,
            date=at.date(),
            currency="USD",
            carriers=(CarrierDetail(routing=service.upper()),),
            parties=(self._recipient(),),
            lines=tuple(_line(number, item, units) for number, (item, units) in order.lines.items()),
        )

    def _recipient(self) -> Party:
        if self.scenario.store:
            return Party("ST", name=self.scenario.name, id_qualifier="92", id=self.scenario.store)
        return Party(
            "ST",
            name="Sample Buyer",
            address_lines=("1 Sample Street",),
            city="Sampleton",
            state="NY",
            postal_code="10001",
            country="US",
        )


def _line(number: str, item: RetailItem, units: Decimal) -> PurchaseOrderLine:
    packs, rest = divmod(units, item.units_each)
    quantity, unit = (units, "EA") if rest else (packs, item.unit)
    price = item.price / item.units_each if rest else item.price
    return PurchaseOrderLine(number, quantity, unit, price=price, ids=(("SK", item.item),))
