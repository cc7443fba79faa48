"""What a retailer is told, and the set that carries it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from hub.errors import InvariantError
from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.price import PriceList
from hub.model.sale import CustomerInvoice, OrderAcknowledgement
from hub.model.shipment import ShipmentConfirmation
from hub.model.stock import QuantityUpdate
from hub.sdk.capabilities import Envelope, Stamp
from hub.sdk.x12.translate.interchanges import number_series
from hub_x12_retailer.translate.answers import ANSWER_SET, CHANGE_SET, acknowledgements, change_acknowledgements
from hub_x12_retailer.translate.invoices import INVOICE_SET, invoices
from hub_x12_retailer.translate.prices import PRICE_SET, catalogues
from hub_x12_retailer.translate.ship_notices import NOTICE_SET, notices
from hub_x12_retailer.translate.stock import STOCK_SET, quantities

_SETS: Mapping[type, str] = MappingProxyType(
    {
        QuantityUpdate: STOCK_SET,
        ShipmentConfirmation: NOTICE_SET,
        OrderAcknowledgement: ANSWER_SET,
        CustomerInvoice: INVOICE_SET,
        PriceList: PRICE_SET,
    }
)

Writer = Callable[[Sequence[tuple[str, Any]], Codebook, Stamp], Document]
"""Items with their keys to one interchange. The table of sets sees to it that they are of the type it takes."""

_WRITERS: Mapping[str, Writer] = MappingProxyType(
    {
        STOCK_SET: quantities,
        NOTICE_SET: notices,
        ANSWER_SET: acknowledgements,
        CHANGE_SET: change_acknowledgements,
        INVOICE_SET: invoices,
        PRICE_SET: catalogues,
    }
)


def series_of(items: Sequence[Envelope], codebook: Codebook) -> list[str]:
    """The series that `documents_of` takes its numbers from, in its order."""
    return [name for set_id in _by_set(items) for name in number_series(set_id, codebook)]


def documents_of(items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> list[Document]:
    """An interchange for each set that they need: an order's first answer goes before what we say of it later.

    Raises InvariantError for items of several kinds, and what the writers of the sets raise.
    """
    numbers = iter(stamp.numbers)
    return [
        _WRITERS[set_id](carried, codebook, replace(stamp, numbers=(next(numbers), next(numbers))))
        for set_id, carried in _by_set(items).items()
    ]


def _by_set(items: Sequence[Envelope]) -> dict[str, list[tuple[str, Any]]]:
    kinds = {type(each.item) for each in items}
    if len(kinds) != 1 or not kinds <= _SETS.keys():
        raise InvariantError("A retailer is told things of one kind at a time.")
    found: dict[str, list[tuple[str, Any]]] = {}
    for each in sorted(items, key=_comes_later):
        set_id = CHANGE_SET if _comes_later(each) else _SETS[type(each.item)]
        found.setdefault(set_id, []).append((each.key, each.item))
    return found


def _comes_later(told: Envelope) -> bool:
    return isinstance(told.item, OrderAcknowledgement) and told.item.revision > 1
