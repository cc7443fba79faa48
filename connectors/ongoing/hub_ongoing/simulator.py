"""An Ongoing WMS that answers SOAP on loopback: stateful, schema-checked, and able to misbehave on demand.

Used by tests, end-to-end runs and the demo. Credentials are made up.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from hub.sdk.simulation import BookedInstruction, PartnerBook
from hub_ongoing import simulator_soap as soap
from hub_ongoing.simulator_records import BusinessRefusalError, WarehouseOrder
from hub_ongoing.simulator_server import Answer, SoapServer
from hub_ongoing.simulator_warehouse import Warehouse

_PASSWORD = "only-for-the-simulator"


class Scenario(BaseModel):
    """One warehouse. ``name`` tells several apart in their environment variables; ``stock`` is eaches by article.

    ``step_seconds``: every order moves one step (200, 300, 400, 450) so often, None only when a test says so.
    ``short_every``: every so manieth order is found one unit short on its first line (0: none).
    ``two_parcels_every``: every so manieth order leaves in two parcels (0: none).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "ongoing"
    stock: Mapping[str, Decimal] = Field(default_factory=dict)
    user: str = "hub"
    password: str = _PASSWORD
    goods_owner: str = "TOYSHOP"
    time_zone: str = "Europe/Stockholm"
    carrier: str = "Nordfrakt"
    step_seconds: float | None = Field(default=None, gt=0)
    short_every: int = Field(default=0, ge=0)
    two_parcels_every: int = Field(default=0, ge=0)
    port: int = Field(default=0, ge=0)


class OngoingSimulator:
    """hub.sdk.simulation.Simulator for Ongoing. ``warehouse`` is what people there do, ``server`` how it answers.

    ``clock`` is given by tests that decide the time.
    """

    def __init__(
        self, scenario: Mapping[str, Any], *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._scenario = spec = Scenario.model_validate(scenario)
        self._zone = ZoneInfo(spec.time_zone)
        self._variable = "SIMULATED_ONGOING_" + "".join(c if c.isalnum() else "_" for c in spec.name).upper()
        self.warehouse = Warehouse(clock, carrier=spec.carrier)
        self.warehouse.stock(spec.stock)
        self.server = SoapServer(self._answer, spec.port)
        self._ended = threading.Event()
        self._staff = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        """Listen, and let the warehouse's people begin."""
        self.server.start()
        if self._scenario.step_seconds is not None:
            self._staff.start()

    def stop(self) -> None:
        """End both."""
        self._ended.set()
        if self._staff.is_alive():
            self._staff.join()
        self.server.stop()

    @property
    def url(self) -> str:
        """The endpoint."""
        return f"http://127.0.0.1:{self.server.port}/{self._scenario.name}/Service.asmx"

    def connection_settings(self) -> Mapping[str, Any]:
        """Settings that reach it; the password by reference."""
        return {
            "endpoint": self.url,
            "username": self._scenario.user,
            "password": f"${{env:{self._variable}}}",
            "goods_owner_code": self._scenario.goods_owner,
            "time_zone": self._scenario.time_zone,
            "calls_per_second": 1000,
            # The simulator's clock is ours: a long overlap would only tell the same orders again at every poll.
            "overlap_minutes": 1,
        }

    def environment(self) -> Mapping[str, str]:
        """The password's variable."""
        return {self._variable: self._scenario.password}

    def book(self) -> PartnerBook:
        """Orders by our number, stock by article (the site is empty), and who asked for more than was there."""
        truth = self.warehouse.book
        return PartnerBook(
            instructions={number: _instruction(order) for number, order in truth.orders.items()},
            stock={("", article): units for article, units in truth.stock.items()},
            opening={("", article): units for article, units in truth.opening.items()},
            oversold=truth.oversold,
            duplicates=sum(order.received - 1 for order in truth.orders.values()),
        )

    def idle(self) -> bool:
        """Whether every order has left or was removed."""
        return self.warehouse.idle

    def _work(self) -> None:
        while not self._ended.wait(self._scenario.step_seconds):
            self.warehouse.work(
                short_every=self._scenario.short_every, two_parcels_every=self._scenario.two_parcels_every
            )

    def _answer(self, call: soap.Call) -> Answer:
        if (call.user, call.password) != (self._scenario.user, self._scenario.password):
            return Answer(500, soap.fault("Wrong user name or password.", code="soap:Client"))
        if call.goods_owner != self._scenario.goods_owner:
            return Answer(500, soap.fault("The goods owner was not found.", code="soap:Client"))
        return Answer(200, self._result(call))

    def _result(self, call: soap.Call) -> bytes:
        if call.operation == "ProcessOrder":
            try:
                return soap.processed(self.warehouse.process(soap.read_order(call.element)))
            except BusinessRefusalError as refusal:
                return soap.refused(str(refusal))
        if call.operation == "GetOrdersByQuery":
            query = soap.read_order_query(call.element, self._zone)
            found = (
                self.warehouse.find(query.numbers)
                if query.numbers
                else self.warehouse.changed(
                    since=query.since,
                    status_from=query.status_from,
                    status_to=query.status_to,
                    id_from=query.id_from,
                    limit=query.limit,
                )
            )
            return soap.orders(found, self.warehouse.articles, self._zone)
        if call.operation == "GetInventoryByQuery":
            asked = soap.read_article_query(call.element)
            return soap.inventory(
                self.warehouse.counts(numbers=asked.numbers, id_from=asked.id_from, limit=asked.limit)
            )
        return soap.statuses()


def _instruction(order: WarehouseOrder) -> BookedInstruction:
    asked: dict[str, Decimal] = {}
    shipped: dict[str, Decimal] = {}
    for line in order.asked.lines:
        asked[line.article_number] = asked.get(line.article_number, Decimal(0)) + line.quantity
        left = order.shipped.get(line.code, Decimal(0))
        if left:
            shipped[line.article_number] = shipped.get(line.article_number, Decimal(0)) + left
    return BookedInstruction(
        reference=order.number, times=1, lines=asked, shipped=shipped, state=order.status.name.lower()
    )
