"""What an HTTP status means: one table from status to error class, which connectors may override."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from hub.errors import ConfigurationError, HubError, RefusedError, TransientError, UncertainOutcomeError


class StatusKind(StrEnum):
    """What the engine should do about a status; see design.md section 5."""

    CONFIGURATION = "configuration"
    REFUSED = "refused"
    TRANSIENT = "transient"
    """Nothing was done; the same request may work later."""
    UNKNOWN = "unknown"
    """Transient for a read; for a write the partner may have done it, so its outcome is uncertain."""


@dataclass(frozen=True)
class StatusRule:
    """How one status is told: ``code`` and ``cure`` of the error, ``message`` without a final status."""

    kind: StatusKind
    code: str
    message: str
    cure: str = ""


_UNKNOWN = StatusRule(StatusKind.UNKNOWN, "partner.unavailable", "The partner failed to answer properly")
_REFUSED = StatusRule(StatusKind.REFUSED, "partner.refused", "The partner refused the request")
_REDIRECTED = StatusRule(
    StatusKind.CONFIGURATION,
    "transport.redirected",
    "The partner answered with a redirect, which is never followed",
    "Set the connection's address to the one the partner uses now.",
)
_UNAUTHORISED = StatusRule(
    StatusKind.CONFIGURATION,
    "partner.unauthorised",
    "The partner did not accept the connection's credentials or their rights",
    "Check the connection's credentials and the rights the partner gave them.",
)

DEFAULT_STATUS_RULES: Mapping[int, StatusRule] = {
    401: _UNAUTHORISED,
    403: _UNAUTHORISED,
    404: StatusRule(StatusKind.REFUSED, "partner.not-found", "The partner does not know what was asked for"),
    408: _UNKNOWN,
    409: StatusRule(StatusKind.REFUSED, "partner.conflict", "The request conflicts with the partner's state"),
    422: StatusRule(StatusKind.REFUSED, "partner.invalid", "The partner found the request invalid"),
    425: StatusRule(StatusKind.TRANSIENT, "partner.unavailable", "The partner asked to send this later"),
    429: StatusRule(StatusKind.TRANSIENT, "partner.throttled", "The partner asked us to slow down"),
}
"""The fixed part; every other 3xx is a redirect, 4xx a refusal and 5xx an unknown outcome."""


def classify_status(
    status: int,
    *,
    safe: bool,
    unavailable_is_safe: bool = False,
    retry_after_seconds: float | None = None,
    rules: Mapping[int, StatusRule] = DEFAULT_STATUS_RULES,
) -> HubError | None:
    """The error of an HTTP status, None for 2xx and 304.

    ``safe`` is true for reads; ``unavailable_is_safe`` where the partner states that 503 means the write
    was not begun. ``rules`` given by a connector come before the defaults.
    """
    if 200 <= status < 300 or status == 304:
        return None
    rule = rules.get(status) or DEFAULT_STATUS_RULES.get(status) or _general(status)
    message = f"{rule.message} (HTTP {status})."
    if rule.kind is StatusKind.CONFIGURATION:
        return ConfigurationError(message, code=rule.code, cure=rule.cure)
    if rule.kind is StatusKind.REFUSED:
        return RefusedError(message, code=rule.code, cure=rule.cure)
    not_done = safe or rule.kind is StatusKind.TRANSIENT or (status == 503 and unavailable_is_safe)
    if not_done:
        return TransientError(message, code=rule.code, cure=rule.cure, retry_after_seconds=retry_after_seconds)
    return UncertainOutcomeError(message, code="transport.outcome-unknown", cure=rule.cure)


def _general(status: int) -> StatusRule:
    if 300 <= status < 400:
        return _REDIRECTED
    return _REFUSED if 400 <= status < 500 else _UNKNOWN


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds to wait by a ``Retry-After`` header, in seconds or as a date (RFC 9110, 10.2.3).

    ``now`` is Unix time in seconds. None where the header is absent or cannot be read.
    """
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (aware - datetime.fromtimestamp(now, UTC)).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else None
