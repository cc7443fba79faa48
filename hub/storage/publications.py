"""What each channel shows, and which SKUs must be looked at again."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from hub.model.identity import ChannelId, LocationId, Sku
from hub.model.quantity import from_scaled, to_scaled
from hub.model.queue import Certainty, Publication, PublicationState
from hub.model.stock import ChannelSales
from hub.storage import touches
from hub.storage.column_types import instant_or_none, micros_or_none, to_micros
from hub.storage.dialect import as_numbers, as_rows
from hub.storage.transaction import Transaction

_NAMED = "SELECT r.sku FROM {rows sku text}"
_STOCKED = "SELECT sku FROM balances WHERE location = :location AND on_hand <> 0"
_AWAITED = f"SELECT DISTINCT sku FROM open_lines WHERE quantity > 0 AND sku IN ({_STOCKED}) ORDER BY sku"
_RULES = "SELECT rules FROM publishing_rules WHERE channel = :channel"
_SET_RULES = """
    INSERT INTO publishing_rules (channel, rules) VALUES (:channel, :rules)
    ON CONFLICT (channel) DO UPDATE SET rules = excluded.rules
"""
_CURRENT = """
    SELECT * FROM publications
    WHERE channel = :channel AND sku IN (SELECT sku FROM {rows sku text})
    ORDER BY sku {lock}
"""
_SAVE = """
    INSERT INTO publications (channel, sku, requested, confirmed, ordered, cancelled, certainty, at,
                              waits_since, key, state, reason)
    VALUES (:channel, :sku, :requested, :confirmed, :ordered, :cancelled, :certainty, :at,
            :waits_since, :key, :state, :reason)
    ON CONFLICT (channel, sku) DO UPDATE
    SET requested = excluded.requested, confirmed = excluded.confirmed, ordered = excluded.ordered,
        cancelled = excluded.cancelled, certainty = excluded.certainty, at = excluded.at,
        waits_since = excluded.waits_since, key = excluded.key, state = excluded.state, reason = excluded.reason
"""
_PAGE = """
    SELECT * FROM publications
    WHERE channel = :channel AND sku > :after AND (:state = '' OR state = :state)
    ORDER BY sku LIMIT :limit
"""
_UNSETTLED = """
    SELECT channel, state, COUNT(*) AS number FROM publications
    WHERE state IN ('pending', 'error') GROUP BY channel, state
"""
_WAITING = "SELECT sku FROM publications WHERE channel = :channel AND waits_since < :before ORDER BY sku"
_RESUME = """
    UPDATE publications SET waits_since = NULL
    WHERE channel = :channel AND waits_since < :before
    RETURNING sku
"""


class ShownTouches:
    """Which touch of a SKU this process was shown first and has not settled: settling never goes beyond it.

    A touch that comes between ``touched`` and ``settled``, even in two transactions, is therefore shown again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: dict[tuple[ChannelId, Sku], int] = {}

    def show(self, channel: ChannelId, numbers: Iterable[tuple[Sku, int]]) -> None:
        """Remember the earliest."""
        with self._lock:
            for sku, number in numbers:
                self._numbers.setdefault((channel, sku), number)

    def take(self, channel: ChannelId, skus: Iterable[Sku]) -> dict[Sku, int]:
        """What was shown of these, forgotten from now on."""
        with self._lock:
            found = {sku: self._numbers.pop((channel, sku), None) for sku in sorted(set(skus))}
        return {sku: number for sku, number in found.items() if number is not None}


