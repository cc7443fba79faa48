"""The faults an HTTP partner must survive being asked for, and the error class that is right for each.

Simulators have their own words for faults; ``TranslatedFaults`` lets them keep these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from hub.errors import ConfigurationError, HubError, RefusedError, TransientError, UncertainOutcomeError

Word = TypeVar("Word")
Classes = tuple[type[HubError], ...]


class Fault(StrEnum):
    """Ways to answer one request badly. Only ``TRUNCATED``, ``ENDLESS`` and ``TIMEOUT_AFTER`` may let it have its
    effect; all others leave the partner unchanged."""

    UNAUTHORISED = "401"
    FORBIDDEN = "403"
    NOT_FOUND = "404"
    CONFLICT = "409"
    INVALID = "422"
    THROTTLED = "429"
    THROTTLED_WITHOUT_RETRY_AFTER = "429-without-retry-after"
    SERVER_ERROR = "500"
    UNAVAILABLE = "503"
    SOAP_FAULT = "soap-fault"
    """A fault that blames the server's side; only where the partner speaks SOAP."""
    TRUNCATED = "truncated-body"
    WRONG_CONTENT_TYPE = "wrong-content-type"
    ENDLESS = "never-ending-body"
    TIMEOUT_BEFORE = "timeout-before"
    """Takes the request, does nothing, answers nothing."""
    TIMEOUT_AFTER = "timeout-after"
    """Does what was asked, answers nothing."""


class FaultPlan(Protocol):
    """What a simulator offers so that the kit can make it misbehave."""

    @property
    def offers(self) -> frozenset[Fault]:
        """The faults it can make: all but SOAP_FAULT, and that too where it speaks SOAP."""

    def plan(self, fault: Fault, times: int) -> None:
        """The next ``times`` requests meet this fault."""

    def clear(self) -> None:
        """Forget those not used up."""


_SILENT = frozenset({Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER, Fault.ENDLESS})


@dataclass
class TranslatedFaults(Generic[Word]):
    """A simulator's own fault injection as a FaultPlan.

    ``silent`` is whether the fault planned now keeps the caller waiting until it gives up: let a test be impatient
    then, and only then, so that no busy machine fails it.

    Example: ``TranslatedFaults({Fault.CONFLICT: MyFault.CONFLICT}, simulator.misbehave, simulator.behave)``.
    """

    words: Mapping[Fault, Word]
    begin: Callable[[Word, int], object]
    end: Callable[[], object]
    silent: bool = False

    @property
    def offers(self) -> frozenset[Fault]:
        """The faults that have a word."""
        return frozenset(self.words)

    def plan(self, fault: Fault, times: int) -> None:
        """Hand it on in the simulator's word."""
        self.silent = fault in _SILENT
        self.begin(self.words[fault], times)

    def clear(self) -> None:
        """Hand it on."""
        self.silent = False
        self.end()


REQUIRED = frozenset(Fault) - {Fault.SOAP_FAULT}
"""What every HTTP simulator must offer."""

_CONFIGURATION: Classes = (ConfigurationError,)
_REFUSED: Classes = (RefusedError,)
_TRANSIENT: Classes = (TransientError,)
_UNKNOWN: Classes = (UncertainOutcomeError,)

ON_READ: Mapping[Fault, Classes] = {
    Fault.UNAUTHORISED: _CONFIGURATION,
    Fault.FORBIDDEN: _CONFIGURATION,
    Fault.NOT_FOUND: _REFUSED,
    Fault.CONFLICT: _REFUSED,
    Fault.INVALID: _REFUSED,
    Fault.THROTTLED: _TRANSIENT,
    Fault.THROTTLED_WITHOUT_RETRY_AFTER: _TRANSIENT,
    Fault.SERVER_ERROR: _TRANSIENT,
    Fault.UNAVAILABLE: _TRANSIENT,
    Fault.SOAP_FAULT: _TRANSIENT,
    Fault.TRUNCATED: _TRANSIENT,
    Fault.WRONG_CONTENT_TYPE: _TRANSIENT,
    Fault.ENDLESS: _TRANSIENT,
    Fault.TIMEOUT_BEFORE: _TRANSIENT,
    Fault.TIMEOUT_AFTER: _TRANSIENT,
}
"""The right classes when the call only reads (design.md 5)."""

ON_WRITE: Mapping[Fault, Classes] = {
    **ON_READ,
    Fault.SERVER_ERROR: _UNKNOWN,
    # Some partners state that 503 means the work was not begun; then it is transient.
    Fault.UNAVAILABLE: (UncertainOutcomeError, TransientError),
    Fault.SOAP_FAULT: _UNKNOWN,
    Fault.TRUNCATED: _UNKNOWN,
    Fault.WRONG_CONTENT_TYPE: _UNKNOWN,
    Fault.ENDLESS: _UNKNOWN,
    # From here it looks like a lost answer: the bytes left us.
    Fault.TIMEOUT_BEFORE: _UNKNOWN,
    Fault.TIMEOUT_AFTER: _UNKNOWN,
}
"""The right classes when the call changes something."""
