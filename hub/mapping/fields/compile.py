"""A mapping file checked name by name and compiled to closures.

Whatever it names must be there: fields of its document, columns of its format, functions, tables, names in
expressions. What is not is an error that says where it stands and what was meant, perhaps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from types import MappingProxyType
from typing import TypeVar, cast

from hub.errors import ConfigurationError
from hub.expressions import Expression, Template, compile_expression, compile_template
from hub.expressions.errors import ExpressionError
from hub.expressions.types import BOOL, DYN, MOMENT, TEXT, MapOf, Struct, Type
from hub.mapping.fields.functions import FUNCTIONS, Given
from hub.mapping.fields.mapping_file import Call, FieldRule, MappingFile, Rules
from hub.mapping.fields.paths import Path, parse_path
from hub.mapping.fields.rules import CompiledField, Step, choice_step, function_step, table_step
from hub.mapping.fields.shapes import Field, Shape
from hub.mapping.fields.values import FieldKind, Value, ValueFault, reader_of, writer_of

_READERS = MappingProxyType(
    {"number": FieldKind.NUMBER, "day": FieldKind.DAY, "moment": FieldKind.MOMENT, "flag": FieldKind.FLAG}
)
"""Functions that read text by the format's locale, before others work with what it says."""

Made = TypeVar("Made")

_TABULAR = frozenset({"csv", "tsv", "fixed", "xlsx"})

Places = Callable[[Sequence[str | int]], str]
"""``file:line:column`` of a key, by the steps that lead to it."""


@dataclass(frozen=True)
class CompiledMapping:
    """A compiled mapping. ``fields`` in the order of the file; of one that writes they are columns or elements."""

    name: str
    file: MappingFile
    about: tuple[CompiledField, ...]
    fields: tuple[CompiledField, ...]
    lines: tuple[CompiledField, ...]
    skip: Expression | None

    @property
    def shape(self) -> Shape:
        """What it says."""
        return self.file.shape

    @cached_property
    def is_table(self) -> bool:
        """Whether its records are rows."""
        return self.file.format.kind in _TABULAR

    @property
    def all_fields(self) -> Iterator[tuple[str, CompiledField]]:
        """Every field with its part: about, fields, lines."""
        for part, found in (("about", self.about), ("fields", self.fields), ("lines", self.lines)):
            yield from ((part, each) for each in found)


def compile_mapping(
    name: str, file: MappingFile, tables: Mapping[str, Mapping[str, str]], places: Places
) -> CompiledMapping:
    """Check and compile. ``tables`` are the partner's; those of the file itself hide them.

    Raises ConfigurationError ``mapping.*`` with the place for the first thing that is wrong.
    """
    work = _Compiler(file, {**tables, **file.tables}, places)
    compiled = CompiledMapping(
        name,
        file,
        work.part("about", file.about, ("about",)),
        work.part("fields", file.fields, ("fields",)),
        work.part("lines", file.lines.fields if file.lines else {}, ("lines", "fields")),
        work.condition(file.skip, "fields", ("skip",)) if file.skip else None,
    )
    work.check_whole(compiled)
    return compiled


