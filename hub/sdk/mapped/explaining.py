"""How each field of a document came about: what ``hub mapping explain`` prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from hub.mapping.fields.explain import Worked, explain
from hub.mapping.fields.rules import CompiledField
from hub.sdk.mapped.intake import Intake
from hub.sdk.mapped.opened import Part, opened_table, opened_tree


@dataclass(frozen=True, slots=True)
class Explained:
    """One record, or one line of one: its place, and the working of each of its fields. ``passed_over``: it is one that
    the mapping skips."""

    place: str
    fields: tuple[Worked, ...]
    lines: tuple[Explained, ...] = ()
    passed_over: bool = False


def explained(intake: Intake, *, first: int = 1, most: int = 10) -> Iterator[Explained]:
    """The working of ``most`` records from the ``first`` on, counted from 1. Raises DataError ``records.*``."""
    records = opened_table(intake, intake.table()) if intake.mapping.is_table else opened_tree(intake)
    for each in islice(records, first - 1, first - 1 + most):
        lines = tuple(Explained(line.place, _worked(intake.mapping.lines, line)) for line in each.lines)
        yield Explained(each.whole.place, _worked(intake.mapping.fields, each.whole), lines, each.passed_over)


def _worked(fields: Iterable[CompiledField], part: Part) -> tuple[Worked, ...]:
    return tuple(explain(fields, part.lookup, part.record, part.environment))
