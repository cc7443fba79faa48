"""What a simulated warehouse is like: what lies in it, and what it does with an order and with goods on their way."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from hub.sdk.x12.desk import DeskScenario


class Behaviour(StrEnum):
    """What it does with a shipping order. ``SHORT`` ships one unit less of each line and closes it, ``SPLIT`` ships in
    two goes, ``EMPTY`` finds nothing on the shelf."""

    SHIP = "ship"
    SHORT = "short"
    SPLIT = "split"
    EMPTY = "empty"


class Arrival(StrEnum):
    """How goods that were announced arrive: as announced, or of each line one unit less, one unit damaged, or one unit
    more."""

    WHOLE = "whole"
    SHORT = "short"
    DAMAGED = "damaged"
    OVER = "over"


class StoredItem(BaseModel):
    """``item`` is the number it is stored under (qualifier VN); ``stock`` eaches by site; ``unit`` holds
    ``units_each`` eaches."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: str
    stock: dict[str, Decimal]
    unit: str = "EA"
    units_each: Decimal = Decimal(1)


class WarehouseScenario(DeskScenario):
    """``behaviours`` are applied to its orders in turn, over and over, ``arrivals`` to what is announced to it.

    Times are seconds: ``ship_after`` an order came, ``rest_after`` the first go of a split one, ``receive_after``
    goods were announced, ``feed_every`` between stock files. ``echoes_lines``: it repeats our line numbers.
    """

    items: tuple[StoredItem, ...]
    behaviours: tuple[Behaviour, ...] = (Behaviour.SHIP,)
    ship_after: float = 0.5
    rest_after: float = 0.5
    arrivals: tuple[Arrival, ...] = (Arrival.WHOLE,)
    receive_after: float = 0.5
    feed_every: float = 2.0
    echoes_lines: bool = True
