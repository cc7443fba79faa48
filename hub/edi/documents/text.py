"""Numbers, dates and times as X12 writes them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal


def decimal_text(value: Decimal | None) -> str:
    """A number as X12 type R writes it: no exponent, no trailing zeros after the point."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def date_text(value: dt.date | None) -> str:
    return f"{value:%Y%m%d}" if value else ""


def time_text(value: dt.time | None) -> str:
    if value is None:
        return ""
    if value.microsecond:
        return f"{value:%H%M%S}{value.microsecond // 10_000:02}"
    return f"{value:%H%M%S}" if value.second else f"{value:%H%M}"
