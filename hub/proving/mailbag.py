"""The post between the world and the hub: late, twice, and in another order than it was written."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from hub.flows.registry import InboundItem
from hub.model.identity import ConnectionId, RequestId


@dataclass
class Letter:
    """One message. ``about``: the request it speaks of. ``last``: it must not overtake what was written of the same
    request before (a depot that says "no more will come" has said what came)."""

    item: InboundItem
    connection: ConnectionId
    document: str
    about: RequestId | None = None
    last: bool = False


@dataclass
class Mailbag:
    """Letters on their way, oldest first, and some that have arrived and may arrive once more."""

    waiting: list[Letter] = field(default_factory=list)
    arrived: list[Letter] = field(default_factory=list)
    letters: int = 0
    keep: int = 200

    def post(self, letter: Letter) -> None:
        """Put a letter in."""
        self.waiting.append(letter)

    def mentions(self, request: RequestId) -> bool:
        """Whether a letter about the request is on its way."""
        return any(each.about == request for each in self.waiting)

    def follows(self, letter: Letter) -> bool:
        """Whether letters about the same request are on their way that were written before it."""
        return self._held_back(self.waiting.index(letter), letter)

    def take(self, rng: random.Random, connections: frozenset[ConnectionId] | None = None) -> Letter | None:
        """A letter that arrives now: half of the time the oldest, else any. ``connections``: only from these."""
        ready = [
            (index, each)
            for index, each in enumerate(self.waiting)
            if (connections is None or each.connection in connections) and not self._held_back(index, each)
        ]
        if not ready:
            return None
        index, letter = ready[0] if rng.random() < 0.5 else rng.choice(ready)
        del self.waiting[index]
        return letter

    def keep_copy(self, letter: Letter) -> None:
        """It arrived, and its copy may arrive later."""
        self.arrived.append(letter)
        del self.arrived[: -self.keep]

    def _held_back(self, index: int, letter: Letter) -> bool:
        return letter.last and any(each.about == letter.about for each in self.waiting[:index])
