"""Big 846 feeds in constant memory: items in batches of plain lists while the file is read, then its envelope.

A million items are two million segments; an object for each would be a gigabyte (edi.md 5.6). What stands before the
first item and after the last is kept as segments, the items go by as their elements.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

from hub.edi.agreement import Agreement, Watch
from hub.edi.check import check_set
from hub.edi.compiled.elements import Checker, checkers
from hub.edi.compiled.patterns import patterns
from hub.edi.compiled.structure import Walk, structure_of
from hub.edi.envelope import InterchangeBuilder, apart, nothing_readable, regraded
from hub.edi.findings import Finding, Level, Severity, kept
from hub.edi.interchange import Interchange, TransactionSet
from hub.edi.isa import InterchangeStart
from hub.edi.scan import Block, Body, bodies
from hub.edi.segment import Segment
from hub.edi.spec.elements import release_of
from hub.edi.spec.sets import SetSpec, set_specs
from hub.edi.wording import Fault, findings_of

FEED_SET = "846"
ITEM = "LIN"
TOTALS = "CTT"
LONGEST_SHAPE = 8
MOST_REMEMBERED = 10_000
"""Different segments other than LIN that are looked at once only; quantities repeat."""
MOST_FINDINGS = 1_000
"""Findings told one by one in a feed; the rest is counted."""


@dataclass(slots=True)
class FeedBatch:
    """Items of one feed that were read together.

    ``header`` is the set as far as its first item. Each of ``loops`` is an item: the elements of its LIN, then of each
    segment after it as a tuple, equal ones often being one object; ``positions`` says where in the set each LIN stands
    (ST being 1). ``component`` separates components.

    ``usual`` holds items of the shape most have in this feed, all alike and in order by the spec: LIN01, the first
    pair of ids (``VN*A-1``), the other pairs (``*UP*0123``), and every further segment, as texts with the interchange's
    own ``separator``. A batch has either loops or usual items. `loop_of` makes a loop of one.
    """

    header: TransactionSet
    component: str
    separator: str
    loops: list[list[Sequence[str]]] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    usual: list[tuple[str, ...]] = field(default_factory=list)
    position: int = 0

    def __len__(self) -> int:
        return len(self.loops) or len(self.usual)

    def loop_of(self, number: int) -> list[Sequence[str]]:
        """The ``number``-th item (from 0) as the elements of its segments."""
        if self.loops:
            return self.loops[number]
        first, pair, others, *segments = self.usual[number]
        mark = self.separator
        lin = ["LIN", first, *pair.split(mark), *others.split(mark)[1:]]
        return [lin, *(tuple(text.split(mark)) for text in segments)]

    def position_of(self, number: int) -> int:
        """Where the ``number``-th item's LIN stands in the set."""
        return self.positions[number] if self.loops else self.position + number * (len(self.usual[0]) - 2)


@dataclass(slots=True)
class _Faults:
    """What a feed's set did wrong, the first thousand in full; what the partner has switched off takes no place."""

    header: TransactionSet
    spec: SetSpec
    overrides: Mapping[str, Severity]
    told: list[Finding] = field(default_factory=list)
    left_out: Counter[tuple[str, Severity]] = field(default_factory=Counter)

    def add(self, faults: list[Fault]) -> None:
        for finding in kept(findings_of(faults, self.header, self.spec, self.overrides)):
            if len(self.told) < MOST_FINDINGS:
                self.told.append(finding)
            else:
                self.left_out[finding.code, finding.severity] += 1

    def findings(self) -> Iterator[Finding]:
        yield from self.told
        for (code, severity), count in sorted(self.left_out.items()):
            yield Finding(Level.SET, code, severity, f"{count} further findings {code}.", "ST", 1)


def read_feed(
    source: bytes | BinaryIO,
    *,
    severities: Mapping[str, Severity] | None = None,
    agreement: Agreement | None = None,
    encoding: str | None = None,
    keeping: bool = True,
) -> Iterator[FeedBatch | Interchange]:
    """Read a file of any interchanges: the items of each 846 in batches, and after them each `Interchange`.

    The interchange is checked (as by `check_interchange`), and only then known to be whole: what its batches said is
    not to be used before. Its 846 sets hold their header and totals only. Memory does not grow with the file, but for
    sets that are no 846; with ``keeping`` False these are checked and then let go too.
    Raises DataError as `read_interchanges` does where nothing can be read at all.
    """
    overrides = severities or {}
    early: list[Finding] = []
    reader: _Reader | None = None
    whole: Interchange | None = None
    found = False
    for piece in bodies(source, encoding=encoding):
        if isinstance(piece, InterchangeStart):
            # Only now is it sure that nothing more is told of the one before.
            if whole is not None:
                yield from apart(whole)
            reader, whole = _Reader(piece, overrides, agreement, keeping=keeping), None
        elif reader is None:
            early.extend([piece] if isinstance(piece, Finding) else [])
        elif not isinstance(piece, Finding):
            yield from reader.read(piece)
            whole = reader.build(piece.end)
            whole = whole if found else replace(whole, findings=(*regraded(early, overrides), *whole.findings))
            found = True
        elif whole is None:
            reader.builder.findings.append(piece)
        else:
            whole = replace(whole, findings=(*whole.findings, *regraded([piece], overrides)))
    if whole is not None:
        yield from apart(whole)
    if not found:
        raise nothing_readable(early)


