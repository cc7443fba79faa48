"""The base of every canonical type: frozen, strict, nothing extra, no input echoed in errors."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field


class Canonical(BaseModel):
    """A canonical value. Equal by value, never changed in place (``model_copy(update=...)`` makes a new one)."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        hide_input_in_errors=True,
        allow_inf_nan=False,
    )


_LARGEST = Decimal(10) ** 12


def _storable(value: Decimal) -> Decimal:
    if abs(value) >= _LARGEST:
        raise ValueError("a million million or more")
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -6 and value != round(value, 6):
        raise ValueError("more than six decimal places")
    return value


Amount = Annotated[Decimal, AfterValidator(_storable)]
"""A quantity in the stated unit: exact, signed, at most six decimal places, less than a million million (what the
ledger can store)."""

PositiveAmount = Annotated[Amount, Field(gt=0)]
NonNegativeAmount = Annotated[Amount, Field(ge=0)]
Instant = AwareDatetime
"""A moment with its zone; stored as UTC."""

Text = Annotated[str, Field(min_length=1)]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise ValueError(f"{name} is no time zone; write one such as America/New_York") from None
    return name


ZoneName = Annotated[str, AfterValidator(_known_zone)]
"""The name of a time zone that this machine knows."""

__all__ = ["Amount", "Canonical", "Instant", "NonNegativeAmount", "PositiveAmount", "Text", "ZoneName"]
