"""A location did not have what it was asked for: its figures are believed less from then on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from hub.flows.work import Work
from hub.model.fulfilment import FulfilmentRequest


def note_shortages(work: Work, request: FulfilmentRequest, short: Mapping[int, Decimal], at: datetime) -> None:
    """Units by line number were not there at ``at``: put their items in doubt and have channels look at once."""
    if not short:
        return
    since = min(max(at, request.submitted_at or at), work.now)
    skus = {line.sku for line in request.lines if line.number in short}
    work.uow.ledger.note_shortage(skus, request.location, since, request.request_id)
    work.touch(skus)
