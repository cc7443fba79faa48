"""The facts of an example's order, as rules.yaml writes them, read by their published types."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from hub.errors import ConfigurationError
from hub.mapping.faults import Faults
from hub.mapping.yaml_nodes import Mark, mark_of
from hub.model.rule_facts import RECORDS

_TYPES = {record: {fact.name: fact.type for fact in facts} for record, facts in RECORDS.items()}
_CURES = {
    "text": "Quote it.",
    "bool": "Write true or false.",
    "int": "Write a whole number.",
    "decimal": "Write a number.",
    "date": "Write YYYY-MM-DD.",
    "moment": "Write a moment with its zone, such as 2026-11-23T09:30:00Z.",
}
_WRONG = object()


def example_facts(given: Mapping[str, Any], mark: Mark, faults: Faults, record: str = "order") -> dict[str, Any]:
    """``given`` with each fact of its type. Unknown facts and wrong values go to ``faults`` with their place."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        at = mark_of(given, name) or mark
        type_ = _TYPES[record].get(name)
        if type_ is None:
            near = get_close_matches(name, _TYPES[record], n=1)
            cure = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(_TYPES[record])}."
            faults.add(_fault(f"{record} has no fact {name[:80]}.", cure, at))
        else:
            found[name] = _read(value, type_, at, faults, f"{record}.{name}")
    return found


def _read(value: Any, type_: str, mark: Mark, faults: Faults, name: str) -> Any:
    plain = type_.removesuffix(" or null")
    if value is None and plain != type_:
        return None
    if plain.startswith("list of "):
        if not isinstance(value, list):
            faults.add(_fault(f"{name} is a {plain}.", "Write a list.", mark))
            return ()
        inner = plain.removeprefix("list of ")
        items = [(item, mark_of(value, number) or mark) for number, item in enumerate(value)]
        return tuple(_read(item, inner, at, faults, f"{name}[{at_}]") for at_, (item, at) in enumerate(items))
    if plain in RECORDS:
        if isinstance(value, Mapping):
            return example_facts(value, mark, faults, plain)
        faults.add(_fault(f"{name} is no {plain}.", "Write a mapping of its facts.", mark))
        return {}
    found = _plain(value, plain, mark)
    if found is _WRONG:
        faults.add(_fault(f"{name} is of type {plain}.", _CURES[plain], mark))
        return None
    return found


def _plain(value: Any, type_: str, mark: Mark) -> Any:
    """The value of a plain type; ``_WRONG`` where it is none. ``mark.text`` is a number as it was written."""
    try:
        match type_, value:
            case ("text", str()) | ("bool", bool()):
                return value
            case "int", int() if not isinstance(value, bool):
                return value
            case "decimal", int() | float() if not isinstance(value, bool):
                return Decimal(mark.text or str(value))
            case "date", str():
                return date.fromisoformat(value)
            case "moment", str():
                moment = datetime.fromisoformat(value)
                return moment if moment.tzinfo else _WRONG
    except (ValueError, InvalidOperation):
        return _WRONG
    return _WRONG


def _fault(words: str, cure: str, mark: Mark) -> ConfigurationError:
    return ConfigurationError(words, code="rule.example", cure=cure, place=str(mark))
