"""The metadata and the few kinds of column that all tables are made of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    Text,
)

from hub.storage.column_types import RowNumber, Scaled, UtcMicros

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def words(name: str, *, optional: bool = False, key: bool = False) -> Column[Any]:
    """Text."""
    return Column(name, Text, nullable=optional, primary_key=key)


def instant(name: str, *, optional: bool = False) -> Column[Any]:
    """A moment."""
    return Column(name, UtcMicros, nullable=optional)


def quantity(name: str, *, optional: bool = False) -> Column[Any]:
    """Units in eaches."""
    return Column(name, Scaled, nullable=optional)


def count(name: str) -> Column[Any]:
    """A small number."""
    return Column(name, Integer, nullable=False)


def row_number() -> Column[Any]:
    """Our own number of the row, in order of entry."""
    return Column("id", RowNumber, primary_key=True, autoincrement=True)
