"""A location did not have what it was asked for: its figures are believed less from then on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from hub.flows.work import Work
from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import LocationId

RECORD_TASK = "record"
"""The timer by which channels look at what a location's record leaves of its other items; its key is the location."""

_SOON = timedelta(hours=1)
_DAY = timedelta(days=1)


def note_shortages(work: Work, request: FulfilmentRequest, short: Mapping[int, Decimal], at: datetime) -> None:
    """Units by line number were not there at ``at``: put their items in doubt and have channels look at once. What the
    location's record says of its other items is looked at within the hour, for many shortages together."""
    if not short:
        return
    since = min(max(at, request.submitted_at or at), work.now)
    skus = {line.sku for line in request.lines if line.number in short}
    work.uow.ledger.note_shortage(skus, request.location, since, request.request_id)
    work.touch(skus)
    location = work.network.location(request.location)
    if location is not None and location.counting.record is not None:
        work.uow.tasks.schedule(RECORD_TASK, location.location, work.now + _SOON)


def review_record(work: Work, where: LocationId) -> datetime | None:
    """Have channels look again at everything a location has; again a day later, as long as its record is not clean."""
    location = work.network.location(where)
    if location is None or location.counting.record is None:
        return None
    _, short = work.uow.requests.asked(where, location.counting.record.since(work.now))
    work.uow.publications.touch_stocked(where)
    work.look_again()
    return work.now + _DAY if short else None
