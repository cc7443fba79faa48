"""The cursor over changed orders, which survives JSON and a restart."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self


@dataclass(frozen=True)
class Sweep:
    """Where a sweep over changed orders stands: changed since when, from which id on, and when it began."""

    since: datetime
    id_from: int
    began: datetime

    @classmethod
    def resume(cls, cursor: str | None, now: datetime, look_back: timedelta) -> Self:
        """Where ``cursor`` stands; without one, a first sweep that looks back so far."""
        if not cursor:
            return cls(now - look_back, 0, now)
        told = json.loads(cursor)
        began = datetime.fromisoformat(told["began"]) if told["began"] else now
        return cls(datetime.fromisoformat(told["since"]), int(told["id_from"]), began)

    def at(self, id_from: int) -> str:
        """The cursor of the next page."""
        return _cursor(self.since, id_from, self.began.isoformat())

    def ended(self, overlap: timedelta) -> str:
        """The cursor of the next sweep: it overlaps, because the warehouse's clock is not ours."""
        return _cursor(self.began - overlap, 0, "")


def _cursor(since: datetime, id_from: int, began: str) -> str:
    return json.dumps({"since": since.isoformat(), "id_from": id_from, "began": began})
