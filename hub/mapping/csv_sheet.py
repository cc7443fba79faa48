"""CSV files of the user's mappings with a heading: their rows by column, and everything that is wrong with them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from hub.errors import ConfigurationError
from hub.mapping.faults import Faults

MOST_FAULTS = 100
"""After so many a file is not read on: they have one cause."""

_LARGEST = Decimal(10) ** 12
_SHOWN = 40


class Row(NamedTuple):
    """A row: texts without blanks at their ends by column, all columns of the sheet."""

    sheet: CsvSheet
    line: int
    cells: Mapping[str, str]

    @property
    def place(self) -> str:
        """``file:line``."""
        return f"{self.sheet.path}:{self.line}"

    def fault(self, column: str, what: str, cure: str) -> ConfigurationError:
        """Something is wrong in a column of this row."""
        return self.sheet.fault(f"Column {column}: {what}", cure, self.line)

    def needed(self, column: str) -> str:
        """The text of a column that must not be empty."""
        text = self.cells[column]
        if not text:
            raise self.fault(column, "It is empty.", "Fill it in, or remove the row.")
        return text

    def number(self, column: str, *, places: int = 6, above: bool = False) -> Decimal:
        """A number of zero or more, or ``above`` zero, with so many decimal places."""
        text = self.cells[column] or self.needed(column)
        number, fraction = _number(text)
        if number is None or (above and number == 0):
            wanted = "above zero" if above else "of zero or more"
            raise self.fault(column, f"{text[:_SHOWN]} is no number {wanted}.", "Write digits, with a decimal point.")
        if fraction > places:
            raise self.fault(column, f"{text[:_SHOWN]} has more than {places} decimal places.", "Round it.")
        return number

    def whole(self, column: str, most: int) -> int:
        """A whole number from 0 to ``most``."""
        text = self.needed(column)
        if not (text.isascii() and text.isdigit()) or int(text) > most:
            raise self.fault(column, f"{text[:_SHOWN]} is no whole number up to {most}.", "Write digits only.")
        return int(text)

    def one_of(self, column: str, known: Sequence[str]) -> str:
        """One of the words that may stand in a column."""
        text = self.cells[column] or self.needed(column)
        if text not in known:
            raise self.fault(column, f"There is no {text[:_SHOWN]}.", f"{_near(text, known)}Known: {', '.join(known)}.")
        return text


class CsvSheet:
    """A file with a heading. ``columns`` may stand in any order; those that are not ``required`` may be missing.

    ``family``: what the names of further columns start with; where there is one, ``instead`` are not required.
    """

    def __init__(
        self,
        path: Path,
        columns: Sequence[str],
        required: Sequence[str],
        code: str,
        faults: Faults,
        *,
        family: str = "",
        instead: Sequence[str] = (),
    ) -> None:
        self.path = path
        self._columns = tuple(columns)
        self._required = required
        self._code = code
        self._faults = faults
        self._family = family
        self._instead = instead

    def rows(self) -> Iterator[Row]:
        """Every row that is not empty; nothing where there is no such file. Faults of the file itself are kept."""
        if not self.path.is_file():
            return
        before = len(self._faults)
        try:
            with self.path.open(newline="", encoding="utf-8-sig") as stream:
                heading = stream.readline()
                stream.seek(0)
                # Spreadsheets of many countries write ";" where the decimal mark is a comma.
                reader = csv.reader(stream, delimiter=max(",;\t", key=heading.count))
                columns = self._heading(next(reader, []))
                blank = dict.fromkeys(self._columns, "")
                for texts in reader if columns else ():
                    if len(texts) > len(columns) and any(map(str.strip, texts[len(columns) :])):
                        words = "The row has more cells than the heading."
                        self._faults.add(self.fault(words, "Quote texts that hold a comma.", reader.line_num))
                    elif any(map(str.strip, texts)):
                        cells = blank | dict(zip(columns, map(str.strip, texts), strict=False))
                        yield Row(self, reader.line_num, cells)
                    if len(self._faults) - before >= MOST_FAULTS:
                        return
        except (OSError, csv.Error, UnicodeDecodeError) as error:
            words = f"The file is no CSV file in UTF-8 ({type(error).__name__})."
            self._faults.add(self.fault(words, "Save it anew as CSV in UTF-8."))

    def read(self, take: Callable[[Row], None]) -> None:
        """``take`` every row; the ConfigurationErrors that it raises are kept."""
        for row in self.rows():
            try:
                take(row)
            except ConfigurationError as error:
                self._faults.add(error)

    def fault(self, words: str, cure: str, line: int = 0) -> ConfigurationError:
        """Something is wrong in the file, or in a line of it."""
        place = f"{self.path}:{line}" if line else str(self.path)
        return ConfigurationError(words, code=self._code, cure=cure, place=place)

    def _heading(self, names: Sequence[str]) -> list[str]:
        """The columns as they stand; none where the heading is wrong."""
        found = [name.strip() for name in names]
        before = len(self._faults)
        cure = f"Its columns are {', '.join(self._columns)}."
        for name in found:
            if name not in self._columns and not self._is_of_family(name):
                words = f"The file has an unknown column {name[:_SHOWN] or 'without a name'}."
                self._faults.add(self.fault(words, f"{_near(name, self._columns)}{cure}", 1))
        for name in sorted({name for name in found if name and found.count(name) > 1}):
            self._faults.add(self.fault(f"The file has the column {name[:_SHOWN]} twice.", "Keep one of them.", 1))
        replaced = self._instead if any(self._is_of_family(name) for name in found) else ()
        for name in self._required:
            if name not in found and name not in replaced:
                self._faults.add(self.fault(f"The file has no column {name}.", cure, 1))
        return found if len(self._faults) == before else []

    def _is_of_family(self, name: str) -> bool:
        return bool(self._family) and name.startswith(self._family)


@lru_cache(maxsize=4096)
def _number(text: str) -> tuple[Decimal | None, int]:
    """The number, None where it is none of zero or more, and its decimal places."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None, 0
    if not number.is_finite() or not 0 <= number < _LARGEST:
        return None, 0
    places = number.normalize().as_tuple().exponent
    return number, max(0, -int(places))


def _near(text: str, known: Sequence[str]) -> str:
    near = get_close_matches(text[:_SHOWN], known, n=1)
    return f"Did you mean {near[0]}? " if near else ""
