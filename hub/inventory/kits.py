"""What may be promised of a virtual kit: whole sets of its components, jointly at one location.

    sets = min over components of floor(atp / units a set)

Worked: 5 bolts and 3 plates to promise, 2 bolts and 1 plate a set: min(2, 3) = 2 sets, the bolts limit them. A kit is
believed as its least believed part. Where it may ship from several locations at once, the components of all of them are
counted together.

An open order that waits for a location may take components anywhere, so it blocks as many sets as its most demanding
component: 3 bolts and 1 plate block max(ceil(3 / 2), 1) = 2 sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal

from hub.inventory.atp import Atp
from hub.inventory.counting import Term
from hub.model.identity import LocationId, Sku
from hub.model.kit import Kit, sets_sold
from hub.model.lot import Lot
from hub.model.quantity import sold_at_once

_ZERO = Decimal(0)
_ANY = Lot()


def kit_atp(kit: Kit, location: LocationId, parts: Mapping[Sku, Atp]) -> Atp:
    """What one location may promise of the kit, from what it may promise of each component."""
    promised = {sku: parts[sku].quantity for sku in kit.components}
    shown = {sku: parts[sku].shown for sku in kit.components}
    least = parts[kit.limiting(shown)]
    sets, shown_sets = kit.whole_sets(promised), kit.whole_sets(shown)
    held = shown_sets - max(_ZERO, sets)
    barred = next((parts[sku] for sku in kit.components if not parts[sku].usable), least)
    return Atp(
        sku=kit.sku,
        location=location,
        quantity=sets,
        floor=_ZERO,
        parts=lambda: (_limit(kit, promised),),
        usable=barred.usable,
        code=barred.code,
        why=barred.why,
        shown=shown_sets,
        kept_back=(Term("; ".join(term.words for term in least.kept_back), held),) if held else (),
        doubt=least.doubt,
    )


def limit_term(kit: Kit, units: Mapping[Sku, Decimal]) -> Term:
    """Whole sets, and the component that allows no more."""
    return Term(*_limit(kit, units))


def _limit(kit: Kit, units: Mapping[Sku, Decimal]) -> tuple[str, Decimal]:
    least = kit.limiting(units)
    words = f"whole sets: {units.get(least, _ZERO):f} of {least}, {kit.components[least]:f} a set"
    return words, kit.whole_sets(units)


def kit_lot(kit: Kit, lots: Mapping[Sku, Lot]) -> Lot:
    """In what lots of sets a location sells the kit that sells its components in these."""
    parts = ((units, lots.get(sku, _ANY)) for sku, units in kit.components.items())
    by, least = sets_sold((units, lot.multiple, lot.minimum) for units, lot in parts)
    return Lot(multiple=by, minimum=least)


def shown_apart(kit: Kit, parts: Mapping[Sku, Atp], lots: Mapping[Sku, Lot], multiple: Decimal) -> dict[Sku, Decimal]:
    """What a location adds of each component where the parts of ``multiple`` sets may ship apart: none of what it sells
    only in lots that those are not."""
    found: dict[Sku, Decimal] = {}
    for sku, units in kit.components.items():
        at_once, shown = units * multiple, max(_ZERO, parts[sku].shown)
        lot = lots.get(sku, _ANY)
        found[sku] = shown if not lot.binds else sold_at_once(shown, at_once) if lot.fits(at_once) else _ZERO
    return found


def blocked_sets(kit: Kit, orders: Iterable[Mapping[Sku, Decimal]]) -> Decimal:
    """Sets that orders block which wait for a location, given the open units by SKU of each."""
    return sum((_blocked(kit, units) for units in orders), _ZERO)


def free_units(
    kit: Kit, places: Sequence[Mapping[Sku, Decimal]], orders: Iterable[Mapping[Sku, Decimal]]
) -> dict[Sku, Decimal]:
    """What all locations together have of each component beyond orders that wait, for a kit whose parts may ship
    apart; ``places``: what each adds (``shown_apart``)."""
    waiting = list(orders)
    return {
        sku: sum((parts[sku] for parts in places), _ZERO) - sum((units.get(sku, _ZERO) for units in waiting), _ZERO)
        for sku in kit.components
    }


def _blocked(kit: Kit, units: Mapping[Sku, Decimal]) -> Decimal:
    return max(
        (units.get(sku, _ZERO) / per_set).to_integral_value(rounding=ROUND_CEILING)
        for sku, per_set in kit.components.items()
    )
