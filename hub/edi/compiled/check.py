"""A set along its automaton, each segment through its own function."""

from __future__ import annotations

from collections.abc import Iterator

from hub.edi.compiled.elements import checkers
from hub.edi.compiled.structure import Walk, structure_of
from hub.edi.interchange import TransactionSet
from hub.edi.spec.elements import release_of
from hub.edi.wording import Fault


def compiled(item: TransactionSet) -> Iterator[Fault]:
    """Every fault of a set the hub knows, in the order of its segments: the same as pyx12's."""
    structure = structure_of(item.id)
    if structure is None:
        return
    walk, of_release = Walk(structure), checkers(release_of(item.version))
    for segment in item.segments[1:]:
        elements = segment.elements
        name = elements[0]
        faults = walk.move(name, elements[3] if name == "HL" and len(elements) > 3 else "")
        placed = True
        for code, about in faults:
            placed = placed and code != "x12.segment-unknown"
            yield Fault(code, segment, about=about)
        if placed:
            for code, element, component in of_release[name](elements, segment.component_separator):
                yield Fault(code, segment, element=element, component=component)
