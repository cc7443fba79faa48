"""Frozen dataclasses to plain JSON values and back, by their type hints: no code per set."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import MISSING, Field, fields, is_dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from hub.edi.documents.reading import NUMBER
from hub.edi.documents.text import decimal_text
from hub.errors import DataError

Kind = TypeVar("Kind")

_NEVER = re.compile(r"(?!)")
_ISO_FORMS: Mapping[type, re.Pattern[str]] = MappingProxyType(
    {
        dt.date: re.compile(r"\d{4}-\d\d-\d\d", re.ASCII),
        dt.time: re.compile(r"\d\d:\d\d(:\d\d)?", re.ASCII),
    }
)

_NAMES: Mapping[type, str] = MappingProxyType(
    {
        str: "a text",
        int: "a whole number",
        Decimal: 'a number in quotes, such as "12.50"',
        dt.date: "a date such as 2026-11-22",
        dt.time: "a time such as 06:15",
    }
)


def json_of_fields(item: object) -> dict[str, Any]:
    """The fields of a dataclass; empty ones are left out unless their default is not empty."""
    carried = _carried(type(item))
    found = {field.name: _json(getattr(item, field.name)) for field in carried}
    defaults = {field.name: _default(field) for field in carried}
    return {name: value for name, value in found.items() if value not in ("", None, []) or defaults[name]}


def fields_from_json(kind: type[Kind], data: object, path: str = "") -> Kind:
    """The dataclass ``kind`` from what `json_of_fields` made. Raises DataError ``x12.json-invalid``."""
    if not isinstance(data, Mapping):
        raise _invalid(path, "an object")
    known = {field.name: field for field in _carried(kind)}
    surplus = sorted(str(name) for name in data if name not in known)
    if surplus:
        raise _invalid(_under(path, surplus[0][:40]), f"one of the fields {', '.join(known)}")
    hints = _hints(cast(Any, kind))
    values = {
        name: _value(hints[name], data[name], _under(path, name)) if name in data else _default(field)
        for name, field in known.items()
    }
    return kind(**{name: _empty(hints[name]) if value is None else value for name, value in values.items()})


def _carried(kind: type) -> tuple[Field[Any], ...]:
    """The fields that are the document's own: a finding or a place does not count when documents are compared."""
    return tuple(field for field in fields(cast(Any, kind)) if field.compare)


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return MappingProxyType(get_type_hints(kind))


def _default(field: Field[Any]) -> Any:
    return None if field.default is MISSING else field.default


def _empty(hint: Any) -> Any:
    if hint is str:
        return ""
    return () if get_origin(hint) is tuple else None


def _json(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_json(item) for item in value]
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return json_of_fields(value) if is_dataclass(value) else value


def _value(hint: Any, data: Any, path: str) -> Any:
    if get_origin(hint) in (Union, UnionType):
        if data is None:
            return None
        (hint,) = (part for part in get_args(hint) if part is not NoneType)
    if get_origin(hint) is tuple:
        return _tuple(get_args(hint), data, path)
    if is_dataclass(hint):
        return fields_from_json(cast(type, hint), data, path)
    return _plain(hint, data, path)


def _tuple(parts: tuple[Any, ...], data: Any, path: str) -> tuple[Any, ...]:
    if not isinstance(data, list | tuple):
        raise _invalid(path, "a list")
    if parts[-1] is Ellipsis:
        return tuple(_value(parts[0], item, f"{path}[{number}]") for number, item in enumerate(data))
    if len(data) != len(parts):
        raise _invalid(path, f"a list of {len(parts)}")
    pairs = zip(parts, data, strict=True)
    return tuple(_value(part, item, f"{path}[{number}]") for number, (part, item) in enumerate(pairs))


def _plain(hint: type, data: Any, path: str) -> Any:
    if hint is int and isinstance(data, int) and not isinstance(data, bool):
        return data
    if not isinstance(data, str) or hint is int:
        raise _invalid(path, _NAMES[hint])
    if hint is str:
        return data
    if hint is Decimal and NUMBER.fullmatch(data):
        return Decimal(data)
    if _ISO_FORMS.get(hint, _NEVER).fullmatch(data):
        with suppress(ValueError):
            return cast(Any, hint).fromisoformat(data)
    raise _invalid(path, _NAMES[hint])


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _invalid(path: str, expected: str) -> DataError:
    return DataError(
        f"{path or 'The document'} is not {expected}.",
        code="x12.json-invalid",
        cure="Compare it with what `hub edi inspect --json` prints for such a set, and correct the field.",
        path=path,
    )
