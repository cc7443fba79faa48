"""What a hand-written statement gave: rows with named fields, fetched as a whole."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from hub.errors import InvariantError


@lru_cache(maxsize=512)
def row_maker(fields: tuple[str, ...]) -> Callable[[Iterable[Any]], Any]:
    """Makes a row with these fields, read as attributes; a field without a usable name only by its place."""
    row: Any = namedtuple("Row", fields, rename=True)  # type: ignore[misc]  # noqa: PYI024  the fields are data
    made: Callable[[Iterable[Any]], Any] = row._make
    return made


class Rows:
    """The rows in their order, and how many rows the statement changed; ``plain`` are they as the driver gave them."""

    __slots__ = ("_make", "plain", "rowcount")

    def __init__(self, plain: Sequence[Any], fields: tuple[str, ...], rowcount: int) -> None:
        self.plain, self.rowcount, self._make = plain, rowcount, row_maker(fields)

    def __iter__(self) -> Iterator[Any]:
        return map(self._make, self.plain)

    def all(self) -> list[Any]:
        """Every row."""
        return list(self)

    def first(self) -> Any | None:
        """The first row, None where there is none."""
        return self._make(self.plain[0]) if self.plain else None

    def one_or_none(self) -> Any | None:
        """The only row. Raises InvariantError where there are more."""
        if len(self.plain) > 1:
            raise InvariantError("A key was found twice in the database.")
        return self.first()

    def scalars(self) -> list[Any]:
        """The first field of every row."""
        return [row[0] for row in self.plain]

    def scalar(self) -> Any | None:
        """The first field of the first row, None where there is none."""
        return self.plain[0][0] if self.plain else None

    def scalar_one(self) -> Any:
        """The first field of the only row. Raises InvariantError where there is not one row."""
        if len(self.plain) != 1:
            raise InvariantError("A statement that gives one row gave another number of them.")
        return self.plain[0][0]
