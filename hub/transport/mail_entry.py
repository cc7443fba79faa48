"""One file as a mailbox lists it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

TEMPORARY_PREFIX = ".crossdock-"
"""Names that start so are half-written files of ours; never listed, safe to replace."""


@dataclass(frozen=True)
class MailEntry:
    """One file: ``name`` as its mailbox folder spells it, ``size`` in bytes, ``modified`` in UTC.

    Two entries are equal where nobody has changed the file between two looks.
    """

    name: str
    size: int
    modified: datetime
