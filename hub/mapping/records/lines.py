"""Text as lines: iterated in C, cut only where a line ends, and never more of them at once than was allowed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import chain

from hub.mapping.records.faults import too_big
from hub.mapping.records.text import Text

LARGEST_STEP = 4 * 1024 * 1024
"""Characters, about, that may be read for one step: a line without end fills no memory."""


class Lines:
    """``each`` gives every line with its end (``\\n``, ``\\r\\n`` or ``\\r``). Raises DataError ``records.too-big``
    once more than ``LARGEST_STEP`` characters were read since ``begin_step``."""

    def __init__(self, text: Text) -> None:
        self.each: Iterator[str] = chain.from_iterable(self._opened())
        self.characters = 0
        self._text = text
        self._step = 0
        self._piece = io.StringIO()

    @property
    def damaged(self) -> bool:
        """Whether bytes came that are no text."""
        return self._text.damaged

    def begin_step(self) -> None:
        """What was read so far is counted no longer."""
        self._step = self.characters

    def last(self) -> str:
        """The line given last, without its end."""
        line = self._piece.getvalue()[: self._piece.tell()].rstrip("\r\n")
        return line[max(line.rfind("\n"), line.rfind("\r")) + 1 :]

    def _opened(self) -> Iterator[io.StringIO]:
        for piece in self._whole():
            self._piece = io.StringIO(piece, newline="")
            yield self._piece

    def _whole(self) -> Iterator[str]:
        rest = ""
        for piece in self._text.pieces():
            self.characters += len(piece)
            if self.characters - self._step > LARGEST_STEP:
                raise too_big("Its rows are too long, or a quote is never closed.")
            text = rest + piece
            # A carriage return at the very end may be the first half of a line end.
            end = max(text.rfind("\n"), text.rfind("\r", 0, -1)) + 1
            rest = text[end:]
            if end:
                yield text[:end]
        if rest:
            yield rest