class _Compiler:
    def __init__(self, file: MappingFile, tables: Mapping[str, Mapping[str, str]], places: Places) -> None:
        self.file, self.tables, self.places = file, tables, places
        self.form, self.shape = file.format, file.shape
        self.columns = tuple(self.form.columns) if self.form.kind in _TABULAR else ()

    def part(self, part: str, rules: Rules, steps: tuple[str, ...]) -> tuple[CompiledField, ...]:
        if part == "lines" and rules and not self.shape.lines:
            raise self.error(f"{self.shape.name} have no lines.", "Map them in fields.", ("lines",))
        return tuple(self.field(part, name, cast(FieldRule, rule), (*steps, name)) for name, rule in rules.items())

    def field(self, part: str, name: str, rule: FieldRule, steps: tuple[str, ...]) -> CompiledField:
        field = self.target(part, name, steps)
        try:
            sources = tuple(self.source(part, each, steps) for each in rule.from_)
        except ValueError as error:
            what = f"{rule.from_[0]} is no place in a record: {error}."
            raise self.error(what, "Write a column or a path such as items[0].sku; quote odd names.", steps) from None
        return CompiledField(
            field=field,
            rule=rule,
            sources=sources,
            steps=(*self.calls(rule, steps), *self.conversion(field, rule, steps)),
            constant=self.constant(field, rule.value, (*steps, "value")),
            default=self.constant(field, rule.default, (*steps, "default")),
            when=self.condition(rule.when, part, (*steps, "when")) if rule.when else None,
            trim=self.file.reads and self.form.trim,
            place=self.places(steps),
        )

    def constant(self, field: Field, constant: Value, steps: tuple[str, ...]) -> Value:
        """What the mapping itself says: nothing is done to it, but it must be what its field can hold."""
        if constant is None:
            return None
        given = constant if isinstance(constant, str | bool) else str(constant)
        try:
            value = reader_of(field.kind, self.form.locale)(given) if self.file.reads else str(given)
            return choice_step(field.choices).call(value) if field.choices else value
        except ValueFault as error:
            raise self.error(error.message, error.cure, steps) from None

    def target(self, part: str, name: str, steps: tuple[str, ...]) -> Field:
        """The field that is made: of the shape where we read, a column or element where we write."""
        if not self.file.reads:
            if self.columns and part == "fields" and name not in self.columns:
                raise self.unknown("column", name, self.columns, steps)
            return Field(name, FieldKind.TEXT, "")
        found = self.shape.find(part, name)
        if found is None and part == "fields" and self.shape.lines and self.shape.find("lines", name):
            raise self.error(f"{name} is a field of lines.", "Put it under lines: fields.", steps)
        if found is None:
            raise self.unknown(f"field of {self.shape.name}", name, self.shape.names(part), steps)
        return found

    def source(self, part: str, text: str, steps: tuple[str, ...]) -> Path | Template:
        if "${" in text:
            return self.template(part, text, steps)
        path = parse_path(text)
        if not self.file.reads:
            self.check_ours(part, text, steps)
        elif self.columns and text not in self.columns and path.name not in self.columns:
            raise self.unknown("column", text, self.columns, steps)
        return path

    def check_ours(self, part: str, text: str, steps: tuple[str, ...]) -> None:
        """A place in our own document."""
        of_line = text.startswith("line.") or part == "lines"
        name = text.removeprefix("line.").removeprefix("/")
        own = ("lines",) if of_line and not text.startswith("/") else ("about", "fields")
        if not any(self.shape.find(each, name) for each in own):
            lines, once = self.shape.names("lines"), [*self.shape.names("about"), *self.shape.names("fields")]
            known = lines if part == "lines" else [*once, *(f"line.{each}" for each in lines)]
            raise self.unknown(f"field of {self.shape.name}", text, known, steps)

    def calls(self, rule: FieldRule, steps: tuple[str, ...]) -> Iterator[Step]:
        for number, call in enumerate(rule.using):
            yield self.call(call, (*steps, "using", number))
        if rule.table:
            if rule.table not in self.tables:
                raise self.unknown("table", rule.table, self.tables, (*steps, "table"))
            yield table_step(rule.table, self.tables[rule.table], rule.unknown)

    def call(self, call: Call, steps: tuple[str | int, ...]) -> Step:
        name, given = (call, ()) if isinstance(call, str) else _one_call(call)
        if name in _READERS and not given:
            return Step(f"read as a {name}", reader_of(_READERS[name], self.form.locale))
        function = FUNCTIONS.get(name)
        if function is None:
            raise self.unknown("function", name, [*FUNCTIONS, *_READERS], steps)
        wrong = function.problem(given)
        if wrong:
            raise self.error(f"{wrong}.", f"{name}: {function.words}.", steps)
        return function_step(name, function.call, given)

    def conversion(self, field: Field, rule: FieldRule, steps: tuple[str, ...]) -> Iterator[Step]:
        locale = self.form.locale
        if self.file.reads:
            yield Step(f"as {field.kind}", reader_of(field.kind, locale))
            if field.choices:
                yield choice_step(field.choices)
            return
        for source in rule.from_:
            kind = self.kind_of(source)
            yield Step(f"{kind} as text", writer_of(kind, locale))
            return

    def kind_of(self, source: str) -> FieldKind:
        """What our own field of that name holds."""
        name = source.removeprefix("/").removeprefix("line.")
        found = next(filter(None, (self.shape.find(part, name) for part in ("fields", "lines", "about"))), None)
        return found.kind if found is not None else FieldKind.TEXT

    def condition(self, text: str, part: str, steps: tuple[str | int, ...]) -> Expression:
        bare = text.strip()
        if bare.startswith("${") and bare.endswith("}"):
            bare = bare[2:-1]
        return self.expression(lambda: compile_expression(bare, self.names(part), wanted=BOOL), steps)

    def template(self, part: str, text: str, steps: tuple[str, ...]) -> Template:
        return self.expression(lambda: compile_template(text, self.names(part)), steps)

    def expression(self, make: Callable[[], Made], steps: tuple[str | int, ...]) -> Made:
        try:
            return make()
        except ExpressionError as error:
            error.place = ", ".join(filter(None, (self.places(steps), error.place)))
            raise

    def names(self, part: str) -> Mapping[str, Type]:
        """What expressions may name here."""
        names: dict[str, Type] = {"file": Struct("file", {"name": TEXT, "at": MOMENT}), "partner": TEXT}
        names["row"] = self.row_type()
        if part == "lines" or (not self.file.reads and self.shape.lines):
            names["line"] = DYN if self.file.reads and not self.columns else self.line_type()
        return names

    def row_type(self) -> Type:
        if not self.file.reads:
            return DYN
        if self.columns:
            return Struct("row", dict.fromkeys(self.columns, TEXT))
        return MapOf(TEXT) if self.form.kind in _TABULAR else DYN

    def line_type(self) -> Type:
        return self.row_type()

    def check_whole(self, compiled: CompiledMapping) -> None:
        """What no single field can say."""
        lines, tabular = self.file.lines, self.form.kind in _TABULAR
        if lines is not None and tabular is bool(lines.each) and self.file.reads:
            cure = "Name the columns that the rows of one record share: by." if tabular else "Name their place: each."
            raise self.error("Lines are said for another kind of file.", cure, ("lines",))
        for column in lines.by if lines else ():
            if self.columns and column not in self.columns:
                raise self.unknown("column", column, self.columns, ("lines", "by"))
        if not self.file.reads:
            return
        for part, wanted in (("about", self.shape.about), ("fields", self.shape.fields), ("lines", self.shape.lines)):
            made = {each.name for each in getattr(compiled, part)}
            missing = [each.name for each in wanted.values() if each.needed and each.name not in made]
            if missing:
                cure = f"Add it under {'lines: fields' if part == 'lines' else part}."
                raise self.error(f"{self.shape.name} need the field {missing[0]}.", cure, (part,))
        if self.shape.has_items:
            self.check_items(compiled.lines if self.shape.lines else compiled.fields)

    def check_items(self, fields: Iterable[CompiledField]) -> None:
        if not any(each.name.startswith("item.") for each in fields):
            where = ("lines", "fields") if self.shape.lines else ("fields",)
            cure = "Map item.QUALIFIER, by a qualifier that items.csv has, such as item.VN."
            raise self.error("No field names the item.", cure, where)

    def unknown(self, what: str, name: str, known: Iterable[str], steps: Sequence[str | int]) -> ConfigurationError:
        names = sorted(known)
        near = get_close_matches(name, names, 1)
        meant = f"Did you mean {near[0]}? " if near else ""
        cure = f"{meant}Known: {', '.join(names) or 'none'}."
        return self.error(f"There is no {what} {name[:80]}.", cure, steps, "mapping.unknown-name")

    def error(
        self, message: str, cure: str, steps: Sequence[str | int], code: str = "mapping.invalid"
    ) -> ConfigurationError:
        return ConfigurationError(message, code=code, cure=cure, place=self.places(steps))


def _one_call(call: Mapping[str, object]) -> tuple[str, tuple[Given, ...]]:
    if len(call) != 1:
        return ", ".join(call), ()
    name, given = next(iter(call.items()))
    return name, tuple(given) if isinstance(given, tuple | list) else (given,)  # type: ignore[return-value]
