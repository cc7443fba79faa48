"""The order of segments in a set as an automaton: one dictionary look-up per segment.

A state is the place in the set where the last segment stood. The rules are pyx12's (edi.md 2.2): matching goes by
position, a later stage is never left again but through a loop's head, and what is mandatory in the stages passed over
is missing. Steps are worked out when first needed and kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from itertools import count

from hub.edi.spec.sets import Loop, SegmentUse, SetSpec, Stage, members, set_specs

POSITION_STEP = 10


@dataclass(slots=True)
class _Place:
    """A segment or a loop in the set; ``stage`` is its position among its siblings."""

    name: str
    stage: int
    parent: _Place | None
    mandatory: bool = False
    once: bool = False
    level: str = ""
    loop: bool = False
    children: list[_Place] = field(default_factory=list)
    number: int = 0
    inside: frozenset[int] = frozenset()
    """Places in this loop, at any depth, that a walk remembers."""

    def matches(self, name: str, level: str) -> bool:
        return self.name == name and (not self.level or self.level == level)

    @property
    def head(self) -> _Place:
        return self.children[0]

    @property
    def remembered(self) -> bool:
        """Whether a walk must know that it was here: not of a loop's head, without which one is not in the loop."""
        return self.mandatory or self.once


@dataclass(frozen=True, slots=True)
class Step:
    """What a segment means in a state: where it stands, and what was passed over.

    ``passed``: mandatory places before it, with the segment to report. ``counts`` is the place to remember, ``clears``
    are those of the loop entered, which begin anew.
    """

    target: int
    passed: tuple[tuple[int, str], ...] = ()
    counts: frozenset[int] = frozenset()
    clears: frozenset[int] = frozenset()
    once: bool = False


class Place(dict[str, "Place"]):
    """A state and the places its segments lead to, as far as known."""

    __slots__ = ("state",)

    def __init__(self, state: int) -> None:
        super().__init__()
        self.state = state


class Structure:
    """One set's automaton. Shared by all walks; a walk's own memory is in `Walk`."""

    def __init__(self, spec: SetSpec) -> None:
        self._numbers = count()
        root = _Place("ST_LOOP", POSITION_STEP, None, mandatory=True, loop=True)
        stages = ((SegmentUse("ST", mandatory=True, once=True),), *spec.stages, (_TRAILER,))
        self._places: list[_Place] = []
        self._fill(root, stages)
        self._levels = frozenset(place.level for place in self._places if place.level)
        self._steps: dict[tuple[int, str, str], Step | None] = {}
        self.start = root.head.number

    def _fill(self, loop: _Place, stages: tuple[Stage, ...], first: int = POSITION_STEP) -> None:
        loop.number = next(self._numbers)
        self._places.append(loop)
        for position, stage in zip(count(first, POSITION_STEP), stages, strict=False):
            for member in members(stage):
                loop.children.append(self._made(member, position, loop))
        loop.inside = frozenset().union(*({child.number} if child.remembered else () for child in loop.children))
        loop.inside |= frozenset().union(*(child.inside for child in loop.children))

    def _made(self, member: SegmentUse | Loop, position: int, parent: _Place) -> _Place:
        if isinstance(member, SegmentUse):
            made = _Place(member.id, position, parent, mandatory=member.mandatory, once=member.once)
            made.number = next(self._numbers)
            self._places.append(made)
            return made
        made = _Place(member.name, position, parent, mandatory=member.mandatory, loop=True)
        head = _Place(member.head, POSITION_STEP, made, level=member.level)
        head.number = next(self._numbers)
        self._places.append(head)
        made.children.append(head)
        self._fill(made, member.stages, 2 * POSITION_STEP)
        return made

    def step(self, state: int, name: str, level: str) -> Step | None:
        """Where a segment leads from ``state``; None where it has no place from there on."""
        key = (state, name, level if name == "HL" and level in self._levels else "")
        if key not in self._steps:
            self._steps[key] = self._worked_out(state, name, key[2])
        return self._steps[key]

    def _worked_out(self, state: int, name: str, level: str) -> Step | None:
        at = next(place for place in self._places if place.number == state)
        passed: list[tuple[_Place, _Place]] = []
        loop: _Place | None = at.parent
        stage = at.stage
        while loop is not None:
            # pyx12 tries a position's loops before its segments.
            for child in sorted(loop.children, key=lambda one: (one.stage, not one.loop)):
                if child.stage < stage:
                    continue
                if child.loop:
                    if child.head.matches(name, level):
                        return _entered(child, passed)
                    if child.mandatory:
                        passed.append((child, child.head))
                elif child.matches(name, level):
                    return _entered(loop, passed) if child is loop.head and loop.parent else _reached(child, passed)
                elif child.mandatory:
                    passed.append((child, child))
            stage = loop.stage
            loop = loop.parent
        return None


_TRAILER = SegmentUse("SE", mandatory=True, once=True)


def _entered(loop: _Place, passed: list[tuple[_Place, _Place]]) -> Step:
    told = tuple((counted.number, told.name) for counted, told in passed)
    return _step(loop.head.number, told, loop, clears=loop.inside)


def _reached(place: _Place, passed: list[tuple[_Place, _Place]]) -> Step:
    # What is mandatory at the same position may still come.
    told = tuple((counted.number, told.name) for counted, told in passed if told.stage != place.stage)
    return _step(place.number, told, place)


def _step(
    target: int, passed: tuple[tuple[int, str], ...], place: _Place, clears: frozenset[int] = frozenset()
) -> Step:
    counts = frozenset({place.number} if place.remembered else ())
    return Step(target, passed, counts, clears, place.once)


class Walk:
    """One set on its way through its structure.

    ``here`` is the place reached: by segment id the next place, for steps known to need no thought. It is what a fast
    loop follows; `move` finds and notes the others.
    """

    __slots__ = ("_places", "_seen", "_structure", "here")

    def __init__(self, structure: Structure) -> None:
        self._structure = structure
        self._seen: frozenset[int] = frozenset({structure.start})
        self._places: dict[int, Place] = {}
        self.here = self._place(structure.start)

    def move(self, name: str, level: str = "") -> tuple[tuple[str, str], ...]:
        """Take a segment; faults as (finding code, segment it is about)."""
        known = self.here.get(name)
        if known is not None:
            self.here = known
            return ()
        state = self.here.state
        step = self._structure.step(state, name, level)
        if step is None:
            return (("x12.segment-unknown", name),)
        seen = self._seen
        faults = tuple(("x12.segment-missing", told) for counted, told in step.passed if counted not in seen)
        if step.once and step.target in seen:
            faults += (("x12.segment-repeats", name),)
        self._seen = seen - step.clears | step.counts
        if self._seen != seen:
            # What needed no thought so far may need it now.
            self._places.clear()
            self.here = self._place(step.target)
        else:
            self.here = self._place(step.target)
            if not faults and not step.once and name != "HL":
                self._place(state)[name] = self.here
        return faults

    def _place(self, state: int) -> Place:
        found = self._places.get(state)
        if found is None:
            found = self._places[state] = Place(state)
        return found


@cache
def structure_of(set_id: str) -> Structure | None:
    """The set's automaton, None for a set the hub does not know."""
    spec = set_specs().get(set_id)
    return Structure(spec) if spec is not None else None
