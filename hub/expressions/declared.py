"""Types by the names that messages call them, for whoever declares records in plain text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hub.expressions.types import (
    BOOL,
    DATE,
    DECIMAL,
    DURATION,
    DYN,
    INT,
    MOMENT,
    TEXT,
    ListOf,
    MapOf,
    Nullable,
    Struct,
    Type,
)

_PLAIN = {str(each): each for each in (BOOL, DATE, DECIMAL, DURATION, DYN, INT, MOMENT, TEXT)}
_OF = {"list of ": ListOf, "map of ": MapOf}
_OR_NULL = " or null"


def declared_type(words: str, records: Mapping[str, Struct]) -> Type:
    """The type that ``str()`` writes as ``words``, where ``records`` are known by their names.

    >>> declared_type("list of text or null", {}) == Nullable(ListOf(TEXT))
    True
    """
    if words.endswith(_OR_NULL):
        return Nullable(declared_type(words.removesuffix(_OR_NULL), records))
    for beginning, type_ in _OF.items():
        if words.startswith(beginning):
            return type_(declared_type(words.removeprefix(beginning), records))
    return _PLAIN[words] if words in _PLAIN else records[words]


def declared_records(given: Mapping[str, Iterable[tuple[str, str, str]]]) -> dict[str, Struct]:
    """Records by name, each from fields with their types' names and meanings; one may be made of those before it."""
    found: dict[str, Struct] = {}
    for name, fields in given.items():
        found[name] = Struct(name, {field: declared_type(words, found) for field, words, _ in fields})
    return found
