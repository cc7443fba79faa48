"""The traits of an X12 file: segments that the hub reads, and those of which nothing is kept.

Told by the set written again from what was read of it. Looked at is a segment with its first element, where that is a
code (``REF*CN``); later elements are not, nor where in the set a segment stands, nor sets that were rejected.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hub.edi.documents.registry import read_document, set_ids, write_document
from hub.edi.envelope import read_interchanges
from hub.edi.interchange import TransactionSet
from hub.edi.spec.elements import element_types, release_of
from hub.edi.spec.segments import segment_specs
from hub.errors import DataError
from hub.mapping.x12_profile import X12Profile
from hub.sdk.drift import Trait, TraitKind
from hub.sdk.x12.rules import rules_of

_ENVELOPE = frozenset({"ST", "SE"})
_QUANTITY = "QTY"
_COUNTS_STOCK = "846"
_ANSWERS = frozenset({"997"})


def x12_traits(body: bytes, profile: X12Profile) -> Mapping[str, tuple[set[Trait], set[Trait]]]:
    """By set: what of it is not read, or not by the partner's x12.yaml; and what is read.

    Raises DataError ``x12.*`` where nothing is readable."""
    rules = rules_of(profile)
    found: dict[str, tuple[set[Trait], set[Trait]]] = {}
    for interchange in read_interchanges(body, severities=rules.severities, encoding=rules.encoding):
        for _, item in interchange.usable_sets():
            if item.id in _ANSWERS or item.id not in set_ids():
                continue
            unread, read = found.setdefault(item.id, (set(), set()))
            there, kept = _there(item), _kept(item)
            unread.update(Trait(TraitKind.SEGMENT, each) for each in there - kept)
            read.update(Trait(TraitKind.SEGMENT, each) for each in there & kept)
            if item.id == _COUNTS_STOCK:
                unread.update(_uncounted(item, profile))
    return found


def _uncounted(item: TransactionSet, profile: X12Profile) -> Iterable[Trait]:
    """Qualifiers of quantities that x12.yaml does not say the meaning of."""
    for segment in item.segments:
        if segment.id == _QUANTITY and segment.get(1) not in profile.quantities:
            yield Trait(TraitKind.QUANTITY, segment.get(1))


def _there(item: TransactionSet) -> set[str]:
    return {_named(each.id, each.get(1), item.version) for each in item.segments if each.id not in _ENVELOPE}


def _kept(item: TransactionSet) -> set[str]:
    """The same of the set as it is written from what was read; everything where it cannot be written so."""
    try:
        rows = write_document(read_document(item)).rows
    except DataError:
        return _there(item)
    return {_named(str(row[0]), row[1] if len(row) > 1 else "", item.version) for row in rows}


def _named(segment_id: str, first: str | tuple[str, ...], version: str) -> str:
    """The segment with its first element, where that is a code."""
    spec = segment_specs().get(segment_id)
    element = spec.positions[0].element if spec is not None and spec.positions else ""
    kind = element_types(release_of(version)).get(element)
    is_code = kind is not None and kind.kind == "ID" and isinstance(first, str) and first
    return f"{segment_id}*{first}" if is_code else segment_id
