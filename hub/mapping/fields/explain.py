"""Which field came from where, and through what: the working of one record's fields, for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hub.errors import DataError
from hub.mapping.fields.paths import Path
from hub.mapping.fields.rules import CompiledField, Environment, Lookup
from hub.mapping.fields.values import Value, shown


@dataclass(frozen=True, slots=True)
class Worked:
    """One field: ``source`` what it was taken from (empty: from nothing, its default), ``raw`` what stood there,
    ``steps`` what was done and what that gave, ``value`` what came out. ``problem`` where nothing could. ``place``:
    the rule's ``file:line:column``."""

    field: str
    source: str
    raw: str
    steps: tuple[tuple[str, str], ...]
    value: Value
    problem: str
    place: str


def explain(fields: Iterable[CompiledField], lookup: Lookup, record: Any, environment: Environment) -> Iterator[Worked]:
    """The working of each field of one record or line."""
    for each in fields:
        yield _worked(each, lookup, record, environment)


def _worked(field: CompiledField, lookup: Lookup, record: Any, environment: Environment) -> Worked:
    source, raw, steps, value, problem = "", None, [], None, ""
    try:
        if field.when is None or field.when.evaluate(environment):
            source, raw = raw_of(field, lookup, record, environment)
        else:
            source = f"nothing, for not {field.when.text}"
        if source == "value":
            return Worked(field.name, source, "", (), field.constant, "", field.place)
        value = raw
        for step in field.steps:
            if value is None or value == "":
                break
            before, value = value, step.call(value)
            if value != before or type(value) is not type(before):
                steps.append((step.words, shown("" if value is None else value)))
        value = field.made_of(raw)
        if value is not None and (raw is None or raw == "" or (steps and not steps[-1][1])):
            steps.append(("default", shown(value)))
    except DataError as error:
        value, problem = None, f"{error.message} {error.cure}".rstrip()
    return Worked(field.name, source, shown("" if raw is None else raw), tuple(steps), value, problem, field.place)


def raw_of(field: CompiledField, lookup: Lookup, record: Any, environment: Environment) -> tuple[str, Value]:
    """The first of a field's sources that has something, and what stands there. Raises DataError."""
    for each in field.sources:
        raw = lookup(each)(record) if isinstance(each, Path) else each.evaluate(environment)
        if raw is not None and raw != "":
            return each.text, raw
    return (field.sources[0].text if field.sources else "value"), None
