"""An interpreter that knows nothing of the compiler: it walks the tree, and looks at every value by its class.

Written for clarity and from the reference page. It raises Undefined wherever the page says that there is no value.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

from hub.expressions.limits import DIGITS
from hub.expressions.tree import (
    Binary,
    Call,
    Conditional,
    Has,
    Index,
    ListNode,
    Literal,
    Logic,
    Macro,
    MapNode,
    Name,
    Node,
    Select,
    Unary,
)

Names = Mapping[str, Any]


class Undefined(Exception):  # noqa: N818
    """There is no value."""


def interpret(node: Node, names: Names) -> Any:  # noqa: PLR0911
    """The value of ``node``."""
    match node:
        case Literal(value=value):
            return value
        case Name(name=name):
            return names[name]
        case Select(owner=owner, field=field):
            return _field(interpret(owner, names), field)
        case Index(owner=owner, key=key):
            return _item(interpret(owner, names), interpret(key, names))
        case Has(field=Select(owner=owner, field=field)):
            return (interpret(owner, names) or {}).get(field) is not None
        case ListNode(items=items):
            return [interpret(item, names) for item in items]
        case MapNode(entries=entries):
            return {interpret(key, names): interpret(value, names) for key, value in entries}
        case Logic(operator=sign, operands=operands):
            decides = sign == "||"
            return decides if any(interpret(one, names) == decides for one in operands) else not decides
        case Conditional(condition=condition, yes=yes, no=no):
            return interpret(yes if interpret(condition, names) else no, names)
        case Macro(kind=kind, items=items, variable=variable, body=body):
            found = interpret(items, names)
            return _macro(kind, found, [interpret(body, {**names, variable: item}) for item in found])
    return _worked_out(node, names)


def _worked_out(node: Node, names: Names) -> Any:
    match node:
        case Unary(operator="!", operand=operand):
            return not interpret(operand, names)
        case Unary(operand=operand):
            value = interpret(operand, names)
            return value.copy_negate() if isinstance(value, Decimal) else _whole(-value)
        case Binary(operator=sign, left=left, right=right):
            return _binary(sign, interpret(left, names), interpret(right, names))
        case Call(function=function, arguments=arguments):
            return _FUNCTIONS[function](*[interpret(one, names) for one in arguments])
    raise AssertionError(node)


def _field(record: Any, field: str) -> Any:
    if field not in record:
        raise Undefined
    return record[field]


def _item(items: Any, key: Any) -> Any:
    if isinstance(items, dict):
        return _field(items, key)
    if not 0 <= key < len(items):
        raise Undefined
    return items[key]


def _macro(kind: str, items: Any, results: list[Any]) -> Any:
    kept = [item for item, is_true in zip(items, results, strict=True) if is_true]
    found: dict[str, Any] = {
        "all": len(kept) == len(items),
        "exists": len(kept) > 0,
        "exists_one": len(kept) == 1,
        "filter": kept,
        "map": results,
    }
    return found[kind]


def _binary(sign: str, left: Any, right: Any) -> Any:
    if sign in {"==", "!=", "in"}:
        found = any(_equal(left, item) for item in right) if sign == "in" else _equal(left, right)
        return not found if sign == "!=" else found
    if sign in _ORDER:
        return _ORDER[sign](_number(left), _number(right))
    if isinstance(left, int) and isinstance(right, int):
        return _of_ints(sign, left, right)
    if isinstance(left, int | Decimal) and isinstance(right, int | Decimal):
        return _of_decimals(sign, Fraction(left), Fraction(right))
    return left + right if sign == "+" else left - right


_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _number(value: Any) -> Any:
    return Fraction(value) if isinstance(value, int | Decimal) else value


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_equal, left, right))
    return bool(_number(left) == _number(right))


def _of_ints(sign: str, left: int, right: int) -> Any:
    if sign in "/%" and right == 0:
        raise Undefined
    if sign == "/":
        exact = Fraction(left, right)
        return _whole(int(exact))
    if sign == "%":
        return left - right * int(Fraction(left, right))
    return _whole({"+": left + right, "-": left - right, "*": left * right}[sign])


def _of_decimals(sign: str, left: Fraction, right: Fraction) -> Fraction | Decimal:
    """Exact, where a decimal is: compared by what it amounts to."""
    if sign in "/%" and right == 0:
        raise Undefined
    match sign:
        case "+":
            return _decimal(left + right)
        case "-":
            return _decimal(left - right)
        case "*":
            return _decimal(left * right)
        case "%":
            quotient = _decimal(Fraction(int(left / right)))
            return _decimal(left - right * int(quotient))
    with localcontext(prec=28):
        return _decimal(left) / _decimal(right)


def _decimal(number: Fraction) -> Decimal:
    with localcontext(prec=400):
        exact = (Decimal(number.numerator) / Decimal(number.denominator)).normalize()
    if len(exact.as_tuple().digits) > DIGITS:
        raise Undefined
    return exact


def _whole(number: Any) -> Any:
    if isinstance(number, int) and not -(2**63) <= number < 2**63:
        raise Undefined
    return number


def _substring(text: str, start: int, end: int | None = None) -> str:
    end = len(text) if end is None else end
    if not 0 <= start <= end <= len(text):
        raise Undefined
    return text[start:end]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _split(text: str, separator: str) -> list[str]:
    if not separator:
        raise Undefined
    return text.split(separator)


def _int(value: Any) -> int:
    if isinstance(value, str) and not value.lstrip("+-").isdigit():
        raise Undefined
    return int(value)


def _extreme(pick: Callable[[Any], Any], values: tuple[Any, ...]) -> Any:
    """A decimal where one of them is, because that is the type of the whole."""
    found = pick(values)
    return Decimal(found) if any(isinstance(value, Decimal) for value in values) else found


def _days(count: int) -> timedelta:
    try:
        return timedelta(days=count)
    except OverflowError:
        raise Undefined from None


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "size": len,
    "contains": lambda text, part: part in text,
    "startsWith": str.startswith,
    "endsWith": str.endswith,
    "lower": str.lower,
    "upper": str.upper,
    "trim": str.strip,
    "replace": str.replace,
    "split": _split,
    "join": lambda items, separator: separator.join(items),
    "substring": _substring,
    "int": _int,
    "decimal": Decimal,
    "text": _text,
    "abs": lambda number: number.copy_abs() if isinstance(number, Decimal) else _whole(abs(number)),
    "round": lambda number: int(Decimal(number).to_integral_value(ROUND_HALF_UP)),
    "floor": lambda number: int(Decimal(number).to_integral_value(ROUND_FLOOR)),
    "ceil": lambda number: int(Decimal(number).to_integral_value(ROUND_CEILING)),
    "min": lambda *values: _extreme(min, values),
    "max": lambda *values: _extreme(max, values),
    "days": _days,
    "daysBetween": lambda first, second: (second - first).days,
    "year": lambda day: day.year,
    "month": lambda day: day.month,
    "weekday": lambda day: (day - date(2026, 11, 22)).days % 7 or 7 if not isinstance(day, datetime) else 0,
    "coalesce": lambda *values: next((value for value in values if value is not None), None),
}