class _Reader:
    """One interchange."""

    def __init__(
        self,
        start: InterchangeStart,
        overrides: Mapping[str, Severity],
        agreement: Agreement | None,
        *,
        keeping: bool,
    ) -> None:
        self.builder = InterchangeBuilder(start, overrides, self._closed)
        self._overrides, self._agreement, self._keeping = overrides, agreement, keeping
        self._feed: _Feed | None = None
        self._watches: dict[int, Watch] = {}

    def read(self, body: Body) -> Iterator[FeedBatch]:
        for batch in self._batches(body):
            if self._agreement is not None:
                self._watch(batch, self._agreement)
            yield batch

    def _watch(self, batch: FeedBatch, agreement: Agreement) -> None:
        """Look for what the partner has to send; once all is found, nothing more."""
        start = batch.header.segments[0].position
        watch = self._watches.get(start) or agreement.watch(FEED_SET)
        if watch is None:
            return
        self._watches[start] = watch
        for number in range(len(batch)):
            if watch.done:
                return
            watch.see(batch.loop_of(number))

    def _batches(self, body: Body) -> Iterator[FeedBatch]:
        for block in body.blocks():
            if isinstance(block, Finding):
                self.builder.findings.append(block)
                continue
            done = 0
            while done < len(block.texts):
                if self._feed is not None:
                    done = yield from self._fed(self._feed, block, done, body)
                else:
                    done = self._kept(block, done, body)
        if self._feed is not None:
            yield from self._feed.rest()
            self._end_feed(self._feed)

    def build(self, end: int) -> Interchange:
        return self.builder.build(end)

    def _closed(self, item: TransactionSet) -> TransactionSet:
        checked = self._checked(item)
        if self._keeping:
            return checked
        ends = (item.segments[0], item.segments[-1])
        return replace(checked, segments=ends, passed=checked.size - len(ends))

    def _checked(self, item: TransactionSet) -> TransactionSet:
        if item.id != FEED_SET:
            found = check_set(item, severities=self._overrides, agreement=self._agreement)
        else:
            # The rest of it was checked on the way.
            watch = self._watches.get(item.segments[0].position)
            agreed = self._agreement.findings(item, self._overrides, watch) if self._agreement is not None else ()
            found = kept(agreed)
        return replace(item, findings=(*item.findings, *found))

    def _kept(self, block: Block, first: int, body: Body) -> int:
        """Segments of other sets, up to the ST of a feed; how far the block is done."""
        starts = list(block.starts())
        for number in range(first, len(block.texts)):
            segment = _segment(block, number, starts[number], body)
            self.builder.add(segment)
            header = self.builder.open_set() if segment.id == "ST" and segment.get(1) == FEED_SET else None
            if header is not None:
                self._feed = _Feed(header, self._overrides, body)
                return number + 1
        return len(block.texts)

    def _fed(self, feed: _Feed, block: Block, first: int, body: Body) -> Generator[FeedBatch, None, int]:
        yield from feed.take(block, first)
        if feed.done == len(block.texts):
            return feed.done
        segment = _segment(block, feed.done, 0, body)
        if segment.id in _ENDS and segment.id != "SE":
            yield from feed.rest()
            self._end_feed(feed)
            return feed.done
        if segment.id == "SE":
            feed.check(segment)
            yield from feed.rest()
            self._end_feed(feed)
        else:
            feed.keep(segment)
        self.builder.add(segment)
        return feed.done + 1

    def _end_feed(self, feed: _Feed) -> None:
        self.builder.pass_over(feed.passed, feed.findings())
        self._feed = None


def _segment(block: Block, number: int, offset: int, body: Body) -> Segment:
    return Segment(tuple(block.texts[number].split(body.separator)), block.position + number, offset, body.component)


