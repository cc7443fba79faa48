"""What we write, held to the spec before it leaves: the writer's template of every set.

Free text is cut to what its element holds. Whatever else the partner's own check would refuse, an id too long, a
mandatory element left out, a segment without a place, is told here, by its place.
"""

from __future__ import annotations

from collections.abc import Mapping

from hub.edi.compiled.check import compiled
from hub.edi.envelope import GROUP_OF_SET
from hub.edi.interchange import TransactionSet
from hub.edi.segment import Segment
from hub.edi.spec.elements import ElementType, element_types, release_of
from hub.edi.spec.segments import segment_specs
from hub.edi.spec.sets import set_specs
from hub.edi.wording import findings_of
from hub.edi.write import OutboundSet, Row
from hub.errors import DataError

FREE_TEXT = frozenset({"19", "93", "166", "352", "369", "387", "933"})
"""Elements for people: city, name, street, description, message, routing. Cutting them changes no meaning."""

_TOLERATED = frozenset({"x12.element-characters", "x12.element-short"})
"""Letters beyond X12's own, and values shorter than it wants: partners read them."""


def fitted(item: OutboundSet, version: str) -> OutboundSet:
    """The set as it may leave, free text cut to length. Raises DataError ``x12.not-writable`` for anything else that
    does not fit the spec of ``version`` (GS08), with the segment and element as its path."""
    types = element_types(release_of(version))
    rows = tuple(_cut(row, types) for row in item.rows if any(row[1:]))
    _check(item.id, rows, version)
    return OutboundSet(item.id, rows)


def _cut(row: Row, types: Mapping[str, ElementType]) -> Row:
    spec = segment_specs().get(str(row[0]))
    if spec is None:
        return row
    elements: list[str | tuple[str, ...]] = [row[0]]
    for number, element in enumerate(row[1:]):
        name = spec.positions[number].element if number < len(spec.positions) else ""
        is_text = isinstance(element, str) and name in FREE_TEXT
        elements.append(str(element)[: types[name].longest].rstrip() if is_text else element)
    return tuple(elements)


def _check(set_id: str, rows: tuple[Row, ...], version: str) -> None:
    spec = set_specs().get(set_id)
    if spec is None:
        return
    texts = [("ST", set_id, "0001"), *(tuple(map(_text, row)) for row in rows), ("SE", str(len(rows) + 2), "0001")]
    segments = tuple(Segment(row, position) for position, row in enumerate(texts, 1))
    written = TransactionSet(set_id, "0001", GROUP_OF_SET.get(set_id, ""), version, segments)
    for finding in findings_of(compiled(written), written, spec, {}):
        if finding.code not in _TOLERATED:
            place = f"{finding.segment_id}{finding.element:02}" if finding.element else finding.segment_id
            raise DataError(
                f"Our own {set_id} cannot be written so: {finding.text}",
                code="x12.not-writable",
                cure="Correct the order, the item's ids or the partner's profile; X12 has no room for more.",
                path=f"{set_id}/{place}",
            )


def _text(element: str | tuple[str, ...]) -> str:
    return element if isinstance(element, str) else ">".join(element).rstrip(">")
