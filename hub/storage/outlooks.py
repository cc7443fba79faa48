"""What partners say of their items' future: one row an item, the newest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from hub.model.identity import DocumentId, LocationId, Sku
from hub.model.stock import ItemOutlook, Outlook
from hub.storage.column_types import from_micros, to_micros
from hub.storage.dialect import as_rows
from hub.storage.transaction import Transaction

# One JSON parameter stays below a few megabytes.
_CHUNK = 5000

_SAVE = """
    INSERT INTO outlooks (sku, location, as_of, document, body)
    SELECT r.sku, r.location, r.as_of, r.document, r.body
    FROM {rows sku text, location text, as_of bigint, document text, body text}
    WHERE true
    ON CONFLICT (location, sku) DO UPDATE
    SET as_of = excluded.as_of, document = excluded.document, body = excluded.body
    WHERE outlooks.as_of <= excluded.as_of
"""
_FORGET = """
    DELETE FROM outlooks
    WHERE location = :location AND as_of <= :as_of AND sku IN (SELECT sku FROM {rows sku text})
"""
_OF = "SELECT as_of, document, body FROM outlooks"
_PAGE = f"{_OF} WHERE location = :location AND sku > :after ORDER BY sku LIMIT :limit"


class SqlOutlookStore:
    """OutlookStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def save(self, outlooks: Sequence[Outlook]) -> None:
        """See OutlookStore."""
        for start in range(0, len(outlooks), _CHUNK):
            rows = as_rows(map(_values, outlooks[start : start + _CHUNK]))
            self._transaction.run(_SAVE, {"rows": rows})

    def forget(self, location: LocationId, skus: Sequence[Sku], as_of: datetime) -> None:
        """See OutlookStore."""
        if skus:
            values = {"location": location, "as_of": to_micros(as_of), "rows": as_rows({"sku": sku} for sku in skus)}
            self._transaction.run(_FORGET, values)

    def of(self, skus: Iterable[Sku] | None = None, locations: Iterable[LocationId] | None = None) -> list[Outlook]:
        """See OutlookStore."""
        conditions, values = [], {}
        if skus is not None:
            conditions.append("sku IN (SELECT sku FROM {rows@skus sku text})")
            values["skus"] = as_rows({"sku": sku} for sku in sorted(set(skus)))
        if locations is not None:
            conditions.append("location IN (SELECT location FROM {rows@locations location text})")
            values["locations"] = as_rows({"location": location} for location in sorted(set(locations)))
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return [_outlook(row) for row in self._transaction.run(f"{_OF}{where} ORDER BY sku, location", values)]

    def page(self, location: LocationId, after: Sku | None, limit: int) -> list[Outlook]:
        """See OutlookStore."""
        # No SKU is empty, so all of them come after the empty text.
        found = self._transaction.run(_PAGE, {"location": location, "after": after or "", "limit": limit})
        return [_outlook(row) for row in found]


def _values(outlook: Outlook) -> dict[str, str | int | None]:
    return {
        "sku": outlook.said.sku,
        "location": outlook.said.location,
        "as_of": to_micros(outlook.as_of),
        "document": outlook.document,
        "body": outlook.said.model_dump_json(),
    }


def _outlook(row: Any) -> Outlook:
    document = DocumentId(row.document) if row.document is not None else None
    return Outlook(ItemOutlook.model_validate_json(row.body), from_micros(row.as_of), document)
