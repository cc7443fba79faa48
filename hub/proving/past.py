"""The ledger's past against what was seen at the time: law 2 of domain.md 1.2, in both time axes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from hub.model.identity import LocationId, Sku
from hub.model.ledger import Balance, Bucket
from hub.ports import UnitOfWork
from hub.proving.laws import Broken, Pair

_ZERO = Decimal(0)
_ALL = 10_000_000
_END = datetime(2999, 12, 31, tzinfo=UTC)

_Amounts = tuple[Decimal, Decimal, Decimal, Decimal]
"""On hand, unavailable, reserved, softly held."""

_NOTHING: _Amounts = (_ZERO, _ZERO, _ZERO, _ZERO)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the balances were at a moment."""

    at: datetime
    balances: Mapping[Pair, Balance]


def past_adds_up(uow: UnitOfWork, past: Sequence[Remembered]) -> Iterator[Broken]:
    """2, in both axes: what was known at a moment is the balance that was seen then, whenever it happened; and what had
    happened by that moment, as we know it now, is the sum of its rows, where none is gone. With day sums made at any
    time between."""
    rows = {pair: list(_entries(uow, *pair)) for pair in {pair for each in past for pair in each.balances}}
    for each in past:
        known, happened = _asked(uow, _END, each.at), _asked(uow, each.at, _END)
        for pair, seen in each.balances.items():
            words = f"{pair[0]} at {pair[1]}"
            yield from _same(f"{words} as known at {each.at}", known.get(pair, _NOTHING), _amounts(seen))
            if uow.compaction.compacted(*pair):
                continue
            by_then = _summed(amounts for at, amounts in rows[pair] if at <= each.at)
            yield from _same(f"{words} at {each.at}", happened.get(pair, _NOTHING), by_then)


def _asked(uow: UnitOfWork, moment: datetime, known: datetime) -> dict[Pair, _Amounts]:
    return {(each.sku, each.location): _amounts(each) for each in uow.ledger.as_of(moment, known)}


def _entries(uow: UnitOfWork, sku: Sku, where: LocationId) -> Iterator[tuple[datetime, _Amounts]]:
    """When each row of the ledger happened, and what it adds."""
    for moved in uow.ledger.movements(sku, where, limit=_ALL):
        on_hand = moved.bucket is Bucket.ON_HAND
        yield (
            moved.observed_at,
            (moved.quantity, _ZERO, _ZERO, _ZERO) if on_hand else (_ZERO, moved.quantity, _ZERO, _ZERO),
        )
    for promised in uow.ledger.reservations(sku, where, limit=_ALL):
        yield promised.recorded_at, (_ZERO, _ZERO, promised.quantity, _ZERO)
    for kept in uow.ledger.held_entries(sku, where, limit=_ALL):
        yield kept.recorded_at, (_ZERO, _ZERO, _ZERO, kept.quantity)


def _amounts(balance: Balance) -> _Amounts:
    return balance.on_hand, balance.unavailable, balance.reserved, balance.soft_held


def _summed(rows: Iterable[_Amounts]) -> _Amounts:
    columns = zip(_NOTHING, *rows, strict=True)
    on_hand, unavailable, reserved, soft_held = (sum(column, _ZERO) for column in columns)
    return on_hand, unavailable, reserved, soft_held


def _same(what: str, found: _Amounts, right: _Amounts) -> Iterator[Broken]:
    if found != right:
        found_words, right_words = ("/".join(f"{units:f}" for units in amounts) for amounts in (found, right))
        words = (
            f"{what}: {found_words} by the ledger, {right_words} is right (on hand/unavailable/reserved/softly held)"
        )
        yield Broken("2 sums are balances, in time", words)
