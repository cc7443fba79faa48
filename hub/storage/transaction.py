"""One open transaction as the stores see it: run statements, take savepoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, CursorResult, Executable, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

from hub.errors import HubError
from hub.ports import Clock
from hub.storage.dialect import POSTGRESQL, Dialect
from hub.storage.faults import driver_fault, storage_fault
from hub.storage.rows import Rows

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

# Hash tables and sorts instead of a look-up for each row, with the memory that a million rows want.
_BULK = ("enable_nestloop TO off", "work_mem TO '64MB'")
# Nothing that reads a whole table: a planner takes one busy item for all of it, and a few days of that item, too.
_BY_INDEX = ("enable_hashjoin TO off", "enable_mergejoin TO off", "enable_seqscan TO off", "jit TO off")

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class Transaction:
    """A connection inside BEGIN. ``writing`` is False in a reading transaction.

    Hand-written statements go to the driver itself, on the same connection: SQLAlchemy's own path costs several
    times what SQLite needs for them (ADR 0007).
    """

    def __init__(self, connection: Connection, dialect: Dialect, clock: Clock, *, writing: bool) -> None:
        self._connection = connection
        self._driver: Any = connection.connection.dbapi_connection
        self._dialect = dialect
        self._depth = 0
        self.clock = clock
        self.writing = writing

    @property
    def has_rivals(self) -> bool:
        """Whether others may write while this one does; on SQLite there is one writer."""
        return self._dialect.name == POSTGRESQL

    def run(self, template: str, parameters: Parameters | None = None) -> Rows:
        """Run a hand-written template (see hub.storage.dialect); a sequence of parameters runs it for each.

        Values are as the driver takes them. A sequence gives no rows, only the sum of the rows changed.
        """
        return self._run(self._dialect.statement(template, writing=self.writing), parameters)

    @contextmanager
    def in_bulk(self) -> Iterator[None]:
        """Statements over a whole table's worth of rows.

        PostgreSQL knows nothing of rows that were written a moment ago: it takes them for a handful and compares each
        with each.
        """
        with self._planned(_BULK):
            yield

    @contextmanager
    def by_index(self) -> Iterator[None]:
        """Statements over few rows of big tables, each found by an index, whatever the statistics say."""
        with self._planned(_BY_INDEX):
            yield

    @contextmanager
    def _planned(self, settings: Sequence[str]) -> Iterator[None]:
        """Statements that PostgreSQL plans so. An error leaves the settings to what it rolls back."""
        if self._dialect.name == POSTGRESQL:
            for setting in settings:
                self._run(f"SET LOCAL {setting}", None)
        yield
        if self._dialect.name == POSTGRESQL:
            for setting in settings:
                self._run(f"SET LOCAL {setting.partition(' ')[0]} TO DEFAULT", None)

    def execute(self, statement: Executable, parameters: Parameters | None = None) -> CursorResult[Any]:
        """Run a Core statement."""
        try:
            return self._connection.execute(statement, parameters)
        except DBAPIError as error:
            raise storage_fault(error) from None

    def insert(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        """An INSERT that knows ON CONFLICT; both databases write it alike."""
        if self._dialect.name == POSTGRESQL:
            # A tenth of the start on SQLite would be the import of it.
            from sqlalchemy.dialects import postgresql

            return postgresql.insert(table)
        return sqlite.insert(table)

    def put(self, table: Table, key: Sequence[str], values: Mapping[str, Any]) -> None:
        """Insert a row or replace the one of that key."""
        insert = self.insert(table).values(**values)
        changed = {name: insert.excluded[name] for name in values if name not in key}
        self.execute(insert.on_conflict_do_update(index_elements=list(key), set_=changed))

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A nested block that an exception rolls back alone."""
        # SQLAlchemy's own savepoints compile a statement each time: a third of a reservation's CPU.
        self._depth += 1
        name = f"block_{self._depth}"
        self._run(f"SAVEPOINT {name}", None)
        try:
            yield
        except BaseException:
            # A connection that is gone has nothing to roll back, and its own error says more.
            with suppress(HubError):
                self._run(f"ROLLBACK TO SAVEPOINT {name}", None)
            raise
        else:
            self._run(f"RELEASE SAVEPOINT {name}", None)
        finally:
            self._depth -= 1

    def _run(self, sql: str, parameters: Parameters | None) -> Rows:
        cursor = self._driver.cursor()
        try:
            if isinstance(parameters, Sequence):
                # A driver's executemany costs more than the one statement it would run, and gives no rows.
                if len(parameters) != 1:
                    cursor.executemany(sql, parameters)
                    return Rows((), (), cursor.rowcount)
                parameters = parameters[0]
            cursor.execute(sql, parameters or {})
            if cursor.description is None:
                return Rows((), (), cursor.rowcount)
            fields = tuple([column[0] for column in cursor.description])
            return Rows(cursor.fetchall(), fields, cursor.rowcount)
        except self._connection.dialect.loaded_dbapi.Error as error:
            raise self._fault(error) from None
        finally:
            cursor.close()

    def _fault(self, error: Any) -> HubError:
        gone = self._connection.dialect.is_disconnect(error, self._driver, None)
        if gone and not self._connection.invalidated:
            self._connection.invalidate(error)
        return driver_fault(error, gone=gone)
