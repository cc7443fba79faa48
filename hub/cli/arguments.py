"""What several commands take and show: days, moments, units of items, whose stock it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.cli.exits import NotThereError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from decimal import Decimal

    from hub.cli.session import Session
    from hub.model.identity import LocationId, Sku

DAY = ["%Y-%m-%d"]
MOMENT = ["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S.%f%z"]
"""With its zone, always: a moment without one is another moment elsewhere."""


def units_by_sku(session: Session, given: Iterable[str], *, signed: bool = False) -> dict[Sku, Decimal]:
    """Eaches by SKU of ``SKU=UNITS``; the same SKU twice adds up. ``signed``: fewer than none, too.

    Raises NotThereError ``cli.line``, ``cli.unknown-sku``.
    """
    from decimal import Decimal, InvalidOperation

    from hub.model.identity import Sku

    lines: dict[Sku, Decimal] = {}
    for each in given:
        sku, _, units = each.rpartition("=")
        try:
            count = Decimal(units)
        except InvalidOperation:
            count = Decimal(0)
        if not sku or not count.is_finite() or not count or (count < 0 and not signed):
            example = "KITE-RED=-2" if signed else "KITE-RED=12"
            raise NotThereError(f"{each} is no line.", code="cli.line", cure=f"Write SKU=UNITS, for example {example}.")
        lines[Sku(sku)] = lines.get(Sku(sku), Decimal(0)) + count
    require_known(session, lines)
    return lines


def require_known(session: Session, skus: Collection[Sku]) -> None:
    """Raises NotThereError ``cli.unknown-sku`` for one that no partner's items name and of which no stock is known."""
    listed = {item.sku for partner in session.hub.setup.partners.values() for item in partner.items}
    rest = [sku for sku in skus if sku not in listed]
    if not rest:
        return
    with session.hub.storage.read() as uow:
        stocked = {each.sku for each in uow.ledger.balances(rest)}
    for sku in rest:
        if sku not in stocked:
            raise NotThereError(
                f"No partner's items name the SKU {sku}, and no stock of it is known.",
                code="cli.unknown-sku",
                cure="See `hub stock show` for the SKUs that are known.",
            )


def owner_of(session: Session, location: LocationId) -> str | None:
    """Whose stock lies there; None where it is the merchant's own, or hub.yaml has the location no more."""
    found = session.hub.setup.network.location(location)
    return (found.stock_owner or None) if found is not None else None
