"""Types of the expression language, and which value is of which.

Values are bool, int, Decimal, str, date, aware datetime, timedelta, None, lists and tuples, mappings with text keys,
and records: mappings, or frozen objects whose declared attributes are read. There are no floats.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Type:
    """A type without parts; ``str()`` is what messages call it."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ListOf(Type):
    """A list or tuple, every item of type ``item``."""

    item: Type
    name: str = field(default="list", init=False)

    def __str__(self) -> str:
        return f"list of {self.item}"


@dataclass(frozen=True, slots=True)
class MapOf(Type):
    """A mapping from text to ``value``. Which keys it has is known only when it is read."""

    value: Type
    name: str = field(default="map", init=False)

    def __str__(self) -> str:
        return f"map of {self.value}"


@dataclass(frozen=True, slots=True)
class Struct(Type):
    """A record with known fields: any other is a compile error. Its value is a mapping or an object with attributes.

    A name that begins with an underscore is never read from an object.
    """

    fields: Mapping[str, Type]

    def __hash__(self) -> int:
        return hash((self.name, tuple(self.fields)))


@dataclass(frozen=True, slots=True)
class Nullable(Type):
    """A value of type ``inner``, or null; a field that a mapping lacks is null too. Must be guarded before use."""

    inner: Type
    name: str = field(default="nullable", init=False)

    def __str__(self) -> str:
        return f"{self.inner} or null"


BOOL = Type("bool")
INT = Type("int")
DECIMAL = Type("decimal")
TEXT = Type("text")
DATE = Type("date")
MOMENT = Type("moment")
DURATION = Type("duration")
NULL = Type("null")
DYN = Type("any")
"""Anything: what is done with it is checked when it is evaluated."""

NUMBERS = frozenset({INT, DECIMAL})


def nullable(type_: Type) -> Type:
    """``type_``, or null."""
    return type_ if type_ in {NULL, DYN} or isinstance(type_, Nullable) else Nullable(type_)


def without_null(type_: Type) -> Type:
    """What ``type_`` is once it is known not to be null."""
    return type_.inner if isinstance(type_, Nullable) else type_


def fits(given: Type, wanted: Type) -> bool:
    """Whether every value of ``given`` is one of ``wanted``, as far as is known before values are: DYN may fit all."""
    if given == wanted or DYN in {given, wanted}:
        return True
    match given, wanted:
        case Nullable(inner=inner), Nullable(inner=other):
            return fits(inner, other)
        case _, Nullable(inner=other):
            return given == NULL or fits(given, other)
        case ListOf(item=item), ListOf(item=other):
            return fits(item, other)
        case MapOf(value=value), MapOf(value=other):
            return fits(value, other)
    return given == INT and wanted == DECIMAL


def joined(first: Type, second: Type) -> Type | None:
    """The narrowest type that holds both, such as the branches of a condition; None where there is none."""
    if first == second:
        return first
    if DYN in {first, second}:
        return DYN
    if NULL in {first, second} or isinstance(first, Nullable) or isinstance(second, Nullable):
        return _joined_with_null(first, second)
    if first in NUMBERS and second in NUMBERS:
        return DECIMAL
    match first, second:
        case ListOf(item=item), ListOf(item=other):
            both = joined(item, other)
            return both and ListOf(both)
        case MapOf(value=value), MapOf(value=other):
            both = joined(value, other)
            return both and MapOf(both)
    return None


def _joined_with_null(first: Type, second: Type) -> Type | None:
    if NULL in {first, second}:
        return nullable(second if first == NULL else first)
    both = joined(without_null(first), without_null(second))
    return both and nullable(both)
