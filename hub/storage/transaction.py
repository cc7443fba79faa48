"""One open transaction as the stores see it: run statements, take savepoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from hub.errors import HubError
from hub.ports import Clock
from hub.storage.dialect import POSTGRESQL, Dialect
from hub.storage.faults import storage_fault

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class Transaction:
    """A connection inside BEGIN. ``writing`` is False in a reading transaction."""

    def __init__(self, connection: Connection, dialect: Dialect, clock: Clock, *, writing: bool) -> None:
        self._connection = connection
        self._dialect = dialect
        self._depth = 0
        self.clock = clock
        self.writing = writing

    def run(self, template: str, parameters: Parameters | None = None) -> CursorResult[Any]:
        """Run a hand-written template (see hub.storage.dialect); a sequence of parameters runs it for each."""
        return self._execute(self._dialect.statement(template, writing=self.writing), parameters)

    def execute(self, statement: Executable, parameters: Parameters | None = None) -> CursorResult[Any]:
        """Run a Core statement."""
        return self._execute(statement, parameters)

    def insert(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        """An INSERT that knows ON CONFLICT; both databases write it alike."""
        return postgresql.insert(table) if self._dialect.name == POSTGRESQL else sqlite.insert(table)

    def put(self, table: Table, key: Sequence[str], values: Mapping[str, Any]) -> None:
        """Insert a row or replace the one of that key."""
        insert = self.insert(table).values(**values)
        changed = {name: insert.excluded[name] for name in values if name not in key}
        self._execute(insert.on_conflict_do_update(index_elements=list(key), set_=changed), None)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A nested block that an exception rolls back alone."""
        # SQLAlchemy's own savepoints compile a statement each time: a third of a reservation's CPU.
        self._depth += 1
        name = f"block_{self._depth}"
        self._driver(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            # A connection that is gone has nothing to roll back, and its own error says more.
            with suppress(HubError):
                self._driver(f"ROLLBACK TO SAVEPOINT {name}")
            raise
        else:
            self._driver(f"RELEASE SAVEPOINT {name}")
        finally:
            self._depth -= 1

    def _driver(self, sql: str) -> None:
        try:
            self._connection.exec_driver_sql(sql)
        except DBAPIError as error:
            raise storage_fault(error) from None

    def _execute(self, statement: Executable, parameters: Parameters | None) -> CursorResult[Any]:
        # A driver's executemany costs more than the one statement it would run.
        if isinstance(parameters, Sequence) and len(parameters) == 1:
            parameters = parameters[0]
        try:
            return self._connection.execute(statement, parameters)
        except (DBAPIError, PoolTimeoutError) as error:
            raise storage_fault(error) from None
