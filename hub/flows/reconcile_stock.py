"""A location's stock against what its partner counted: every difference with what explains it. Changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from heapq import heappush, heappushpop
from itertools import count, islice
from typing import Protocol, TypeVar

from hub.flows.compact_ledger import require_entries
from hub.flows.work import Work
from hub.inventory.drift import Difference, explain_drift
from hub.inventory.drift_findings import Tally
from hub.inventory.drift_history import History, OnItsWay
from hub.model.identity import LineId, Sku
from hub.model.money import Money
from hub.model.network import Location
from hub.model.price import price_for
from hub.model.returns import Custody, Return

PART = 500
"""Items explained together."""

LOOK_BACK = timedelta(days=30)
"""How long before the first difference its causes are looked for."""

_ZERO = Decimal(0)
_GONE = frozenset({Custody.REFURBISH, Custody.SCRAP, Custody.TO_VENDOR})


class _OfItem(Protocol):
    @property
    def sku(self) -> Sku: ...


_Row = TypeVar("_Row", bound=_OfItem)


@dataclass
class Reconciliation:
    """One location since a moment. Read ``differences`` to its end: ``tally`` and ``largest`` grow with it.

    ``items`` were counted since then, ``on_hand`` units of them are there now. ``packs`` says how many eaches the
    partner's unit of an item holds; ``keep`` how many of the largest differences are kept.
    """

    work: Work
    location: Location
    since: datetime
    packs: Mapping[Sku, Decimal] = field(default_factory=dict)
    skus: frozenset[Sku] | None = None
    keep: int = 20
    tally: Tally = field(default_factory=Tally)
    items: int = 0
    on_hand: Decimal = _ZERO
    _largest: list[tuple[Decimal, int, Difference]] = field(default_factory=list)

    def differences(self) -> Iterator[Difference]:
        """Every difference, by SKU and then by the count's as-of time; at no time more than a part is in memory.

        Raises DataError ``ledger.compacted`` where counts since then are no longer in the ledger.
        """
        require_entries(self.work.uow, self.since)
        store, where, numbers = self.work.uow.drift, self.location.location, count()
        self.items, self.on_hand = store.counted(where, self.since)
        moved = store.recounted(where, self.since)
        for part in _parts(sku for sku in moved if self.skus is None or sku in self.skus):
            for history in _histories(self, part):
                for difference in explain_drift(history, self.since):
                    self.tally.take(difference)
                    self._keep(difference, -next(numbers))
                    yield difference

    @property
    def largest(self) -> list[Difference]:
        """The differences of most units, the largest first."""
        return [difference for _, _, difference in sorted(self._largest, key=lambda each: each[:2], reverse=True)]

    def _keep(self, difference: Difference, number: int) -> None:
        entry = (abs(difference.quantity), number, difference)
        if len(self._largest) < self.keep:
            heappush(self._largest, entry)
        elif self._largest:
            heappushpop(self._largest, entry)


def _parts(skus: Iterable[Sku]) -> Iterator[list[Sku]]:
    left = iter(skus)
    while part := list(islice(left, PART)):
        yield part


def _histories(asked: Reconciliation, skus: Sequence[Sku]) -> Iterator[History]:
    """What is known of each of these items."""
    uow, where, horizon = asked.work.uow, asked.location.location, asked.since - LOOK_BACK
    moved = _by_sku(uow.drift.moved(where, skus, horizon))
    promised = _by_sku(uow.ledger.commitments(where, skus))
    gone = _by_sku(uow.ledger.departures(where, horizon, skus))
    given_up = _by_sku(uow.ledger.given_up(where, horizon, skus))
    returns = _by_sku(_returns(asked, skus))
    transfers = _by_sku(_transfers(asked))
    costs = _costs(asked, skus)
    for balance in uow.ledger.balances(skus, [where]):
        sku = balance.sku
        yield History(
            sku=sku,
            location=where,
            on_hand=balance.on_hand,
            movements=moved.get(sku, ()),
            rule=asked.location.counting,
            commitments=promised.get(sku, ()),
            departures=gone.get(sku, ()),
            given_up=given_up.get(sku, ()),
            returns=returns.get(sku, ()),
            transfers=transfers.get(sku, ()),
            pack=asked.packs.get(sku),
            unit_cost=costs.get(sku),
        )


def _by_sku(rows: Iterable[_Row]) -> dict[Sku, list[_Row]]:
    grouped: dict[Sku, list[_Row]] = defaultdict(list)
    for row in rows:
        grouped[row.sku].append(row)
    return grouped


def _returns(asked: Reconciliation, skus: Sequence[Sku]) -> Iterator[OnItsWay]:
    """What customers send back, or have sent back without our books having it on this shelf."""
    where = asked.location.location
    for sku, line_id, returned in asked.work.uow.drift.returned(where, skus):
        units = _coming(returned, line_id)
        if units and returned.location in {None, where}:
            yield OnItsWay(returned.return_id, sku, units, returned.at)


def _coming(returned: Return, line_id: LineId) -> Decimal:
    booked = returned.custody is Custody.RESTOCKED and returned.location is not None
    if booked or returned.custody in _GONE:
        return _ZERO
    return sum((line.quantity for line in returned.lines if line.line_id == line_id), _ZERO)


def _transfers(asked: Reconciliation) -> Iterator[OnItsWay]:
    for transfer in asked.work.uow.transfers.on_the_way([asked.location.location]):
        for line in transfer.lines:
            if line.open:
                yield OnItsWay(transfer.transfer_id, line.sku, line.open, transfer.shipped_at)


def _costs(asked: Reconciliation, skus: Sequence[Sku]) -> dict[Sku, Money]:
    """What one of each costs now at this partner's, where it told."""
    today = asked.work.now.date()
    agreed = asked.work.uow.prices.of(asked.location.partner, skus)
    found = {sku: price_for(prices, Decimal(1), today) for sku, prices in agreed.items()}
    return {sku: price.unit_price for sku, price in found.items() if price is not None}
