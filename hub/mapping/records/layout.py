"""Parts of a RecordFormat: columns, numbers and words of a country, the trailer, limits."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from hub.mapping.records.columns import column_index
from hub.model.canonical import Canonical

_LONGEST_CELL = 131_072
"""The csv module refuses a longer one by itself."""


def _letters(place: int | str) -> int | str:
    if isinstance(place, str) and column_index(place) is None:
        raise ValueError(f"{place} is no column; write its number from 1 on, or letters such as C or AB")
    return place


ColumnPlace = Annotated[Annotated[int, Field(ge=1)] | str, AfterValidator(_letters)]
OneCharacter = Annotated[str, Field(min_length=1, max_length=1)]


class Column(Canonical):
    """One column: where it is found, and how wide it is in a file of fixed width."""

    required: bool = Field(
        default=False, description="a file without this column is refused (`records.column-missing`)", examples=["true"]
    )
    at: ColumnPlace | None = Field(
        default=None,
        description="its place, a number from 1 on or a spreadsheet's letters, whatever its heading says. "
        "Without it the column is found by its heading; where there is no heading it has the first place that is free",
        examples=["3", "C"],
    )
    start: int | None = Field(
        default=None, ge=1, description="fixed width: the position of its first character, from 1 on", examples=["11"]
    )
    width: int | None = Field(
        default=None, ge=1, le=_LONGEST_CELL, description="fixed width: how many characters", examples=["8"]
    )
    align: Literal["left", "right"] = Field(
        default="left", description="fixed width: where a shorter value stands", examples=["right"]
    )
    fill: OneCharacter = Field(
        default=" ",
        description="fixed width: what is written beside a shorter value. Blanks are taken off when it is read, "
        "anything else stays, for a zero may belong to an identifier",
        examples=['"0"'],
    )
    aliases: tuple[str, ...] = Field(
        default=(), description="other headings it may have", examples=["[Artikelnummer, item no]"]
    )


class Locale(Canonical):
    """How numbers, days and truth are written. Kept with the format; the functions of a mapping read it."""

    decimal: OneCharacter = Field(default=".", description="the mark before decimals", examples=['","'])
    thousands: str = Field(
        default="", max_length=1, description="the mark between thousands; empty: none", examples=['"."']
    )
    date: tuple[str, ...] = Field(
        default=("%Y-%m-%d",),
        min_length=1,
        description="the ways a day or a moment may be written, in Python's strptime notation; the first is written",
        examples=['["%d.%m.%Y", "%d.%m.%y"]'],
    )
    true_words: tuple[str, ...] = Field(
        default=("true", "yes", "1"), description="words that mean yes; the first is written", examples=["[ja, J]"]
    )
    false_words: tuple[str, ...] = Field(
        default=("false", "no", "0"), description="words that mean no; the first is written", examples=["[nein, N]"]
    )

    @model_validator(mode="after")
    def _unambiguous(self) -> Self:
        if self.decimal == self.thousands:
            raise ValueError("the decimal mark and the mark between thousands must differ")
        if any(mark.isalnum() or mark in "+-" for mark in (self.decimal, self.thousands) if mark):
            raise ValueError("a mark in numbers is no letter, digit or sign")
        both = {word.casefold() for word in self.true_words} & {word.casefold() for word in self.false_words}
        if both:
            raise ValueError(f"{min(both)} cannot mean both yes and no")
        return self


class Trailer(Canonical):
    """A last row that says how many records there are: without it, or with another count, the file was cut."""

    prefix: str = Field(min_length=1, description="what its first cell, or its line, begins with", examples=["TRL"])
    count: int = Field(
        ge=1,
        description="which cell holds the count, from 2 on; with fixed width the position of its first character",
        examples=["2"],
    )
    width: int | None = Field(
        default=None, ge=1, le=12, description="fixed width: how many characters the count has", examples=["8"]
    )
    besides: int = Field(
        default=0,
        ge=0,
        le=10,
        description="rows that the count includes besides the records, such as heading and trailer",
        examples=["2"],
    )


class Limits(Canonical):
    """What a file may hold; one that holds more is refused before more than that is unpacked or kept."""

    max_bytes: int = Field(
        default=256 * 1024 * 1024, ge=1, description="bytes of the file, unpacked", examples=["1000000000"]
    )
    max_ratio: int = Field(
        default=200,
        ge=2,
        description="bytes unpacked for each byte packed, judged once more than a megabyte is unpacked",
        examples=["500"],
    )
    max_records: int = Field(default=5_000_000, ge=1, description="records", examples=["300000"])
    max_columns: int = Field(
        default=512, ge=1, le=16_384, description="columns of a table; attributes of an XML element", examples=["64"]
    )
    max_cell: int = Field(
        default=_LONGEST_CELL,
        ge=1,
        le=_LONGEST_CELL,
        description="characters of a cell, or of a text in JSON or XML",
        examples=["4000"],
    )
    max_depth: int = Field(
        default=32, ge=1, le=100, description="how deep JSON or XML may be nested, from its outermost", examples=["12"]
    )
    max_record: int = Field(
        default=4 * 1024 * 1024,
        ge=1024,
        le=64 * 1024 * 1024,
        description="characters of one JSON record, bytes of one XML record",
        examples=["1000000"],
    )
