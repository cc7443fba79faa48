"""News of a request that are heard after a count which knew of them: what the count left out, or had, is corrected.

Only partners that count net of our requests leave any out. The ledger is then the same in whatever order we hear.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from hub.flows.work import Work
from hub.inventory import ledger
from hub.inventory.counting import held_already, left_out_unknown
from hub.model.fulfilment import FulfilmentRequest
from hub.model.ledger import GivenUp
from hub.model.network import NetOf

_ZERO = Decimal(0)


def credit_late_news(work: Work, request: FulfilmentRequest, news: NetOf, before: datetime | None = None) -> None:
    """The partner has the request (``news``: SENT) or has answered it (ACKNOWLEDGED): correct the newest counts of its
    items, once for each (``inventory.counting.left_out_unknown``).

    ``request`` as it stands after the news; ``before``: since when we had thought so, where an older answer comes late.
    """
    location = work.network.location(request.location)
    since = request.submitted_at if news is NetOf.SENT else request.acknowledged_at
    if location is None or since is None or location.counting.net_of is not news:
        return
    skus = sorted({line.sku for line in request.lines})
    counted = {sku: each.counted_at for sku, each in work.uow.ledger.lock(request.location, skus).items()}
    oldest = min((at for at in counted.values() if at is not None), default=None)
    if oldest is None:
        return
    store, mine = work.uow.ledger, request.request_id
    gone = [each for each in store.departures(request.location, oldest, skus) if each.request_id == mine]
    lost = [each for each in store.given_up(request.location, oldest, skus) if each.request_id == mine]
    rows = []
    for sku, at in counted.items():
        if at is None or (before is not None and before <= at):
            continue
        meant = sum((line.outstanding - line.backordered for line in request.lines if line.sku == sku), _ZERO)
        meant += sum((each.quantity for each in gone if each.sku == sku and each.shipped_at > at), _ZERO)
        meant += sum((each.quantity for each in lost if each.sku == sku and each.at > at), _ZERO)
        if meant and left_out_unknown(location.counting, at, news, since):
            rows.append(ledger.news_movement(request, sku, meant, at, work.now))
    if work.uow.ledger.move(rows):
        work.wake(row.sku for row in rows)


def give_up_units(
    work: Work, request: FulfilmentRequest, units: Mapping[int, Decimal], at: datetime, reason: str
) -> None:
    """The location will not ship so many units by line number, since ``at``: keep that for counts that we hear later,
    and correct the newest ones (``inventory.counting.held_already``).

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
    work.uow.ledger.give_up(rows)
    if location.counting.net_of is NetOf.NONE:
        return
    held = work.uow.ledger.lock(request.location, {row.sku for row in rows})
    counted = [(row, held[row.sku].counted_at) for row in rows]
    work.uow.ledger.move(
        [
            ledger.given_up_movement(row, at, work.now)
            for row, at in counted
            if at is not None and held_already(location.counting, at, row)
        ]
    )
