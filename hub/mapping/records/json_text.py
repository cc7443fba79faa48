"""JSON as it comes in: where values begin and end, without keeping more of the text than one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hub.errors import DataError
from hub.mapping.records.faults import too_big, truncated
from hub.mapping.records.layout import Limits

_BLANK = " \t\n\r"
_OPENING = ("{", "[")
# A string that is not closed yet matches up to the end of what was read, without its closing quote.
_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+("?)'
_STRINGS = re.compile(_STRING, re.DOTALL)
_MARKS = re.compile(_STRING + r"|[{}\[\]]", re.DOTALL)
_SCALAR_END = re.compile(r"[\s,:{}\[\]\"]")
_LONGEST_SCALAR = 1_000


class JsonText:
    """A place in a JSON text, which moves on only. Values are found by their brackets; what stands between these is
    judged by whoever decodes them. Raises DataError ``records.truncated``, ``records.too-big``, ``records.too-deep``,
    ``records.syntax``."""

    def __init__(self, pieces: Iterator[str], limits: Limits) -> None:
        self._pieces, self._limits = pieces, limits
        self._text = ""
        self._at = 0
        self._dropped = 0

    @property
    def place(self) -> str:
        """Where it is, for errors."""
        return f"character {self._dropped + self._at + 1}"

    def peek(self) -> str:
        """The next character that is no blank, which stays; empty at the end of the text."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _BLANK:
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                return ""

    def take(self, marks: str) -> str:
        """The next character, which has to be one of ``marks``."""
        found = self.peek()
        if not found:
            raise truncated("The JSON ends before it is closed.", self.place)
        if found not in marks:
            raise self.wrong(f"Here {' or '.join(marks)} is wanted.")
        self._at += 1
        return found

    def value(self, depth: int) -> str:
        """The text of the next value, at most ``limits.max_record`` characters; ``depth``: how deep it stands."""
        if self.peek() in _OPENING:
            return "".join(self._nested(depth, self._limits.max_record))
        end = self._string_end() if self.peek() == '"' else self._scalar_end(depth)
        text, self._at = self._text[self._at : end], end
        return text

    def skip(self, depth: int) -> None:
        """Go behind the next value, however big it is."""
        if self.peek() in _OPENING:
            for _ in self._nested(depth, None):
                pass
        else:
            self.value(depth)

    def wrong(self, message: str) -> DataError:
        """This is no JSON."""
        return DataError(message, code="records.syntax", cure="Have it mended where it is made.", path=self.place)

    def _nested(self, depth: int, most: int | None) -> Iterator[str]:
        """The pieces of a list or object, each ending between two of its marks."""
        opened = size = 0
        while True:
            end = len(self._text)
            for found in _MARKS.finditer(self._text, self._at):
                mark = found[0]
                if mark[0] == '"':
                    self._check_length(mark)
                    if not found[1]:
                        end = found.start()
                        break
                elif mark in _OPENING:
                    opened += 1
                    check_depth(depth + opened, self._limits, self.place)
                else:
                    opened -= 1
                    if not opened:
                        end = found.end()
                        break
            text, self._at = self._text[self._at : end], end
            size += len(text)
            if most is not None and size > most:
                raise too_big(f"A record has more than {most} characters.", self.place)
            yield text
            if not opened:
                return
            self._need_more()

    def _string_end(self) -> int:
        while True:
            found = _STRINGS.match(self._text, self._at)
            if found and found[1]:
                self._check_length(found[0])
                return found.end()
            self._check_length(self._text[self._at :])
            self._need_more()

    def _scalar_end(self, depth: int) -> int:
        while True:
            found = _SCALAR_END.search(self._text, self._at)
            length = (found.start() if found else len(self._text)) - self._at
            if length > _LONGEST_SCALAR or (found and not length):
                raise self.wrong("Here a value is wanted.")
            if found or not self._more():
                if not found and (depth or not length):
                    raise truncated("The JSON ends within a value.", self.place)
                return self._at + length

    def _check_length(self, text: str) -> None:
        if len(text) - 2 > self._limits.max_cell:
            raise too_big(f"A text has more than {self._limits.max_cell} characters.", self.place)

    def _need_more(self) -> None:
        if not self._more():
            raise truncated("The JSON ends before it is closed.", self.place)

    def _more(self) -> bool:
        """Whether there was more text; what was gone past is dropped."""
        piece = next(self._pieces, "")
        self._dropped += self._at
        self._text, self._at = self._text[self._at :] + piece, 0
        return bool(piece)


def check_depth(depth: int, limits: Limits, place: str) -> None:
    """Raises DataError ``records.too-deep``."""
    if depth > limits.max_depth:
        raise DataError(
            f"It is nested deeper than {limits.max_depth}.",
            code="records.too-deep",
            cure="Raise limits.max_depth where that is right.",
            path=place,
        )
