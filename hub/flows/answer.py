"""A partner's answer to one outbox item, as ``hub/sync`` hands it to a settle flow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Verdict(StrEnum):
    """``stale``: compare-and-swap failed. ``uncertain``: sent, and nobody can tell yet what became of it."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    STALE = "stale"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one item. ``at``: when the bytes arrived as far as we know (never too early).

    ``accepts``: it is already the executor's business acceptance (or its consent to a cancellation).
    ``code`` and ``message`` are the partner's words; ``observed`` is the quantity a channel shows (stale);
    ``compared``: it took a quantity only because it showed what was expected.
    """

    verdict: Verdict
    at: datetime
    partner_ref: str = ""
    accepts: bool = False
    code: str = ""
    message: str = ""
    observed: Decimal | None = None
    compared: bool = False
