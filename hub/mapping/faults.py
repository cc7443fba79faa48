"""Several faults of a set-up, found in one go and raised as one error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from hub.errors import ConfigurationError


class Faults:
    """What was found wrong so far.

    >>> faults = Faults()
    >>> with faults.collected():
    ...     raise ConfigurationError("The currency is no currency.")
    >>> len(faults)
    1
    """

    def __init__(self) -> None:
        self._found: list[ConfigurationError] = []

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[ConfigurationError]:
        return iter(self._found)

    def add(self, error: ConfigurationError) -> None:
        """Keep ``error`` and all that it was raised with."""
        self._found.extend(error.each())

    @contextmanager
    def collected(self) -> Iterator[None]:
        """Keeps a ConfigurationError instead of raising it; what stands behind it in the block is not done."""
        try:
            yield
        except ConfigurationError as error:
            self.add(error)

    def raise_all(self) -> None:
        """Raise the first, the others being its ``further``; nothing where none was found."""
        if self._found:
            raise joined(self._found)


def joined(faults: Sequence[ConfigurationError]) -> ConfigurationError:
    """The first of ``faults`` (there is one at least), the others being its ``further``."""
    first, *rest = faults
    first.further = tuple(rest)
    return first
