"""A count that names a virtual kit: nobody sells by that figure, so a person is told."""

from __future__ import annotations

from collections.abc import Collection

from hub.errors import DataError
from hub.flows.work import Work
from hub.model.identity import ConnectionId, LocationId, Sku


def virtual_kits(work: Work) -> list[Sku]:
    """Every virtual kit of the catalogue."""
    return [sku for sku in work.network.kits if work.network.virtual_kit(sku) is not None]


def flag_counted_kits(work: Work, connection: ConnectionId, where: LocationId, skus: Collection[Sku]) -> None:
    """Keep a finding where some of these are virtual kits. Their figures stand in the books, and no promise rests on
    them: what a channel shows of such a kit is what its components allow.

    Raises DataError ``stock.counted-kit`` where no document is behind it.
    """
    kits = sorted(sku for sku in skus if work.network.virtual_kit(sku) is not None)
    if not kits:
        return
    error = DataError(
        f"{where} counts {', '.join(kits)}: defined as virtual, put together from components and not in stock.",
        code="stock.counted-kit",
        cure="Define it as prebuilt where it lies on the shelf, or have the partner leave it out.",
        path=f"{where}/{kits[0]}",
    )
    kept = work.quarantine(connection, error.path, code=error.code, message=error.message, cure=error.cure)
    if not kept:
        raise error
