"""File names from outside: what may be a name at all, and which listed files are whole."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from hashlib import sha256

from hub.errors import DataError
from hub.transport.mail_entry import TEMPORARY_PREFIX, MailEntry

_LONGEST_NAME_BYTES = 255
_DRIVE = re.compile(r"^[A-Za-z]:")
_HALF_WRITTEN = (".tmp", ".part", ".filepart", ".partial", ".writing")
LONG_SETTLED_SECONDS = 600.0


def is_plain_name(name: str) -> bool:
    """Whether ``name`` is one file in one folder on every system, without characters that hide or reorder."""
    if name in ("", ".", "..") or "/" in name or "\\" in name or _DRIVE.match(name):
        return False
    # Cc control, Cf invisible and right-to-left marks, Cs lone surrogates of undecodable bytes.
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in name):
        return False
    return len(name.encode()) <= _LONGEST_NAME_BYTES


def checked_name(name: str) -> str:
    """``name`` itself; raises DataError ``transport.file-name`` where it could leave its folder."""
    if is_plain_name(name):
        return name
    raise DataError("The file name cannot be used; it could leave its folder.", code="transport.file-name")


def folder_parts(folder: str) -> tuple[str, ...]:
    """The parts of a folder below the mailbox's root, each a plain name; raises like ``checked_name``."""
    return tuple(checked_name(part) for part in folder.split("/")) if folder else ()


def temporary_name(name: str) -> str:
    """The name under which ``name`` is written before it is renamed; the same at every try."""
    return f"{TEMPORARY_PREFIX}{sha256(name.encode()).hexdigest()[:24]}.part"


def is_offered(name: str) -> bool:
    """Whether a listed name is for us: plain, and not one that writers use for half-written files."""
    return is_plain_name(name) and not name.startswith(".") and not name.lower().endswith(_HALF_WRITTEN)


def settled_entries(
    look: Callable[[], Iterable[MailEntry]],
    *,
    now: Callable[[], float],
    sleep: Callable[[float], None],
    stable_seconds: float,
) -> list[MailEntry]:
    """The entries that do not change any more, oldest first.

    Recent files are looked at twice, ``stable_seconds`` apart, by size and time: the age alone would
    trust a partner's clock. A file older than ten minutes is whole.
    """
    first = list(look())
    moment = now()
    recent = [entry for entry in first if moment - entry.modified.timestamp() < LONG_SETTLED_SECONDS]
    settled = first
    if recent and stable_seconds > 0:
        sleep(stable_seconds)
        again = set(look())
        settled = [entry for entry in first if entry not in recent or entry in again]
    return sorted(settled, key=lambda entry: (entry.modified, entry.name))


def numbered_names(name: str) -> Iterable[str]:
    """``name``, then ``name.2``, ``name.3`` and on, for a place where the name is taken by another file."""
    yield name
    for number in range(2, 1000):
        yield f"{name}.{number}"
