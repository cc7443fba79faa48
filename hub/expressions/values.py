"""Which Python value is of which type. Every value from outside is looked at once, where it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import NoneType

from hub.expressions.errors import OperandError
from hub.expressions.limits import LIMITS
from hub.expressions.types import (
    BOOL,
    DATE,
    DECIMAL,
    DURATION,
    DYN,
    INT,
    MOMENT,
    NULL,
    TEXT,
    ListOf,
    MapOf,
    Nullable,
    Struct,
    Type,
)

Admit = Callable[[object], object]

# Classes of which every value will do. Decimals and moments are not here: a NaN or a naive moment must be kept out.
_KINDS: dict[type, Type] = {
    bool: BOOL,
    int: INT,
    str: TEXT,
    date: DATE,
    timedelta: DURATION,
    NoneType: NULL,
    list: ListOf(DYN),
    tuple: ListOf(DYN),
    dict: MapOf(DYN),
}
_BASES: tuple[tuple[type, Type], ...] = (
    (str, TEXT),
    (int, INT),
    (date, DATE),
    (timedelta, DURATION),
    (Mapping, MapOf(DYN)),
    (Sequence, ListOf(DYN)),
)
_NO_LISTS = (bytes, bytearray, memoryview, range)
_COMPARED_AS_THEY_ARE = frozenset({bool, int, str, date, timedelta, NoneType})
MOST_COMPARED = LIMITS.items
"""Parts of two lists or maps that one comparison looks at."""

PLAIN_CLASSES = frozenset({*_KINDS, Decimal, datetime})
"""Classes that say by themselves of which type a value is, once it was let in."""

_SURE: dict[Type, frozenset[type]] = {
    **{kind: frozenset({class_}) for class_, kind in _KINDS.items() if kind.__class__ is Type},
    DECIMAL: frozenset({int}),
    DYN: frozenset(_KINDS),
}


def sure_classes(type_: Type) -> frozenset[type]:
    """Classes whose values are of ``type_`` without another look; for any other value there is ``admission``."""
    match type_:
        case Nullable(inner=inner):
            return sure_classes(inner) | {NoneType}
        case ListOf():
            return frozenset({list, tuple})
        case MapOf():
            return frozenset({dict})
    return _SURE.get(type_, frozenset())


def kind_of(value: object) -> Type:
    """The type of a value that nothing is known of. Raises OperandError where it has none, such as a float."""
    kind = _KINDS.get(value.__class__)
    if kind is not None:
        return kind
    if isinstance(value, Decimal):
        return _finite(value)
    if isinstance(value, datetime):
        return _aware(value)
    for base, found in _BASES:
        if isinstance(value, base) and not isinstance(value, _NO_LISTS):
            return found
    raise OperandError(f"A {type(value).__name__} is no value of the language.", value)


def _finite(value: Decimal) -> Type:
    if value.is_finite():
        return DECIMAL
    raise OperandError("The decimal is not a finite number.", value)


def _aware(value: datetime) -> Type:
    if value.utcoffset() is not None:
        return MOMENT
    raise OperandError("The moment has no time zone.", value)


def admission(type_: Type) -> Admit:
    """Gives the plain value of a value of ``type_``, such as a text enum's text. Raises OperandError for others."""
    if isinstance(type_, Struct):
        return _admit_struct
    if isinstance(type_, Nullable):
        inner = admission(type_.inner)
        return lambda value: None if value is None else inner(value)
    if type_ == DECIMAL:
        return _admit_decimal
    return _admission_by_kind(type_)


def _admission_by_kind(type_: Type) -> Admit:
    def admit(value: object) -> object:
        kind = kind_of(value)
        if type_ in {DYN, kind} or (kind == INT and type_ == DECIMAL) or _alike(kind, type_):
            return _plain(value, kind)
        if kind == NULL:
            raise OperandError(f"It is null where {_indefinite(str(type_))} is needed.")
        raise OperandError(f"It is {_indefinite(str(kind))} where {_indefinite(str(type_))} is needed.", value)

    return admit


def _admit_decimal(value: object) -> object:
    # Most decimals are just that: this is where evaluations spend their time.
    if value.__class__ is Decimal and value.is_finite():
        return value
    return _ADMIT_DECIMAL(value)


def _admit_struct(value: object) -> object:
    if value is None:
        raise OperandError("It is null where a record is needed.")
    return value


def _alike(kind: Type, type_: Type) -> bool:
    """Lists and maps of anything stand for those of something: their parts are looked at when they are read."""
    return (isinstance(kind, ListOf) and isinstance(type_, ListOf)) or (
        isinstance(kind, MapOf) and isinstance(type_, MapOf)
    )


def _plain(value: object, kind: Type) -> object:
    if kind == TEXT and isinstance(value, str):
        return str.__str__(value)
    if kind == INT and isinstance(value, int):
        return int(value)
    return value


_ADMIT_DECIMAL = _admission_by_kind(DECIMAL)


def is_of(value: object, type_: Type) -> bool:
    """Whether ``value`` may be used as ``type_``."""
    try:
        admission(type_)(value)
    except OperandError:
        return False
    return True


def compared(left: object, right: object) -> tuple[bool, int]:
    """Whether two values of any kind are equal, and how many parts were looked at: at most MOST_COMPARED.

    Numbers are equal by what they amount to, lists and maps part by part. Raises OperandError past the limit.
    """
    pairs, parts = [(left, right)], 0
    while pairs:
        parts += 1
        if parts > MOST_COMPARED:
            raise OperandError(f"More than {MOST_COMPARED:,} parts are to be compared.", code="expression.budget")
        first, second = pairs.pop()
        inner = _parts(first, second)
        if inner is None:
            return False, parts
        pairs += inner
    return True, parts


def _parts(left: object, right: object) -> list[tuple[object, object]] | None:
    """The pairs that must be equal for two values to be; None where the two are not equal."""
    if left.__class__ is right.__class__ and left.__class__ in _COMPARED_AS_THEY_ARE:
        return [] if left == right else None
    kind, other = kind_of(left), kind_of(right)
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return [(left[key], right[key]) for key in left] if left.keys() == right.keys() else None
    if isinstance(kind, ListOf) and isinstance(other, ListOf):
        assert isinstance(left, Sequence)
        assert isinstance(right, Sequence)
        return list(zip(left, right, strict=True)) if len(left) == len(right) else None
    return [] if (kind == other or {kind, other} == {INT, DECIMAL}) and left == right else None


def _indefinite(noun: str) -> str:
    return f"an {noun}" if noun[:1].lower() in "aeiou" else f"a {noun}"
