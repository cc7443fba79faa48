"""Fixtures: a fresh, migrated database per test on SQLite and on PostgreSQL. tests/conftest.py shares them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.ports import Storage
from hub.storage import open_storage
from tests.fakes.postgres import PostgresMissingError, PostgresServer, postgres_server

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One server per test process."""
    try:
        with postgres_server() as server:
            yield server
    except PostgresMissingError as missing:
        pytest.skip(f"POSTGRESQL NOT TESTED: {missing}")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty file."""
    path = tmp_path_factory.mktemp("template") / "hub.db"
    open_storage(f"sqlite:///{path}", clock=lambda: NOW).close()
    return path


@pytest.fixture(scope="session")
def postgres_database(postgres: PostgresServer) -> str:
    """A migrated database, the same for every test of the process."""
    url = postgres.create()
    open_storage(url, clock=lambda: NOW).close()
    return url


@pytest.fixture
def postgres_url(postgres: PostgresServer, postgres_database: str) -> str:
    """A migrated and empty PostgreSQL database, this test's alone while it runs."""
    postgres.clear(postgres_database)
    return postgres_database


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh, migrated SQLite file."""
    shutil.copyfile(sqlite_template, tmp_path / "hub.db")
    return f"sqlite:///{tmp_path / 'hub.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database, once on each of the two."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def storage(database_url: str) -> Iterator[Storage]:
    """An open storage on a fresh database, once on each of the two; its clock stands still at ``NOW``."""
    opened = open_storage(database_url, clock=lambda: NOW)
    yield opened
    opened.close()
