"""Compiled mappings at work on what we send: rows of a table, or trees.

Our own records are flat: ``ship_to.city`` is one key, ``item.VN`` another; ``lines`` holds those of each line. In a
table each line is a row and ``line.quantity`` is of the line; in a tree the lines stand at their own place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from hub.errors import DataError
from hub.mapping.fields.compile import CompiledMapping
from hub.mapping.fields.paths import Get, Path, parse_path, put
from hub.mapping.fields.rules import CompiledField, Compute, Environment, Lookup
from hub.mapping.fields.values import Value

OurFields = Mapping[str, Value]
Cell = str | Decimal | bool | None
"""What is written: days and moments are text already, numbers are what the format makes of them."""


@dataclass(frozen=True, slots=True)
class OurRecord:
    """One of our records, as ``Shape`` names its fields."""

    fields: OurFields
    lines: Sequence[OurFields] = ()


class RowWriter:
    """Writes rows: one for each record, or for each line where the document has lines."""

    def __init__(self, mapping: CompiledMapping) -> None:
        self.columns = tuple(mapping.file.format.columns) or tuple(mapping.file.fields)
        self._fields = [(each, each.compute(_of_record)) for each in mapping.fields]
        self._at = [self.columns.index(each.name) for each in mapping.fields]
        self._has_lines = bool(mapping.shape.lines)

    def rows(self, records: Iterable[OurRecord], about: Environment) -> Iterator[list[Cell]]:
        """Rows in the order of ``columns``. Raises DataError ``mapping.*`` for a record that can't be written."""
        for record in records:
            for line in record.lines if self._has_lines else ({},):
                both = (record.fields, line)
                environment = {**about, "row": _nested(record.fields), "line": _nested(line)}
                row: list[Cell] = [None] * len(self.columns)
                for at, (each, compute) in zip(self._at, self._fields, strict=True):
                    row[at] = _made(each, compute, both, environment)
                yield row


class TreeWriter:
    """Writes trees."""

    def __init__(self, mapping: CompiledMapping) -> None:
        self._fields = _targets(mapping.fields, _of_record)
        self._lines = _targets(mapping.lines, _of_line)
        self._each = parse_path(mapping.file.lines.each).steps if mapping.file.lines else None

    def trees(self, records: Iterable[OurRecord], about: Environment) -> Iterator[dict[str, Any]]:
        """A tree for each record. Raises DataError ``mapping.*`` for one that can't be written."""
        for record in records:
            tree: dict[str, Any] = {}
            environment = {**about, "row": _nested(record.fields)}
            _fill(tree, self._fields, (record.fields, {}), environment)
            if self._each is not None:
                lines: list[dict[str, Any]] = []
                for line in record.lines:
                    made: dict[str, Any] = {}
                    _fill(made, self._lines, (record.fields, line), {**environment, "line": _nested(line)})
                    lines.append(made)
                put(tree, self._each, lines)
            yield tree


_Both = tuple[OurFields, OurFields]
_Targets = list[tuple[tuple[str | int, ...], CompiledField, Compute]]


def _targets(fields: Iterable[CompiledField], lookup: Lookup) -> _Targets:
    return [(parse_path(each.name).steps, each, each.compute(lookup)) for each in fields]


def _fill(tree: dict[str, Any], targets: _Targets, both: _Both, environment: Environment) -> None:
    for steps, each, compute in targets:
        value = _made(each, compute, both, environment)
        if value is not None:
            put(tree, steps, value)


def _made(field: CompiledField, compute: Compute, both: _Both, environment: Environment) -> Cell:
    try:
        return cast(Cell, compute(both, environment))
    except DataError as error:
        error.path = error.path or field.name
        raise


def _of_record(path: Path) -> Get:
    """A place in our own record, or by ``line.`` in its line: by its whole name, for both are flat."""
    if path.text.startswith("line."):
        of_line = path.text.removeprefix("line.")
        return lambda both: both[1].get(of_line)
    name = path.text.removeprefix("/")
    return lambda both: both[0].get(name)


def _of_line(path: Path) -> Get:
    """A place in our own line; from ``/`` in its record."""
    name = path.text.removeprefix("/")
    part = 0 if path.from_record else 1
    return lambda both: both[part].get(name)


def _nested(fields: OurFields) -> dict[str, Any]:
    """The same as a tree, as expressions name it."""
    tree: dict[str, Any] = {}
    for name, value in fields.items():
        put(tree, name.split("."), value)
    return tree
