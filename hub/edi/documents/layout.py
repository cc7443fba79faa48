"""Documents laid out as frozen dataclasses: each field says where in its loop it stands.

Reading and writing follow from the same annotations, so neither can forget what the other carries::

    class Reference:
        qualifier: Annotated[str, At(1)]
        value: Annotated[str, At(2)]

    class PurchaseOrderLine:
        number: Annotated[str, At(1)]
        references: Annotated[tuple[Reference, ...], Many("REF")] = ()

Fields are written in their order. A segment belongs to the innermost open loop that carries it, so real
documents may shuffle what stands in one loop; segments that no loop carries are passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin, get_type_hints

from hub.edi.documents.reading import Reading
from hub.edi.segment import Segment


@dataclass(frozen=True, slots=True)
class At:
    """One element: of the loop's first segment, or of the first ``segment`` in the loop.

    ``implied`` decimals for type Nn; ``composite`` takes the first component; ``beside`` are elements that
    are written with the value and not read.
    """

    element: int
    segment: str = ""
    implied: int = 0
    composite: bool = False
    beside: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Pairs:
    """(qualifier, value) pairs of the loop's first segment: at ``places`` (of the qualifiers), or from ``start`` on."""

    start: int = 0
    last: int = 0
    places: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of every ``segment`` in the loop, from its ``elements``; ``also`` names other segments that hold one.

    ``beside`` are elements that are written with each text and not read.
    """

    segment: str
    elements: tuple[int, ...] = (1,)
    also: tuple[tuple[str, int], ...] = ()
    beside: tuple[tuple[int, str], ...] = ()

    def places(self, segment_id: str) -> tuple[int, ...]:
        """Where a text stands in a segment of this id."""
        return (
            self.elements
            if segment_id == self.segment
            else tuple(place for name, place in self.also if name == segment_id)
        )


@dataclass(frozen=True, slots=True)
class Counted:
    """A total such as CTT01: read as claimed, written as the number of entries in the field ``of``."""

    segment: str
    of: str


@dataclass(frozen=True, slots=True)
class Many:
    """A loop for every ``segment``, or one segment each.

    ``read`` replaces the reading of a single segment and may give several entries; ``implied_by`` are
    segments that open the loop where a partner leaves its first one out; ``leaving`` are segments that
    this loop does not take although its class carries them. ``detail`` loops end the header: from the
    first one on, a segment no longer goes to a field that stands before it, so a TD5 or PER that a line
    has and we do not carry is passed over and not taken for the whole order's.
    """

    segment: str
    read: Callable[[Segment, Reading], Iterable[Any]] | None = None
    implied_by: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    detail: bool = False


@dataclass(frozen=True, slots=True)
class One:
    """The first ``segment`` of the loop as a dataclass, None where there is none."""

    segment: str


Place = At | Pairs | Texts | Counted | Many | One


@dataclass(frozen=True, slots=True)
class LaidField:
    """A field, its place, and what it holds: ``kind`` is str, Decimal ... or the class of a loop's entries."""

    name: str
    place: Place
    kind: type
    index: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A class's fields in their order, and which of them a segment of the loop goes to.

    ``heads`` stand in the loop's first segment, ``singles`` in the first segment of that id, and ``empty``
    is what the others are where the partner sent nothing.
    """

    fields: tuple[LaidField, ...]
    takers: Mapping[str, LaidField]
    heads: tuple[LaidField, ...]
    singles: Mapping[str, tuple[LaidField, ...]]
    empty: Mapping[str, Any]


def layout_of(kind: type) -> Layout:
    """The layout of a dataclass. Fields without a place (findings) are left to the caller."""
    return _layout(cast(Any, kind))


@cache
def _layout(kind: Any) -> Layout:
    hints = get_type_hints(kind, include_extras=True)
    named = enumerate(fields(kind))
    laid = tuple(found for index, field in named if (found := _laid(field.name, hints[field.name], index)))
    takers: dict[str, LaidField] = {}
    for field in laid:
        for name in _taken(field.place):
            takers.setdefault(name, field)
    heads = tuple(field for field in laid if _home(field.place) == "")
    singles = {
        home: tuple(field for field in laid if _home(field.place) == home)
        for home in (_home(field.place) for field in laid)
        if home
    }
    empty = {field.name: _empty(field) for field in laid}
    return Layout(laid, MappingProxyType(takers), heads, MappingProxyType(singles), MappingProxyType(empty))


def _home(place: Place) -> str | None:
    """The one segment that holds the field, empty for the loop's first; None for a field with many."""
    match place:
        case At(segment=segment) | Counted(segment=segment) | One(segment=segment):
            return segment
        case Pairs():
            return ""
    return None


def _empty(field: LaidField) -> Any:
    if isinstance(field.place, Many | Texts | Pairs):
        return ()
    return "" if field.kind is str else None


def _laid(name: str, hint: Any, index: int) -> LaidField | None:
    if get_origin(hint) is not Annotated:
        return None
    hint, place = get_args(hint)[:2]
    if get_origin(hint) in (Union, UnionType):
        (hint,) = (part for part in get_args(hint) if part is not NoneType)
    return LaidField(name, place, get_args(hint)[0] if get_origin(hint) is tuple else hint, index)


def _taken(place: Place) -> tuple[str, ...]:
    match place:
        case At(segment=segment) if segment:
            return (segment,)
        case Texts(segment=segment, also=also):
            return (segment, *(name for name, _ in also))
        case Counted(segment=segment) | One(segment=segment):
            return (segment,)
        case Many(segment=segment, implied_by=implied_by):
            return (segment, *implied_by)
    return ()
