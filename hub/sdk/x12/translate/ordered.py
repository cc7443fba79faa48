"""One line of a fulfilment request in the partner's unit and item ids, whatever set carries it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from hub.edi.documents.parts import ProductIds
from hub.mapping.codebook import Codebook, PartnerItem
from hub.model.fulfilment import RequestLine
from hub.model.money import Money
from hub.model.quantity import BASE_UNIT, Units, amount_of_unit, from_base, whole_units
from hub.sdk.x12.translate.reading import profile_of

_SIX_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class OrderedItem:
    """``quantity`` of ``unit``, of which one holds ``units_each`` eaches; ``ids`` in the profile's order."""

    quantity: Decimal
    unit: str
    units_each: Units
    ids: ProductIds


def ordered_item(line: RequestLine, codebook: Codebook) -> OrderedItem:
    """Raises DataError for an item that is not mapped, or for less than a whole pack where packs are agreed."""
    item = codebook.item_of(line.sku)
    by_pack = profile_of(codebook).order_unit == "pack"
    unit, each = (item.unit, item.units_each) if by_pack else (BASE_UNIT, Decimal(1))
    return OrderedItem(from_base(line.quantity, each), unit, each, product_ids(item, codebook))


def product_ids(item: PartnerItem, codebook: Codebook) -> ProductIds:
    """Its ids by which the partner knows it, in the order of the profile; all of them where that names none."""
    names = [name for name in profile_of(codebook).item_ids if name in item.ids] or list(item.ids)
    return tuple((name, item.ids[name]) for name in names)


@dataclass(frozen=True, slots=True)
class Counted:
    """So many of a unit, of which one holds ``units_each`` eaches."""

    quantity: Decimal
    unit: str
    units_each: Units

    def price(self, of_one_each: Money) -> Decimal:
        """The price of one of the unit, to six places: thirds of a coin have no end."""
        return amount_of_unit(of_one_each.amount, self.units_each).quantize(_SIX_PLACES, ROUND_HALF_UP)


def counted(eaches: Decimal, item: PartnerItem) -> Counted:
    """In the partner's unit of the item, or in eaches where a pack was broken."""
    units = whole_units(eaches, item.units_each)
    return in_eaches(eaches) if units is None else Counted(units, item.unit, item.units_each)


def one_unit(item: PartnerItem) -> Counted:
    """One of the partner's unit of the item."""
    return Counted(Decimal(1), item.unit, item.units_each)


def in_eaches(eaches: Decimal) -> Counted:
    """One by one, whatever the partner's unit is."""
    return Counted(eaches, BASE_UNIT, Decimal(1))
