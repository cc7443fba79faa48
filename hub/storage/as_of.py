"""What was there at a moment, as far as it was known at another: day sums, and entries only where a day is cut.

A sum whose entries all lie before both moments is taken whole. Of one that a moment cuts, the entries are looked up by
their row numbers; and so are those that are in no sum yet. The answer is that of all entries, to the microsecond.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from hub.errors import DataError
from hub.model.identity import LocationId, Sku
from hub.model.ledger import Balance
from hub.model.quantity import from_scaled
from hub.storage import ledger_rows
from hub.storage.checkpoints import SOURCES, of_source
from hub.storage.column_types import to_micros
from hub.storage.transaction import Transaction

_UNITS = ("on_hand", "unavailable", "reserved", "soft_held")
# CROSS JOIN: SQLite would otherwise begin with the entries. Every entry has a balance.
_WHOLE_DAYS = """
        SELECT d.sku, d.location, d.bucket, d.units
        FROM asked a CROSS JOIN day_sums d
        WHERE d.sku = a.sku AND d.location = a.location AND d.last_observed <= :moment AND d.last_recorded <= :known
"""
# What is left of compacted entries cannot be cut: it is counted, and the question refused.
_COMPACTED_DAYS = """
        UNION ALL
        SELECT d.sku, d.location,
               CASE WHEN d.last_observed <= :moment AND d.last_recorded <= :known THEN d.bucket ELSE 'cut' END,
               CASE WHEN d.last_observed <= :moment AND d.last_recorded <= :known THEN d.units ELSE d.entries END
        FROM asked a CROSS JOIN compacted_sums d
        WHERE d.sku = a.sku AND d.location = a.location AND d.first_observed <= :moment AND d.first_recorded <= :known
"""
_CUT_DAYS = """
        UNION ALL
        SELECT e.sku, e.location, d.bucket, e.quantity
        FROM asked a CROSS JOIN day_sums d CROSS JOIN {source} e
        WHERE d.sku = a.sku AND d.location = a.location AND d.first_observed <= :moment AND d.first_recorded <= :known
              AND (d.last_observed > :moment OR d.last_recorded > :known)
              AND e.sku = d.sku AND e.location = d.location AND e.id >= d.first_row AND e.id <= d.last_row
              AND {bucket} = d.bucket
              AND {observed_at} >= d.first_observed AND {observed_at} <= d.last_observed AND {observed_at} <= :moment
              AND e.recorded_at >= d.first_recorded AND e.recorded_at <= d.last_recorded AND e.recorded_at <= :known
"""
_NOT_SUMMED_UP = """
        UNION ALL
        SELECT e.sku, e.location, {bucket}, e.quantity
        FROM asked a LEFT JOIN checkpoints c ON c.sku = a.sku AND c.location = a.location AND c.source = '{source}'
             CROSS JOIN {source} e
        WHERE e.sku = a.sku AND e.location = a.location AND e.id > COALESCE(c.through, 0)
              AND {observed_at} <= :moment AND e.recorded_at <= :known
"""
_SUMS = ", ".join(
    f"CAST(SUM(CASE WHEN bucket = '{name}' THEN units ELSE 0 END) AS BIGINT) AS {name}" for name in (*_UNITS, "cut")
)
_ENTRIES = "".join(of_source(_CUT_DAYS + _NOT_SUMMED_UP, source) for source in SOURCES)
_ASKED = "SELECT sku, location FROM balances WHERE true"


def as_of(
    transaction: Transaction,
    moment: datetime,
    known: datetime,
    skus: Iterable[Sku] | None,
    locations: Iterable[LocationId] | None,
) -> list[Balance]:
    """See LedgerStore."""
    moments = {"moment": to_micros(moment), "known": to_micros(known)}
    asked, parameters = ledger_rows.filtered(_ASKED, moments, skus, locations)
    statement = f"""
        WITH asked AS ({asked})
        SELECT sku, location, {_SUMS} FROM ({_WHOLE_DAYS}{_COMPACTED_DAYS}{_ENTRIES}) AS entries
        GROUP BY sku, location ORDER BY sku, location
    """
    with transaction.by_index():
        found = transaction.run(statement, parameters).all()
    cut = next((row for row in found if row.cut), None)
    if cut is not None:
        raise _cut(Sku(cut.sku), LocationId(cut.location))
    return [
        Balance(
            sku=Sku(row.sku),
            location=LocationId(row.location),
            on_hand=from_scaled(row.on_hand),
            unavailable=from_scaled(row.unavailable),
            reserved=from_scaled(row.reserved),
            soft_held=from_scaled(row.soft_held),
        )
        for row in found
    ]


def _cut(sku: Sku, location: LocationId) -> DataError:
    return DataError(
        f"Entries of {sku} at {location} were compacted by days, and such a day was not over at one of these moments.",
        code="ledger.compacted",
        cure="Ask for the end of a day, 23:59:59.999999Z, or look into the archive that `hub stock compact` wrote.",
    )
