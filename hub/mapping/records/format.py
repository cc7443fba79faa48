"""How a file of records is laid out: what a partner declares, and every limit that holds while the file is read.

Nothing is guessed from a file. Descriptions stand on the fields: docs/reference/file-formats.md is made of them.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from hub.mapping.records.columns import column_index, heading_key
from hub.mapping.records.layout import Column, Limits, Locale, Trailer
from hub.model.canonical import Canonical

__all__ = ["DELIMITED", "TABLES", "Column", "Kind", "Limits", "Locale", "RecordFormat", "Trailer"]

Kind = Literal["csv", "tsv", "fixed", "xlsx", "json", "xml"]
DELIMITED: frozenset[Kind] = frozenset({"csv", "tsv"})
TABLES: frozenset[Kind] = DELIMITED | {"fixed", "xlsx"}

# Codecs for text that are none for files.
_NO_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"})


def _known_charset(name: str) -> str:
    try:
        found = codecs.lookup(name).name
        readable = found not in _NO_CHARSETS and " ".encode(found) != b""
    except LookupError:
        readable = False
    if not readable:
        raise ValueError(f"{name} is no character set; write one such as utf-8, cp1252, iso-8859-15 or shift_jis")
    return found


Charset = Annotated[str, AfterValidator(_known_charset)]


class RecordFormat(Canonical):
    """How one kind of file is laid out, for reading and for writing."""

    kind: Kind = Field(description="`csv`, `tsv`, `fixed`, `xlsx`, `json` or `xml`", examples=["csv"])
    encoding: Charset = Field(
        default="utf-8-sig",
        description="the character set, by any name that Python knows; `utf-8-sig` is UTF-8 with or without a byte "
        "order mark. An XML file says its own: there another value than the default holds against what the file says",
        examples=["cp1252"],
    )
    delimiter: str = Field(
        default="",
        max_length=1,
        description="the character between cells; empty: `,` in csv, a tab in tsv",
        examples=['";"'],
    )
    quote: str = Field(
        default='"',
        max_length=1,
        description="the character around cells that hold delimiters; empty: none, every character stands for itself",
        examples=['"\'"'],
    )
    heading: int = Field(
        default=1, ge=0, le=1000, description="the row that holds the headings; 0: there is none", examples=["3"]
    )
    skip_before: int = Field(
        default=0, ge=0, le=1000, description="rows to pass over between heading and first record", examples=["1"]
    )
    skip_after: int = Field(
        default=0,
        ge=0,
        le=1000,
        description="rows to pass over after the last record, such as a total; empty ones are not counted",
        examples=["1"],
    )
    comment: str = Field(
        default="", max_length=8, description="rows whose first cell begins so are passed over", examples=['"#"']
    )
    columns: Mapping[str, Column] = Field(
        default_factory=dict,
        description="the columns by the names that mappings use; a column's heading is its name or an alias, "
        "whatever their capitals and blanks. Empty: every column goes by its own heading",
        examples=["{sku: {required: true, aliases: [Item]}, quantity: {at: C}}"],
    )
    extra: Literal["ignore", "refuse"] = Field(
        default="ignore", description="what becomes of a file with columns that are not listed", examples=["refuse"]
    )
    trim: bool = Field(
        default=True, description="whether mappings take blanks off both ends of a value", examples=["false"]
    )
    records: str = Field(
        default="",
        description="json: the path to the records, with dots between keys, empty where the file is a list or one "
        "record; lists on the way are gone through. xml: the path of the element that repeats, from the root on",
        examples=["feed.products", "/feed/product"],
    )
    lines: bool = Field(default=False, description="json: every line is a record of its own", examples=["true"])
    sheet: Annotated[int, Field(ge=1)] | str = Field(
        default=1, description="xlsx: the sheet's name, or its number from 1 on", examples=["Stock"]
    )
    archive: Literal["none", "gzip", "zip"] = Field(default="none", description="how it is packed", examples=["gzip"])
    member: str = Field(
        default="*", min_length=1, description="zip: the file's name in the archive; `*` and `?` may stand in it",
        examples=['"stock_*.csv"'],
    )  # fmt: skip
    trailer: Trailer | None = Field(
        default=None, description="a last row that counts the records", examples=["{prefix: TRL, count: 2}"]
    )
    locale: Locale = Field(
        default=Locale(), description="how numbers, days and truth are written", examples=['{decimal: ","}']
    )
    limits: Limits = Field(default=Limits(), description="what a file may hold", examples=["{max_records: 50000}"])
    formula_safe: bool = Field(
        default=False,
        description="csv and tsv: a text that a spreadsheet would run gets a `'` before it when it is written, and "
        "loses it when it is read. For files that people open, never for a partner's program",
        examples=["true"],
    )
    line_end: Literal["crlf", "lf"] = Field(default="crlf", description="what is written after a row", examples=["lf"])
    bom: bool = Field(
        default=False, description="whether UTF-8 is written with a byte order mark, as Excel wants", examples=["true"]
    )

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        for wrong in (self._misplaced(), self._marks(), self._places(), self._path()):
            if wrong:
                raise ValueError(wrong)
        return self

    @property
    def separator(self) -> str:
        """The character between cells."""
        return self.delimiter or ("\t" if self.kind == "tsv" else ",")

    def _misplaced(self) -> str:
        allowed = {
            "delimiter": DELIMITED,
            "quote": DELIMITED,
            "formula_safe": DELIMITED,
            "heading": TABLES,
            "skip_before": TABLES,
            "skip_after": TABLES,
            "comment": TABLES,
            "columns": TABLES,
            "extra": TABLES,
            "trailer": TABLES,
            "sheet": {"xlsx"},
            "records": {"json", "xml"},
            "lines": {"json"},
        }
        for name, kinds in allowed.items():
            default = type(self).model_fields[name].get_default(call_default_factory=True)
            if self.kind not in kinds and getattr(self, name) != default:
                return f"{name} means nothing in a file of the kind {self.kind}"
        if self.bom and not self.encoding.startswith("utf"):
            return f"bom means nothing in {self.encoding}"
        return "member needs archive: zip" if self.member != "*" and self.archive != "zip" else ""

    def _marks(self) -> str:
        if self.kind not in DELIMITED:
            return ""
        if self.separator == self.quote or {self.separator, self.quote} & {"\r", "\n", "\0"}:
            return "delimiter and quote must be two characters, neither of them a line break"
        return ""

    def _places(self) -> str:
        fixed = self.kind == "fixed"
        for name, column in self.columns.items():
            if fixed != (column.start is not None) or fixed != (column.width is not None):
                return f"columns.{name}: start and width belong to fixed width, and are needed there"
            if fixed and column.at is not None:
                return f"columns.{name}: with fixed width start says where it is, not at"
        if fixed and not self.columns:
            return "columns: a file of fixed width has to list them"
        if self.trailer and fixed != (self.trailer.width is not None):
            return "trailer.width belongs to fixed width, and is needed there"
        if self.trailer and self.trailer.count <= (len(self.trailer.prefix) if fixed else 1):
            return "trailer.count: it stands behind the prefix"
        return self._overlap() or self._twice()

    def _overlap(self) -> str:
        ends, before = 0, ""
        for start, width, name in sorted((one.start or 0, one.width or 0, name) for name, one in self.columns.items()):
            if width and start <= ends:
                return f"columns: {before} and {name} overlap"
            ends, before = start + width - 1, name
        return ""

    def _twice(self) -> str:
        places = [column_index(column.at) for column in self.columns.values() if column.at is not None]
        if len(set(places)) < len(places):
            return "columns: two of them have one place"
        headings: dict[str, str] = {}
        for name, column in self.columns.items():
            for heading in (name, *column.aliases):
                if headings.setdefault(heading_key(heading), name) != name:
                    return f"columns: {headings[heading_key(heading)]} and {name} have the heading {heading} both"
        if len(self.columns) > self.limits.max_columns:
            return "columns: more than limits.max_columns"
        return ""

    def _path(self) -> str:
        if self.kind == "xml":
            steps = self.records.split("/")
            if len(steps) < 2 or steps[0] or not all(steps[1:]):
                return "records: write the path of the element that repeats, such as /feed/product"
        if self.kind == "json" and self.records and not all(self.records.split(".")):
            return "records: write keys with a dot between them"
        return "lines: every line is a record; records means nothing then" if self.lines and self.records else ""
