"""A condition over an order and a location, worked out ahead as far as the locations alone decide it.

Its clauses are of three kinds. What only locations decide is a bitmask, made once. What only the order decides is asked
once for each order. What both decide is asked of the locations that are left; its mask is kept by the facts of the
order that it reads, where those are words such as a channel or a region, which come again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from hub.expressions import BOOL, TEXT, EvaluationError, Expression, ListOf, Nullable, Type, conjuncts
from hub.routing.rule_schema import ORDER, compile_condition

_WORDS: frozenset[Type] = frozenset({BOOL, TEXT, ListOf(TEXT), Nullable(TEXT)})
_MOST_KEPT = 4_096

Worked = TypeVar("Worked")


class Found(NamedTuple):
    """Bitmasks over the locations: where a condition ``holds``, and where it ``failed`` over a location's facts."""

    holds: int
    failed: int


_NOWHERE = Found(0, 0)

Reasons = tuple[tuple[int, Any], ...]
"""By the bit of a location, whatever says why it is closed."""

WorkOut = Callable[["LocationTest", tuple[int, ...], Mapping[str, Any]], Any]
"""Says why for the facts of an order and a location, and the lines that it is about."""


class LocationTest:
    """One compiled condition over ``order`` and ``location``, bound to the facts of the locations.

    ``text``, and ``clauses`` in their order: as written, for whoever explains.
    """

    def __init__(self, text: str, locations: Sequence[Mapping[str, Any]]) -> None:
        self.text = text
        self.clauses = conjuncts(compile_condition(text, "order", "location"))
        self._locations = locations
        self._of_order = [each for each in self.clauses if not _asks(each, "location")]
        self._of_both = [each for each in self.clauses if _asks(each, "location") and _asks(each, "order")]
        of_locations = [each for each in self.clauses if _asks(each, "location") and not _asks(each, "order")]
        self._fixed = self._asked(of_locations, {}, Found((1 << len(locations)) - 1, 0))
        self._key = _key(self._of_both)
        self._kept = _Kept[Found]()
        self._reasons_key = _key(self.clauses)
        self._reasons = _Kept[Reasons]()

    def found(self, order: Mapping[str, Any]) -> Found:
        """Where it holds for this order. Raises EvaluationError where the order's own facts cannot be worked with."""
        for clause in self._of_order:
            if not clause.evaluate({"order": order}):
                return _NOWHERE
        if not self._of_both:
            return self._fixed
        if self._key is None:
            return self._asked(self._of_both, {"order": order}, self._fixed)
        key = tuple(order[name] for name in self._key)
        found = self._kept.get(key)
        if found is None:
            found = self._kept.keep(key, self._asked(self._of_both, {"order": order}, self._fixed))
        return found

    def reasons(self, order: Mapping[str, Any], lines: tuple[int, ...], closed: int, work_out: WorkOut) -> Reasons:
        """What ``work_out`` gives for each of the ``closed`` locations, by their bits; kept where words alone of the
        order decide it."""
        key = None
        if self._reasons_key is not None:
            key = (closed, lines, *(order[name] for name in self._reasons_key))
            found = self._reasons.get(key)
            if found is not None:
                return found
        frames = ((place, {"order": order, "location": self._locations[place]}) for place in places(closed))
        made = tuple((place, work_out(self, lines, frame)) for place, frame in frames)
        return made if key is None else self._reasons.keep(key, made)

    def _asked(self, clauses: Sequence[Expression], frame: dict[str, Any], among: Found) -> Found:
        holds, failed = among
        for clause in clauses:
            evaluate = clause.evaluate
            for place in places(holds):
                frame["location"] = self._locations[place]
                try:
                    if not evaluate(frame):
                        holds ^= 1 << place
                except EvaluationError:
                    holds ^= 1 << place
                    failed |= 1 << place
        return Found(holds, failed)


class _Kept(dict[tuple[Any, ...], Worked]):
    """What was worked out, by what it was worked out of; begun anew when it gets large."""

    def keep(self, key: tuple[Any, ...], worked: Worked) -> Worked:
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[key] = worked
        return worked


def places(mask: int) -> Iterator[int]:
    """The positions of the bits that are set, from the lowest.

    >>> list(places(0b1010))
    [1, 3]
    """
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _asks(clause: Expression, name: str) -> bool:
    return any(path[0] == name for path in clause.reads)


def _key(clauses: Sequence[Expression]) -> tuple[str, ...] | None:
    """The facts of the order that decide these clauses, where all are words; else None."""
    paths = {path for clause in clauses for path in clause.reads if path[0] == "order"}
    if all(len(path) == 2 and ORDER.fields[path[1]] in _WORDS for path in paths):
        return tuple(sorted(path[1] for path in paths))
    return None
