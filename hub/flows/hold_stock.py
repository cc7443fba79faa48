"""Soft holds: units are kept for a cart, a quote or an order on its way, until they are ordered or their time is over.

A hold stands on units at locations, so the guard that keeps promises keeps holds, too. The order that names the hold
makes it its own (``claim_hold``); routing promises its units to that order first, and what the order does not need any
more is given back wherever the order is saved (``Work.let_go``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from hub.errors import DataError
from hub.flows.lots import lots_at
from hub.flows.stock_view import StockView, read_stock, waiting_demand
from hub.flows.work import Work
from hub.inventory.soft_holds import Shelf, spread
from hub.model.events import EventKind
from hub.model.identity import ChannelId, LocationId, Sku, SoftHoldKey
from hub.model.ledger import Cause
from hub.model.order import OrderRecord
from hub.model.soft_hold import HeldUnits, SoftHold

RACES = 3
"""How often locations are looked for anew because somebody else took the stock meanwhile."""

TASK = "soft_hold"
"""The timer of a hold's expiry."""

_ZERO = Decimal(0)
_LONGEST_KEY = 100

_Floors = Mapping[tuple[Sku, LocationId], Decimal]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Eaches by SKU to keep until a moment: at one location, or wherever a channel sells from; for orders of
    ``channel`` only, where one is named."""

    key: SoftHoldKey
    units: Mapping[Sku, Decimal]
    expires_at: datetime
    location: LocationId | None = None
    channel: ChannelId | None = None
    reason: str = ""


def hold_stock(work: Work, wanted: Wanted) -> SoftHold:
    """Keep the units, all or nothing; the same key with the same units again gives the hold as it is now.

    Orders that wait for a location go first: their units are not kept for anybody else. Raises DataError
    ``hold.not-covered``, ``hold.known-key``, ``hold.moment``, ``hold.place``, ``hold.units``, ``hold.kit``.
    """
    for _ in range(RACES):
        known = work.uow.soft_holds.get(wanted.key)
        if known is not None:
            return _as_wanted(known, wanted)
        _check(work, wanted)
        units, floors = _find(work, wanted)
        hold = SoftHold(
            key=wanted.key,
            units=units,
            placed_at=work.now,
            expires_at=wanted.expires_at,
            channel=wanted.channel,
            location=wanted.location,
            reason=wanted.reason,
        )
        if not work.uow.soft_holds.place(hold, floors):
            work.uow.tasks.schedule(TASK, wanted.key, wanted.expires_at)
            work.touch(wanted.units)
            return _as_wanted(work.uow.soft_holds.get(wanted.key) or hold, wanted)
    raise _not_covered(wanted.units)


def extend_hold(work: Work, key: SoftHoldKey, expires_at: datetime) -> SoftHold:
    """Let a hold end at that moment, or when it would have ended where that is later.

    Raises DataError ``hold.unknown``, ``hold.ended``, ``hold.moment``.
    """
    hold = _known(work, key)
    if not hold.live:
        raise DataError(
            f"The hold {key} keeps nothing any more.", code="hold.ended", cure="Place a new one.", value=key
        )
    _check_moment(work, expires_at)
    work.uow.soft_holds.extend(key, max(expires_at, hold.expires_at))
    return _known(work, key)


def release_hold(work: Work, key: SoftHoldKey) -> SoftHold:
    """Give back what a hold keeps; one that keeps nothing stays as it is.

    Raises DataError ``hold.unknown``, ``hold.owed`` where an order that named it still needs the units.
    """
    hold = _known(work, key)
    if hold.live and hold.order_id is not None:
        raise DataError(
            f"The hold {key} keeps units that the order {hold.order_id} still needs.",
            code="hold.owed",
            cure="Cancel the order in its channel; the hold ends with it.",
            value=key,
        )
    _end(work, hold, Cause.SOFT_HOLD_RELEASED)
    return _known(work, key)


def expire_hold(work: Work, key: SoftHoldKey) -> datetime | None:
    """End a hold whose time is over; gives when to look again. The end of one that an order claimed is put off: as long
    as it keeps units, the order needs them (``Work.let_go``)."""
    hold = work.uow.soft_holds.get(key, lock=True)
    if hold is None or not hold.live:
        return None
    if work.now < hold.expires_at:
        return hold.expires_at
    if hold.order_id is not None:
        later = work.now + _longest(work)
        work.uow.soft_holds.extend(key, later)
        return later
    _end(work, hold, Cause.SOFT_HOLD_EXPIRED)
    return None


def claim_hold(work: Work, record: OrderRecord) -> None:
    """The order makes the hold that it names its own, beyond what it needs of it. One whose time is over is still good
    until its units are given back. One that is unknown, ended, another order's, another channel's, or kept where the
    order cannot be shipped from is passed over."""
    key = record.order.soft_hold
    if key is None:
        return
    hold = work.uow.soft_holds.get(key, lock=True)
    why = _unusable(work, hold, record)
    if why:
        work.tell(record.order_id, EventKind.SOFT_HOLD_MISSED, hold=key, reason=why)
        return
    work.uow.soft_holds.claim(key, record.order_id)
    work.tell(record.order_id, EventKind.SOFT_HOLD_CLAIMED, hold=key)
    work.let_go(record)


def _unusable(work: Work, hold: SoftHold | None, record: OrderRecord) -> str:
    if hold is None:
        return "unknown"
    if hold.channel not in {None, record.order.channel}:
        return f"for {hold.channel}"
    if hold.order_id is not None:
        return f"claimed by {hold.order_id}"
    if not hold.live:
        return "ended"
    channel = work.network.channel(record.order.channel)
    far = {each.location for each in hold.units} - set(channel.reachable if channel is not None else ())
    return f"kept at {', '.join(sorted(far))}" if far else ""


def _end(work: Work, hold: SoftHold, cause: Cause) -> None:
    units = {(each.sku, each.location): each.held for each in hold.units if each.held}
    work.uow.soft_holds.give_back(hold.key, units, cause, work.now)
    work.wake(sku for sku, _ in units)


def _find(work: Work, wanted: Wanted) -> tuple[tuple[HeldUnits, ...], _Floors]:
    places = _places(work, wanted)
    skus = sorted(wanted.units)
    view = read_stock(work.uow, work.network, work.now, skus, places)
    shelves = [_shelf(work, view, where, skus) for where in places]
    found = spread(wanted.units, shelves)
    waiting = waiting_demand(work.uow, work.network, places, skus)
    for sku, units in wanted.units.items():
        free = sum((max(_ZERO, shelf.free.get(sku, _ZERO)) for shelf in shelves), _ZERO)
        left = min(sum((each.quantity for each in found if each.sku == sku), _ZERO), free - waiting.units(sku))
        if left < units:
            raise _not_covered({sku: units}, max(_ZERO, left))
    return found, {pair: atp.floor for pair, atp in view.atps.items()}


def _shelf(work: Work, view: StockView, where: LocationId, skus: Sequence[Sku]) -> Shelf:
    location = work.network.location(where)
    free = {sku: atp.quantity for sku, atp in view.at(where).items() if atp.usable}
    return Shelf(where, free, lots_at(work, location, skus) if location is not None else {})


def _places(work: Work, wanted: Wanted) -> Sequence[LocationId]:
    channel = work.network.channel(wanted.channel) if wanted.channel is not None else None
    if wanted.location is not None:
        return [wanted.location]
    return channel.sells_from if channel is not None else ()


def _as_wanted(hold: SoftHold, wanted: Wanted) -> SoftHold:
    asked = (dict(wanted.units), wanted.channel, wanted.location)
    if (hold.asked, hold.channel, hold.location) != asked:
        raise DataError(
            f"The hold {hold.key} was placed with other units or for another place.",
            code="hold.known-key",
            cure="Give each hold a key of its own.",
            value=hold.key,
        )
    return hold


def _check(work: Work, wanted: Wanted) -> None:
    _check_moment(work, wanted.expires_at)
    _check_place("location", wanted.location, [each.location for each in work.network.locations])
    _check_place("channel", wanted.channel, [each.channel for each in work.network.channels])
    kits = [sku for sku in wanted.units if work.network.virtual_kit(sku) is not None]
    if kits:
        raise DataError(
            f"{kits[0]} is a virtual kit: it has no stock of its own to keep.",
            code="hold.kit",
            cure="Keep its components, at one location: `hub stock explain` names them.",
            value=kits[0],
        )
    if wanted.location is None and wanted.channel is None:
        raise DataError("A hold needs a location or a channel.", code="hold.place", cure="Name where to keep it.")
    if not 0 < len(wanted.key) <= _LONGEST_KEY or not wanted.units or any(each <= 0 for each in wanted.units.values()):
        raise DataError(
            f"A hold needs a key of at most {_LONGEST_KEY} characters, and of each item more than zero units.",
            code="hold.units",
            cure="Give a key and SKU=UNITS.",
        )


def _check_place(what: str, name: str | None, known: Collection[str]) -> None:
    if name is not None and name not in known:
        names = ", ".join(sorted(known)) or "none"
        raise DataError(f"There is no {what} {name}.", code="hold.place", cure=f"Known: {names}.", value=name)


def _check_moment(work: Work, expires_at: datetime) -> None:
    if not work.now < expires_at <= work.now + _longest(work):
        raise DataError(
            f"A hold ends at {expires_at.isoformat()}, and it is {work.now.isoformat()}.",
            code="hold.moment",
            cure=f"Give a moment within {work.network.soft_hold_hours:f} hours (stock.soft_hold_hours).",
        )


def _longest(work: Work) -> timedelta:
    return timedelta(hours=float(work.network.soft_hold_hours))


def _known(work: Work, key: SoftHoldKey) -> SoftHold:
    hold = work.uow.soft_holds.get(key, lock=True)
    if hold is None:
        raise DataError(
            f"There is no hold {key}.", code="hold.unknown", cure="See `hub stock hold list --all`.", value=key
        )
    return hold


def _not_covered(units: Mapping[Sku, Decimal], left: Decimal = _ZERO) -> DataError:
    asked = ", ".join(f"{quantity:f} {sku}" for sku, quantity in sorted(units.items()))
    return DataError(
        f"{asked} cannot be kept, {left:f} can.",
        code="hold.not-covered",
        cure="Ask for fewer, or elsewhere: `hub stock explain SKU` says what may be promised where.",
    )
