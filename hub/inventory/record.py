"""How far a location is believed by its record: how often it did not have what it was asked for.

    kept share = (asked - short + least_units) / (asked + least_units), in whole percent, and keep_at_least at the least

over the requests that it was sent in the last ``days``. It counts as if it had been asked for ``least_units`` more and
had had them all, so that few requests say little; and below ``least_units`` asked nothing is said. Worked: of 120 units
asked in 60 days 7 were short, least_units 20: (113 + 20) / (120 + 20) = 95 %, so 38 of 40 are shown. With 7 short of 12
asked all 40 are.

The share lowers what channels show, to the nearest whole unit: the last one is shown of a location that nearly always
has what it says. What may be promised to an order stays: the location that is asked will answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from hub.model.network import RecordRule

_PERCENT = Decimal(100)


@dataclass(frozen=True, slots=True)
class Record:
    """Units that a location was asked for in the rule's time, and how many of them it did not have."""

    asked: Decimal
    short: Decimal


def kept_percent(rule: RecordRule, record: Record) -> Decimal:
    """The share that channels show of what a location may promise, 0 to 100, whole."""
    if record.asked < rule.least_units or not record.short:
        return _PERCENT
    there = record.asked - record.short + rule.least_units
    share = there * _PERCENT / (record.asked + rule.least_units)
    least = rule.keep_at_least * _PERCENT
    return max(share, least).to_integral_value(ROUND_HALF_UP)


def shown_by_record(rule: RecordRule, record: Record, quantity: Decimal) -> tuple[Decimal, str]:
    """What channels show of so many units, never more, and why it is less."""
    percent = kept_percent(rule, record)
    kept = min(quantity, (quantity * percent / _PERCENT).to_integral_value(ROUND_HALF_UP))
    why = f"kept back, {record.short:f} of {record.asked:f} units asked in {rule.days} days were not there"
    return kept, why
