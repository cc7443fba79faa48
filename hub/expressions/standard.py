"""The functions that every expression can call: numbers, texts, lists and conversions. Dates are in standard_dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Sized
from datetime import UTC, date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import reduce
from typing import Any

from hub.expressions.arithmetic import EXACT, whole
from hub.expressions.errors import OperandError
from hub.expressions.functions import Function, Overloads, overloads
from hub.expressions.limits import DIGITS, LIMITS
from hub.expressions.patterns import MOST_TEXT, PatternError, compiled
from hub.expressions.standard_dates import DATE_FUNCTIONS
from hub.expressions.types import (
    BOOL,
    DATE,
    DECIMAL,
    DURATION,
    DYN,
    INT,
    MOMENT,
    NULL,
    NUMBERS,
    TEXT,
    ListOf,
    MapOf,
    Nullable,
    Type,
    joined,
    nullable,
    without_null,
)
from hub.expressions.values import kind_of

_WHOLE = re.compile(r"[+-]?[0-9]{1,40}")
_POINTED = re.compile(rf"[+-]?[0-9]{{1,{DIGITS}}}(?:\.[0-9]{{1,{DIGITS}}})?")
_ROUNDING = Context(prec=DIGITS, traps=[InvalidOperation])
_MOST_PLACES = 20
_WIDEST = 100


def _int_of_text(text: str) -> int:
    if _WHOLE.fullmatch(text):
        return whole(int(text))
    raise OperandError("The text is no whole number.", text)


def _decimal_of_text(text: str) -> Decimal:
    if _POINTED.fullmatch(text):
        return EXACT.create_decimal(text)
    raise OperandError("The text is no decimal: digits, and a point where it has places.", text)


def _written_out(number: int | Decimal) -> Decimal:
    """``number`` as a Decimal that does not fill pages when it is written without an exponent."""
    decimal = Decimal(number)
    if decimal and abs(decimal.adjusted()) > _WIDEST:
        raise OperandError("The number is too large, or too close to zero.", number)
    return decimal


def _rounded(number: Decimal, mode: str) -> int:
    return whole(int(_written_out(number).to_integral_value(rounding=mode)))


def _rounded_to(number: int | Decimal, places: int) -> Decimal:
    """Half away from zero, as invoices do."""
    if not 0 <= places <= _MOST_PLACES:
        raise OperandError(f"A number is rounded to 0 to {_MOST_PLACES} places.", places)
    return _written_out(number).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=_ROUNDING)


def _absolute(number: int | Decimal) -> int | Decimal:
    return number.copy_abs() if isinstance(number, Decimal) else whole(abs(number))


def _moment_as_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def as_text(value: object) -> str:
    """A value in writing: no exponent, dates and moments (in UTC) as ISO 8601 has them. Raises OperandError."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(whole(value)) if value.bit_length() > _WIDEST * 3 else str(value)
        case Decimal():
            return format(_written_out(value), "f")
        case datetime():
            return _moment_as_text(value)
        case date():
            return value.isoformat()
    raise OperandError("It cannot be written as text." if value is not None else "It is null where a text is needed.")


def short(text: str) -> str:
    """``text``, where it is no longer than a text may be."""
    if len(text) > LIMITS.text:
        raise OperandError(f"A text is longer than {LIMITS.text:,} characters.", code="expression.budget")
    return text


def few(items: Sequence[object]) -> Sequence[object]:
    """``items``, where there are no more than a list may have."""
    if len(items) > LIMITS.items:
        raise OperandError(f"A list has more than {LIMITS.items:,} items.", code="expression.budget")
    return items


def _replaced(text: str, old: str, new: str) -> str:
    # Counted before it is made: a text of single letters could grow by a factor of the longest.
    if len(short(text)) + text.count(old) * (len(new) - len(old)) > LIMITS.text:
        raise OperandError(f"The text gets longer than {LIMITS.text:,} characters.", code="expression.budget")
    return text.replace(old, new)


def _split(text: str, separator: str) -> Sequence[object]:
    if not separator:
        raise OperandError("A text is split at a text that is not empty.")
    return few(short(text).split(separator, LIMITS.items))


def _joined_texts(items: Sequence[object], separator: str) -> str:
    if not all(isinstance(item, str) for item in few(items)):
        raise OperandError("Only texts are joined.")
    texts = [str(item) for item in items]
    if sum(map(len, texts)) + len(separator) * len(texts) > LIMITS.text:
        raise OperandError(f"The text gets longer than {LIMITS.text:,} characters.", code="expression.budget")
    return separator.join(texts)


def _substring(text: str, start: int, end: int | None = None) -> str:
    end = len(text) if end is None else end
    if not 0 <= start <= end <= len(text):
        raise OperandError(f"There is no part from {start} to {end} in a text of {len(text)} characters.")
    return text[start:end]


