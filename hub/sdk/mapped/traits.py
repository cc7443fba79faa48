"""The traits of a document that a mapping reads: where something stands, and words that no value table has."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from hub.errors import DataError
from hub.mapping.fields.coverage import coverage, places
from hub.mapping.fields.explain import raw_of
from hub.mapping.fields.rules import CompiledField
from hub.mapping.fields.values import Value, shown
from hub.sdk.drift import Trait, TraitKind
from hub.sdk.mapped.intake import Intake
from hub.sdk.mapped.opened import Part, opened_table, opened_tree

_KEPT = 10_000
_PERSONAL = "ship_to."
_OF_NO_PERSON = frozenset({"ship_to.country"})


def mapped_traits(intake: Intake) -> set[Trait]:
    """Traits of all records that the mapping does not pass over. Raises DataError ``records.*``, ``expression.*``."""
    found: set[Trait] = set()
    words = [_Words(each, intake) for each in intake.mapping.fields if each.rule.table]
    line_words = [_Words(each, intake) for each in intake.mapping.lines if each.rule.table]
    table = intake.table() if intake.mapping.is_table else None
    columns = dict(enumerate(table.columns)) if table is not None else {}
    for each in opened_tree(intake) if table is None else opened_table(intake, table):
        if each.passed_over:
            continue
        record = each.whole.record
        found.update(Trait(TraitKind.PLACE, name) for name in (_filled(columns, record) if table else places(record)))
        for coded, parts in ((words, (each.whole,)), (line_words, each.lines)):
            found.update(trait for one in coded for part in parts if (trait := one.unknown(part)) is not None)
    return found


def used_places(intake: Intake, found: Collection[Trait]) -> set[Trait]:
    """Those of ``found`` that the mapping takes from, and what it takes from beside them."""
    used = coverage(intake.mapping).used
    inside = {trait for trait in found if trait.kind is TraitKind.PLACE and _is_within(trait.name, used)}
    return inside | {Trait(TraitKind.PLACE, each) for each in used}


def _is_within(place: str, used: Collection[str]) -> bool:
    steps = place.split(".")
    return any(".".join(steps[: number + 1]) in used for number in range(len(steps)))


def _filled(left: dict[int, str], row: list[str]) -> list[str]:
    """The columns that are filled for the first time, which are ``left`` no more."""
    filled = [at for at in left if at < len(row) and row[at].strip()]
    return [left.pop(at) for at in filled]


class _Words:
    """The words of one field with a value table."""

    def __init__(self, field: CompiledField, intake: Intake) -> None:
        self._field = field
        self._table = {**intake.codebook.tables, **intake.mapping.file.tables}[field.rule.table]
        self._before = field.steps[: len(field.rule.using)]
        self._known: dict[Any, Trait | None] = {}

    def unknown(self, part: Part) -> Trait | None:
        """The word that the table has not; None where it has it, or there is none."""
        try:
            if self._field.when is not None and not self._field.when.evaluate(part.environment):
                return None
            _, raw = raw_of(self._field, part.lookup, part.record, part.environment)
        except DataError:
            return None
        if not isinstance(raw, str):
            return self._trait(raw)
        if raw not in self._known:
            if len(self._known) >= _KEPT:
                return self._trait(raw)
            self._known[raw] = self._trait(raw)
        return self._known[raw]

    def _trait(self, raw: Value) -> Trait | None:
        word = raw.strip() if self._field.trim and isinstance(raw, str) else raw
        try:
            for step in self._before:
                if word is None or word == "":
                    break
                word = step.call(word)
        except DataError:
            return None
        if word is None or word == "" or str(word) in self._table:
            return None
        name = self._field.name
        hidden = name.startswith(_PERSONAL) and name not in _OF_NO_PERSON
        return Trait(TraitKind.CODE, f"{name}: {'***' if hidden else shown(word)}")
