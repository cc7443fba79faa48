"""What this connector stores before it sends: our intent in Shopify's ids, exact names, nothing extra.

The GraphQL request is made from it at the last moment, because Shopify replaces fulfilment order ids.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from hub.model.quantity import UnitSize


class Outbound(BaseModel):
    """What we store before we send it: exact names, nothing extra."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class LineUnits(Outbound):
    """Units of one order line, by the line's number in the shop. ``number`` is our request's own line number."""

    line: str
    units: Annotated[int, Field(gt=0)]
    number: int = 0


class Marker(Outbound):
    """What we note on an order before an effect: the units counted ``before`` it, and the units wanted."""

    before: dict[str, int]
    lines: tuple[LineUnits, ...]


class StoreAssignment(Outbound):
    """Intent: let this location ship these units. ``reference`` is our request id."""

    reference: str
    order: str
    location: str
    lines: tuple[LineUnits, ...]


class StoreRecall(Outbound):
    """Intent: take back what this location has not shipped of the assignment of this reference.

    ``order`` is the shop's number of it; ``numbers`` are our line numbers, none for all.
    """

    reference: str
    order: str
    location: str
    numbers: tuple[int, ...] = ()


class Fulfilled(Outbound):
    """Intent: tell the shop that these units left, with their tracking."""

    reference: str
    order: str
    site: str
    lines: tuple[LineUnits, ...]
    company: str = ""
    numbers: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()


class SetEntry(Outbound):
    """One SKU's new quantity in the shop's units; ``expected`` is what we believe it shows, null for unknown."""

    key: str
    sku: str
    item: str = ""
    quantity: int
    expected: int | None
    units_each: UnitSize


class SetQuantities(Outbound):
    """Intent: show these quantities at the online location."""

    key: str
    location: str
    entries: tuple[SetEntry, ...]


def stored(model: Outbound) -> bytes:
    """Stable bytes of an intent."""
    return model.model_dump_json().encode()
