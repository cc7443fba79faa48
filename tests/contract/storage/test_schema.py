"""The schema in the database is the one in tables.py, and a newer one is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from hub.errors import ConfigurationError
from hub.model.identity import ChannelId
from hub.storage import open_storage
from hub.storage.schema import HEAD, alembic_config
from hub.storage.tables import metadata
from tests.fakes.storage import NOW


def driver(url: str) -> str:
    return url.replace("postgresql:", "postgresql+psycopg:")


def test_the_migrations_make_exactly_the_tables(database_url: str) -> None:
    engine = create_engine(driver(database_url))
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    assert [] == found


def test_the_written_head_is_the_newest_revision() -> None:
    assert HEAD == ScriptDirectory.from_config(alembic_config()).get_current_head()


def test_a_database_of_a_newer_release_is_refused_with_the_cure(database_url: str) -> None:
    engine = create_engine(driver(database_url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(ConfigurationError) as caught:
            open_storage(database_url, clock=lambda: NOW)
    finally:
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": HEAD})
        engine.dispose()
    assert caught.value.code == "storage.schema-newer"
    assert "newer" in caught.value.cure


def test_opening_twice_keeps_what_is_there(database_url: str) -> None:
    for expected in (1, 2):
        storage = open_storage(database_url, clock=lambda: NOW)
        with storage.begin() as work:
            assert expected == work.sequences.next("count")
        storage.close()


def test_sqlite_is_opened_durable(sqlite_url: str) -> None:
    storage = open_storage(sqlite_url, clock=lambda: NOW)
    with storage._database.write() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    storage.close()
    assert {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 60000} == pragmas


@pytest.mark.postgres
def test_postgresql_is_opened_durable(postgres_url: str) -> None:
    storage = open_storage(postgres_url, clock=lambda: NOW)
    with storage._database.write() as connection:
        settings = {
            name: connection.exec_driver_sql(f"SHOW {name}").scalar()
            for name in ("synchronous_commit", "transaction_isolation")
        }
    storage.close()
    assert {"synchronous_commit": "on", "transaction_isolation": "read committed"} == settings


def test_a_partly_written_upgrade_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    url = f"sqlite:///{tmp_path / 'hub.db'}"
    with monkeypatch.context() as patched:
        patched.setattr("alembic.operations.Operations.create_index", breaks)
        with pytest.raises(ZeroDivisionError):
            open_storage(url, clock=lambda: NOW)
    open_storage(url, clock=lambda: NOW).close()


def test_a_database_of_the_first_release_keeps_its_rows(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'hub.db'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text("INSERT INTO sequences (name, value) VALUES ('count', 41)"))
    engine.dispose()
    storage = open_storage(url, clock=lambda: NOW)
    with storage.begin() as work:
        assert (42, []) == (work.sequences.next("count"), work.transfers.page())
    storage.close()


def test_what_channels_had_looked_at_is_still_looked_at_after_an_upgrade(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        connection.execute(text("INSERT INTO touches VALUES ('SEEN', 2, 10), ('AGAIN', 3, 30), ('NEVER', 1, 20)"))
        connection.execute(text("INSERT INTO settled_touches VALUES ('web', 'SEEN', 2), ('web', 'AGAIN', 2)"))
    engine.dispose()
    storage = open_storage(url, clock=lambda: NOW)
    with storage.begin() as work:
        assert ["NEVER", "AGAIN"] == work.publications.touched(ChannelId("web"), 10)
        assert ["SEEN", "NEVER", "AGAIN"] == work.publications.touched(ChannelId("kiosk"), 10)
    storage.close()
