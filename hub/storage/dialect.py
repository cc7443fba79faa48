"""The few places where SQLite and PostgreSQL say the same thing differently.

Hand-written statements are templates: ``{now}`` is the database's own time in microseconds, ``{lock}`` ends a
SELECT that locks what it read, ``{lock_free}`` one that does so and leaves out what others have locked, and
``{rows sku text, quantity bigint}`` is a table ``r`` of the rows that the parameter ``:rows`` (``{rows@names ...}``:
``:names``) carries as one JSON array, so that a thousand rows are still one statement. ``{numbers}`` is the table
``r`` of what as_numbers made of the parameter ``:numbers``: name, number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

SQLITE = "sqlite"
POSTGRESQL = "postgresql"

_ROWS = re.compile(r"\{rows(?:@(\w+))? ([^}]+)\}")
_PARAMETER = re.compile(r":(\w+)")

_NOW = {
    # 'now' has milliseconds here; SQLite stops it for the length of one statement.
    SQLITE: "(CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER) * 1000)",
    # Not now(): that is when the transaction began, and a lease must not be judged by it.
    POSTGRESQL: "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)",
}
_NUMBERS = {
    SQLITE: "(SELECT key AS name, value AS number FROM json_each(:numbers)) AS r",
    POSTGRESQL: "(SELECT key AS name, CAST(value AS BIGINT) AS number"
    " FROM json_each_text(CAST(:numbers AS json))) AS r",
}


class Dialect:
    """Turns a template into the statement of one database, once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._statements: dict[tuple[str, bool], str] = {}

    def statement(self, template: str, *, writing: bool) -> str:
        """The statement as the driver takes it; row locks are left out where nothing may be written."""
        found = self._statements.get((template, writing))
        if found is None:
            found = self._statements[template, writing] = self._render(template, writing=writing)
        return found

    def _render(self, template: str, *, writing: bool) -> str:
        lock = "FOR UPDATE" if writing and self.name == POSTGRESQL else ""
        sql = template.replace("{now}", _NOW[self.name]).replace("{lock}", lock)
        sql = sql.replace("{lock_free}", f"{lock} SKIP LOCKED" if lock else "")
        sql = sql.replace("{numbers}", _NUMBERS[self.name])
        sql = _ROWS.sub(lambda match: self._rows(match[1] or "rows", match[2]), sql)
        # SQLite reads ":name" itself; psycopg wants "%(name)s".
        return _PARAMETER.sub(r"%(\1)s", sql.replace("%", "%%")) if self.name == POSTGRESQL else sql

    def _rows(self, parameter: str, columns: str) -> str:
        if self.name == POSTGRESQL:
            return f"json_to_recordset(CAST(:{parameter} AS json)) AS r({columns})"
        names = [column.split()[0] for column in columns.split(",")]
        fields = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in names)
        return f"(SELECT {fields} FROM json_each(:{parameter})) AS r"


def as_rows(rows: Iterable[Mapping[str, str | int | None]]) -> str:
    """The value of such a parameter."""
    return json.dumps(list(rows), separators=(",", ":"))


def as_numbers(numbers: Mapping[str, int]) -> str:
    """The value of ``{numbers}``: one JSON object, read several times faster than rows of several fields."""
    return json.dumps(numbers, separators=(",", ":"))
