"""One field's rule compiled: from what a record holds to the field's value, as closures.

Most fields are one text of the record put through pure functions. What such a text becomes is kept, because in a file
of stock the same texts come again and again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from hub.expressions import Expression, Template
from hub.mapping.fields.functions import Given
from hub.mapping.fields.mapping_file import FieldRule, Unknown
from hub.mapping.fields.paths import Get, Path
from hub.mapping.fields.shapes import Field
from hub.mapping.fields.values import Convert, Value, ValueFault, as_text, fault, shown

Environment = Mapping[str, object]
"""What expressions may name: ``row``, ``line``, ``file``, ``partner``."""

Compute = Callable[[Any, Environment], Value]
"""A field's value of a record (or line) and its environment. Raises ValueFault."""

Lookup = Callable[[Path], Get]
"""What gets a place's value from one kind of record."""

_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done to a value; ``words`` say what, for people."""

    words: str
    call: Convert


@dataclass(frozen=True, slots=True)
class CompiledField:
    """``sources`` are places and templates, the first that has something counts; ``steps`` what is done to it;
    ``constant`` stands in their place.

    ``trim``: texts are taken without blanks at their ends. ``place`` is where its rule stands: ``file:line:column``.
    """

    field: Field
    rule: FieldRule
    sources: tuple[Path | Template, ...]
    steps: tuple[Step, ...]
    constant: Value
    default: Value
    when: Expression | None
    trim: bool
    place: str
    _known: _Kept = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_known", _Kept(self._made))

    @property
    def name(self) -> str:
        """The field's name."""
        return self.field.name

    @property
    def needed(self) -> bool:
        """Whether a record without it cannot be used."""
        return self.field.needed or self.rule.required

    @property
    def has_expressions(self) -> bool:
        """Whether it needs its whole record."""
        return self.when is not None or any(isinstance(each, Template) for each in self.sources)

    def made_of(self, raw: Value) -> Value:
        """The value that this source text or value becomes. Raises ValueFault."""
        return self._known[raw] if type(raw) is str else self._made(raw)

    def column(self, texts: Sequence[str]) -> list[Value]:
        """``made_of`` of each text."""
        if self._is_plain:
            bare = list(map(str.strip, texts)) if self.trim else list(texts)
            if "" not in bare:
                return cast("list[Value]", bare)
        return list(map(self._known.__getitem__, texts))

    @property
    def _is_plain(self) -> bool:
        """Whether a text that is there is its own value: of identifiers hardly one comes twice."""
        return len(self.steps) == 1 and self.steps[0].call is as_text

    def _made(self, raw: Value) -> Value:
        value = raw.strip() if self.trim and isinstance(raw, str) else raw
        value = None if value == "" else value
        if value is not None:
            try:
                value = self._converted(value)
            except ValueFault as error:
                error.value = error.value or shown(raw)
                raise
        if value is None:
            value = self.default
        if value is None and self.needed:
            cure = "Complete the record, or give the field a default."
            raise fault(f"{self.name} is missing.", cure, code="mapping.missing")
        return value

    def _converted(self, value: Value) -> Value:
        for step in self.steps:
            value = step.call(value)
            if value is None or value == "":
                return None
        return value

    def only_path(self) -> Path | None:
        """The one place it is taken from, unconditionally; None where there is more to it."""
        if self.when is not None or len(self.sources) != 1:
            return None
        only = self.sources[0]
        return only if isinstance(only, Path) else None

    def compute(self, lookup: Lookup) -> Compute:
        """What works it out for records of that kind."""
        made, when, found = self.made_of, self.when, self._unconditional(lookup)
        if when is None:
            return found
        return lambda record, environment: found(record, environment) if when.evaluate(environment) else made(None)

    def _unconditional(self, lookup: Lookup) -> Compute:
        made, constant = self.made_of, self.constant
        if constant is not None:
            return lambda _record, _environment: constant
        if len(self.sources) == 1 and isinstance(self.sources[0], Path):
            get = lookup(self.sources[0])
            return lambda record, _: made(get(record))
        gets = [_source(each, lookup) for each in self.sources]

        def first(record: Any, environment: Environment) -> Value:
            for each in gets:
                raw = each(record, environment)
                if raw is not None and raw != "":
                    return made(raw)
            return made(None)

        return first


class _Kept(dict[str, Value]):
    """What texts became. Faults are not kept: they are raised anew."""

    def __init__(self, make: Callable[[Value], Value]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, text: str) -> Value:
        value = self._make(text)
        if len(self) < _KEPT:
            self[text] = value
        return value


def _source(source: Path | Template, lookup: Lookup) -> Compute:
    if isinstance(source, Path):
        get = lookup(source)
        return lambda record, _: get(record)
    evaluate = source.evaluate
    return lambda _, environment: evaluate(environment)


def table_step(name: str, table: Mapping[str, str], unknown: Unknown) -> Step:
    """Looks a value up."""

    def call(value: Value) -> Value:
        text = str(value)
        found = table.get(text)
        if found is not None:
            return found
        match unknown:
            case Unknown.KEEP:
                return text
            case Unknown.LEAVE_OUT:
                return None
            case Unknown.REFUSE:
                known = ", ".join(sorted(table)[:12]) or "none"
                raise fault(
                    f"{shown(text)} is not in the table {name}.",
                    f"Known: {known}. Add it to the table, or set unknown to keep or leave_out.",
                    code="mapping.unknown-code",
                )

    return Step(f"table {name}", call)


def function_step(name: str, call: Callable[..., Value], given: tuple[Given, ...]) -> Step:
    """Calls a named function."""
    words = f"{name} {', '.join(map(str, given))}".rstrip()
    return Step(words, (lambda value: call(value, *given)) if given else call)


def choice_step(choices: Sequence[str]) -> Step:
    """Refuses any other word."""

    def call(value: Value) -> Value:
        if value not in choices:
            raise fault(f"{shown(value)} is none of {', '.join(choices)}.", "Map it by a table.")
        return value

    return Step(f"one of {', '.join(choices)}", call)
