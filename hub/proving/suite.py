"""The whole proof: histories one after the other, crowds of them at once, and rounds of the market."""

from __future__ import annotations

import random
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import PurePath
from typing import Any, Final

from hub.model.network import Network
from hub.proving.bench import Figures, LawBrokenError
from hub.proving.crowd import Crowd
from hub.proving.databases import Databases
from hub.proving.history import History
from hub.proving.laws import Broken
from hub.proving.market import Round, play
from hub.proving.networks import drawn_network, unguarded
from hub.proving.stage import START, a_world

LENGTH: Final = 1_500
"""Steps of one history; a new world follows, so that tables stay small and networks vary."""

CROWD_EVERY: Final = 8
"""Every so manieth history is one of several threads."""


class Part(StrEnum):
    """What is played. ``history``: one step after the other, the same for a seed. ``crowd``: several threads.
    ``market``: many buyers at once for few units."""

    ALL = "all"
    HISTORY = "history"
    CROWD = "crowd"
    MARKET = "market"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of what. ``network``: prove this one instead of one drawn anew for each history.

    A history of the seed s is the first one of a plan of the seed s: that is how a failure is repeated.
    """

    steps: int = 1_000_000
    seed: int = 1
    part: Part = Part.ALL
    threads: int = 8
    rounds: int = 20
    market: Round = field(default_factory=Round)
    network: Network | None = None
    length: int = LENGTH


@dataclass(frozen=True, slots=True)
class Failure:
    """A law that was broken: by the history of ``seed`` at its ``step``, or by a round of the market."""

    part: Part
    seed: int
    step: int
    length: int
    broken: tuple[Broken, ...]
    own: bool = False

    @property
    def command(self) -> str:
        """What plays it again."""
        if self.part is Part.MARKET:
            return f"hub prove --part market --rounds {self.length}"
        return f"hub prove --part {self.part} --seed {self.seed} --steps {self.length}{' --own' if self.own else ''}"


@dataclass
class Report:
    """What was done and found. ``failure`` is None where every law held."""

    database: str
    seed: int
    steps: int = 0
    histories: int = 0
    crowds: int = 0
    rounds: int = 0
    seconds: float = 0.0
    figures: Figures = field(default_factory=Figures)
    failure: Failure | None = None

    @property
    def passed(self) -> bool:
        """Whether every law held."""
        return self.failure is None

    def facts(self) -> dict[str, Any]:
        """The same in plain words and numbers, for JSON."""
        failure = self.failure
        return {
            "database": self.database,
            "seed": self.seed,
            "steps": self.steps,
            "histories": self.histories,
            "crowds": self.crowds,
            "rounds": self.rounds,
            "seconds": round(self.seconds, 1),
            "transactions": self.figures.transactions,
            "crashes": self.figures.crashes,
            "retries": self.figures.retries,
            "moves": dict(self.figures.moves),
            "failure": failure
            and {
                "part": failure.part.value,
                "seed": failure.seed,
                "step": failure.step,
                "command": failure.command,
                "broken": [{"law": each.law, "words": each.words} for each in failure.broken],
            },
        }


def prove(plan: Plan, databases: Databases, tell: Callable[[Report], None] = lambda _: None) -> Report:
    """Play the plan until it is done or a law is broken; ``tell`` hears of each history and of the market."""
    report = Report(databases.name, plan.seed)
    began = time.monotonic()
    for part, seed, length in _turns(plan):
        if part is Part.MARKET:
            report.failure = _trade(plan, databases, report)
        else:
            report.failure = _play(plan, databases, report, part, seed, length)
        report.seconds = time.monotonic() - began
        tell(report)
        if report.failure is not None:
            break
    return report


def _turns(plan: Plan) -> Iterator[tuple[Part, int, int]]:
    if plan.part is not Part.MARKET:
        for number, done in enumerate(range(0, plan.steps, plan.length)):
            crowd = plan.part is Part.CROWD or (plan.part is Part.ALL and number % CROWD_EVERY == CROWD_EVERY - 1)
            yield Part.CROWD if crowd else Part.HISTORY, plan.seed + number, min(plan.length, plan.steps - done)
    if plan.part in {Part.ALL, Part.MARKET}:
        yield Part.MARKET, plan.seed, plan.rounds


def _play(plan: Plan, databases: Databases, report: Report, part: Part, seed: int, length: int) -> Failure | None:
    rng = random.Random(seed)
    network = unguarded(plan.network) if plan.network is not None else drawn_network(rng)
    number, own = report.histories + report.crowds, plan.network is not None
    # On a database that is shared, each world has its own names and begins when the one before is long over.
    start = START if databases.fresh else START + timedelta(days=30 * number)
    world = a_world(rng, network, start, name="h" if databases.fresh else f"h{number}")
    network = network.model_copy(update={"kits": {kit.sku: kit for kit in world.kits}})
    with databases.open(lambda: world.now) as storage:
        one: History | Crowd
        if part is Part.CROWD:
            one = Crowd(storage, network, world, rng, threads=plan.threads)
            report.crowds += 1
        else:
            one = History(storage, network, world, rng)
            report.histories += 1
        try:
            one.run(length)
        except LawBrokenError as error:
            return Failure(part, seed, one.steps, length, error.broken, own)
        except Exception as error:  # noqa: BLE001  whatever the hub raises at fair partners is what we look for
            return Failure(part, seed, one.steps, length, (_unforeseen(error),), own)
        finally:
            report.steps += one.steps
            report.figures += one.figures
    return None


def _trade(plan: Plan, databases: Databases, report: Report) -> Failure | None:
    now = START + timedelta(days=30 * (report.histories + report.crowds))
    with databases.open(lambda: now) as storage:
        for number in range(1, plan.rounds + 1):
            try:
                play(storage, number, now + timedelta(minutes=number), plan.market, report.figures)
            except LawBrokenError as error:
                return Failure(Part.MARKET, plan.seed, number, number, error.broken)
            except Exception as error:  # noqa: BLE001  as above
                return Failure(Part.MARKET, plan.seed, number, number, (_unforeseen(error),))
            report.rounds += 1
    return None


def _unforeseen(error: Exception) -> Broken:
    where = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{PurePath(where.filename).name}:{where.lineno}"
    return Broken("fair", f"{type(error).__name__} at {place}: {error}")
