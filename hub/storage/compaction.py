"""Old entries of the ledger give way to sums, without a moment at which they are in neither or in both (ADR 0024).

First the keys of all of them are noted as spent, while the entries still stand in the way of a repeat. A statement that
began before that may not have seen the keys; once those who write at that time have ended, none is left. Only then
entries are taken out, each part in the transaction that adds it to the sums.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, exists, select

from hub.model.identity import LocationId, RequestId, Sku
from hub.model.ledger import EntryTable, LedgerEntry
from hub.storage import ledger_rows, tables
from hub.storage.checkpoints import SOURCES, Source, locked_horizons, of_source, writers
from hub.storage.column_types import from_micros, to_micros
from hub.storage.dialect import as_rows
from hub.storage.transaction import Transaction

_BOUNDARY = "SELECT MAX(boundary) FROM compactions"
_BEGIN = """
    INSERT INTO compactions (boundary, started_at, archive) VALUES (:boundary, :started_at, :archive)
    ON CONFLICT (boundary, started_at) DO NOTHING
"""
_OLDEST_OPEN = """
    SELECT q.request_id,
           CASE WHEN q.acknowledged_at < q.submitted_at THEN q.acknowledged_at ELSE q.submitted_at END AS at
    FROM request_lines l JOIN requests q ON q.request_id = l.request_id
    WHERE l.outstanding > 0 AND q.submitted_at IS NOT NULL
    ORDER BY at, q.request_id LIMIT 1
"""
_COMPACTED = """
    SELECT COALESCE(SUM(entries), 0) FROM compacted_sums
    WHERE sku = :sku AND (location = :location OR :location = '')
"""
# A count still to come may be as of any moment from the newest one on: what arrived after that is needed to read it.
# What was promised of an item since it is in doubt says how much of what came since is left.
_OLD = {
    EntryTable.MOVEMENTS: """
        FROM movements e JOIN balances b ON b.sku = e.sku AND b.location = e.location
        WHERE e.observed_at < :before AND e.recorded_at < :before
              AND (e.cause IN ('count', 'shipment') OR e.observed_at <= b.counted_at)
    """,
    EntryTable.RESERVATIONS: """
        FROM reservations e
        WHERE e.recorded_at < :before
              AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.request_id = e.request_id AND h.held > 0)
              AND NOT EXISTS (
                  SELECT 1 FROM balances b
                  WHERE b.sku = e.sku AND b.location = e.location AND b.short_at < e.recorded_at
                        AND b.short_at >= COALESCE(b.counted_at, b.short_at)
              )
    """,
    EntryTable.HELD_ENTRIES: """
        FROM held_entries e
        WHERE e.recorded_at < :before
              AND NOT EXISTS (SELECT 1 FROM soft_hold_units u WHERE u.hold = e.hold AND u.held > 0)
    """,
}
_UPTO = "SELECT MAX(id) FROM (SELECT id FROM {source} WHERE id > :after ORDER BY id LIMIT :most) AS part"
_SPEND = """
    INSERT INTO spent_keys (source, key) SELECT '{source}', e.key {old} AND e.id > :after AND e.id <= :upto
    ON CONFLICT (source, key) DO NOTHING
"""
_ADD_TO_SUMS = """
    INSERT INTO compacted_sums (sku, location, bucket, cause, observed_day, recorded_day, units, entries,
                                first_observed, last_observed, first_recorded, last_recorded)
    SELECT e.sku, e.location, {bucket}, e.cause, {observed_day}, {recorded_day}, CAST(SUM(e.quantity) AS BIGINT),
           COUNT(*), MIN({observed_at}), MAX({observed_at}), MIN(e.recorded_at), MAX(e.recorded_at)
    FROM {rows id bigint} CROSS JOIN {source} e
    WHERE e.id = r.id
    GROUP BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (sku, location, bucket, cause, observed_day, recorded_day) DO UPDATE
    SET units = compacted_sums.units + excluded.units, entries = compacted_sums.entries + excluded.entries,
        {wider:compacted_sums}
