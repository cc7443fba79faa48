"""Compiled mappings at work on records that came in: rows of tables, trees of JSON and XML.

What is wrong with one field makes its record unusable, or its line where it is a line's; the others go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from hub.errors import DataError
from hub.expressions import Expression
from hub.mapping.fields.compile import CompiledMapping
from hub.mapping.fields.paths import Get, Path, getter, parse_path
from hub.mapping.fields.rules import CompiledField, Compute, Environment, Lookup
from hub.mapping.fields.values import Value, shown

Fields = dict[str, Value]
"""Values by the name of their field; those of which there is nothing are left out."""

Rows = Iterable[tuple[int, Sequence[str]]]
"""Rows of a table with their numbers, as a spreadsheet shows them."""


@dataclass(frozen=True, slots=True)
class FieldFault:
    """Why a record or a line cannot be used. ``place`` is where in the document, ``field`` which field it would have
    been, ``value`` what stood there, shortened."""

    place: str
    field: str
    code: str
    message: str
    cure: str
    value: str = ""


@dataclass(slots=True)
class Said:
    """What one record, or one line of it, says; nothing of it may be used where there is a ``fault``.

    ``number`` is that of the row as a spreadsheet shows it, in a tree that of the record, from 1; of a record that is
    several rows the first, its lines have those of theirs.
    """

    place: str
    number: int = 0
    fields: Fields = field(default_factory=dict)
    lines: list[Said] = field(default_factory=list)
    fault: FieldFault | None = None


class FieldsOf:
    """Makes the fields of one part of a mapping from one kind of record."""

    def __init__(self, fields: Sequence[CompiledField], lookup: Lookup) -> None:
        self._fields: list[tuple[CompiledField, Compute]] = [(each, each.compute(lookup)) for each in fields]

    def of(self, place: str, number: int, record: Any, environment: Environment) -> Said:
        """All of them, or the fault of the first that cannot be made."""
        said = Said(place, number)
        found = said.fields
        for each, compute in self._fields:
            try:
                value = compute(record, environment)
            except DataError as error:
                said.fault = _fault(each, place, error)
                return said
            if value is not None:
                found[each.name] = value
        return said


class TreeReader:
    """Reads trees."""

    def __init__(self, mapping: CompiledMapping) -> None:
        self._mapping = mapping
        self._fields = FieldsOf(mapping.fields, in_tree)
        lines = mapping.file.lines
        self._each = getter(parse_path(lines.each).steps) if lines and lines.each else None
        self._line_fields = FieldsOf(mapping.lines, in_line)

    def read(self, records: Iterable[tuple[str, Any]], about: Environment) -> Iterator[Said]:
        """Every record that is not passed over, with its lines."""
        skip = self._mapping.skip
        for number, (place, tree) in enumerate(records, start=1):
            environment = {**about, "row": tree}
            said = _judged(skip, place, number, environment)
            if said is None:
                continue
            said = said if said.fault else self._fields.of(place, number, tree, environment)
            if self._each is not None and said.fault is None:
                said.lines = [*self._lines(said, tree, environment)]
            yield said

    def _lines(self, said: Said, tree: Any, environment: Environment) -> Iterator[Said]:
        assert self._each is not None
        assert self._mapping.file.lines is not None
        found = self._each(tree)
        many = found if isinstance(found, list) else [] if found is None else [found]
        for index, line in enumerate(many):
            where = f"{said.place}.{self._mapping.file.lines.each}[{index}]"
            yield self._line_fields.of(where, said.number, (tree, line), {**environment, "line": line})


class TableReader:
    """Reads rows of a table with these columns."""

    def __init__(self, mapping: CompiledMapping, columns: Sequence[str]) -> None:
        self._mapping, self._columns = mapping, tuple(columns)
        self._at = {name: number for number, name in enumerate(self._columns)}
        # A column that this file does not have is an empty one.
        self._declared = tuple(mapping.file.format.columns)
        self._fields = FieldsOf(mapping.fields, self.lookup)
        self._line_fields = FieldsOf(mapping.lines, self.lookup)
        self._needs_row = mapping.skip is not None or any(each.has_expressions for _, each in mapping.all_fields)

    def read(self, rows: Rows, about: Environment) -> Iterator[Said]:
        """Every row that is not passed over, as a record without lines."""
        skip = self._mapping.skip
        for number, row in rows:
            place, environment = f"row {number}", self.environment(row, about)
            said = _judged(skip, place, number, environment)
            if said is not None:
                yield said if said.fault else self._fields.of(place, number, row, environment)

    def grouped(self, rows: Rows, about: Environment) -> Iterator[Said]:
        """Rows that are alike in the columns ``by`` as one record of several lines, in the order of its first row.

        What they say of the record must be the same in each of its rows. Raises DataError ``records.column-missing``.
        """
        found: dict[tuple[str, ...], Said] = {}
        by = [*self._together()]
        skip = self._mapping.skip
        for number, row in rows:
            place, environment = f"row {number}", self.environment(row, about)
            said = _judged(skip, place, number, environment)
            if said is None:
                continue
            said = said if said.fault else self._fields.of(place, number, row, environment)
            record = found.setdefault(tuple([row[at].strip() for at in by]), said)
            if record is not said and record.fault is None:
                record.fault = said.fault or _differing(record, said)
            line = self._line_fields.of(place, number, row, {**environment, "line": environment.get("row")})
            record.lines.append(line)
        yield from found.values()

    def _together(self) -> Iterator[int]:
        for column in self._mapping.file.lines.by if self._mapping.file.lines else ():
            if column not in self._at:
                raise DataError(
                    f"The column {column} tells which rows belong together, and the file has none of that name.",
                    code="records.column-missing",
                    cure="Have it put into the file, or correct lines: by of the mapping.",
                )
            yield self._at[column]

    def columns(self, rows: Sequence[Sequence[str]]) -> dict[str, list[Value]] | None:
        """Every field of many rows at once; None where the mapping needs whole rows. Raises DataError of the first
        value that cannot be used: then they are to be read one by one."""
        if self._needs_row or any(each.only_path() is None and each.sources for each in self._mapping.fields):
            return None
        made: dict[str, list[Value]] = {}
        for each in self._mapping.fields:
            path = each.only_path()
            if path is None:
                made[each.name] = [each.constant] * len(rows)
            else:
                at = self._at.get(_column(path))
                made[each.name] = each.column([""] * len(rows) if at is None else list(map(itemgetter(at), rows)))
        return made

    def environment(self, row: Sequence[str], about: Environment) -> Environment:
        """What expressions may name of a row."""
        if not self._needs_row:
            return about
        return {**about, "row": dict.fromkeys(self._declared, "") | dict(zip(self._columns, row, strict=False))}

    def lookup(self, path: Path) -> Get:
        """What gets a column of a row."""
        at = self._at.get(_column(path))
        if at is None:
            # A column that the format does not require, and this file does not have.
            return _nothing
        return itemgetter(at)


def about_of(mapping: CompiledMapping, environment: Mapping[str, object]) -> Said:
    """What is said once of a whole document, from its name and moment."""
    return FieldsOf(mapping.about, _nowhere).of("", 0, None, environment)


def _judged(skip: Expression | None, place: str, number: int, environment: Environment) -> Said | None:
    """None for a record that is passed over; one with a fault where that cannot be said."""
    try:
        return None if skip is not None and skip.evaluate(environment) else Said(place, number)
    except DataError as error:
        return Said(place, number, fault=FieldFault(place, "skip", error.code, error.message, error.cure, error.value))


def _column(path: Path) -> str:
    return path.name or path.text


def in_tree(path: Path) -> Get:
    """What gets a place of a record."""
    return getter(path.steps)


def in_line(path: Path) -> Get:
    """What gets a place of a line from (record, line)."""
    get, of = getter(path.steps), 0 if path.from_record else 1
    return lambda both: get(both[of])


def _nowhere(_path: Path) -> Get:
    return _nothing


def _nothing(_record: Any) -> None:
    return None


def _differing(record: Said, other: Said) -> FieldFault | None:
    for name in record.fields | other.fields:
        if record.fields.get(name) != other.fields.get(name):
            return FieldFault(
                other.place,
                name,
                "mapping.rows-differ",
                f"{name} is not the same as in {record.place}, which is of the same record.",
                "Correct the file, or the columns that tell records apart (lines: by).",
                shown(other.fields.get(name, "")),
            )
    return None


def _fault(field: CompiledField, place: str, error: DataError) -> FieldFault:
    sources = " or ".join(getattr(each, "text", "") for each in field.sources)
    where = f"{place}, {sources}" if sources and place else place or sources
    return FieldFault(where, field.name, error.code, error.message, error.cure, error.value)
