"""How each field of a document came about: what ``hub mapping explain`` prints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from hub.mapping.fields.explain import Worked, explain
from hub.mapping.fields.paths import getter, parse_path
from hub.mapping.fields.reading import TableReader, in_line, in_tree
from hub.mapping.records.tables import Table
from hub.mapping.records.trees import open_tree
from hub.sdk.mapped.intake import Intake


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
    records = _rows(intake) if intake.mapping.is_table else _trees(intake)
    yield from islice(records, first - 1, first - 1 + most)


def _rows(intake: Intake) -> Iterator[Explained]:
    table = intake.table()
    reader = TableReader(intake.mapping, table.columns)
    for place, row in _placed(table):
        environment = {**reader.environment(row, intake.environment)}
        environment["line"] = environment.get("row")
        fields = tuple(explain(intake.mapping.fields, reader.lookup, row, environment))
        lines = tuple(explain(intake.mapping.lines, reader.lookup, row, environment))
        yield Explained(place, fields, (Explained(place, lines),) if lines else (), _skipped(intake, environment))


def _placed(table: Table) -> Iterator[tuple[str, list[str]]]:
    for batch in table.batches():
        for index, row in enumerate(batch.rows):
            yield f"row {table.row_number(batch, index)}", row


def _trees(intake: Intake) -> Iterator[Explained]:
    lines = intake.mapping.file.lines
    each = getter(parse_path(lines.each).steps) if lines is not None else None
    for place, tree in open_tree(intake.mapping.file.format, intake.file, intake.document.body):
        environment = {**intake.environment, "row": tree}
        fields = tuple(explain(intake.mapping.fields, in_tree, tree, environment))
        found = each(tree) if each is not None else None
        many: list[Any] = found if isinstance(found, list) else [] if found is None else [found]
        worked = tuple(
            Explained(
                f"{place}.{lines.each}[{number}]" if lines is not None else place,
                tuple(explain(intake.mapping.lines, in_line, (tree, line), {**environment, "line": line})),
            )
            for number, line in enumerate(many)
        )
        yield Explained(place, fields, worked, _skipped(intake, environment))


def _skipped(intake: Intake, environment: dict[str, object]) -> bool:
    skip = intake.mapping.skip
    return skip is not None and bool(skip.evaluate(environment))