class _Feed:
    """One 846 while it goes by."""

    def __init__(self, header: TransactionSet, overrides: Mapping[str, Severity], body: Body) -> None:
        structure = structure_of(FEED_SET)
        assert structure is not None
        spec = set_specs()[FEED_SET]
        self._walk = Walk(structure)
        self._checks: Mapping[str, Checker] = checkers(release_of(header.version))
        self._patterns = patterns(release_of(header.version), body.separator, body.component, body.terminator)
        self._shape: tuple[str, ...] = ()
        self._usual: re.Pattern[str] | None = None
        self.done = 0
        self._faults = _Faults(header, spec, overrides)
        self._body = body
        self._first = header.segments[0].position
        self._kept = list(header.segments)
        self._header = header
        self._loops: list[list[Sequence[str]]] = []
        self._positions: list[int] = []
        self._in_items = False
        self._totals = False
        self._clean: dict[str, tuple[str, ...]] = {}
        self.passed = 0

    def take(self, block: Block, first: int) -> Iterator[FeedBatch]:
        """Follow items through the block from its segment ``first``; ``done`` says where it stopped: at its end, or at
        a segment to be kept."""
        self.done = first
        if not self._enters(block.texts[first].split(self._body.separator, 1)[0]):
            return
        if first == 0 and block.whole and self._usual is not None:
            yield from self._at_once(block, self._usual)
        self._follow(block, self.done)
        yield from self.batches()

    def _at_once(self, block: Block, usual: re.Pattern[str]) -> Iterator[FeedBatch]:
        """The block's middle, from its first LIN to its last, where it holds usual items and nothing else."""
        mark, whole = self._body.terminator, block.whole
        begin = f"{mark}{ITEM}{self._body.separator}"
        start = 0 if whole.startswith(begin[1:]) else whole.find(begin) + 1
        end = whole.rfind(begin) + 1
        if end <= start or (start == 0 and not whole.startswith(begin[1:])):
            return
        before = whole.count(mark, 0, start)
        found = usual.findall(whole, start, end)
        segments = whole.count(mark, start, end)
        if segments != len(found) * (usual.groups - 2):
            return
        self._follow(block, 0, before)
        if self.done < before:
            return
        yield from self.rest()
        position = block.position + before - self._first + 1
        yield self._batch(usual=found, position=position)
        self.passed += segments
        self.done = before + segments

    def _follow(self, block: Block, first: int, last: int | None = None) -> None:
        """Items segment by segment."""
        separator, component = self._body.separator, self._body.component
        checks, fits, walk, clean = self._checks, self._patterns, self._walk, self._clean
        loops, positions, here = self._loops, self._positions, walk.here
        loop, shift = loops[-1] if loops else [], block.position - self._first + 1
        number = first - 1
        for text in block.texts[first:last]:
            number += 1
            seen = clean.get(text)
            if seen is not None:
                following = here.get(seen[0])
                if following is not None:
                    here = following
                    loop.append(seen)
                    continue
            elements: Sequence[str] = text.split(separator)
            name = elements[0]
            following = here.get(name)
            if following is None:
                walk.here = here
                if name == TOTALS or name in _ENDS:
                    number -= 1
                    break
                self.check(_segment(block, number, 0, self._body))
                here = walk.here
            else:
                here = following
                faults = () if fits[name](text) else checks[name](elements, component)
                if faults:
                    self._note(block, number, faults)
                elif name != ITEM and len(clean) < MOST_REMEMBERED:
                    clean[text] = tuple(elements)
            if name == ITEM:
                loops.append(loop := [elements])
                positions.append(number + shift)
            else:
                loop.append(tuple(elements))
        walk.here = here
        self.passed += number + 1 - first
        self.done = number + 1

    def _enters(self, name: str) -> bool:
        """Whether a segment belongs to the items: the first LIN and all that follows but the totals. What stands behind
        the totals against all order is the last item's, as for a reader of the whole set."""
        if not self._in_items:
            if name != ITEM:
                return False
            self._header = replace(self._header, segments=tuple(self._kept))
            self._in_items = True
        elif self._totals and (name == TOTALS or name in _ENDS):
            return False
        self._totals = False
        return True

    def keep(self, segment: Segment) -> None:
        """A segment of the header or of the totals."""
        self._totals = self._totals or segment.id == TOTALS
        self._kept.append(segment)
        self.check(segment)

    def check(self, segment: Segment) -> None:
        """A segment that is kept, by the spec."""
        found = [Fault(code, segment, about=about) for code, about in self._walk.move(segment.id)]
        if all(fault.code != "x12.segment-unknown" for fault in found):
            faults = self._checks[segment.id](segment.elements, segment.component_separator)
            found += [Fault(code, segment, "", element, part) for code, element, part in faults]
        self._faults.add(found)

    def batches(self) -> Iterator[FeedBatch]:
        """The items that are complete."""
        if len(self._loops) > 1:
            self._learn()
            yield self._batch(loops=self._loops[:-1], positions=self._positions[:-1])
            del self._loops[:-1], self._positions[:-1]

    def rest(self) -> Iterator[FeedBatch]:
        """All items there still are."""
        if self._loops:
            yield self._batch(loops=self._loops, positions=self._positions)
            self._loops, self._positions = [], []

    def _batch(self, **items: Any) -> FeedBatch:
        return FeedBatch(self._header, self._body.component, self._body.separator, **items)

    def _learn(self) -> None:
        """The shape of the last items, where two in a row have the same: most feeds have one for all."""
        shapes = [tuple(segment[0] for segment in loop) for loop in self._loops[-3:-1]]
        if len(shapes) == 2 and shapes[0] == shapes[1] != self._shape and len(shapes[0]) <= LONGEST_SHAPE:
            self._shape = shapes[0]
            self._usual = self._patterns.item(self._shape)

    def findings(self) -> tuple[Finding, ...]:
        return tuple(self._faults.findings())

    def _note(self, block: Block, number: int, faults: tuple[tuple[str, int | None, int | None], ...]) -> None:
        segment = _segment(block, number, 0, self._body)
        self._faults.add([Fault(code, segment, "", element, part) for code, element, part in faults])


_ENDS = frozenset({"SE", "ST", "GE", "GS", "IEA"})
