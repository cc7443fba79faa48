"""The records of a document as they stand, with what gets places from them: for those who look how a mapping works."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hub.mapping.fields.paths import getter, parse_path
from hub.mapping.fields.reading import TableReader, in_line, in_tree
from hub.mapping.fields.rules import Environment, Lookup
from hub.mapping.records.tables import Table
from hub.mapping.records.trees import open_tree
from hub.sdk.mapped.intake import Intake


@dataclass(frozen=True, slots=True)
class Part:
    """A record, or a line of one: ``lookup`` gives what gets a place from ``record``, ``environment`` is what
    expressions may name."""

    place: str
    record: Any
    lookup: Lookup
    environment: Environment


@dataclass(frozen=True, slots=True)
class Opened:
    """A record with its lines. ``passed_over``: it is one that the mapping skips."""

    whole: Part
    lines: tuple[Part, ...]
    passed_over: bool


def opened_tree(intake: Intake) -> Iterator[Opened]:
    """Each record of JSON or XML. Raises DataError ``records.*``."""
    lines = intake.mapping.file.lines
    each = getter(parse_path(lines.each).steps) if lines is not None else None
    for place, tree in open_tree(intake.mapping.file.format, intake.file, intake.document.body):
        environment = {**intake.environment, "row": tree}
        found = each(tree) if each is not None else None
        many: list[Any] = found if isinstance(found, list) else [] if found is None else [found]
        parts = tuple(
            Part(f"{place}.{lines.each}[{number}]", (tree, line), in_line, {**environment, "line": line})
            for number, line in enumerate(many)
            if lines is not None
        )
        yield Opened(Part(place, tree, in_tree, environment), parts, _skipped(intake, environment))


def opened_table(intake: Intake, table: Table) -> Iterator[Opened]:
    """Each row of a table; where rows are lines, it is its own line. Raises DataError ``records.*``."""
    reader = TableReader(intake.mapping, table.columns)
    for batch in table.batches():
        for index, row in enumerate(batch.rows):
            place = f"row {table.row_number(batch, index)}"
            environment = {**reader.environment(row, intake.environment)}
            environment["line"] = environment.get("row")
            part = Part(place, row, reader.lookup, environment)
            yield Opened(part, (part,) if intake.mapping.lines else (), _skipped(intake, environment))


def _skipped(intake: Intake, environment: Environment) -> bool:
    skip = intake.mapping.skip
    return skip is not None and bool(skip.evaluate(environment))
