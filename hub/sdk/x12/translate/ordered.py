"""One line of a fulfilment request in the partner's unit and item ids, whatever set carries it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hub.edi.documents.parts import ProductIds
from hub.mapping.codebook import Codebook
from hub.model.fulfilment import RequestLine
from hub.model.quantity import BASE_UNIT, from_base
from hub.sdk.x12.translate.reading import profile_of


@dataclass(frozen=True, slots=True)
class OrderedItem:
    """``quantity`` of ``unit``, of which one holds ``units_each`` eaches; ``ids`` in the profile's order."""

    quantity: Decimal
    unit: str
    units_each: Decimal
    ids: ProductIds


def ordered_item(line: RequestLine, codebook: Codebook) -> OrderedItem:
    """Raises DataError for an item that is not mapped, or for less than a whole pack where packs are agreed."""
    item = codebook.item_of(line.sku)
    profile = profile_of(codebook)
    unit, each = (item.unit, item.units_each) if profile.order_unit == "pack" else (BASE_UNIT, Decimal(1))
    names = [name for name in profile.item_ids if name in item.ids] or list(item.ids)
    ids = tuple((name, item.ids[name]) for name in names)
    return OrderedItem(from_base(line.quantity, each), unit, each, ids)