def _matches(text: str, pattern: str) -> bool:
    if len(text) > MOST_TEXT:
        raise OperandError(f"A pattern is tried on at most {MOST_TEXT:,} characters.", code="expression.budget")
    try:
        return compiled(pattern).found_in(text)
    except PatternError as fault:
        raise OperandError(f"The pattern cannot be used: {fault}", pattern) from fault


def _size(value: Sized) -> int:
    return len(value)


def _first_not_null(*values: object) -> object:
    return next((value for value in values if value is not None), None)


def _first_not_null_type(types: tuple[Type, ...]) -> Type:
    *early, last = types
    kinds = [without_null(type_) for type_ in early if type_ != NULL]
    found = reduce(lambda so_far, kind: joined(so_far, kind) or DYN, [*kinds, last])
    may_be_null = last == NULL or isinstance(last, Nullable)
    return nullable(found) if may_be_null else without_null(found)


def _number(types: tuple[Type, ...]) -> Type:
    kinds = {type_.item if isinstance(type_, ListOf) else type_ for type_ in types}
    return INT if kinds == {INT} else DECIMAL if kinds <= NUMBERS else DYN


def _of_list(pick: Callable[[Any], object]) -> Callable[[Sequence[object]], object]:
    def picked(items: Sequence[object]) -> object:
        if not few(items):
            raise OperandError("The list is empty.")
        kinds = {kind_of(item) for item in items}
        if len(kinds) > 1 and not kinds <= NUMBERS:
            raise OperandError("The items of the list are of different types.")
        return pick(items)

    return picked


def _extremes(name: str, pick: Callable[..., object]) -> list[Function]:
    kinds = (DECIMAL, TEXT, DATE, MOMENT, DURATION)
    several = [
        Function(name, (kind, kind), kind, pick, repeats=True, result_of=_number if kind == DECIMAL else None)
        for kind in kinds
    ]
    listed = [
        Function(name, (ListOf(kind),), kind, _of_list(pick), result_of=_number if kind == DECIMAL else None)
        for kind in kinds
    ]
    return several + listed


def _writing(name: str) -> list[Function]:
    return [Function(name, (kind,), TEXT, as_text) for kind in (TEXT, INT, DECIMAL, BOOL, DATE, MOMENT)]


_NUMBER_FUNCTIONS = (
    Function("int", (INT,), INT, whole),
    Function("int", (DECIMAL,), INT, lambda number: whole(int(_written_out(number)))),
    Function("int", (TEXT,), INT, _int_of_text),
    Function("decimal", (DECIMAL,), DECIMAL, Decimal),
    Function("decimal", (TEXT,), DECIMAL, _decimal_of_text),
    Function("abs", (DECIMAL,), DECIMAL, _absolute, result_of=_number),
    Function("round", (DECIMAL,), INT, lambda number: _rounded(number, ROUND_HALF_UP)),
    Function("round", (DECIMAL, INT), DECIMAL, _rounded_to),
    Function("floor", (DECIMAL,), INT, lambda number: _rounded(number, ROUND_FLOOR)),
    Function("ceil", (DECIMAL,), INT, lambda number: _rounded(number, ROUND_CEILING)),
    *_extremes("min", min),
    *_extremes("max", max),
)
_TEXT_FUNCTIONS = (
    Function("contains", (TEXT, TEXT), BOOL, lambda text, part: part in short(text)),
    Function("startsWith", (TEXT, TEXT), BOOL, lambda text, part: text.startswith(part)),
    Function("endsWith", (TEXT, TEXT), BOOL, lambda text, part: text.endswith(part)),
    Function("matches", (TEXT, TEXT), BOOL, _matches),
    Function("lower", (TEXT,), TEXT, lambda text: short(short(text).lower())),
    Function("upper", (TEXT,), TEXT, lambda text: short(short(text).upper())),
    Function("trim", (TEXT,), TEXT, lambda text: short(text).strip()),
    Function("replace", (TEXT, TEXT, TEXT), TEXT, _replaced),
    Function("split", (TEXT, TEXT), ListOf(TEXT), _split),
    Function("join", (ListOf(TEXT), TEXT), TEXT, _joined_texts),
    Function("substring", (TEXT, INT), TEXT, _substring),
    Function("substring", (TEXT, INT, INT), TEXT, _substring),
    *_writing("text"),
    *_writing("string"),
)
_OTHER_FUNCTIONS = (
    *(Function("size", (kind,), INT, _size) for kind in (TEXT, ListOf(DYN), MapOf(DYN))),
    Function("coalesce", (DYN, DYN), DYN, _first_not_null, repeats=True, result_of=_first_not_null_type),
)

STANDARD: Overloads = overloads((*_NUMBER_FUNCTIONS, *_TEXT_FUNCTIONS, *_OTHER_FUNCTIONS, *DATE_FUNCTIONS))
"""Every standard function by its name."""
