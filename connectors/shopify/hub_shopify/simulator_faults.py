"""Bad weather on demand: what the shop does with the next requests instead of answering well."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """``*_before`` leaves the shop unchanged; ``*_after`` applies the request, then goes wrong."""

    UNAUTHORISED = "401"
    FORBIDDEN = "403"
    NOT_FOUND = "404"
    CONFLICT = "409"
    UNPROCESSABLE = "422"
    TOO_MANY = "429"
    TOO_MANY_RETRY_AFTER = "429-retry-after"
    SERVER_ERROR = "500"
    SERVER_ERROR_AFTER = "500-after"
    UNAVAILABLE_HTML = "503-html"
    THROTTLED = "throttled"
    TOP_LEVEL_ERROR = "top-level-error"
    WRONG_CONTENT_TYPE = "wrong-content-type"
    TRUNCATED_BODY = "truncated-body"
    ENDLESS_BODY = "endless-body"
    TIMEOUT_BEFORE = "timeout-before"
    TIMEOUT_AFTER = "timeout-after"
    CLOSE_BEFORE = "close-before"
    CLOSE_AFTER = "close-after"


@dataclass(slots=True)
class _Planned:
    fault: Fault
    operation: str | None


class Faults:
    """A queue of faults; each request takes the first that fits it. Thread-safe."""

    def __init__(self) -> None:
        self._planned: deque[_Planned] = deque()
        self._lock = threading.Lock()

    def next(self, fault: Fault | str, count: int = 1, operation: str | None = None) -> None:
        """The next ``count`` requests (of this operation name, where given) meet this fault."""
        with self._lock:
            self._planned.extend(_Planned(Fault(fault), operation) for _ in range(count))

    def clear(self) -> None:
        with self._lock:
            self._planned.clear()

    def take(self, request_text: str) -> Fault | None:
        """The fault for a request with this text, if any."""
        with self._lock:
            for planned in self._planned:
                if planned.operation is None or f" {planned.operation}(" in request_text:
                    self._planned.remove(planned)
                    return planned.fault
        return None
