"""A person puts pre-built kits together or takes some apart: kits and components move in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from hub.errors import DataError
from hub.flows.arrivals import move_unless_counted
from hub.flows.work import Work
from hub.inventory import ledger
from hub.model.identity import LocationId, Sku
from hub.model.kit import Kit, KitKind
from hub.model.ledger import Balance, Movement

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Assembly:
    """``sets`` whole kits at a location, put together where above zero, taken apart where below. ``key`` tells two
    assemblies of one kit at one location apart; ``reason`` is kept in the ledger."""

    sku: Sku
    sets: Decimal
    location: LocationId
    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Assembled:
    """Balances of the kit and its components, before and after. ``known``: it had been recorded already."""

    before: Sequence[Balance]
    after: Sequence[Balance]
    known: bool


def assemble_kit(work: Work, assembly: Assembly) -> Assembled:
    """Move the kit and its components by the assembly; channels and waiting orders look again.

    The same key once more changes nothing. What is promised, kept or backordered is not taken. Raises DataError
    ``stock.unknown-location``, ``stock.assembly``, ``stock.not-prebuilt``, ``stock.not-covered``.
    """
    kit = _checked(work, assembly)
    where = assembly.location
    skus = [kit.sku, *sorted(kit.components)]
    before = work.uow.ledger.lock(where, skus)
    rows = ledger.assembly_movements(kit, assembly.sets, where, assembly.key, _why(work, assembly), work.now)
    with work.uow.savepoint():
        # The kit's own row tells a repeat, also where the kit is defined otherwise by now.
        known = not move_unless_counted(work, rows[:1])
        if not known:
            _check_covered(work, where, rows, before)
            move_unless_counted(work, rows[1:])
    after = work.uow.ledger.lock(where, skus)
    rose = [sku for sku in skus if after[sku].on_hand > before[sku].on_hand]
    work.wake(rose)
    work.touch(set(skus) - set(rose))
    return Assembled([before[sku] for sku in skus], [after[sku] for sku in skus], known)


def _why(work: Work, assembly: Assembly) -> str:
    return f"{assembly.reason} ({work.actor})"


def _checked(work: Work, assembly: Assembly) -> Kit:
    where = assembly.location
    if work.network.location(where) is None:
        known = ", ".join(sorted(each.location for each in work.network.locations)) or "none"
        raise DataError(
            f"There is no location {where}.", code="stock.unknown-location", cure=f"Known: {known}.", value=where
        )
    if not assembly.sets or assembly.sets != assembly.sets.to_integral_value() or not assembly.reason.strip():
        raise DataError(
            "An assembly is of whole kits, one at least, and has a reason.",
            code="stock.assembly",
            cure="Give a whole number above zero and --reason.",
        )
    kit = work.network.kits.get(assembly.sku)
    if kit is None or kit.kind is not KitKind.PREBUILT:
        prebuilt = sorted(sku for sku, each in work.network.kits.items() if each.kind is KitKind.PREBUILT)
        raise DataError(
            f"{assembly.sku} is no pre-built kit.",
            code="stock.not-prebuilt",
            cure=f"Known: {', '.join(prebuilt) or 'none'}. A virtual kit has no stock of its own.",
            value=assembly.sku,
        )
    return kit


def _check_covered(work: Work, where: LocationId, rows: Sequence[Movement], balances: dict[Sku, Balance]) -> None:
    backordered = work.uow.ledger.backordered(balances, [where])
    for row in rows:
        free = balances[row.sku].available - backordered.get((row.sku, where), _ZERO)
        if free < -row.quantity:
            raise DataError(
                f"{-row.quantity:f} {row.sku} are needed at {where}, and {max(_ZERO, free):f} are free.",
                code="stock.not-covered",
                cure=f"Take fewer kits, or see who has the rest: `hub stock explain {row.sku}`.",
                value=row.sku,
            )
