"""Leases on lanes, with fences, judged by the database's own clock (engine.md section 4).

A mark is a row of its own. Claiming takes away the marks that are committed by then; one whose transaction is
still open stays and makes the lane due again. So no work is missed, and writers never wait for a lane's holder.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from hub.errors import LeaseLostError
from hub.model.queue import Lease
from hub.storage.column_types import from_micros, micros_or_none
from hub.storage.dialect import as_rows
from hub.storage.transaction import Transaction

_ENSURE = """
    INSERT INTO lanes (lane, fence) SELECT r.lane, 0 FROM {rows lane text}
    WHERE true
    ON CONFLICT DO NOTHING
    RETURNING lane
"""
_CLAIM = """
    UPDATE lanes SET owner = :owner, fence = fence + 1, lease_until = {now} + :lease
    WHERE lane = :lane AND (owner IS NULL OR lease_until <= {now})
    RETURNING fence, lease_until
"""
_TAKE_MARKS = "DELETE FROM lane_marks WHERE lane = :lane"
_RENEW = """
    UPDATE lanes SET lease_until = {now} + :lease
    WHERE lane = :lane AND owner = :owner AND fence = :fence
    RETURNING lease_until
"""
# Writing the row holds its lock until the commit: nobody can claim the lane in between.
_CONFIRM = """
    UPDATE lanes SET lease_until = lease_until WHERE lane = :lane AND owner = :owner AND fence = :fence
"""
_RELEASE = """
    UPDATE lanes SET owner = NULL, lease_until = NULL WHERE lane = :lane AND owner = :owner AND fence = :fence
"""
_RECLAIM = "UPDATE lanes SET owner = NULL, lease_until = NULL WHERE owner = :owner RETURNING lane"
_MARK = "INSERT INTO lane_marks (lane, due) VALUES (:lane, COALESCE(CAST(:due AS BIGINT), {now}))"
# A lease that ran out is work too: its holder died, and took the marks with it.
_DUE = """
    SELECT lane FROM (
        SELECT l.lane AS lane, MIN(m.due) AS due FROM lanes l JOIN lane_marks m ON m.lane = l.lane
        WHERE l.owner IS NULL GROUP BY l.lane
        UNION ALL
        SELECT lane, lease_until FROM lanes WHERE owner IS NOT NULL
    ) AS waiting
    WHERE due <= {now} ORDER BY due, lane LIMIT :limit
"""
_MICROSECOND = timedelta(microseconds=1)


class SqlLaneStore:
    """LaneStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def ensure(self, lanes: Iterable[str]) -> None:
        """See LaneStore."""
        rows = as_rows({"lane": lane} for lane in sorted(set(lanes)))
        for lane in self._transaction.run(_ENSURE, {"rows": rows}).scalars():
            self.mark(lane)

    def claim(self, lane: str, owner: str, lease: timedelta) -> Lease | None:
        """See LaneStore. ``owner`` holds it only once: names of processes must differ."""
        row = self._transaction.run(_CLAIM, {"lane": lane, "owner": owner, "lease": lease // _MICROSECOND}).first()
        if row is None:
            return None
        self._transaction.run(_TAKE_MARKS, {"lane": lane})
        return Lease(lane=lane, owner=owner, fence=row.fence, until=from_micros(row.lease_until))

    def renew(self, lease: Lease, by: timedelta) -> Lease | None:
        """See LaneStore. A lease that ran out is renewed where nobody has taken the lane since."""
        until = self._transaction.run(_RENEW, {**_identity(lease), "lease": by // _MICROSECOND}).scalar()
        return None if until is None else Lease(lease.lane, lease.owner, lease.fence, from_micros(until))

    def confirm(self, lease: Lease) -> None:
        """See LaneStore."""
        if self._transaction.run(_CONFIRM, _identity(lease)).rowcount == 0:
            raise LeaseLostError(f"Lane {lease.lane} has another holder now.")

    def release(self, lease: Lease, next_due: datetime | None) -> None:
        """See LaneStore."""
        held = self._transaction.run(_RELEASE, _identity(lease)).rowcount == 1
        if held and next_due is not None:
            self.mark(lease.lane, next_due)

    def reclaim(self, owner: str) -> list[str]:
        """See LaneStore."""
        held = sorted(self._transaction.run(_RECLAIM, {"owner": owner}).scalars())
        for lane in held:
            self.mark(lane)
        return held

    def mark(self, lane: str, due: datetime | None = None) -> None:
        """See LaneStore. A lane that has no row yet is due as soon as it gets one."""
        self._transaction.run(_MARK, {"lane": lane, "due": micros_or_none(due)})

    def due(self, limit: int = 1000) -> list[str]:
        """See LaneStore. The longest waiting first."""
        return self._transaction.run(_DUE, {"limit": limit}).scalars()


def _identity(lease: Lease) -> dict[str, str | int]:
    return {"lane": lease.lane, "owner": lease.owner, "fence": lease.fence}
