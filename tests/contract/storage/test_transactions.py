"""What a unit of work promises as a whole: commit, roll back, read-only, crash at a commit, server away."""

from __future__ import annotations

import secrets
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.errors import ConfigurationError, HubError, InvariantError, TransientError
from hub.ports import Storage, UnitOfWork
from hub.storage import open_storage
from tests.contract.storage.rows import ROBOT, document, movement, order
from tests.fakes.postgres import PostgresServer, postgres_server
from tests.fakes.storage import NOW


class Crash(BaseException):
    """Not an Exception: nothing on the way may swallow it."""


class Crashing:
    """Dies at one side of a commit."""

    def __init__(self) -> None:
        self.at = ""
        self.seen: list[str] = []

    def before_commit(self) -> None:
        self._pass("before")

    def after_commit(self) -> None:
        self._pass("after")

    def _pass(self, side: str) -> None:
        self.seen.append(side)
        if self.at == side:
            raise Crash


def count(storage: Storage) -> int:
    with storage.begin() as work:
        return work.sequences.next("count")


def fails(storage: Storage, body: Callable[[UnitOfWork], None], error: type[BaseException]) -> None:
    def run() -> None:
        with storage.begin() as work:
            body(work)

    with pytest.raises(error):
        run()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, Crash])
def test_any_exception_rolls_everything_back(storage: Storage, error: type[BaseException]) -> None:
    def body(work: UnitOfWork) -> None:
        work.sequences.next("count")
        work.orders.add(order())
        raise error

    fails(storage, body, error)
    with storage.read() as work:
        assert {} == work.orders.count()
    assert 1 == count(storage)


def test_a_savepoint_rolls_back_alone(storage: Storage) -> None:
    def inner(work: UnitOfWork) -> None:
        with work.savepoint():
            work.orders.add(order("2"))
            raise ValueError

    with storage.begin() as work:
        work.orders.add(order("1"))
        with pytest.raises(ValueError):
            inner(work)
        with work.savepoint():
            work.orders.add(order("3"))
    with storage.read() as work:
        assert ["toyshop-1", "toyshop-3"] == [record.order_id for record in work.orders.page()]


def test_a_database_error_inside_a_savepoint_leaves_the_rest_usable(storage: Storage) -> None:
    with storage.begin() as work:
        work.ledger.move([movement("a", 1)])

    def twice(work: UnitOfWork) -> None:
        with work.savepoint():
            work.lanes.mark(None)  # type: ignore[arg-type]

    with storage.begin() as work:
        with pytest.raises(InvariantError):
            twice(work)
        work.ledger.move([movement("b", 1)])
    with storage.read() as work:
        assert ["b", "a"] == [row.key for row in work.ledger.movements(ROBOT)]


def test_writing_in_a_reading_transaction_is_our_bug(storage: Storage) -> None:
    with pytest.raises(InvariantError) as caught, storage.read() as work:
        work.sequences.next("count")
    assert caught.value.code == "storage.read-only"
    assert 1 == count(storage)


def test_a_transaction_inside_another_fails_instead_of_waiting_for_itself(storage: Storage) -> None:
    with storage.begin() as work:
        with pytest.raises(InvariantError) as caught:
            count(storage)
        work.orders.add(order())
    assert caught.value.code == "storage.nested-transaction"
    assert 1 == count(storage)


@pytest.mark.parametrize(("side", "stored"), [("before", []), ("after", ["toyshop-5001"])])
def test_a_crash_at_a_commit_leaves_all_or_nothing(database_url: str, side: str, stored: list[str]) -> None:
    crashing = Crashing()
    storage = open_storage(database_url, clock=lambda: NOW, observer=crashing)
    crashing.at = side

    def take(work: UnitOfWork) -> None:
        work.orders.add(order())

    fails(storage, take, Crash)
    crashing.at = ""
    with storage.read() as work:
        assert stored == [record.order_id for record in work.orders.page()]
    assert 1 == count(storage)
    assert crashing.seen[-2:] == ["before", "after"]
    storage.close()


def test_errors_never_quote_what_was_written(storage: Storage) -> None:
    secret = "canary-7d1f"
    with pytest.raises(HubError) as caught, storage.begin() as work:
        work.refs.put(None, secret, secret, secret)  # type: ignore[arg-type]
    assert secret not in f"{caught.value!r} {caught.value} {caught.value.__cause__!r}"
    assert caught.value.__suppress_context__


def test_threads_queue_for_the_writer(storage: Storage) -> None:
    inside = threading.Event()
    results: list[int] = []
    with storage.begin() as work:
        work.sequences.next("count")

        def second() -> None:
            inside.set()
            results.append(count(storage))

        thread = threading.Thread(target=second)
        thread.start()
        inside.wait()
    thread.join()
    assert [2] == results


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://host/hub", "sqlite://", "sqlite:///:memory:"])
def test_another_database_is_refused_with_the_cure(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        open_storage(url, clock=lambda: NOW)
    assert caught.value.code == "storage.url"
    assert "sqlite:///" in caught.value.cure


def test_a_folder_that_is_missing_is_said_to_be_unavailable() -> None:
    with pytest.raises(TransientError) as caught:
        open_storage("sqlite:////nowhere/at/all/hub.db", clock=lambda: NOW)
    assert caught.value.code == "storage.unavailable"


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database" * 100)
    with pytest.raises(ConfigurationError) as caught:
        open_storage(f"sqlite:///{path}", clock=lambda: NOW)
    assert caught.value.code == "storage.not-a-database"
    assert path.read_text() == "not a database" * 100


def test_a_full_disk_loses_nothing_and_is_over_when_there_is_room(sqlite_url: str) -> None:
    storage = open_storage(sqlite_url, clock=lambda: NOW)
    with storage._database.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    big = document(body=secrets.token_bytes(50_000))

    def receive(work: UnitOfWork) -> None:
        work.inbox.add([big], "orders")

    fails(storage, receive, TransientError)
    with storage._database.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    with storage.begin() as work:
        assert 1 == len(work.inbox.add([big], "orders"))
    storage.close()


@pytest.mark.postgres
def test_a_refused_login_is_a_matter_of_configuration(postgres: PostgresServer) -> None:
    with pytest.raises(ConfigurationError) as caught:
        open_storage(postgres.url("no_such_database"), clock=lambda: NOW)
    assert caught.value.code == "storage.login"


@pytest.mark.postgres
@pytest.mark.parametrize("how", [signal.SIGQUIT, signal.SIGINT], ids=["crash", "in good order"])
def test_a_restart_of_the_server_is_a_pause(postgres: PostgresServer, how: signal.Signals) -> None:
    with postgres_server() as server:
        storage = open_storage(server.create(), clock=lambda: NOW)
        assert 1 == count(storage)
        server.stop(how)
        with pytest.raises(TransientError):
            count(storage)
        server.start()
        numbers = []
        for _ in range(5):
            try:
                numbers.append(count(storage))
            except TransientError:
                continue
        assert list(range(2, 2 + len(numbers))) == numbers
        assert numbers
        storage.close()
