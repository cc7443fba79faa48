"""What a simulated warehouse is like: what lies in it, and what it does with an order."""

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


class StoredItem(BaseModel):
    """``item`` is the number it is stored under (qualifier VN); ``stock`` eaches by site; ``unit`` holds
    ``units_each`` eaches."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: str
    stock: dict[str, Decimal]
    unit: str = "EA"
    units_each: Decimal = Decimal(1)


class WarehouseScenario(DeskScenario):
    """``behaviours`` are applied to its orders in turn, over and over.

    Times are seconds: ``ship_after`` an order came, ``rest_after`` the first go of a split one, ``feed_every`` between
    stock files. ``echoes_lines``: it repeats our line numbers.
    """

    items: tuple[StoredItem, ...]
    behaviours: tuple[Behaviour, ...] = (Behaviour.SHIP,)
    ship_after: float = 0.5
    rest_after: float = 0.5
    feed_every: float = 2.0
    echoes_lines: bool = True
