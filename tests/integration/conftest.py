"""A fresh world per test, on SQLite, its engine not started."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.world import World


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    made = World(sqlite_url, suppliers=("east",))
    yield made
    made.close()
