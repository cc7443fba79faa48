"""What a fake partner itself holds true, and the steps at which the hub may die.

Books outlive the hub's crashes: a restarted hub talks to the same partner.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import ConfigDict

from hub.errors import HubError, UncertainOutcomeError
from hub.sdk.settings import ConnectorSettings


class CrashError(BaseException):
    """The process dies here: nothing below a BaseException may tidy up."""


@dataclass
class Steps:
    """Counts the steps at which the hub may die, and kills it at the chosen ones."""

    crash_at: frozenset[int] = frozenset()
    names: list[str] = field(default_factory=list)

    def hit(self, name: str) -> None:
        self.names.append(name)
        if len(self.names) in self.crash_at:
            raise CrashError(f"step {len(self.names)}: {name}")

    def before_commit(self) -> None:
        self.hit("before commit")

    def after_commit(self) -> None:
        self.hit("after commit")


@dataclass
class Book:
    """What a partner itself holds true. ``faults`` are raised by the next calls of a name, before their effect;
    ``lost`` after it: the effect is there, the answer is not. ``misread``: errors of ``parse`` by message kind."""

    steps: Steps = field(default_factory=Steps)
    faults: dict[str, list[HubError]] = field(default_factory=lambda: defaultdict(list))
    lost: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    calls: list[str] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    stock: dict[str, Decimal] = field(default_factory=dict)
    opening: dict[str, Decimal] = field(default_factory=dict)
    booked: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    asked: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    answered: dict[str, dict[str, str]] = field(default_factory=dict)
    oversold: list[str] = field(default_factory=list)
    confirmed: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    confirmations: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    shown: dict[str, Decimal] = field(default_factory=dict)
    settled: int = 0
    silent: bool = False
    misread: dict[str, HubError] = field(default_factory=dict)
    hang: Callable[[], None] | None = None

    def before(self, call: str) -> None:
        self.calls.append(call)
        self.steps.hit(f"before {call}")
        if self.hang is not None:
            self.hang()
        if self.faults[call]:
            raise self.faults[call].pop(0)

    def after(self, call: str) -> None:
        self.steps.hit(f"after {call}")
        if self.lost[call]:
            self.lost[call] -= 1
            raise UncertainOutcomeError("The answer was lost.")

    def say(self, kind: str, at: datetime, **facts: Any) -> None:
        self.messages.append({"kind": kind, "at": at.isoformat(), **facts})


class BookSettings(ConnectorSettings):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, hide_input_in_errors=True)

    book: Book
