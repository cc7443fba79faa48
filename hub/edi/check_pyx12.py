"""The one adapter to pyx12: a transaction set walked along our map, its errors as faults.

Parts are composed as in edi.md 2.3 (`walk_errors` and `is_valid_errors`, new in pyx12 4): maps are
loaded once per process, nothing is logged, and the delimiters of the sender are replaced by control
characters so that none of them can be mistaken for data.
"""

from __future__ import annotations

import re
import tempfile
import threading
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hub.edi.interchange import TransactionSet
from hub.edi.maps.generate import map_name, write_map_directory
from hub.edi.segment import Segment
from hub.edi.spec.elements import release_of
from hub.edi.spec.segments import segment_specs
from hub.edi.wording import Fault

_TERMINATOR, _ELEMENT, _COMPONENT = "\x1c", "\x1d", "\x1f"
_OURS = str.maketrans(dict.fromkeys((_TERMINATOR, _ELEMENT, _COMPONENT), " "))

_SEGMENT_CODES: Mapping[str, str] = MappingProxyType(
    {
        "1": "x12.segment-unknown",
        "2": "x12.segment-not-used",
        "3": "x12.segment-missing",
        "4": "x12.loop-repeats",
        "5": "x12.segment-repeats",
        "8": "x12.segment-faulty",
    }
)
_ELEMENT_CODES: Mapping[str, str] = MappingProxyType(
    {
        "1": "x12.element-missing",
        "2": "x12.element-condition",
        "3": "x12.element-surplus",
        "4": "x12.element-short",
        "5": "x12.element-long",
        "6": "x12.element-characters",
        "7": "x12.element-code",
        "8": "x12.element-date",
        "9": "x12.element-time",
        "10": "x12.element-exclusion",
    }
)
_REFERENCE = re.compile(r"(?P<element>\d{2})(?:-(?P<component>\d{1,2}))?$")


def walked(item: TransactionSet) -> Iterator[Fault]:
    """Every fault pyx12 finds, in the order of the segments. A failure of its own is ``x12.check-failed``."""
    from pyx12.map_walker import walk_tree

    node = _map(item.id, release_of(item.version)).getnodebypath("/ST_LOOP/ST")
    walker = walk_tree()
    walker.forceWalkCounterToLoopStart("/ST_LOOP", "/ST_LOOP/ST")
    for segment in item.segments[1:]:
        try:
            node, found = _step(walker, node, segment, item)
        except Exception:  # noqa: BLE001 third-party code at a boundary: any failure is a finding
            found = [Fault("x12.check-failed", segment)]
        yield from found


def _step(walker: Any, node: Any, segment: Segment, item: TransactionSet) -> tuple[Any, list[Fault]]:
    theirs = _theirs(segment)
    reached, _, _, errors = walker.walk_errors(node, theirs, item.position_of(segment), segment.position, None)
    found = [_segment_fault(error, segment) for error in errors]
    if reached is None:
        return node, found
    _, element_errors = reached.is_valid_errors(theirs)
    found.extend(_element_fault(error, segment) for error in element_errors)
    return reached, found


def _segment_fault(error: Any, segment: Segment) -> Fault:
    code = _SEGMENT_CODES[error.err_cde]
    return Fault(code, segment, about=str(error.map_node.id) if code == "x12.segment-missing" else "")


def _element_fault(error: Any, segment: Segment) -> Fault:
    # pyx12 names the place as "BEG03", "AK401-2", or for relations as a bare number.
    match = _REFERENCE.search(str(error.refdes or "").rjust(2, "0"))
    component = int(match["component"]) if match and match["component"] else None
    return Fault(
        _ELEMENT_CODES[error.err_cde],
        segment,
        element=int(match["element"]) if match else None,
        component=component,
    )


def _theirs(segment: Segment) -> Any:
    """The segment as pyx12's own, components split only where the spec has a composite."""
    from pyx12.segment import Segment as TheirSegment

    spec = segment_specs().get(segment.id)
    elements = [text.translate(_OURS) for text in segment.elements]
    while len(elements) > 1 and not elements[-1].strip():
        elements.pop()
    for number, position in enumerate(spec.positions if spec else (), 1):
        # pyx12 fails with an IndexError on a component too many, so such an element stays one text.
        if position.parts and number < len(elements):
            parts = elements[number].split(segment.component_separator)
            elements[number] = _COMPONENT.join(parts) if len(parts) <= len(position.parts) else elements[number]
    return TheirSegment(_ELEMENT.join(elements), _TERMINATOR, _ELEMENT, _COMPONENT)


_loading = threading.Lock()


def _map(set_id: str, release: str) -> Any:
    """One map, kept for the process: counters live in the walker, so threads may share it (edi.md 2.3).

    Loading takes a quarter of a second of processor time; the cache alone would let every connection do it at once.
    """
    with _loading:
        return _load_map(set_id, release)


@lru_cache(maxsize=32)
def _load_map(set_id: str, release: str) -> Any:
    from pyx12.map_if import load_map_file
    from pyx12.params import ParamsBase

    with tempfile.TemporaryDirectory(prefix="x12-maps-") as folder:
        write_map_directory(Path(folder), release, set_id)
        return load_map_file(map_name(set_id), ParamsBase(), folder)
