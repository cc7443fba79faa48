"""docs/reference/x12-sets.md, from the spec: `python -m tests.architecture.x12_sets_page`."""

from __future__ import annotations

from collections.abc import Iterator

from hub.edi.envelope import GROUP_OF_SET
from hub.edi.spec.elements import OPEN, RELEASES, element_types
from hub.edi.spec.names import place_name, segment_name
from hub.edi.spec.segments import SegmentSpec, segment_specs
from hub.edi.spec.sets import Loop, SegmentUse, SetSpec, Stage, members, set_specs
from tests.architecture.source_tree import ROOT

PAGE = ROOT / "docs" / "reference" / "x12-sets.md"
_INTRODUCTION = """# X12 sets, segments and elements

What the hub's spec knows of each transaction set, for 4010 (VICS and UCS spellings too) and 5010; the maps that pyx12
walks and the compiled checkers are made from the same spec. A set is a list of **stages** in order; inside a stage any
order passes, for real documents shuffle their references, dates and carriers. **Bold** segments are mandatory in X12;
those *needed* are what the hub cannot use the set without. A loop stands as its first segment with its own stages
indented. Code lists are open.

This page is made from the spec by `python -m tests.architecture.x12_sets_page`; do not edit it.
"""
_KINDS = {"AN": "text", "ID": "code", "R": "number", "N0": "whole number", "N2": "cents", "DT": "date", "TM": "time"}


def page() -> str:
    """The whole page."""
    sets = "\n".join(_set(spec) for _, spec in sorted(set_specs().items()))
    described = [spec for _, spec in sorted(segment_specs().items()) if _is_described(spec)]
    undescribed = [spec.id for _, spec in sorted(segment_specs().items()) if not _is_described(spec)]
    segments = "\n".join(_segment(spec) for spec in described)
    rest = f"Let pass without a look at their elements: {', '.join(undescribed)}.\n"
    return f"{_INTRODUCTION}\n{sets}\n## Segments\n\n{rest}\n{segments}"


def _set(spec: SetSpec) -> str:
    needed = ", ".join(sorted(spec.needed | spec.somewhere))
    lines = "\n".join(_stages(spec.stages, 0))
    return f"## {spec.id}\n\nGroup {GROUP_OF_SET[spec.id]}. Needed: {needed}.\n\n{lines}\n"


def _stages(stages: tuple[Stage, ...], depth: int) -> Iterator[str]:
    indent = "  " * depth
    for stage in stages:
        uses = [member for member in members(stage) if isinstance(member, SegmentUse)]
        if uses:
            yield f"{indent}- {' '.join(map(_use, uses))}"
        for loop in (member for member in members(stage) if isinstance(member, Loop)):
            level = f" (HL03 {loop.level})" if loop.level else ""
            head = f"**{loop.head}**" if loop.mandatory else loop.head
            yield f"{indent}- loop {head}{level}"
            yield from _stages(loop.stages, depth + 1)


def _use(use: SegmentUse) -> str:
    return f"**{use.id}**" if use.mandatory else use.id


def _is_described(spec: SegmentSpec) -> bool:
    return any(position.element != OPEN or position.parts for position in spec.positions)


def _segment(spec: SegmentSpec) -> str:
    relations = f" Rules: {', '.join(spec.relations)}." if spec.relations else ""
    rows = "\n".join(_rows(spec))
    head = "| | element | kind | length | mandatory |\n|---|---|---|---|---|"
    return f"### {spec.id}: {segment_name(spec.id)}\n\n{len(spec.positions)} elements.{relations}\n\n{head}\n{rows}\n"


def _rows(spec: SegmentSpec) -> Iterator[str]:
    old, new = (element_types(release) for release in RELEASES)
    for number, position in enumerate(spec.positions, 1):
        if position.element == OPEN and not position.parts:
            continue
        name = place_name(spec.id, number, position.element)
        kind, later = old[position.parts[0] if position.parts else position.element], new.get(position.element)
        length = f"{kind.shortest} to {kind.longest}" if kind.shortest != kind.longest else str(kind.longest)
        if later is not None and later.longest != kind.longest and not position.parts:
            length += f", 5010 {later.longest}"
        what = "composite" if position.parts else _KINDS.get(kind.kind, kind.kind)
        yield f"| {number:02} | {name} | {what} | {length} | {'yes' if position.mandatory else ''} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
