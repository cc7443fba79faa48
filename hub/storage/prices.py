"""Prices agreed with partners. A date that is open stands as an empty text, so that it can be part of the key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hub.model.identity import DocumentId, PartnerId, Sku
from hub.model.money import Money
from hub.model.price import ItemPrice, PriceList
from hub.model.quantity import from_scaled, to_scaled
from hub.model.stock import FeedMode
from hub.storage.column_types import to_micros
from hub.storage.dialect import as_rows
from hub.storage.transaction import Transaction

# One JSON parameter stays below a few megabytes.
_CHUNK = 5000

_DROP = """
    DELETE FROM prices
    WHERE partner = :partner AND catalogue = :catalogue AND issued_at < :issued_at AND since >= :begins
"""
_END = """
    UPDATE prices SET until = :ends
    WHERE partner = :partner AND catalogue = :catalogue AND issued_at < :issued_at AND since < :begins
          AND (until = '' OR until > :ends)
"""
_RECORD = """
    INSERT INTO prices (partner, sku, since, from_quantity, catalogue, until, amount, currency, title, issued_at,
                        document)
    SELECT :partner, r.sku, r.since, r.from_quantity, :catalogue, r.until, r.amount, r.currency, r.title, :issued_at,
           :document
    FROM {rows sku text, since text, from_quantity bigint, until text, amount text, currency text, title text}
    WHERE true
    ON CONFLICT (partner, sku, since, from_quantity, catalogue) DO UPDATE
    SET until = excluded.until, amount = excluded.amount, currency = excluded.currency, title = excluded.title,
        issued_at = excluded.issued_at, document = excluded.document
    WHERE prices.issued_at <= excluded.issued_at
"""
_NEWEST = "SELECT MAX(issued_at) FROM prices WHERE partner = :partner AND catalogue = :catalogue"
_OF = """
    SELECT * FROM prices WHERE partner = :partner AND sku IN (SELECT sku FROM {rows sku text})
    ORDER BY sku, issued_at, since, from_quantity, catalogue
"""
_PAGE = """
    SELECT * FROM prices WHERE partner = :partner AND sku > :after
    ORDER BY sku, since, from_quantity, catalogue LIMIT :limit
"""


class SqlPriceStore:
    """PriceStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def record(self, prices: PriceList, document: DocumentId | None) -> int:
        """See PriceStore."""
        key = {"partner": prices.partner, "catalogue": prices.catalogue}
        issued = to_micros(prices.issued_at)
        if prices.mode is FeedMode.FULL:
            newest = self._transaction.run(_NEWEST, key).scalar()
            if newest is not None and newest > issued:
                return 0
            self._end(prices, {**key, "issued_at": issued})
        changed = 0
        for start in range(0, len(prices.lines), _CHUNK):
            rows = as_rows(_last_said(prices.lines[start : start + _CHUNK]))
            values = {**key, "issued_at": issued, "document": document, "rows": rows}
            changed += self._transaction.run(_RECORD, values).rowcount
        return changed

    def _end(self, prices: PriceList, key: Mapping[str, str | int]) -> None:
        """The list before holds until the day before this one begins."""
        begins = min(line.since or date.min for line in prices.lines)
        self._transaction.run(_DROP, {**key, "begins": begins.isoformat() if begins > date.min else ""})
        if begins > date.min:
            ends = begins - timedelta(days=1)
            self._transaction.run(_END, {**key, "begins": begins.isoformat(), "ends": ends.isoformat()})

    def of(self, partner: PartnerId, skus: Iterable[Sku]) -> dict[Sku, list[ItemPrice]]:
        """See PriceStore. Of prices for the same time and quantity the one that was issued last stands last."""
        rows = as_rows({"sku": sku} for sku in sorted(set(skus)))
        found: dict[Sku, list[ItemPrice]] = {}
        for row in self._transaction.run(_OF, {"partner": partner, "rows": rows}):
            found.setdefault(Sku(row.sku), []).append(_price(row))
        return found

    def page(self, partner: PartnerId, *, after: Sku | None = None, limit: int = 50) -> list[ItemPrice]:
        """See PriceStore."""
        values = {"partner": partner, "after": after or "", "limit": limit}
        return [_price(row) for row in self._transaction.run(_PAGE, values)]


def _last_said(lines: Sequence[ItemPrice]) -> list[dict[str, str | int]]:
    """One row per key: a statement may change a row only once."""
    rows: dict[tuple[Sku, date | None, Decimal], dict[str, str | int]] = {
        (line.sku, line.since, line.from_quantity): {
            "sku": line.sku,
            "since": line.since.isoformat() if line.since else "",
            "from_quantity": to_scaled(line.from_quantity),
            "until": line.until.isoformat() if line.until else "",
            "amount": format(line.unit_price.amount, "f"),
            "currency": line.unit_price.currency,
            "title": line.title,
        }
        for line in lines
    }
    return list(rows.values())


def _price(row: Any) -> ItemPrice:
    return ItemPrice(
        sku=Sku(row.sku),
        unit_price=Money(amount=Decimal(row.amount), currency=row.currency),
        from_quantity=from_scaled(row.from_quantity),
        since=date.fromisoformat(row.since) if row.since else None,
        until=date.fromisoformat(row.until) if row.until else None,
        title=row.title,
    )
