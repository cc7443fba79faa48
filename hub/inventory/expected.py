"""Goods that are to come, shared out among the orders that wait: nobody is told units that somebody else was told.

The orders come in the order of their priority, the oldest first. Each takes, of what can reach it, the units that come
first and that no order before it takes. What a location owes already (backordered there, promised beyond what it has,
its safety stock) is filled before all of them, by what comes there first; what is free now counts as coming today. So

    units told at a location by a day <= units free or due there by that day - owed there

and an order's days never depend on orders after it. Worked: acme owes 2 and expects 5 on the 3rd and 10 on the 9th.
Order 1 waits for 4, order 2 for 3: order 1 is told 3 on the 3rd and 1 on the 9th, order 2 3 on the 9th. Of the 15
that come 6 are left to promise, from the 9th on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from hub.inventory.atp import Atp
from hub.model.identity import DocumentId, LineId, LocationId, OrderId, TransferId

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Expected:
    """Units of the SKU that are to come to a location: by a ``transfer`` of ours, or as its partner said in
    ``document`` as of then. ``day`` None where nobody said when, ``quantity`` where nobody said how many."""

    location: LocationId
    quantity: Decimal | None
    day: date | None
    transfer: TransferId | None = None
    document: DocumentId | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Coming:
    """``quantity`` units that can be told to somebody from ``day`` on; ``source`` None: they are free there now."""

    location: LocationId
    day: date
    quantity: Decimal
    source: Expected | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Open units of one order line, and the locations that may ship them."""

    order_id: OrderId
    line_id: LineId
    quantity: Decimal
    locations: frozenset[LocationId]


@dataclass(frozen=True, slots=True)
class Told:
    """So many units of a line are expected to be there for it on that day."""

    order_id: OrderId
    line_id: LineId
    coming: Coming


def coming(atps: Mapping[LocationId, Atp], expected: Iterable[Expected], today: date) -> tuple[Coming, ...]:
    """What can be told to somebody, by day: free units and goods with a day and a number, less what is owed there.

    What a partner expects where a transfer of ours is on its way may be those very goods: only the transfer counts. Nor
    is a partner believed of the future that is not believed of the present. Goods that are overdue count from today on.
    """
    known = [each for each in expected if each.location in atps]
    ours = {each.location for each in known if each.transfer is not None}
    found = [Coming(where, today, max(_ZERO, atp.quantity)) for where, atp in atps.items() if atp.usable]
    found += [
        Coming(each.location, max(each.day, today), each.quantity, each)
        for each in known
        if each.day is not None and each.quantity is not None
        if each.transfer is not None or (each.location not in ours and atps[each.location].usable)
    ]
    owed = {where: max(_ZERO, -atp.quantity) for where, atp in atps.items()}
    rest = []
    for each in sorted(found, key=_by_day):
        filled = min(owed[each.location], each.quantity)
        owed[each.location] -= filled
        if each.quantity > filled:
            rest.append(replace(each, quantity=each.quantity - filled))
    return tuple(rest)


def share_out(waiting: Iterable[Waiting], supply: Sequence[Coming]) -> tuple[Told, ...]:
    """What each line that waits is told, in the order given (module docstring); what nothing is left for, nothing."""
    left = [(each, each.quantity) for each in sorted(supply, key=_by_day)]
    told: list[Told] = []
    for line in waiting:
        wanted = line.quantity
        for place, (each, units) in enumerate(left):
            taken = min(wanted, units) if each.location in line.locations else _ZERO
            if taken > 0:
                wanted -= taken
                left[place] = (each, units - taken)
                told.append(Told(line.order_id, line.line_id, replace(each, quantity=taken)))
    return tuple(told)


def _by_day(each: Coming) -> tuple[date, LocationId]:
    return each.day, each.location
