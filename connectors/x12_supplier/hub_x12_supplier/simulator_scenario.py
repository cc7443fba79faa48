"""What a simulated supplier is like: its items, how it counts, how it answers."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from hub.sdk.x12.desk import DeskScenario


class Counting(StrEnum):
    """How its 846 counts; the seven demo suppliers are one of each."""

    ON_HAND = "on_hand"
    ON_HAND_CASES = "on_hand_cases"
    AVAILABLE_NET = "available_net"
    AVAILABLE_GROSS = "available_gross"
    TWO_SITES = "two_sites"
    MISSING_MEANS_ZERO = "missing_means_zero"
    LATE_DELTA = "late_delta"


class Behaviour(StrEnum):
    """What it does with a purchase order. ``SHORT`` accepts all and ships less, closing the line."""

    ACCEPT = "accept"
    PARTIAL = "partial"
    REJECT = "reject"
    BACKORDER = "backorder"
    SHORT = "short"


class SimulatedItem(BaseModel):
    """``item`` is the supplier's number (qualifier VN); ``stock`` eaches by site; ``units_each`` eaches a unit.

    ``price`` is asked for one of its unit; an item without is told in no 832, and billed at the scenario's price.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: str
    stock: dict[str, Decimal]
    unit: str = "EA"
    units_each: Decimal = Decimal(1)
    price: Decimal | None = None


class SupplierScenario(DeskScenario):
    """``behaviours`` are applied to its orders in turn, over and over.

    Times are seconds: ``acknowledge_after`` and ``ship_after`` an order, ``feed_every`` between stock files,
    ``backorder_after`` until the rest of a backorder ships, ``lag`` by which a LATE_DELTA feed is old.
    ``sftp`` serves the mailbox by SFTP too. ``duplicate_notices`` sends every n-th ship notice twice, under a new
    control number. ``broken_feed`` writes one stock file that names a site nobody agreed on. ``unit_price`` is billed
    for one each of an item without a price of its own; ``catalogue`` is the number of the 832 that tells the others.
    """

    counting: Counting = Counting.ON_HAND
    items: tuple[SimulatedItem, ...]
    acknowledge_after: float = 0.2
    ship_after: float = 0.5
    backorder_after: float = 2.0
    feed_every: float = 2.0
    lag: float = 0.0
    behaviours: tuple[Behaviour, ...] = (Behaviour.ACCEPT,)
    duplicate_notices: int = 0
    broken_feed: bool = False
    invoices: bool = True
    sftp: bool = False
    unit_price: Decimal = Decimal("10.00")
    catalogue: str = "PRICES"