"""
_TAKE_FROM_DAYS = """
    UPDATE day_sums SET units = day_sums.units - g.units, entries = day_sums.entries - g.entries
    FROM (
        SELECT e.sku, e.location, {bucket} AS bucket, {observed_day} AS observed_day, {recorded_day} AS recorded_day,
               CAST(SUM(e.quantity) AS BIGINT) AS units, COUNT(*) AS entries
        FROM {rows id bigint} CROSS JOIN {source} e JOIN checkpoints c
             ON c.sku = e.sku AND c.location = e.location AND c.source = '{source}'
        WHERE e.id = r.id AND e.id <= c.through
        GROUP BY 1, 2, 3, 4, 5
    ) AS g
    WHERE day_sums.sku = g.sku AND day_sums.location = g.location AND day_sums.bucket = g.bucket
          AND day_sums.observed_day = g.observed_day AND day_sums.recorded_day = g.recorded_day
"""
_DROP_EMPTY_DAYS = """
    DELETE FROM day_sums
    WHERE entries = 0 AND sku IN (SELECT e.sku FROM {rows id bigint} CROSS JOIN {source} e WHERE e.id = r.id)
"""
_TAKE_OUT = "DELETE FROM {source} WHERE id IN (SELECT id FROM {rows id bigint})"

_SOURCES = {EntryTable(source.table): source for source in SOURCES}
_STORED: dict[EntryTable, tuple[Table, Callable[[Row[Any]], LedgerEntry]]] = {
    EntryTable.MOVEMENTS: (tables.movements, ledger_rows.movement_of),
    EntryTable.RESERVATIONS: (tables.reservations, ledger_rows.reservation_of),
    EntryTable.HELD_ENTRIES: (tables.held_entries, ledger_rows.held_entry_of),
}


class SqlCompactionStore:
    """CompactionStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def boundary(self) -> datetime | None:
        """See CompactionStore."""
        micros = self._transaction.run(_BOUNDARY).scalar()
        return None if micros is None else from_micros(micros)

    def oldest_open(self) -> tuple[RequestId, datetime] | None:
        """See CompactionStore."""
        row = self._transaction.run(_OLDEST_OPEN).first()
        return None if row is None else (RequestId(row.request_id), from_micros(row.at))

    def compacted(self, sku: Sku, location: LocationId | None = None) -> int:
        """See CompactionStore."""
        return int(self._transaction.run(_COMPACTED, {"sku": sku, "location": location or ""}).scalar_one())

    def old(self, table: EntryTable, before: datetime) -> int:
        """See CompactionStore."""
        found = self._transaction.run(f"SELECT COUNT(*) {_OLD[table]}", {"before": to_micros(before)})
        return int(found.scalar_one())

    def begin(self, before: datetime, at: datetime, archive: str) -> None:
        """See CompactionStore."""
        run = {"boundary": to_micros(before), "started_at": to_micros(at), "archive": archive}
        self._transaction.run(_BEGIN, run)

    def spend(self, table: EntryTable, before: datetime, after: int, most: int) -> int | None:
        """See CompactionStore."""
        source = _SOURCES[table]
        part = {"after": after, "most": most}
        upto = self._transaction.run(of_source(_UPTO, source), part).scalar()
        if upto is None:
            return None
        bounds = {"before": to_micros(before), "after": after, "upto": upto}
        with self._transaction.by_index():
            self._transaction.run(of_source(_SPEND.replace("{old}", _OLD[table]), source), bounds)
        return int(upto)

    def writers(self) -> frozenset[str]:
        """See CompactionStore."""
        return frozenset(name for source in SOURCES for name in writers(self._transaction, source))

    def part(self, table: EntryTable, after: int, most: int) -> list[tuple[int, LedgerEntry]]:
        """See CompactionStore."""
        stored, built = _STORED[table]
        spent = tables.spent_keys.c
        is_spent = exists().where(spent.source == table.value, spent.key == stored.c.key)
        query = select(stored).where(stored.c.id > after, is_spent).order_by(stored.c.id).limit(most)
        with self._transaction.by_index():
            return [(row.id, built(row)) for row in self._transaction.execute(query)]

    def fold(self, table: EntryTable, rows: Sequence[int]) -> None:
        """See CompactionStore."""
        locked_horizons(self._transaction)
        parameters = {"rows": as_rows({"id": row} for row in rows)}
        with self._transaction.by_index():
            for statement in _folding(_SOURCES[table]):
                self._transaction.run(statement, parameters)


def _folding(source: Source) -> Iterable[str]:
    return (of_source(each, source) for each in (_ADD_TO_SUMS, _TAKE_FROM_DAYS, _DROP_EMPTY_DAYS, _TAKE_OUT))
