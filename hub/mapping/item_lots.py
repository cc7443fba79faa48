"""In what lots a partner sells its items, from the rows of items.csv."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from hub.mapping.codebook import PartnerItem
from hub.model.identity import Sku
from hub.model.lot import Lot

_ONE = Decimal(1)
_ZERO = Decimal(0)


def lots_of(items: Iterable[PartnerItem], *, whole_units: bool) -> dict[Sku, tuple[Lot, ...]]:
    """Lots by SKU, in the order of the rows: what a row says of ``minimum`` and ``multiple`` of eaches.

    ``whole_units``: a location that ships whole packs only sells an item by its unit where the row says no multiple. A
    row that says nothing of it is left out; of an item with several units the first row that does holds.
    """
    found: dict[Sku, tuple[Lot, ...]] = {}
    for item in items:
        lot = _lot(item, whole_units=whole_units)
        if lot is not None:
            found[item.sku] = (*found.get(item.sku, ()), lot)
    return found


def _lot(item: PartnerItem, *, whole_units: bool) -> Lot | None:
    multiple = item.multiple
    if multiple is None and whole_units and isinstance(item.units_each, Decimal) and item.units_each != _ONE:
        multiple = item.units_each
    if multiple is None and item.minimum is None:
        return None
    return Lot(minimum=item.minimum or _ZERO, multiple=multiple or _ONE, since=item.since, until=item.until)
