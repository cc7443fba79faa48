"""Patterns of file names in a mailbox: which files are for us, and what their done markers are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from hub.transport.mail_names import is_offered, is_plain_name

_HOLDERS = ("{name}", "{stem}")


@dataclass(frozen=True, slots=True)
class MarkerName:
    """What the done marker of a file is called: ``before``, the file's name or its stem, ``after``."""

    before: str
    after: str
    stem: bool = False

    @classmethod
    def of(cls, pattern: str) -> MarkerName:
        """From ``{name}.done`` (whole name) or ``{stem}.done`` (name without its last ending).

        Raises ValueError for a pattern that says neither exactly once, or whose markers would be no plain name
        beside the file.
        """
        found = [holder for holder in _HOLDERS if holder in pattern]
        if len(found) != 1 or pattern.count(found[0]) != 1:
            raise ValueError("write {name} or {stem} once, as in {name}.done")
        before, after = pattern.split(found[0])
        if not (before or after) or not is_offered(f"{before}x{after}"):
            raise ValueError("a marker lies beside its file under a plain name of its own, as {name}.done does")
        return cls(before, after, found[0] == "{stem}")

    def beside(self, name: str) -> str:
        """The marker's name for the file ``name``."""
        return f"{self.before}{_stem(name) if self.stem else name}{self.after}"

    def names(self, name: str) -> bool:
        """Whether ``name`` is that of a marker; such a file is never a document."""
        longer = len(name) > len(self.before) + len(self.after)
        return longer and name.startswith(self.before) and name.endswith(self.after)


def _stem(name: str) -> str:
    stem, _, ending = name.rpartition(".")
    return stem or ending


def matches(name: str, patterns: Sequence[str]) -> bool:
    """Whether ``name`` fits one of the patterns (``*``, ``?``, ``[abc]``); capitals and small letters are the same."""
    return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns)


def _checked_marker(pattern: str) -> str:
    if pattern:
        MarkerName.of(pattern)
    return pattern


def _checked_pattern(pattern: str) -> str:
    if not is_plain_name(pattern):
        raise ValueError("a pattern is a file name with * and ?, such as *.edi, without folders")
    return pattern


def _several(given: object) -> object:
    return (given,) if isinstance(given, str) else given


MarkerPattern = Annotated[str, AfterValidator(_checked_marker)]
"""A settings field for a done marker: ``{name}.done``, ``{stem}.ok``; empty for none."""

NamePatterns = Annotated[
    tuple[Annotated[str, AfterValidator(_checked_pattern)], ...],
    BeforeValidator(_several),
]
"""A settings field for one or several patterns of file names."""
