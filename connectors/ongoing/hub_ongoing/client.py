"""The only module that talks to the service. One call at a time: Ongoing serialises writes per goods owner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from hub.errors import DataError, UncertainOutcomeError
from hub_ongoing import answers, faults, wire
from hub_ongoing.settings import OngoingSettings

if TYPE_CHECKING:
    from hub.transport.soap import SoapClient


class OngoingClient:
    """The operations the hub uses. Opening is lazy, because parsing needs no connection."""

    def __init__(
        self,
        settings: OngoingSettings,
        *,
        allow_private: bool,
        sleep: Callable[[float], None],
        monotonic: Callable[[], float],
        random: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._allow_private = allow_private
        self._monotonic = monotonic
        self._sleep = sleep
        self._random = random

    @cached_property
    def _soap(self) -> SoapClient:
        # zeep and httpx take a third of a second to load, and most commands of the hub call nobody.
        from hub.transport.http import HttpSettings, Timing, open_http
        from hub.transport.soap import SoapClient
        from hub.transport.throttle import RateBudget

        settings = self._settings
        seconds = settings.timeout_seconds
        http = open_http(
            HttpSettings(
                base_url=settings.endpoint,
                allowed_hosts=frozenset({urlsplit(settings.endpoint).hostname or ""}),
                allow_private=self._allow_private,
                read_timeout_seconds=seconds,
                deadline_seconds=seconds,
            ),
            timing=Timing(clock=self._monotonic, sleep=self._sleep, random=self._random),
            statuses=faults.STATUSES,
            budget=RateBudget(
                rate_per_second=settings.calls_per_second,
                burst=max(1.0, settings.calls_per_second),
                clock=self._monotonic,
            ),
        )
        return SoapClient(
            Path(str(resources.files("hub_ongoing").joinpath("wsdl/ongoing.wsdl"))),
            settings.endpoint,
            http,
            credentials={"UserName": SecretStr(settings.username), "Password": settings.password},
            faults=faults.read_fault,
        )

    def render_order(self, order: wire.CustomerOrder) -> bytes:
        """The envelope of a ProcessOrder, without credentials."""
        return self._soap.render("ProcessOrder", self._arguments(co=order.arguments()))

    def process_order(self, body: bytes) -> tuple[wire.ProcessOrderAnswer, bytes]:
        """Send a rendered ProcessOrder; the answer, read and raw.

        Raises UncertainOutcomeError also for an answer that can't be read: the order may be booked.
        """
        raw = self._soap.post("ProcessOrder", body, safe=False)
        try:
            result = answers.read_result("ProcessOrder", raw)
            return answers.read_as(wire.ProcessOrderAnswer, result, "ProcessOrderResult"), raw
        except DataError as error:
            message = error.message
        raise UncertainOutcomeError(message, code="transport.outcome-unknown")

    def orders_named(self, number: str) -> bytes:
        """The order with our number: an envelope with one order or none."""
        return self._read("GetOrdersByQuery", query={"OrderNumbersToGet": {"string": [number]}})

    def orders_changed(self, *, since: datetime, id_from: int) -> bytes:
        """A page of orders that have left or were cancelled, changed since a moment of the warehouse's clock."""
        statuses = self._settings.shipped_statuses | self._settings.cancelled_statuses
        return self._read(
            "GetOrdersByQuery",
            query={
                "OrderStatusFrom": min(statuses),
                "OrderStatusTo": max(statuses),
                "LastUpdatedFrom": since,
                "MaxOrdersToGet": self._settings.page_size,
                "OrderIdFrom": id_from,
            },
        )

    def inventory(self, *, id_from: int) -> bytes:
        """A page of articles with their counts."""
        query = {"ArticleSystemIdFrom": id_from, "MaxArticlesToGet": self._settings.page_size}
        return self._read("GetInventoryByQuery", GetInventoryQuery=query)

    def order_statuses(self) -> bytes:
        """The tenant's order statuses."""
        return self._read("GetOrderStatuses")

    def _read(self, operation: str, **query: Mapping[str, Any]) -> bytes:
        body = self._soap.render(operation, self._arguments(**query))
        return self._soap.post(operation, body, safe=True)

    def _arguments(self, **specific: Mapping[str, Any]) -> dict[str, Any]:
        # Credentials are put in at sending, so that no stored document holds them.
        return {"GoodsOwnerCode": self._settings.goods_owner_code, "UserName": "", "Password": "", **specific}
