"""Problems of a document that may have very many: the first are told one by one, the rest is counted by kind."""

from __future__ import annotations

from collections import Counter

from hub.model.queue import ANY_ITEM
from hub.sdk.capabilities import Problem

MOST_PROBLEMS = 200
"""Problems of a big feed that are told one by one."""


class ProblemTally:
    """``most`` problems are kept, all where None. ``place`` is where the others are said to be (``846/LIN``), ``parts``
    what each of them is of (``lines``)."""

    def __init__(self, most: int | None = None, *, place: str = "", parts: str = "rows") -> None:
        self._most, self._place, self._parts = most, place, parts
        self._kept: list[Problem] = []
        self._left_out: Counter[str] = Counter()
        self._waiting: set[str] = set()

    def note(self, problem: Problem) -> bool:
        """Take one in; whether it is told by itself."""
        if self._most is None or len(self._kept) < self._most:
            self._kept.append(problem)
            return True
        self._left_out[problem.code] += 1
        self._waiting |= {problem.code} if problem.waits_for else set()
        return False

    @property
    def codes(self) -> set[str]:
        """The kinds of problems there are."""
        return {each.code for each in self._kept} | set(self._left_out)

    def told(self) -> tuple[Problem, ...]:
        """The problems, those beyond the first as one each kind."""
        more = (
            Problem(
                f"{self._place} further {code}".lstrip(),
                code,
                f"{count} further {self._parts} have the same problem.",
                waits_for=ANY_ITEM if code in self._waiting else (),
            )
            for code, count in sorted(self._left_out.items())
        )
        return (*self._kept, *more)
