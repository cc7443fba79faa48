"""In what lots a location sells: what its partner's items say of the day, else the packs it is counted in."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from hub.flows.work import Work
from hub.model.identity import Sku
from hub.model.lot import Lot, lot_of
from hub.model.network import Location
from hub.model.stock import StockReport

_PACK = "pack"


def lots_at(work: Work, location: Location, skus: Iterable[Sku]) -> dict[Sku, Lot]:
    """The lots of those items of which it does not sell any number today."""
    if not location.lots and not location.pack_multiple:
        return {}
    lots = {sku: lot_at(work, location, sku) for sku in skus}
    return {sku: lot for sku, lot in lots.items() if lot.binds}


def lot_at(work: Work, location: Location, sku: Sku) -> Lot:
    """In what lots it sells an item today."""
    said = lot_of(location.lots.get(sku, ()), work.now.date())
    if said is not None or not location.pack_multiple:
        return said or Lot()
    known = work.uow.refs.theirs(_PACK, f"{location.location}/{sku}", location.connection)
    return Lot(multiple=Decimal(known.rsplit("/", 1)[1])) if known else Lot()


def note_packs(work: Work, report: StockReport, location: Location) -> None:
    """Where whole packs are shipped only, an item whose row does not say its pack is sold by the one it is counted
    in."""
    if not location.pack_multiple:
        return
    for row in report.rows:
        if row.location == location.location and isinstance(row.units_each, Decimal) and row.units_each != 1:
            ours = f"{location.location}/{row.sku}"
            work.uow.refs.put(_PACK, ours, location.connection, f"{ours}/{row.units_each:f}")
