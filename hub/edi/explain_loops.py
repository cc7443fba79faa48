"""Which loops a segment stands in, by the set's spec; for people, so a segment out of place disturbs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from hub.edi.segment import Segment
from hub.edi.spec.sets import Loop, SegmentUse, SetSpec, Stage, members

_Found = tuple[int, SegmentUse | Loop]


@dataclass(frozen=True, slots=True)
class LoopPlace:
    """One loop on the way to a segment: its head, which one of its kind it is (from 1), and HL03 for a level."""

    head: str
    occurrence: int
    level: str = ""


@dataclass(slots=True)
class _Open:
    """A loop that is being read; ``stage`` is how far."""

    members: Mapping[str, list[_Found]]
    place: LoopPlace | None = None
    stage: int = 0
    counts: dict[str, int] = field(default_factory=dict)


def loop_places(segments: Iterable[Segment], spec: SetSpec) -> Iterator[tuple[LoopPlace, ...] | None]:
    """For each segment of a set, ST to SE, the loops it stands in, outermost first; None where it has no place."""
    indexes: dict[int, Mapping[str, list[_Found]]] = {}

    def index(stages: tuple[Stage, ...]) -> Mapping[str, list[_Found]]:
        if id(stages) not in indexes:
            indexes[id(stages)] = _index(stages)
        return indexes[id(stages)]

    stack = [_Open(index(spec.stages))]
    for segment in segments:
        if segment.id in {"ST", "SE"}:
            yield ()
            continue
        found = _find(stack, segment)
        if found is None:
            yield None
            continue
        depth, stage, member = found
        del stack[depth + 1 :]
        stack[depth].stage = stage
        if isinstance(member, Loop):
            stack.append(_entered(stack[depth], member, segment, index(member.stages)))
        yield tuple(each.place for each in stack if each.place is not None)


def _index(stages: tuple[Stage, ...]) -> Mapping[str, list[_Found]]:
    found: dict[str, list[_Found]] = {}
    for number, stage in enumerate(stages):
        for member in members(stage):
            found.setdefault(member.head if isinstance(member, Loop) else member.id, []).append((number, member))
    return found


def _find(stack: list[_Open], segment: Segment) -> tuple[int, int, SegmentUse | Loop] | None:
    """Where the segment fits, from the innermost open loop outwards and never back in a loop's stages."""
    for depth in range(len(stack) - 1, -1, -1):
        for stage, member in stack[depth].members.get(segment.id, ()):
            level = member.level if isinstance(member, Loop) else ""
            if stage >= stack[depth].stage and level in {"", segment.get(3)}:
                return depth, stage, member
    return None


def _entered(parent: _Open, loop: Loop, segment: Segment, inside: Mapping[str, list[_Found]]) -> _Open:
    parent.counts[loop.head] = parent.counts.get(loop.head, 0) + 1
    level = segment.get(3) if loop.head == "HL" else ""
    return _Open(inside, LoopPlace(loop.head, parent.counts[loop.head], level))
