"""Where a character of an expression stands in the file that holds it."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from pathlib import Path

from hub.mapping.yaml_nodes import Mark


class FileText:
    """The text of one YAML file, for places within its scalars: blanks and line ends apart, most scalars stand there as
    they read, whether they are quoted, folded or neither."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _letters(self) -> tuple[str, list[tuple[int, int]]]:
        """All that is not blank, and the line and column of each letter."""
        lines = self._path.read_text(encoding="utf-8-sig").split("\n")
        found = [
            (letter, (row, column))
            for row, line in enumerate(lines, start=1)
            for column, letter in enumerate(line, start=1)
            if not letter.isspace()
        ]
        return "".join(letter for letter, _ in found), [place for _, place in found]

    def place(self, key: Mark, text: str, offset: int) -> str:
        """``file:line:column`` of ``text[offset]``, where ``text`` is the value of the ``key``; that of the key for a
        text that is written otherwise, with escapes."""
        letters, places = self._letters
        start = letters.find(_squeezed(text), bisect_left(places, (key.line, key.column)))
        at = start + len(_squeezed(text[:offset]))
        if start < 0 or not at:
            return str(key)
        line, column = places[at] if text[offset:].strip() else _after(places[at - 1])
        return f"{self._path}:{line}:{column}"


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _after(place: tuple[int, int]) -> tuple[int, int]:
    return place[0], place[1] + 1
