"""Fixtures that several kinds of tests share."""

from __future__ import annotations

from tests.fakes.storage import (
    database_url,
    postgres,
    postgres_database,
    postgres_url,
    sqlite_template,
    sqlite_url,
    storage,
)

__all__ = ["database_url", "postgres", "postgres_database", "postgres_url", "sqlite_template", "sqlite_url", "storage"]
