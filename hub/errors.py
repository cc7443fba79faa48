"""Every error the hub raises; the class says what happens next (ADR 0006).

    HubError
    ├── ConfigurationError      a person must change settings or mappings; the connection pauses
    ├── TransientError          the same input may work later; back off, then alarm
    ├── RefusedError            the partner understood and said no; never retried
    ├── DataError               the document is wrong or unmapped; quarantine the smallest unit
    ├── UncertainOutcomeError   sent, answer unknown; look up before anything is sent again
    ├── LeaseLostError          another worker holds the lane now; roll back and leave it to them
    └── InvariantError          our own bug; stop that job, keep everything, go on
        └── IllegalTransitionError   a state machine was asked for a move it does not have

Each error has a stable ``code`` with a page in docs/reference/errors, an operator's ``message``, a
``cure`` that says what to do, and an ``origin``. None of them may hold a secret or a person's data:
put the place (``path``) in the message, never the body.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum


class Origin(StrEnum):
    """Whose side an error started on; decides who is told."""

    US = "us"
    PARTNER = "partner"
    CONFIGURATION = "configuration"
    DATA = "data"


class HubError(Exception):
    """Base of all errors the hub raises on purpose.

    ``code`` is stable and dotted (``data.unmapped-sku``); ``message`` is one sentence for an operator;
    ``cure`` is what to do next, empty where nothing can be done.
    """

    origin: Origin = Origin.US
    default_code = "hub.error"

    def __init__(self, message: str, *, code: str | None = None, cure: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.cure = cure

    def __str__(self) -> str:
        cure = f" {self.cure}" if self.cure else ""
        return f"[{self.code}] {self.message}{cure}"


class ConfigurationError(HubError):
    """A person must change settings or mappings (401, unknown account, missing secret).

    The engine pauses that connection and tells once. ``place`` names file, line and key where known. ``further`` are
    faults that were found in the same go; each stands by itself.
    """

    origin = Origin.CONFIGURATION
    default_code = "configuration.invalid"

    def __init__(self, message: str, *, code: str | None = None, cure: str = "", place: str = "") -> None:
        super().__init__(message, code=code, cure=cure)
        self.place = place
        self.further: tuple[ConfigurationError, ...] = ()

    def each(self) -> Iterator[ConfigurationError]:
        """This fault, then ``further``."""
        yield self
        yield from self.further

    def __str__(self) -> str:
        return f"{self.place}: {super().__str__()}" if self.place else super().__str__()


class TransientError(HubError):
    """The same input may work later (timeout before send, 429, 503).

    ``retry_after_seconds`` is the partner's own wish, None where it gave none.
    """

    origin = Origin.PARTNER
    default_code = "partner.unavailable"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        cure: str = "",
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(message, code=code, cure=cure)
        self.retry_after_seconds = retry_after_seconds


class RefusedError(HubError):
    """The partner understood and said no (422, userErrors, SOAP business fault). Never retried."""

    origin = Origin.PARTNER
    default_code = "partner.refused"


class DataError(HubError):
    """The document is wrong or unmapped; the smallest unit is quarantined and the rest goes on.

    ``path`` is where in the document (``lines[2].sku``, ``ST 0001/PO1 3``), ``value`` the offending
    value where it is no secret and no person's data.
    """

    origin = Origin.DATA
    default_code = "data.invalid"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        cure: str = "",
        path: str = "",
        value: str = "",
    ) -> None:
        super().__init__(message, code=code, cure=cure)
        self.path = path
        self.value = value


class UncertainOutcomeError(HubError):
    """Bytes left us and the answer is unknown; resolved by ``lookup``, never by a blind resend."""

    origin = Origin.PARTNER
    default_code = "partner.outcome-unknown"


class LeaseLostError(HubError):
    """Another worker holds the lane now. The transaction rolls back; the new holder goes on from what is stored."""

    default_code = "hub.lease-lost"


class InvariantError(HubError):
    """Our own bug. The job stops, everything is kept, the daemon goes on."""

    origin = Origin.US
    default_code = "hub.invariant"


class IllegalTransitionError(InvariantError):
    """A state machine was asked for a move that domain.md 1.4 does not list."""

    default_code = "hub.illegal-transition"

    def __init__(self, machine: str, state: str, event: str) -> None:
        super().__init__(f"{machine} cannot go from {state} by {event}.")
        self.machine = machine
        self.state = state
        self.event = event
