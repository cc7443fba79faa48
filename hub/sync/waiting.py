"""Documents that failed for now: skipped until their time, so that they hold up nobody behind them."""

from __future__ import annotations

import random
from datetime import datetime

from hub.errors import HubError, InvariantError
from hub.model.identity import DocumentId
from hub.sync.retry import BUGS, INBOUND, RetryPolicy, retry_after


class WaitingRoom:
    """In memory: the number of attempts is stored with the document, its next time is not. A restart tries at once."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._until: dict[DocumentId, datetime] = {}

    def __len__(self) -> int:
        return len(self._until)

    @staticmethod
    def policy(error: HubError) -> RetryPolicy:
        """Few tries for our own bugs, more for what may pass."""
        return BUGS if isinstance(error, InvariantError) else INBOUND

    def keep(self, document: DocumentId, error: HubError, attempts: int, now: datetime) -> None:
        """Not again before its backoff is over."""
        self._until[document] = now + self.policy(error).wait(attempts, self._rng, retry_after(error))

    def may_try(self, document: DocumentId, now: datetime) -> bool:
        """Whether its time has come."""
        until = self._until.get(document)
        return until is None or until <= now

    def forget(self, document: DocumentId) -> None:
        """It is done, one way or the other."""
        self._until.pop(document, None)

    def next_due(self, now: datetime) -> datetime | None:
        """When the first of them may be tried; those that were settled elsewhere drop out at that time."""
        return min((until for until in self._until.values() if until > now), default=None)

    def keep_only(self, pending: set[DocumentId]) -> None:
        """Forget documents that are no longer pending (a person ignored or released them)."""
        for document in set(self._until) - pending:
            del self._until[document]
