"""What several commands take and show: days, moments, units of items, whose stock it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.cli.exits import NotThereError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime
    from decimal import Decimal

    from hub.cli.session import Session
    from hub.model.identity import LocationId, Sku
    from hub.model.network import Location

_SPANS = {"min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
DAY = ["%Y-%m-%d"]
MOMENT = ["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S.%f%z"]
"""With its zone, always: a moment without one is another moment elsewhere."""


def back_to(text: str, now: datetime) -> datetime:
    """The moment that ``text`` names: so long before ``now`` (``90min``, ``12h``, ``7d``, ``2w``), or one with its
    zone.

    Raises NotThereError ``cli.moment``.
    """
    from datetime import datetime, timedelta

    number = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    span = _SPANS.get(text[len(number) :])
    try:
        if span is not None and number.isascii() and number.isdigit():
            return now - timedelta(**{span: int(number)})
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise NotThereError(
            f"{text} is no time that we can go back to.",
            code="cli.moment",
            cure="Write 12h, 7d or 2w, or a moment with its zone: 2026-11-20T09:30+01:00.",
        )
    return moment


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


def chosen_locations(session: Session, location: str) -> list[Location]:
    """The location of that name, every one where it is empty. Raises NotThereError ``cli.unknown-location``."""
    every = session.hub.setup.network.locations
    found = [each for each in every if location in {"", each.location}]
    if location and not found:
        raise NotThereError(
            f"There is no location {location}.",
            code="cli.unknown-location",
            cure=f"Known: {', '.join(sorted(each.location for each in every)) or 'none'}.",
        )
    return found


def require_known(session: Session, skus: Collection[Sku]) -> None:
    """Raises NotThereError ``cli.unknown-sku`` for one that is no kit, no partner's items name and of which no stock is
    known."""
    listed = {item.sku for partner in session.hub.setup.partners.values() for item in partner.items}
    listed.update(session.hub.setup.network.kits)
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
