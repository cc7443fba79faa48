"""An acknowledgement that is heard after a count which knew of it: what the count left out is there after all."""

from __future__ import annotations

from decimal import Decimal

from hub.flows.work import Work
from hub.inventory import ledger
from hub.inventory.counting import credited_by_news
from hub.model.fulfilment import FulfilmentRequest


def credit_late_news(work: Work, request: FulfilmentRequest) -> None:
    """Correct the newest counts of the request's items, once for each (``inventory.counting.credited_by_news``).

    ``request`` as it stands after the acknowledgement.
    """
    location, since = work.network.location(request.location), request.acknowledged_at
    if location is None or since is None:
        return
    skus = sorted({line.sku for line in request.lines})
    counted = {sku: each.counted_at for sku, each in work.uow.ledger.lock(request.location, skus).items()}
    oldest = min((at for at in counted.values() if at is not None), default=None)
    if oldest is None:
        return
    gone = [
        each
        for each in work.uow.ledger.departures(request.location, oldest, skus)
        if each.request_id == request.request_id
    ]
    rows = []
    for sku, at in counted.items():
        open_units = sum((line.outstanding - line.backordered for line in request.lines if line.sku == sku), Decimal(0))
        departures = [each for each in gone if each.sku == sku]
        units = credited_by_news(location.counting, at, since, open_units, departures)
        if at is not None and units > 0:
            rows.append(ledger.news_movement(request, sku, units, at, work.now))
    if work.uow.ledger.move(rows):
        work.wake(row.sku for row in rows)
