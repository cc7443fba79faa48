"""What a partner and we agreed beyond the standard: which sets it sends, and what must stand in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hub.edi.findings import Finding, Level, Severity, severity_of
from hub.edi.interchange import TransactionSet
from hub.edi.segment import Segment

_ALWAYS = frozenset({"997"})
_ELEMENT_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Agreement:
    """``receives``: the sets that are taken, None for all; a 997 is always.

    ``needs`` by set: segments (``MAN``), segments with a qualifier in their first element (``MAN*GM``), and elements
    (``BSN05``) that each segment of that name must have; of several between bars (``REF*CN|MAN*CP``) one must stand
    there. Items of a feed that went by are not looked at.
    """

    receives: frozenset[str] | None = None
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def findings(self, item: TransactionSet, overrides: Mapping[str, Severity]) -> Iterator[Finding]:
        """Where a set is not as agreed: ``x12.set-not-agreed``, ``x12.segment-needed``, ``x12.element-needed``."""
        if self.receives is not None and item.id not in self.receives | _ALWAYS:
            text = f"The transaction set {item.id[:6]} is not agreed with this partner."
            code = "x12.set-not-agreed"
            yield Finding(Level.SET, code, severity_of(code, overrides), text, "ST", 1, 1)
        for need in () if item.passed else self.needs.get(item.id, ()):
            yield from _missing(need, item, overrides)


@dataclass(frozen=True, slots=True)
class _Choice:
    """``element`` 0: the segment as a whole."""

    segment: str
    element: int = 0
    qualifier: str = ""

    @classmethod
    def of(cls, text: str) -> _Choice:
        name, _, qualifier = text.partition("*")
        return cls(name[:-2], int(name[-2:])) if len(name) >= _ELEMENT_LENGTH else cls(name, 0, qualifier)

    def names(self, segment: Segment) -> bool:
        return segment.id == self.segment and (not self.qualifier or segment.get(1) == self.qualifier)


def _missing(need: str, item: TransactionSet, overrides: Mapping[str, Severity]) -> Iterator[Finding]:
    choices = [_Choice.of(text) for text in need.split("|")]
    first = choices[0]
    found = [(choice, each) for choice in choices for each in item.segments if choice.names(each)]
    if not found:
        code, last = "x12.segment-needed", item.segments[-1]
        text = f"{' or '.join(need.split('|'))} is missing, and the partner's profile needs it."
        yield Finding(Level.SEGMENT, code, severity_of(code, overrides), text, first.segment, item.position_of(last))
    elif len(choices) == 1 and first.element:
        yield from (_empty(each, first.element, item, overrides) for _, each in found if not each.get(first.element))


def _empty(segment: Segment, element: int, item: TransactionSet, overrides: Mapping[str, Severity]) -> Finding:
    code = "x12.element-needed"
    text = f"{segment.id}{element:02} is empty, and the partner's profile needs it."
    position = item.position_of(segment)
    return Finding(Level.ELEMENT, code, severity_of(code, overrides), text, segment.id, position, element)
