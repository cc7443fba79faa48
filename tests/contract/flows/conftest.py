"""The flows' own tests, run on SQLite and on PostgreSQL instead of in memory."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from hub.ports import Storage
from hub.storage import open_storage
from tests.builders import Desk
from tests.fakes.postgres import PostgresServer
from tests.fakes.stepwise import FreshUnits
from tests.fakes.storage import NOW


@pytest.fixture
def sqlite_units(sqlite_template: Path, tmp_path: Path) -> Iterator[FreshUnits]:
    numbers = count()

    def fresh() -> Storage:
        path = tmp_path / f"hub-{next(numbers)}.db"
        shutil.copyfile(sqlite_template, path)
        return open_storage(f"sqlite:///{path}", clock=lambda: NOW)

    with closing(FreshUnits(fresh)) as units:
        yield units


@pytest.fixture
def postgres_units(postgres: PostgresServer, postgres_database: str) -> Iterator[FreshUnits]:
    def fresh() -> Storage:
        postgres.clear(postgres_database)
        return open_storage(postgres_database, clock=lambda: NOW)

    with closing(FreshUnits(fresh)) as units:
        yield units


@pytest.fixture(autouse=True, params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def on_real_storage(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every desk of the test keeps its books there."""
    monkeypatch.setattr(Desk, "made_on", request.getfixturevalue(f"{request.param}_units"))
