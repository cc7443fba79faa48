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
    """How one field is made, in the order of these keys."""

    from_: _Paths = Field(
        default=(),
        alias="from",
        description="where it stands: a column or path, or several of which the first that has something counts; "
        "a text with ${...} is worked out",
        examples=["ItemNo", "items[0].sku", "NW-${row.Item}"],
    )
    value: Constant | None = Field(default=None, description="always this, in place of from", examples=["EA"])
    when: str = Field(
        default="", description="only where this expression holds; else the default", examples=["row.State != 'X'"]
    )
    using: _Calls = Field(
        default=(), description="functions, one after the other", examples=["[trim, upper]", "[{left: 3}]"]
    )
    table: str = Field(default="", description="a value table: its word to ours", examples=["carriers"])
    unknown: Unknown = Field(
        default=Unknown.REFUSE, description="what becomes of a word that the table has not", examples=["keep"]
    )
    default: Constant | None = Field(default=None, description="where there is nothing", examples=["0"])
    required: bool = Field(default=False, description="whether a record without it is refused", examples=["true"])

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

    each: str = Field(
        default="", description="in a tree: the place of the lines in their record", examples=["cart.lines"]
    )
    by: _Paths = Field(
        default=(),
        description="in a table: the columns in which the rows of one record are alike",
        examples=["[Order]"],
    )
    fields: Rules = Field(description="fields of each line", examples=["{quantity: Qty}"])

    @model_validator(mode="after")
    def _is_one_kind(self) -> LinesRule:
        if bool(self.each) == bool(self.by):
            raise ValueError("write either each, of a tree, or by, of a table")
        return self


class MappingFile(Canonical):
    """``documents/NAME.yaml``: how one kind of a partner's documents is read or written, field by field."""

    document: str = Field(
        description="what it is: stock, prices, orders, shipments, invoices; written: requests, confirmations, "
        "quantities, prices",
        examples=["stock"],
    )
    direction: Direction = Field(
        default=Direction.IN, description="whether it is read (in) or written (out)", examples=["out"]
    )
    template: str = Field(
        default="", description="the mapping of templates/documents that it is laid over", examples=["csv-stock"]
    )
    title: str = Field(default="", description="for people", examples=["Nightly stock"])
    format: RecordFormat = Field(description="how the file is laid out", examples=["{kind: csv}"])
    about: Rules = Field(
        default_factory=dict, description="fields of the whole document", examples=["{mode: {value: full}}"]
    )
    fields: Rules = Field(description="fields of each record", examples=["{item.VN: ItemNo, available: Qty}"])
    lines: LinesRule | None = Field(
        default=None, description="what a record has several of", examples=["{by: [Order], fields: {quantity: Qty}}"]
    )
    skip: str = Field(
        default="",
        description="an expression: records for which it holds are passed over",
        examples=["row.Kind == 'T'"],
    )
    tables: Mapping[str, Mapping[str, str]] = Field(
        default_factory=dict,
        description="value tables beside those of partner.yaml",
        examples=["{sites: {M: MAIN}}"],
    )

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
