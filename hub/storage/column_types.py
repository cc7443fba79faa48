"""How values are stored, the same on both databases: instants as whole microseconds, quantities as whole millionths."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from sqlalchemy import BigInteger, Dialect, Integer
from sqlalchemy.types import TypeDecorator, TypeEngine

from hub.errors import InvariantError
from hub.model.identity import DocumentId
from hub.model.quantity import from_scaled, to_scaled

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(instant: datetime) -> int:
    """Microseconds since 1970 in UTC; InvariantError for a naive datetime."""
    if instant.tzinfo is None:
        raise InvariantError("A naive datetime reached storage.", code="storage.naive-instant")
    return (instant - _EPOCH) // _MICROSECOND


@lru_cache(maxsize=10_000)
def from_micros(micros: int) -> datetime:
    """The instant, aware and in UTC."""
    return _EPOCH + timedelta(microseconds=micros)


def micros_or_none(instant: datetime | None) -> int | None:
    """``to_micros`` where there is one."""
    return None if instant is None else to_micros(instant)


def instant_or_none(micros: int | None) -> datetime | None:
    """``from_micros`` where there is one."""
    return None if micros is None else from_micros(micros)


def document_id(number: int) -> DocumentId:
    """The public id of a stored document; ids sort as they were stored."""
    return DocumentId(f"D{number:09d}")


def document_number(document: DocumentId) -> int | None:
    """The row number of a document id, None for an id that never was one of ours."""
    digits = document[1:]
    return int(digits) if document[:1] == "D" and digits.isascii() and digits.isdigit() else None


class UtcMicros(TypeDecorator[datetime]):
    """An aware instant, stored as microseconds: exact and comparable on both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return micros_or_none(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return instant_or_none(value)


class Scaled(TypeDecorator[Decimal]):
    """A quantity, stored as whole millionths."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else to_scaled(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else from_scaled(value)


# SQLite counts rows by itself only in a column of exactly the type INTEGER.
RowNumber: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")
