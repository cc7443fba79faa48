"""The law ``doubt``: that a location did not have units is believed before its figure, until it counts again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from hub.model.ledger import Balance, Bucket
from hub.ports import UnitOfWork
from hub.proving.laws import Broken, Pair

_ZERO = Decimal(0)
_ALL = 10_000_000


def doubt_is_heeded(
    uow: UnitOfWork, before: Mapping[Pair, Balance], after: Iterable[Balance], now: datetime
) -> Iterator[Broken]:
    """Of an item that a location did not have and has not counted since, no more is asked for ``now`` than came since.
    What was asked for before anybody knew counts, too."""
    for each in after:
        was, since = before.get((each.sku, each.location)), each.short_at
        if was is None or since is None or not was.doubted or was.short_at != since or each.reserved <= was.reserved:
            continue
        rows = [
            row
            for row in uow.ledger.reservations(each.sku, each.location, limit=_ALL)
            if row.key.startswith("reserve:") and row.key.endswith(":routed") and row.recorded_at > since
        ]
        if not any(row.recorded_at == now for row in rows):
            continue
        asked = sum((row.quantity for row in rows), _ZERO)
        arrivals = uow.ledger.arrivals(each.location, since, [each.sku])
        came = sum((row.quantity for row in arrivals if row.quantity > 0 and row.bucket is Bucket.ON_HAND), _ZERO)
        if each.doubted and asked > came:
            words = f"{each.sku} at {each.location}: asked for {asked:f} since it had none, and {came:f} came"
            yield Broken("doubt", words)
