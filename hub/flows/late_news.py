"""News of a request that are heard after counts which knew of them: what a count left out, or had, is corrected.

Only partners that count net of our requests leave any out. The ledger is then the same in whatever order we hear, now
and at the moment of each of these counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from hub.flows.work import Work
from hub.inventory import ledger
from hub.inventory.counting import held_already, left_out_unknown
from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import Sku
from hub.model.ledger import GivenUp, Movement
from hub.model.network import NetOf

_ZERO = Decimal(0)


def credit_late_news(work: Work, request: FulfilmentRequest, news: NetOf, before: datetime | None = None) -> None:
    """The partner has the request (``news``: SENT) or has answered it (ACKNOWLEDGED): correct the counts of its items
    that knew it, and that we read as if they had not (``inventory.counting.left_out_unknown``).

    ``request`` as it stands after the news; ``before``: since when we had thought so, where an older answer comes late.
    """
    location = work.network.location(request.location)
    since = request.submitted_at if news is NetOf.SENT else request.acknowledged_at
    if location is None or since is None or location.counting.net_of is not news:
        return
    skus = {line.sku for line in request.lines}
    store = work.uow.ledger
    store.lock(request.location, skus)
    meant = _meant_to_ship(work, request, since)
    rows: list[Movement] = []
    for sku, times in store.count_times(request.location, since, skus).items():

        def left_out(at: datetime, sku: Sku = sku) -> Decimal:
            known = before is not None and left_out_unknown(location.counting, at, news, before)
            return meant(sku, at) if not known and left_out_unknown(location.counting, at, news, since) else _ZERO

        rows += (
            ledger.news_movement(request, sku, units, since, at, work.now) for at, units in _steps(times, left_out)
        )
    if store.move(rows):
        work.wake(row.sku for row in rows)


def _meant_to_ship(work: Work, request: FulfilmentRequest, since: datetime) -> Callable[[Sku, datetime], Decimal]:
    """Units of an item that the partner still meant to ship for the request at a moment, backordered ones left out."""
    store, mine = work.uow.ledger, request.request_id
    skus = {line.sku for line in request.lines}
    gone = [each for each in store.departures(request.location, since, skus) if each.request_id == mine]
    lost = [each for each in store.given_up(request.location, since, skus) if each.request_id == mine]

    def meant(sku: Sku, at: datetime) -> Decimal:
        units = sum((line.outstanding - line.backordered for line in request.lines if line.sku == sku), _ZERO)
        units += sum((each.quantity for each in gone if each.sku == sku and each.shipped_at > at), _ZERO)
        return units + sum((each.quantity for each in lost if each.sku == sku and each.at > at), _ZERO)

    return meant


def _steps(times: Iterable[datetime], units: Callable[[datetime], Decimal]) -> Iterator[tuple[datetime, Decimal]]:
    """What has to move at each of these moments, oldest first, so that ``units`` have moved by then in all."""
    so_far = _ZERO
    for at in times:
        change = units(at) - so_far
        if change:
            yield at, change
        so_far += change


def give_up_units(
    work: Work, request: FulfilmentRequest, units: Mapping[int, Decimal], at: datetime, reason: str
) -> None:
    """The location will not ship so many units by line number, since ``at``: keep that for counts that we hear later,
    and correct those that had them already (``inventory.counting.held_already``).

    ``request`` as it stood before; of one that its location never had there is nothing to give up. ``reason`` names
    the news, once per request and line.
    """
    location = work.network.location(request.location)
    if request.submitted_at is None or location is None:
        return
    since = min(max(at, request.submitted_at), work.now)
    rows = [
        GivenUp(
            key=f"{request.request_id}:{line.number}:{reason}",
            sku=line.sku,
            location=request.location,
            quantity=units[line.number],
            at=since,
            request_id=request.request_id,
            submitted_at=request.submitted_at,
            acknowledged_at=request.acknowledged_at,
        )
        for line in request.lines
        if units.get(line.number, _ZERO) > 0
    ]
    store = work.uow.ledger
    store.give_up(rows)
    if not rows or not location.counting.nets:
        return
    skus = {row.sku for row in rows}
    store.lock(request.location, skus)
    times = store.count_times(request.location, since, skus)
    for row in rows:
        first = next((each for each in times.get(row.sku, ()) if held_already(location.counting, each, row)), None)
        if first is not None:
            store.move([ledger.given_up_movement(row, first, work.now)])