class SqlPublicationStore:
    """PublicationStore."""

    def __init__(self, transaction: Transaction, shown: ShownTouches) -> None:
        self._transaction = transaction
        self._shown = shown

    def touch(self, skus: Iterable[Sku]) -> None:
        """See PublicationStore."""
        rows = as_rows({"sku": sku} for sku in sorted(set(skus)))
        touches.touch(self._transaction, _NAMED, {"rows": rows})

    def touch_stocked(self, location: LocationId) -> list[Sku]:
        """See PublicationStore."""
        touches.touch(self._transaction, _STOCKED, {"location": location})
        return [Sku(sku) for sku in self._transaction.run(_AWAITED, {"location": location}).scalars()]

    def touched(self, channel: ChannelId, limit: int) -> list[Sku]:
        """See PublicationStore."""
        rows = touches.open_touches(self._transaction, channel, limit)
        self._shown.show(channel, [(Sku(row.sku), row.number) for row in rows if row.number])
        return [Sku(row.sku) for row in rows]

    def settled(self, channel: ChannelId, skus: Iterable[Sku]) -> None:
        """See PublicationStore. Only what ``touched`` has shown to this process can be settled."""
        numbers = self._shown.take(channel, skus)
        if numbers:
            touches.settle(self._transaction, channel, as_numbers({str(sku): each for sku, each in numbers.items()}))

    def rules(self, channel: ChannelId) -> str | None:
        """See PublicationStore."""
        found: str | None = self._transaction.run(_RULES, {"channel": channel}).scalar()
        return found

    def start_over(self, channel: ChannelId, rules: str) -> None:
        """See PublicationStore."""
        touches.unsettle(self._transaction, channel)
        self._transaction.run(_SET_RULES, {"channel": channel, "rules": rules})

    def current(self, channel: ChannelId, skus: Iterable[Sku], *, lock: bool = False) -> dict[Sku, Publication]:
        """See PublicationStore. SKUs never published are left out."""
        rows = as_rows({"sku": sku} for sku in sorted(set(skus)))
        template = _CURRENT if lock else _CURRENT.replace("{lock}", "")
        found = self._transaction.run(template, {"channel": channel, "rows": rows})
        return {Sku(row.sku): _publication(row) for row in found}

    def save(self, publication: Publication) -> None:
        """See PublicationStore."""
        values = {
            "channel": publication.channel,
            "sku": publication.sku,
            "requested": _scaled(publication.requested),
            "confirmed": _scaled(publication.confirmed),
            "ordered": to_scaled(publication.sales.ordered),
            "cancelled": to_scaled(publication.sales.cancelled),
            "certainty": publication.certainty.value,
            "at": micros_or_none(publication.at),
            "waits_since": micros_or_none(publication.waits_since),
            "key": publication.key,
            "state": publication.state.value,
            "reason": publication.reason,
        }
        self._transaction.run(_SAVE, values)

    def page(
        self,
        channel: ChannelId,
        *,
        state: PublicationState | None = None,
        after: Sku | None = None,
        limit: int = 50,
    ) -> list[Publication]:
        """See PublicationStore."""
        values = {"channel": channel, "state": state.value if state else "", "after": after or "", "limit": limit}
        return [_publication(row) for row in self._transaction.run(_PAGE, values)]

    def unsettled(self) -> dict[ChannelId, dict[PublicationState, int]]:
        """See PublicationStore."""
        found: dict[ChannelId, dict[PublicationState, int]] = {}
        for row in self._transaction.run(_UNSETTLED):
            found.setdefault(ChannelId(row.channel), {})[PublicationState(row.state)] = row.number
        return found

    def waiting(self, channel: ChannelId, before: datetime) -> list[Sku]:
        """See PublicationStore."""
        rows = self._transaction.run(_WAITING, {"channel": channel, "before": to_micros(before)})
        return [Sku(row.sku) for row in rows]

    def resume(self, channel: ChannelId, before: datetime) -> list[Sku]:
        """See PublicationStore."""
        rows = self._transaction.run(_RESUME, {"channel": channel, "before": to_micros(before)})
        return sorted(Sku(row.sku) for row in rows)


def _scaled(quantity: Decimal | None) -> int | None:
    return None if quantity is None else to_scaled(quantity)


def _unscaled(scaled: int | None) -> Decimal | None:
    return None if scaled is None else from_scaled(scaled)


def _publication(row: Any) -> Publication:
    return Publication(
        channel=ChannelId(row.channel),
        sku=Sku(row.sku),
        requested=_unscaled(row.requested),
        confirmed=_unscaled(row.confirmed),
        sales=ChannelSales(ordered=from_scaled(row.ordered), cancelled=from_scaled(row.cancelled)),
        certainty=Certainty(row.certainty),
        at=instant_or_none(row.at),
        waits_since=instant_or_none(row.waits_since),
        key=row.key,
        state=PublicationState(row.state),
        reason=row.reason,
    )
