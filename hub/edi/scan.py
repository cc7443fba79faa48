"""Bytes to segments: any delimiters, any line breaks, several interchanges, in constant memory.

pyx12's own reader stops without a word at an empty segment and drops a second interchange that uses
other delimiters (edi.md 2.1), so this scanner stands in front of it. It drops nothing: whatever is no
segment becomes a finding with a count.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

from hub.edi.findings import Finding, Level, severity_of
from hub.edi.isa import HEADER_WINDOW, ISA_START, InterchangeStart, read_isa
from hub.edi.segment import Segment, check_encoding

Piece = InterchangeStart | Segment | Finding
"""What `scan` yields: an ISA, a further segment of that interchange, or a finding on it."""

_BLOCK = 65_536
_BLANKS = b" \t\x0b\x0c\x00\x1a"
_LINE_BREAKS = b"\r\n"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def scan(source: bytes | BinaryIO, *, encoding: str | None = None) -> Iterator[Piece]:
    """Yield the interchanges of ``source``, each an `InterchangeStart`, its segments and its findings.

    The text is UTF-8, else cp1252, per segment; ``encoding`` overrides both. Findings that stand before
    an `InterchangeStart` belong to the file's head; all others to the interchange before them. An ISA
    that cannot be read is one rejecting finding (``x12.isa-too-short``, ``x12.bad-terminator``). Raises
    ConfigurationError ``x12.unknown-encoding``.
    """
    if encoding is not None:
        check_encoding(encoding)
    feed = _Feed(io.BytesIO(source) if isinstance(source, bytes) else source)
    if feed.fill(3) and feed.buffer.startswith(_BYTE_ORDER_MARK):
        feed.drop(3)
        yield _finding("x12.byte-order-mark", "The file starts with a byte-order mark.")
    while True:
        outside, found = _seek(feed)
        if outside:
            yield _finding("x12.data-outside", f"{outside} bytes stand outside any interchange.")
        if not found:
            return
        feed.fill(HEADER_WINDOW)
        start = read_isa(feed.buffer, feed.start)
        if isinstance(start, Finding):
            yield start
            feed.drop(3)
            continue
        feed.drop(start.length)
        yield start
        yield from start.findings
        yield from _Body(feed, start, encoding).segments()


class _Feed:
    """A window on the source: ``buffer`` starts at byte ``start`` of the input."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.buffer = b""
        self.start = 0
        self.ended = False

    def more(self) -> None:
        """Read on; blocks grow with the window, so that one endless segment stays linear in time."""
        block = self._source.read(max(_BLOCK, len(self.buffer)))
        self.ended = not block
        self.buffer += block

    def fill(self, size: int) -> bool:
        while len(self.buffer) < size and not self.ended:
            self.more()
        return len(self.buffer) >= size

    def drop(self, count: int) -> None:
        self.buffer = self.buffer[count:]
        self.start += count

    def drop_to(self, offset: int) -> None:
        self.drop(offset - self.start)


def _seek(feed: _Feed) -> tuple[int, bool]:
    """Move to the next ISA; the bytes that were passed over, blanks not counted, and whether one was found.

    An ISA counts only where no letter or digit stands before it: ISAAC starts no interchange.
    """
    outside = 0
    before = b" "
    while True:
        feed.fill(_BLOCK)
        for match in ISA_START.finditer(feed.buffer):
            place = match.start()
            previous = feed.buffer[place - 1 : place] if place else before
            if not previous.isalnum():
                outside += _weight(feed.buffer[:place])
                feed.drop(place)
                return outside, True
        keep = 0 if feed.ended else min(6, len(feed.buffer))
        passed = feed.buffer[: len(feed.buffer) - keep]
        outside += _weight(passed)
        before = passed[-1:] or before
        feed.drop(len(passed))
        if feed.ended:
            return outside, False
        feed.more()


def _weight(passed: bytes) -> int:
    return len(passed.translate(None, _BLANKS + _LINE_BREAKS))


