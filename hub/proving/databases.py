"""Databases to prove on: a fresh one for each history, or one of the user's that all of them share."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hub.bootstrap import open_database, utc_now
from hub.errors import ConfigurationError
from hub.ports import Clock, Storage

_MEMORY = Path("/dev/shm")


class Databases(Protocol):
    """Gives a database to each history."""

    name: str
    fresh: bool
    """Whether each is a new one; else worlds must not have names in common."""

    def open(self, clock: Clock) -> AbstractContextManager[Storage]:
        """A migrated database, the caller's alone while it is open."""


@dataclass
class SqliteFiles:
    """Fresh SQLite files, copies of one that was migrated, in a folder that is kept in memory where there is one."""

    folder: Path
    name: str = "sqlite"
    fresh: bool = True

    @contextmanager
    def open(self, clock: Clock) -> Iterator[Storage]:
        """See Databases."""
        template = self.folder / "template.db"
        if not template.exists():
            open_database(f"sqlite:///{template}", clock).close()
        here = Path(tempfile.mkdtemp(dir=self.folder))
        shutil.copyfile(template, here / "hub.db")
        with closing(open_database(f"sqlite:///{here / 'hub.db'}", clock)) as storage:
            yield storage
        shutil.rmtree(here, ignore_errors=True)


@contextmanager
def sqlite_files() -> Iterator[SqliteFiles]:
    """SQLite files that are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="crossdock-prove-", dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        yield SqliteFiles(Path(folder))


@dataclass
class OneDatabase:
    """A database that all histories share."""

    url: str
    name: str = "the database given"
    fresh: bool = False

    @contextmanager
    def open(self, clock: Clock) -> Iterator[Storage]:
        """See Databases."""
        with closing(open_database(self.url, clock)) as storage:
            yield storage

    def require_empty(self) -> None:
        """Raises ConfigurationError ``cli.database-not-empty``: orders of a proof are no customers' orders."""
        with self.open(utc_now) as storage, storage.read() as uow:
            used = sum(uow.orders.count().values()) or uow.ledger.balances()
        if used:
            raise ConfigurationError(
                "The database is in use.",
                code="cli.database-not-empty",
                cure="Name an empty one: what is proved on it writes orders and stock that nobody has.",
            )
