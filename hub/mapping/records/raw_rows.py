"""What readers of tables give: rows as they stand in the file, before anybody asks which are records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

BATCH_ROWS = 2_000
"""At most: of more of them the processor's cache would hold too little, which costs a tenth."""
BATCH_CHARACTERS = 4 * 1024 * 1024
"""About; a batch has fewer rows where they are long."""
STEP_ROWS = 100
"""Rows that are asked for at once: what they may hold together is limited. A row at a time would cost half as much
again as all the rest."""


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """Why a row is none. ``raw``: its text, or the last line of it."""

    code: str
    message: str
    raw: str


class RawRows(Protocol):
    """A table being read."""

    @property
    def damaged(self) -> bool:
        """Whether bytes came that are no text: rows that hold U+FFFD or NUL are not to be used."""
        ...

    @property
    def broken(self) -> Mapping[int, BrokenRow]:
        """Rows of the last batch that are none, by their index; each stands in it as an empty one."""
        ...

    def read(self) -> list[list[str]]:
        """The next rows, empty ones included; no rows at the end. Raises DataError ``records.*``."""
        ...