class _Body:
    """The segments of one interchange after its ISA."""

    def __init__(self, feed: _Feed, start: InterchangeStart, encoding: str | None) -> None:
        marks = start.delimiters
        self._feed = feed
        self._separator = marks.element
        self._component = marks.component
        self._terminator = marks.terminator[-1].encode("latin-1")
        self._line_terminated = self._terminator in (b"\r", b"\n")
        delimiters = marks.element + marks.component + marks.terminator + marks.repetition
        self._encoding = encoding if delimiters.isascii() else "latin-1"
        self._position = 1
        self._empty = 0
        self._wrapped = 0
        self._undecoded = 0
        self._done = False

    def segments(self) -> Iterator[Segment | Finding]:
        """Yield up to IEA, the next ISA or the end of the input, then the counted findings."""
        feed = self._feed
        while not self._done:
            cut = feed.buffer.rfind(self._terminator)
            if cut >= 0:
                yield from self._batch(cut)
            elif not feed.ended:
                feed.more()
            else:
                yield from self._rest()
                break
        yield from self._counted()

    def _batch(self, cut: int) -> Iterator[Segment]:
        feed = self._feed
        offset = feed.start
        for raw in feed.buffer[:cut].split(self._terminator):
            end = offset + len(raw) + 1
            segment = self._segment(raw, offset, end)
            if segment is not None:
                yield segment
            if self._done:
                return
            offset = end
        feed.drop(cut + 1)

    def _rest(self) -> Iterator[Segment | Finding]:
        """What stands after the last terminator."""
        feed = self._feed
        raw, offset = feed.buffer, feed.start
        if not raw.strip(_BLANKS + _LINE_BREAKS):
            feed.drop(len(raw))
            return
        segment = self._segment(raw, offset, offset + len(raw))
        if segment is not None:
            yield segment
            yield _finding(
                "x12.segment-unterminated",
                "The last segment has no terminator.",
                segment_id=segment.id,
                position=segment.position,
            )
        if not self._done:
            feed.drop(len(raw))

    def _segment(self, raw: bytes, offset: int, end: int) -> Segment | None:
        """The segment in ``raw``, None for an empty one or the next ISA; moves the feed when it ends the body."""
        text = self._clean(raw)
        if not text:
            self._empty += 1
            return None
        if text.startswith(b"ISA") and ISA_START.match(text):
            self._finish(offset + len(raw) - len(raw.lstrip(_BLANKS + _LINE_BREAKS)))
            return None
        if text.startswith(b"IEA"):
            match = ISA_START.search(raw)
            if match:
                end = offset + match.start()
                text = self._clean(raw[: match.start()])
            self._finish(end)
        self._position += 1
        elements = self._decode(text).split(self._separator)
        return Segment(tuple(elements), self._position, offset, self._component)

    def _finish(self, offset: int) -> None:
        self._feed.drop_to(offset)
        self._done = True

    def _clean(self, raw: bytes) -> bytes:
        if b"\n" in raw or b"\r" in raw:
            raw = raw.strip(_LINE_BREAKS)
            joined = raw.translate(None, _LINE_BREAKS)
            self._wrapped += len(joined) != len(raw)
            raw = joined
        return raw.lstrip(_BLANKS)

    def _decode(self, raw: bytes) -> str:
        if raw.isascii():
            return raw.decode("ascii")
        try:
            return raw.decode(self._encoding or "utf-8")
        except UnicodeDecodeError:
            self._undecoded += 1
        try:
            return raw.decode("cp1252")
        except UnicodeDecodeError:
            return raw.decode("latin-1")

    def _counted(self) -> Iterator[Finding]:
        if self._empty:
            yield _finding("x12.empty-segments", f"{self._empty} empty segments were passed over.")
        if self._wrapped:
            yield _finding("x12.wrapped-lines", f"{self._wrapped} segments are broken by line ends.")
        if self._undecoded:
            yield _finding("x12.not-utf8", f"{self._undecoded} segments are not UTF-8 and were read as cp1252.")


def _finding(code: str, text: str, *, segment_id: str = "", position: int = 0) -> Finding:
    return Finding(Level.INTERCHANGE, code, severity_of(code), text, segment_id=segment_id, position=position)
