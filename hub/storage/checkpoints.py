"""Day sums of the ledger's entries, made in small transactions beside those who write (ADR 0023).

Entries are summed up in the order of their row numbers, up to a row number before which nothing can appear any more. On
PostgreSQL numbers are drawn before they are committed: a transaction may commit row 7 long after row 8 was seen. So the
highest row is noted first and then who is writing to the table; once all of these have ended, every row up to the
noted one is there or never will be. Nobody waits for that: it is asked again the next time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from hub.storage.dialect import as_rows
from hub.storage.transaction import Transaction

DAY = 86_400_000_000
"""Microseconds."""


@dataclass(frozen=True, slots=True)
class Source:
    """A table of entries, and what its columns are to a sum."""

    table: str
    observed_at: str
    bucket: str


# A promise is our own act: it happens when it is written down.
SOURCES = (
    Source("movements", "e.observed_at", "e.bucket"),
    Source("reservations", "e.recorded_at", "'reserved'"),
    Source("held_entries", "e.recorded_at", "'soft_held'"),
)

_MAKE_HORIZONS = """
    INSERT INTO checkpoint_horizons (source, noted, rivals, settled, reached)
    SELECT r.source, 0, '[]', 0, 0 FROM {rows source text}
    WHERE true
    ON CONFLICT (source) DO NOTHING
"""
_HORIZONS = "SELECT source, noted, rivals, settled, reached FROM checkpoint_horizons ORDER BY source {lock}"
_MOVE_HORIZON = """
    UPDATE checkpoint_horizons SET noted = :noted, rivals = :rivals, settled = :settled, reached = :reached
    WHERE source = :source
"""
# All who may have drawn a row number and not committed yet hold such a lock until they end.
_WRITERS = """
    SELECT DISTINCT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = CAST(:table AS regclass) AND granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND mode NOT IN ('AccessShareLock', 'RowShareLock', 'ShareUpdateExclusiveLock')
          AND pid IS DISTINCT FROM pg_backend_pid()
"""
_NEWEST = "SELECT COALESCE(MAX(id), 0) FROM {source}"
_PART = """
    SELECT COALESCE(MAX(id), 0) AS upto, COUNT(*) AS entries
    FROM (SELECT id FROM {source} WHERE id > :reached AND id <= :settled ORDER BY id LIMIT :most) AS part
"""
_CANDIDATES = """
    SELECT t.sku, t.location, COALESCE(c.through, 0) AS after, (
        SELECT COUNT(*) FROM {source} e
        WHERE e.sku = t.sku AND e.location = t.location AND e.id > COALESCE(c.through, 0) AND e.id <= :upto
    ) AS entries
    FROM (SELECT DISTINCT sku, location FROM {source} WHERE id > :reached AND id <= :upto) AS t
         LEFT JOIN checkpoints c ON c.sku = t.sku AND c.location = t.location AND c.source = :source
"""
_SUM_UP = """
    INSERT INTO day_sums (sku, location, bucket, observed_day, recorded_day, units, entries, first_row, last_row,
                          first_observed, last_observed, first_recorded, last_recorded)
    SELECT e.sku, e.location, {bucket}, {observed_day}, {recorded_day}, CAST(SUM(e.quantity) AS BIGINT), COUNT(*),
           MIN(e.id), MAX(e.id), MIN({observed_at}), MAX({observed_at}), MIN(e.recorded_at), MAX(e.recorded_at)
    FROM {pairs} CROSS JOIN {source} e
    WHERE e.sku = r.sku AND e.location = r.location AND e.id > r.after AND e.id <= :upto
    GROUP BY 1, 2, 3, 4, 5
    ON CONFLICT (sku, location, bucket, observed_day, recorded_day) DO UPDATE
    SET units = day_sums.units + excluded.units, entries = day_sums.entries + excluded.entries,
        last_row = excluded.last_row, {wider:day_sums}
"""
_PAIRS = "{rows sku text, location text, after bigint}"
_REMEMBER = """
    INSERT INTO checkpoints (sku, location, source, through)
    SELECT r.sku, r.location, :source, :upto FROM {rows sku text, location text, after bigint}
    WHERE true
    ON CONFLICT (sku, location, source) DO UPDATE SET through = excluded.through
"""
_DRIFT = """
    SELECT sku, location, bucket, CAST(SUM(units) AS BIGINT) AS units FROM (
        SELECT sku, location, bucket, observed_day, recorded_day, -units AS units, -entries AS entries FROM day_sums
        {entries}
    ) AS sums
    GROUP BY sku, location, bucket, observed_day, recorded_day
    HAVING SUM(units) <> 0 OR SUM(entries) <> 0
    ORDER BY sku, location, bucket
