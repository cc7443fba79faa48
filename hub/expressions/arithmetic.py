"""What ``+ - * / %`` and the minus sign give, by the types on both sides. Never a float, never a rounded sum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from typing import Any

from hub.expressions.errors import OperandError
from hub.expressions.limits import DIGITS, LARGEST_INT, LIMITS, QUOTIENT_DIGITS, SMALLEST_INT
from hub.expressions.types import DATE, DECIMAL, DURATION, INT, MOMENT, TEXT, ListOf, Type, joined

# The values are of the types under which the table below holds the function: mypy cannot follow that.
Apply = Callable[[Any, Any], object]

EXACT = Context(prec=DIGITS, traps=[Inexact, Overflow, InvalidOperation, DivisionByZero])
_QUOTIENT = Context(prec=QUOTIENT_DIGITS, rounding=ROUND_HALF_EVEN, traps=[Overflow, InvalidOperation, DivisionByZero])


def whole(number: int) -> int:
    """``number``, where it fits 64 bits."""
    if SMALLEST_INT <= number <= LARGEST_INT:
        return number
    raise OperandError("The whole number leaves 64 bits. Write one side with a point, as a decimal.", number)


def _add_ints(left: int, right: int) -> int:
    return whole(left + right)


def _subtract_ints(left: int, right: int) -> int:
    return whole(left - right)


def _multiply_ints(left: int, right: int) -> int:
    return whole(left * right)


def _divide_ints(left: int, right: int) -> int:
    """Towards zero, as in CEL."""
    quotient = abs(left) // abs(right)
    return whole(quotient if (left < 0) == (right < 0) else -quotient)


def _remainder_of_ints(left: int, right: int) -> int:
    """With the sign of what is divided, as in CEL."""
    remainder = abs(left) % abs(right)
    return -remainder if left < 0 else remainder


def _add_texts(left: str, right: str) -> str:
    if len(left) + len(right) > LIMITS.text:
        raise OperandError(f"The text gets longer than {LIMITS.text:,} characters.", code="expression.budget")
    return left + right


def _add_lists(left: Sequence[object], right: Sequence[object]) -> list[object]:
    if len(left) + len(right) > LIMITS.items:
        raise OperandError(f"The list gets longer than {LIMITS.items:,} items.", code="expression.budget")
    return [*left, *right]


def _move_date(day: date, by: timedelta) -> date:
    if by % timedelta(days=1):
        raise OperandError("A date moves by whole days only.", by)
    return day + by


def _move_date_back(day: date, by: timedelta) -> date:
    return _move_date(day, -by)


def _plus(left: Any, right: Any) -> object:
    return left + right


def _minus(left: Any, right: Any) -> object:
    return left - right


def _added_to_moment(left: timedelta, right: datetime) -> datetime:
    return right + left


_NUMERIC: dict[str, tuple[Apply, Apply]] = {
    "+": (_add_ints, EXACT.add),
    "-": (_subtract_ints, EXACT.subtract),
    "*": (_multiply_ints, EXACT.multiply),
    "/": (_divide_ints, _QUOTIENT.divide),
    "%": (_remainder_of_ints, EXACT.remainder),
}
_TABLE: dict[tuple[str, Type, Type], tuple[Type, Apply]] = {
    **{(sign, INT, INT): (INT, ints) for sign, (ints, _) in _NUMERIC.items()},
    **{
        (sign, left, right): (DECIMAL, decimals)
        for sign, (_, decimals) in _NUMERIC.items()
        for left, right in ((INT, DECIMAL), (DECIMAL, INT), (DECIMAL, DECIMAL))
    },
    ("+", TEXT, TEXT): (TEXT, _add_texts),
    ("+", DATE, DURATION): (DATE, _move_date),
    ("-", DATE, DURATION): (DATE, _move_date_back),
    ("-", DATE, DATE): (DURATION, _minus),
    ("+", MOMENT, DURATION): (MOMENT, _plus),
    ("+", DURATION, MOMENT): (MOMENT, _added_to_moment),
    ("-", MOMENT, DURATION): (MOMENT, _minus),
    ("-", MOMENT, MOMENT): (DURATION, _minus),
    ("+", DURATION, DURATION): (DURATION, _plus),
    ("-", DURATION, DURATION): (DURATION, _minus),
}
OPERATORS = frozenset(_NUMERIC)


def operation(sign: str, left: Type, right: Type) -> tuple[Type, Apply] | None:
    """What ``left sign right`` gives and how; None where these types do not go together."""
    if sign == "+" and isinstance(left, ListOf) and isinstance(right, ListOf):
        items = joined(left.item, right.item)
        return None if items is None else (ListOf(items), _add_lists)
    return _TABLE.get((sign, left, right))


def partners(sign: str, known: Type) -> set[Type]:
    """Types that ``sign`` can put beside ``known``; empty where there is none."""
    beside = {right for operator, left, right in _TABLE if (operator, left) == (sign, known)}
    beside |= {left for operator, left, right in _TABLE if (operator, right) == (sign, known)}
    return beside | ({known} if sign == "+" and isinstance(known, ListOf) else set())


def negated(value: Any) -> object:
    """``-value`` of an int, a Decimal or a timedelta."""
    if isinstance(value, Decimal):
        return value.copy_negate()
    return whole(-value) if isinstance(value, int) else -value
