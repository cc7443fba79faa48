"""A fresh PostgreSQL database for each history: one that is emptied again and again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from hub.bootstrap import open_database
from hub.ports import Clock, Storage
from tests.fakes.postgres import PostgresServer


@dataclass
class PostgresDatabases:
    """Databases of hub.proving on a server of ours."""

    server: PostgresServer
    name: str = "postgresql"
    fresh: bool = True
    url: str = ""

    @contextmanager
    def open(self, clock: Clock) -> Iterator[Storage]:
        """See Databases."""
        if self.url:
            self.server.clear(self.url)
        else:
            self.url = self.server.create()
        with closing(open_database(self.url, clock)) as storage:
            yield storage
