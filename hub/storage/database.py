"""Engines: how SQLite and PostgreSQL are opened so that a commit is durable and writers wait instead of failing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from hub.errors import ConfigurationError, HubError, InvariantError
from hub.storage.dialect import POSTGRESQL, SQLITE, Dialect
from hub.storage.faults import driver_fault, storage_fault

_BUSY_SECONDS = 60
_POOL_SIZE = 20
_IDLE = 8
# A worker that froze inside a transaction must not hold its row locks for ever.
_POSTGRESQL_SESSION = (
    "SET synchronous_commit TO on",
    "SET idle_in_transaction_session_timeout TO '5min'",
)


class CommitObserver(Protocol):
    """Told around every commit; what it raises leaves through ``begin``. Crash tests die here."""

    def before_commit(self) -> None:
        """Everything is written, nothing is durable."""

    def after_commit(self) -> None:
        """It is durable, the caller does not know yet."""


class Database:
    """Connections of one database. Safe to use from several threads, and from several processes on one file."""

    def __init__(self, url: str, observer: CommitObserver | None) -> None:
        parsed = _parse(url)
        self.dialect = Dialect(parsed.get_backend_name())
        self._observer = observer
        self._writing = threading.local()
        if self.dialect.name == SQLITE:
            self._writer = _Engine(_sqlite_engine(parsed, query_only=False), "BEGIN IMMEDIATE")
            self._reader = _Engine(_sqlite_engine(parsed, query_only=True), "BEGIN")
            # One writer at a time is SQLite's rule; a queue in the process is fairer than its busy polling.
            self._turn: threading.Lock | nullcontext[None] = threading.Lock()
        else:
            engine = _postgresql_engine(parsed)
            reading = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            self._writer, self._reader = _Engine(engine), _Engine(reading)
            self._turn = nullcontext()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A writing transaction: committed on leaving, rolled back by any exception.

        Raises InvariantError where this thread is already inside one (it would wait for itself), TransientError
        where the database is busy, full or away.
        """
        if getattr(self._writing, "inside", False):
            raise InvariantError("A writing transaction was opened inside another.", code="storage.nested-transaction")
        with self._turn:
            self._writing.inside = True
            try:
                with self._writer.transaction() as connection:
                    yield connection
                    self._commit(connection)
            finally:
                self._writing.inside = False

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A reading transaction on one snapshot; it waits for nobody."""
        with self._reader.transaction() as connection:
            yield connection
            _roll_back(connection)

    def durability(self) -> dict[str, str]:
        """The settings a durable commit rests on, as the database itself states them for our connections."""
        names = ("journal_mode", "synchronous") if self.dialect.name == SQLITE else ("synchronous_commit", "fsync")
        ask = "PRAGMA {}" if self.dialect.name == SQLITE else "SHOW {}"
        with self.read() as connection:
            return {name: str(connection.exec_driver_sql(ask.format(name)).scalar()) for name in names}

    def close(self) -> None:
        """Give back every connection."""
        self._writer.close()
        self._reader.close()

    def _commit(self, connection: Connection) -> None:
        if self._observer is not None:
            self._observer.before_commit()
        _driver(connection).commit()
        # Where a Core statement ran, SQLAlchemy must know too; for the driver it is over.
        if connection.in_transaction():
            connection.commit()
        if self._observer is not None:
            self._observer.after_commit()


class _Engine:
    """An engine whose connections stay checked out between transactions.

    Taking a connection out of SQLAlchemy's pool, beginning and giving it back costs more than most of our
    transactions; hence ``begin`` and commits go to the driver, and a few idle connections are kept.
    """

    def __init__(self, engine: Engine, begin: str = "") -> None:
        self._engine, self._begin = engine, begin
        self._idle: list[Connection] = []

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection inside a transaction that the caller ends; rolled back by any exception."""
        connection = self._take()
        try:
            if self._begin:
                _driver(connection).execute(self._begin)
            yield connection
        except BaseException as error:
            _roll_back(connection)
            connection.close()
            if isinstance(error, DBAPIError | self._driver_error):
                # Where the server went away the other idle ones are dead as well.
                self._drop_idle()
                raise self._fault(error) from None
            raise
        if len(self._idle) < _IDLE:
            self._idle.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Close every connection that nobody uses."""
        self._drop_idle()
        self._engine.dispose()

    @property
    def _driver_error(self) -> type[Exception]:
        return self._engine.dialect.loaded_dbapi.Error

    def _fault(self, error: Any) -> HubError:
        if isinstance(error, DBAPIError):
            return storage_fault(error)
        return driver_fault(error, gone=self._engine.dialect.is_disconnect(error, None, None))

    def _take(self) -> Connection:
        with suppress(IndexError):
            return self._idle.pop()
        try:
            return self._engine.connect()
        except (DBAPIError, PoolTimeoutError) as error:
            raise storage_fault(error) from None

    def _drop_idle(self) -> None:
        with suppress(IndexError):
            while True:
                self._idle.pop().close()


def _driver(connection: Connection) -> Any:
    return connection.connection.dbapi_connection


def _roll_back(connection: Connection) -> None:
    # A connection that is gone has rolled back by itself, and its own error says more.
    with suppress(Exception):
        _driver(connection).rollback()
    with suppress(DBAPIError):
        connection.rollback()


def _parse(url: str) -> URL:
    cure = "Use sqlite:///path/to/hub.db or postgresql://user@host/name."
    try:
        parsed = make_url(url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres://") else url)
    except ArgumentError:
        raise ConfigurationError("The database URL cannot be read.", code="storage.url", cure=cure) from None
    backend = parsed.get_backend_name()
    if backend == POSTGRESQL:
        return parsed.set(drivername="postgresql+psycopg")
    if backend == SQLITE and parsed.database not in (None, "", ":memory:"):
        return parsed
    raise ConfigurationError("The database must be a SQLite file or PostgreSQL.", code="storage.url", cure=cure)


def _sqlite_engine(url: URL, *, query_only: bool) -> Engine:
    engine = create_engine(
        url,
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
        pool_size=_POOL_SIZE,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver's own BEGIN is deferred: two such writers fail instead of waiting.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        # NORMAL may lose the last commits on power loss: an acknowledged webhook, a sent mark.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        if query_only:
            connection.execute("PRAGMA query_only = ON")

    return engine


def _postgresql_engine(url: URL) -> Engine:
    try:
        engine = create_engine(
            url,
            pool_size=_POOL_SIZE,
            max_overflow=_POOL_SIZE,
            isolation_level="READ COMMITTED",
            hide_parameters=True,
        )
    except ModuleNotFoundError:
        raise ConfigurationError(
            "The PostgreSQL driver is not installed.",
            code="storage.driver-missing",
            cure="Install crossdock[postgres].",
        ) from None

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        before = connection.autocommit
        connection.autocommit = True
        for statement in _POSTGRESQL_SESSION:
            connection.execute(statement)
        connection.autocommit = before

    return engine