"""
_SUMMED_UP = """
        UNION ALL
        SELECT e.sku, e.location, {bucket}, {observed_day}, {recorded_day}, e.quantity, 1
        FROM {source} e JOIN checkpoints c ON c.sku = e.sku AND c.location = e.location AND c.source = '{source}'
        WHERE e.id <= c.through
"""


class SqlCheckpointStore:
    """CheckpointStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def advance(self, *, worth: int, most: int) -> int:
        """See CheckpointStore."""
        horizons = locked_horizons(self._transaction)
        with self._transaction.by_index():
            return sum(self._advance(source, horizons[source.table], worth, most) for source in SOURCES)

    def drift(self) -> list[str]:
        """See CheckpointStore."""
        entries = "".join(of_source(_SUMMED_UP, source) for source in SOURCES)
        return [
            f"{row.sku} at {row.location}: a sum of {row.bucket} is not that of its entries"
            for row in self._transaction.run(_DRIFT.replace("{entries}", entries))
        ]

    def _advance(self, source: Source, horizon: Any, worth: int, most: int) -> int:
        noted, settled, rivals = horizon.noted, horizon.settled, json.loads(horizon.rivals)
        if settled == horizon.reached:
            noted, rivals, settled = self._settle(source, noted, rivals, settled)
        bounds = {"reached": horizon.reached, "settled": settled, "most": most}
        (part,) = self._transaction.run(of_source(_PART, source), bounds)
        if part.entries:
            self._sum_up(source, horizon.reached, part.upto, worth)
        reached = part.upto if part.entries == most else settled
        moved = (noted, json.dumps(rivals), settled, reached)
        if moved != (horizon.noted, horizon.rivals, horizon.settled, horizon.reached):
            names = ("noted", "rivals", "settled", "reached")
            self._transaction.run(_MOVE_HORIZON, {"source": source.table, **dict(zip(names, moved, strict=True))})
        return int(part.entries)

    def _settle(self, source: Source, noted: int, rivals: list[str], settled: int) -> tuple[int, list[str], int]:
        """What is noted next, whom it waits for, and up to where everything is settled now."""
        if set(rivals) & writers(self._transaction, source):
            return noted, rivals, settled
        # Those who drew a number below this one either hold their lock still, or have ended and are seen.
        newest = self._transaction.run(of_source(_NEWEST, source)).scalar_one()
        writing = writers(self._transaction, source)
        return newest, sorted(writing), noted if writing else newest

    def _sum_up(self, source: Source, reached: int, upto: int, worth: int) -> None:
        part = {"source": source.table, "reached": reached, "upto": upto}
        found = self._transaction.run(of_source(_CANDIDATES, source), part)
        pairs = [
            {"sku": row.sku, "location": row.location, "after": row.after} for row in found if row.entries >= worth
        ]
        if pairs:
            bounds = {"source": source.table, "upto": upto, "rows": as_rows(pairs)}
            self._transaction.run(of_source(_SUM_UP, source), bounds)
            self._transaction.run(_REMEMBER, bounds)


def locked_horizons(transaction: Transaction) -> dict[str, Any]:
    """The horizons by table, held until the transaction ends: one at a time makes sums or takes entries out of them."""
    transaction.run(_MAKE_HORIZONS, {"rows": as_rows({"source": source.table} for source in SOURCES)})
    return {row.source: row for row in transaction.run(_HORIZONS)}


def writers(transaction: Transaction, source: Source) -> set[str]:
    """The transactions of others that may have written to a table what nobody sees yet."""
    if not transaction.has_rivals:
        return set()
    return set(transaction.run(_WRITERS, {"table": source.table}).scalars())


def of_source(template: str, source: Source) -> str:
    """A statement about the entries ``e`` of one table."""
    return (
        template.replace("{pairs}", _PAIRS)
        .replace("{wider:day_sums}", _wider("day_sums"))
        .replace("{wider:compacted_sums}", _wider("compacted_sums"))
        .replace("{observed_day}", _day(source.observed_at))
        .replace("{recorded_day}", _day("e.recorded_at"))
        .replace("{observed_at}", source.observed_at)
        .replace("{bucket}", source.bucket)
        .replace("{source}", source.table)
    )


def _day(moment: str) -> str:
    """When the day (UTC) of a moment began; moments before 1970 are negative, and so are their remainders."""
    return f"({moment} - ({moment} % {DAY} + {DAY}) % {DAY})"


def _wider(table: str) -> str:
    spans = (("first_observed", "<"), ("last_observed", ">"), ("first_recorded", "<"), ("last_recorded", ">"))
    return ", ".join(
        f"{name} = CASE WHEN excluded.{name} {sign} {table}.{name} THEN excluded.{name} ELSE {table}.{name} END"
        for name, sign in spans
    )
