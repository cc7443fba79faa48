"""What routing decided and why: every candidate keeps its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from pydantic import Field

from hub.model.canonical import Canonical, Instant, PositiveAmount
from hub.model.identity import LineId, LocationId, OrderId, Sku


class Assignment(Canonical):
    """Units of one line shipped from one location."""

    line_id: LineId
    sku: Sku
    location: LocationId
    quantity: PositiveAmount


class Unrouted(Canonical):
    """Units of one line nobody can ship now, and why (stable ``code``, words, nearest cure)."""

    line_id: LineId
    sku: Sku | None
    quantity: PositiveAmount
    code: str
    reason: str
    cure: str = ""


class Candidate(Canonical):
    """One location as routing saw it. ``chosen`` or the reason it lost; ``cost`` of the whole order from it alone,
    None where it could not ship all of it. ``available`` per SKU at decision time."""

    location: LocationId
    chosen: bool
    code: str
    reason: str
    cost: Decimal | None = None
    available: dict[str, Decimal] = Field(default_factory=dict)


class PlannedShipment(Canonical):
    """One parcel of a plan. ``locations``: those of one site may share it. ``costs`` by name, in the network's
    currency, add up to ``cost``. ``service``: the carrier's, empty where freight is not priced; ``ships_on`` and
    ``delivered_on`` where calendars and tables say them."""

    locations: tuple[LocationId, ...]
    costs: Mapping[str, Decimal] = Field(default_factory=dict)
    cost: Decimal
    service: str = ""
    ships_on: date | None = None
    delivered_on: date | None = None


class Alternative(Canonical):
    """A plan that was not chosen: the cheapest without a location of each better plan. ``differs``: what it costs more,
    by name of cost, negative what it saves; ``why`` in a sentence."""

    assignments: tuple[Assignment, ...]
    shipments: tuple[PlannedShipment, ...]
    cost: Decimal
    short: Decimal = Decimal(0)
    differs: Mapping[str, Decimal] = Field(default_factory=dict)
    why: str = ""


class ShadowPlan(Canonical):
    """What a draft of the rules would have decided otherwise, had it decided. ``summary`` as of its plan, or the rule
    that would have held the order."""

    draft: str
    version: str
    cost: Decimal
    summary: str


class RoutingPlan(Canonical):
    """The decision for an order's open units, with its explanation.

    ``cost`` in the network's currency is that of the ``shipments`` and ``split``, the price of their number. ``exact``:
    no plan costs less; else none costs less than ``bound``. ``nothing_there``: locations that have none of what is
    wanted. ``shadows``: where drafts of the rules that are judged beside would decide otherwise. ``kernel`` and
    ``rules``: versions of what decided. ``inputs``: what the kernel was asked, as JSON text, from which it gives the
    same plan again (``hub.routing.record``).
    """

    order_id: OrderId
    decided_at: Instant
    assignments: tuple[Assignment, ...] = ()
    unrouted: tuple[Unrouted, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    nothing_there: tuple[LocationId, ...] = ()
    shipments: tuple[PlannedShipment, ...] = ()
    split: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)
    exact: bool = True
    bound: Decimal | None = None
    alternatives: tuple[Alternative, ...] = ()
    shadows: tuple[ShadowPlan, ...] = ()
    summary: str = ""
    kernel: str = ""
    rules: str = ""
    inputs: str = Field(default="", repr=False)

    @property
    def locations(self) -> tuple[LocationId, ...]:
        """Locations the plan ships from, in first-use order."""
        return tuple(dict.fromkeys(assignment.location for assignment in self.assignments))
