"""Databases that really write to disk, and the table at the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.figures import RESULTS, Figure, save, table
from tests.fakes.postgres import PostgresMissingError, postgres_server


@pytest.fixture(params=["sqlite", "postgres"])
def durable_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that really writes to disk: the server of the contract tests has fsync off."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'hub.db'}"
        return
    try:
        with postgres_server(durable=True) as server:
            yield server.create()
    except PostgresMissingError as missing:
        pytest.skip(f"POSTGRESQL NOT MEASURED: {missing}")


@pytest.fixture(scope="session")
def figures(pytestconfig: pytest.Config) -> Iterator[list[Figure]]:
    """Collects what is measured; printed as one table and written as JSON at the end."""
    found: list[Figure] = []
    yield found
    found.sort(key=lambda each: (each.database, each.name))
    save(found)
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(f"\n\n{table(found)}\n\n{RESULTS}")
