"""What a partner and we agreed beyond the standard: which sets it sends, and what must stand in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from hub.edi.findings import Finding, Level, Severity, severity_of
from hub.edi.interchange import TransactionSet

_ALWAYS = frozenset({"997"})
_ELEMENT_LENGTH = 4


@dataclass(frozen=True)
class Agreement:
    """``receives``: the sets that are taken, None for all; a 997 is always.

    ``needs`` by set: segments (``MAN``), segments with a qualifier in their first element (``MAN*GM``), and elements
    (``BSN05``) that each segment of that name must have; of several between bars (``REF*CN|MAN*CP``) one must stand
    there.
    """

    receives: frozenset[str] | None = None
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def _needs(self) -> Mapping[str, tuple[Need, ...]]:
        return {name: tuple(map(Need.of, texts)) for name, texts in self.needs.items()}

    def watch(self, set_id: str) -> Watch | None:
        """To look for what is needed in a set that goes by; None where nothing is."""
        needs = self._needs.get(set_id)
        return Watch(needs) if needs else None

    def findings(
        self, item: TransactionSet, overrides: Mapping[str, Severity], passed: Watch | None = None
    ) -> Iterator[Finding]:
        """Where a set is not as agreed: ``x12.set-not-agreed``, ``x12.segment-needed``, ``x12.element-needed``.

        ``passed`` has watched the segments that are not kept in ``item``.
        """
        if self.receives is not None and item.id not in self.receives | _ALWAYS:
            text = f"The transaction set {item.id[:6]} is not agreed with this partner."
            code = "x12.set-not-agreed"
            yield Finding(Level.SET, code, severity_of(code, overrides), text, "ST", 1, 1)
        for need in self._needs.get(item.id, ()):
            yield from _missing(need, item, overrides, passed)


@dataclass(frozen=True, slots=True)
class Choice:
    """``element`` 0: the segment as a whole."""

    segment: str
    element: int = 0
    qualifier: str = ""

    @classmethod
    def of(cls, text: str) -> Choice:
        """From ``MAN``, ``MAN*GM`` or ``BSN05``."""
        name, _, qualifier = text.partition("*")
        return cls(name[:-2], int(name[-2:])) if len(name) >= _ELEMENT_LENGTH else cls(name, 0, qualifier)

    def names(self, elements: Sequence[str]) -> bool:
        """Whether this is the segment."""
        return elements[0] == self.segment and (not self.qualifier or _filled(elements, 1) == self.qualifier)


@dataclass(frozen=True, slots=True)
class Need:
    """One of ``choices`` must stand in the set; ``element``, where there is one choice only, in each such segment."""

    choices: tuple[Choice, ...]
    text: str

    @classmethod
    def of(cls, text: str) -> Need:
        """From its form in x12.yaml."""
        choices = text.split("|")
        return cls(tuple(map(Choice.of, choices)), " or ".join(choices))

    @property
    def element(self) -> int:
        """0 where the segment is enough."""
        return self.choices[0].element

    def met_by(self, elements: Sequence[str]) -> bool:
        """Whether this is one of its segments."""
        return any(choice.names(elements) for choice in self.choices)


class Watch:
    """What was there of the needs of one set in segments that went by, and how many of them lack their element."""

    def __init__(self, needs: Iterable[Need]) -> None:
        self.met: set[Need] = set()
        self.empty: dict[Need, int] = {}
        self._open = list(needs)

    def see(self, segments: Iterable[Sequence[str]]) -> None:
        """Some segments, each as its elements."""
        for elements in segments:
            for need in self._open:
                if need.met_by(elements):
                    self.met.add(need)
                    if need.element and not _filled(elements, need.element):
                        self.empty[need] = self.empty.get(need, 0) + 1
        self._open = [need for need in self._open if need.element or need not in self.met]

    @property
    def done(self) -> bool:
        """Whether looking at more segments can tell nothing new."""
        return not self._open


def _missing(
    need: Need, item: TransactionSet, overrides: Mapping[str, Severity], passed: Watch | None
) -> Iterator[Finding]:
    found = [each for each in item.segments if need.met_by(each.elements)]
    name, element = need.choices[0].segment, need.element
    if not found and (passed is None or need not in passed.met):
        code, last = "x12.segment-needed", item.segments[-1]
        text = f"{need.text} is missing, and the partner's profile needs it."
        yield Finding(Level.SEGMENT, code, severity_of(code, overrides), text, name, item.position_of(last))
        return
    code = "x12.element-needed"
    if element:
        text = f"{need.text} is empty, and the partner's profile needs it."
        for place in (item.position_of(each) for each in found if not each.get(element)):
            yield Finding(Level.ELEMENT, code, severity_of(code, overrides), text, name, place, element)
    if passed is not None and need in passed.empty:
        text = f"{need.text} is empty {passed.empty[need]} times, and the partner's profile needs it."
        yield Finding(Level.SET, code, severity_of(code, overrides), text, "ST", 1)


def _filled(elements: Sequence[str], number: int) -> str:
    return elements[number].strip() if number < len(elements) else ""
