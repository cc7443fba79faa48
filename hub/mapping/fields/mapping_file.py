"""A file of ``documents/`` in a partner's folder: how one kind of its documents is read, or written."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from hub.mapping.fields.shapes import READ, SHAPES, WRITTEN, Shape
from hub.mapping.records.format import RecordFormat
from hub.model.canonical import Canonical, Text

Constant = str | bool | int | Decimal


class Direction(StrEnum):
    """Whether documents come in or go out."""

    IN = "in"
    OUT = "out"


class Unknown(StrEnum):
    """What becomes of a value that its table does not have."""

    REFUSE = "refuse"
    KEEP = "keep"
    LEAVE_OUT = "leave_out"


def _form(given: Any) -> str:
    if isinstance(given, list | tuple):
        return "list"
    return "rule" if isinstance(given, Mapping | Canonical) else "text"


def _as_tuple(given: Any) -> Any:
    return given if isinstance(given, tuple) else (given,)


_OneCall = Annotated[Text, Tag("text")] | Annotated[Mapping[str, Constant | tuple[Constant, ...]], Tag("rule")]
Call = Annotated[_OneCall, Discriminator(_form)]
"""A function of ``using``: its name, or its name and what it is given."""

_Paths = Annotated[
    Annotated[Text, Tag("text")] | Annotated[tuple[Text, ...], Tag("list")],
    Discriminator(_form),
    AfterValidator(_as_tuple),
]
_Calls = Annotated[_OneCall | Annotated[tuple[Call, ...], Tag("list")], Discriminator(_form), AfterValidator(_as_tuple)]


class FieldRule(Canonical):
    """How one field is made, in this order.

    ``when``: only where this expression holds. ``from``: the first of these places that has something; a text with
    ``${...}`` is worked out. ``value``: always this instead. ``using``: functions, one after the other. ``table``: its
    value in a value table, and what becomes of one that it does not have (``unknown``). ``default``: where there is
    nothing. ``required``: whether a record without it is refused.
    """

    from_: _Paths = Field(default=(), alias="from")
    value: Constant | None = None
    using: _Calls = ()
    table: str = ""
    unknown: Unknown = Unknown.REFUSE
    default: Constant | None = None
    when: str = ""
    required: bool = False

    @model_validator(mode="after")
    def _has_one_source(self) -> FieldRule:
        if bool(self.from_) == (self.value is not None):
            raise ValueError("write either from or value")
        if self.unknown is not Unknown.REFUSE and not self.table:
            raise ValueError("unknown is about a table; name one")
        return self


def _as_rule(given: Any) -> FieldRule:
    return given if isinstance(given, FieldRule) else FieldRule.model_validate({"from": _as_tuple(given)})


_Rule = Annotated[
    Annotated[Text, Tag("text")] | Annotated[tuple[Text, ...], Tag("list")] | Annotated[FieldRule, Tag("rule")],
    Discriminator(_form),
    AfterValidator(_as_rule),
]
Rules = Mapping[str, _Rule]
"""Rules by the name of their field; a text or a list alone is where it is taken from."""


class LinesRule(Canonical):
    """What a record has several of. In a tree they stand at the place ``each``; in a table each row is a line, and the
    rows that are alike in the columns ``by`` are one record. Places in ``fields`` are of the line; in a tree one that
    begins with ``/`` is of the record."""

    each: str = ""
    by: _Paths = ()
    fields: Rules

    @model_validator(mode="after")
    def _is_one_kind(self) -> LinesRule:
        if bool(self.each) == bool(self.by):
            raise ValueError("write either each, of a tree, or by, of a table")
        return self


class MappingFile(Canonical):
    """``document``: what it is, one of SHAPES. ``template``: the mapping that it is laid over.

    ``about``: fields of the whole document, ``fields``: of each record, ``lines``: of what it has several of. ``skip``
    is an expression: records for which it holds are passed over. ``tables``: value tables beside those of partner.yaml.
    """

    document: str
    direction: Direction = Direction.IN
    template: str = ""
    title: str = ""
    format: RecordFormat
    about: Rules = Field(default_factory=dict)
    fields: Rules
    lines: LinesRule | None = None
    skip: str = ""
    tables: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)

    @property
    def shape(self) -> Shape:
        """What it says."""
        return SHAPES[self.document]

    @property
    def reads(self) -> bool:
        """Whether documents come in."""
        return self.direction is Direction.IN

    @model_validator(mode="after")
    def _is_a_document(self) -> MappingFile:
        known = [each.name for each in (READ if self.reads else WRITTEN)]
        if self.document not in known:
            way = "read" if self.reads else "written"
            raise ValueError(f"a mapping that is {way} is of one of {', '.join(known)}, not of {self.document[:40]}")
        return self
