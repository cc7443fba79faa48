"""What routing decided and why: every candidate keeps its verdict."""

from __future__ import annotations

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


class RoutingPlan(Canonical):
    """The decision for an order's open units, with its explanation. ``cost`` in the network's currency."""

    order_id: OrderId
    decided_at: Instant
    assignments: tuple[Assignment, ...] = ()
    unrouted: tuple[Unrouted, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    cost: Decimal = Decimal(0)
    summary: str = ""

    @property
    def locations(self) -> tuple[LocationId, ...]:
        """Locations the plan ships from, in first-use order."""
        return tuple(dict.fromkeys(assignment.location for assignment in self.assignments))
