"""A partner says what it asks for its items: purchase orders name these prices, and invoices are checked by them."""

from __future__ import annotations

from hub.errors import DataError
from hub.flows.work import Work
from hub.model.price import PriceList


def record_prices(work: Work, prices: PriceList) -> None:
    """Take a price list over; requests made from now on name its prices. An older list changes nothing.

    Raises DataError ``price.wrong-partner`` where another partner's connection tells it.
    """
    own = {each.connection: each.partner for each in work.network.locations}
    if own.get(prices.connection, prices.partner) != prices.partner:
        raise DataError(
            f"{prices.connection} tells prices of {prices.partner}.",
            code="price.wrong-partner",
            cure="Check which partner sent this document.",
            value=prices.catalogue,
        )
    work.uow.prices.record(prices, work.cause)
