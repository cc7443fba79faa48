"""Bytes to segments: any delimiters, any line breaks, several interchanges, in constant memory.

pyx12's own reader stops without a word at an empty segment and drops a second interchange that uses
other delimiters (edi.md 2.1), so this scanner stands in front of it. It drops nothing: whatever is no
segment becomes a finding with a count.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from hub.edi.findings import Finding, Level, severity_of
from hub.edi.isa import HEADER_WINDOW, ISA_START, InterchangeStart, read_isa
from hub.edi.segment import Segment, check_encoding

Piece = InterchangeStart | Segment | Finding
"""What `scan` yields: an ISA, a further segment of that interchange, or a finding on it."""

_BLOCK = 65_536
_BLANKS = b" \t\x0b\x0c\x00\x1a"
_LINE_BREAKS = b"\r\n"
_EDGE = re.compile(rb"[^A-Za-z0-9]I(?:EA|SA)")
_IRREGULAR_STARTS = tuple(blank.to_bytes() for blank in _BLANKS)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def scan(source: bytes | BinaryIO, *, encoding: str | None = None) -> Iterator[Piece]:
    """Yield the interchanges of ``source``, each an `InterchangeStart`, its segments and its findings.

    The text is UTF-8, else cp1252, per segment; ``encoding`` overrides both. Findings that stand before
    an `InterchangeStart` belong to the file's head; all others to the interchange before them. An ISA
    that cannot be read is one rejecting finding (``x12.isa-too-short``, ``x12.bad-terminator``). Raises
    ConfigurationError ``x12.unknown-encoding``.
    """
    for piece in bodies(source, encoding=encoding):
        if isinstance(piece, Body):
            yield from piece.segments()
        else:
            yield piece


def bodies(source: bytes | BinaryIO, *, encoding: str | None = None) -> Iterator[InterchangeStart | Finding | Body]:
    """As `scan`, but for each interchange's `Body`, which must be read to its end before going on."""
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
        yield Body(feed, start, encoding)


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


@dataclass(slots=True)
class Block:
    """Segments that were read together: their texts, blanks and line breaks around them removed.

    ``position`` is that of the first (ISA being 1). A block whose segments follow each other without irregularities is
    ``whole``: one text with a terminator between two segments, which stand ``gap`` bytes apart in the input from
    ``offset`` on. In any other ``offsets`` holds where each starts.
    """

    texts: list[str]
    position: int
    offset: int
    gap: int = 1
    offsets: list[int] | None = None
    whole: str = ""

    def starts(self) -> Iterator[int]:
        """Where each segment starts in the input."""
        if self.offsets is not None:
            yield from self.offsets
            return
        at = self.offset
        for text in self.texts:
            yield at
            at += len(text) + self.gap


class Body:
    """The segments of one interchange after its ISA."""

    def __init__(self, feed: _Feed, start: InterchangeStart, encoding: str | None) -> None:
        marks = start.delimiters
        self._feed = feed
        self.separator = marks.element
        self.component = marks.component
        self.terminator = marks.terminator[-1]
        self._terminator = self.terminator.encode("latin-1")
        self._line_terminated = self._terminator in (b"\r", b"\n")
        delimiters = marks.element + marks.component + marks.terminator + marks.repetition
        self._encoding = encoding if delimiters.isascii() else "latin-1"
        self._position = 1
        self._empty = 0
        self._wrapped = 0
        self._undecoded = 0
        self._done = False

    @property
    def end(self) -> int:
        """Where the interchange ends in the input, once it was read to its end."""
        return self._feed.start

    def segments(self) -> Iterator[Segment | Finding]:
        """Every segment up to IEA, the next ISA or the end of the input, then the counted findings."""
        separator, component = self.separator, self.component
        for piece in self.blocks():
            if isinstance(piece, Finding):
                yield piece
                continue
            for number, (text, offset) in enumerate(zip(piece.texts, piece.starts(), strict=True)):
                yield Segment(tuple(text.split(separator)), piece.position + number, offset, component)

    def blocks(self) -> Iterator[Block | Finding]:
        """The same by blocks, for readers to whom an object per segment is too much."""
        feed = self._feed
        while not self._done:
            cut = feed.buffer.rfind(self._terminator)
            if cut >= 0:
                yield self._regular(cut) or self._careful(feed.buffer[:cut], cut + 1)
            elif not feed.ended:
                feed.more()
            else:
                yield from self._rest()
                break
        yield from self._counted()

    def _regular(self, cut: int) -> Block | None:
        """The block up to ``cut`` where nothing in it needs care, else None: most blocks, read at the speed of split.

        Care: bytes that are not ASCII, an interchange that ends or begins, empty segments, blanks before a segment,
        line breaks that do not stand behind each terminator alike. Every test here is one pass over the block.
        """
        feed, mark = self._feed, self._terminator
        raw = feed.buffer[:cut]
        if not raw.isascii() or self._encoding == "latin-1" or ((b"IEA" in raw or b"ISA" in raw) and _EDGE.search(raw)):
            return None
        begun = raw.lstrip(_LINE_BREAKS)
        regular, gap = self._unbroken(begun)
        if regular is None or regular[:3] in (b"ISA", b"IEA") or regular[:1] in _IRREGULAR_STARTS:
            return None
        if any(blank in regular and mark + blank in regular for blank in _IRREGULAR_STARTS):
            return None
        whole = regular.decode("ascii")
        texts = whole.split(self.terminator)
        if "" in texts:
            return None
        block = Block(texts, self._position + 1, feed.start + len(raw) - len(begun), gap, whole=whole)
        self._position += len(texts)
        feed.drop(cut + 1)
        return block

    def _unbroken(self, raw: bytes) -> tuple[bytes | None, int]:
        """The block without the line breaks behind its terminators, and how many bytes stand between two segments.

        None where line breaks stand elsewhere, or not behind each.
        """
        mark = self._terminator
        carriage, line = b"\r" in raw, b"\n" in raw
        if self._line_terminated:
            if not (carriage if mark == b"\n" else line):
                return raw, 1
            joined = (raw + mark).replace(b"\r\n", mark)[:-1]
            return (
                (joined, 2)
                if mark == b"\n" and b"\r" not in joined and raw.count(b"\r") == raw.count(mark) + 1
                else (None, 1)
            )
        if not (carriage or line):
            return raw, 1
        ending = mark + (b"\r" if carriage else b"") + (b"\n" if line else b"")
        joined = raw.replace(ending, mark)
        whole = b"\r" not in joined and b"\n" not in joined and raw.count(ending) == raw.count(mark)
        return (joined, len(ending)) if whole else (None, 1)

    def _careful(self, raw: bytes, length: int) -> Block:
        """A block segment by segment; ``length`` bytes are done with unless the interchange ends before."""
        feed = self._feed
        offset = feed.start
        block = Block([], self._position + 1, offset, offsets=[])
        for piece in raw.split(self._terminator):
            end = offset + len(piece) + 1
            self._take(piece, offset, end, block)
            if self._done:
                return block
            offset = end
        feed.drop(length)
        return block

    def _take(self, raw: bytes, offset: int, end: int, block: Block) -> None:
        """Put the segment in ``raw`` into the block, unless it is empty or the next ISA; the feed moves at the end."""
        text = self._clean(raw)
        if not text:
            self._empty += 1
            return
        if text.startswith(b"ISA") and ISA_START.match(text):
            self._finish(offset + len(raw) - len(raw.lstrip(_BLANKS + _LINE_BREAKS)))
            return
        if text.startswith(b"IEA"):
            match = ISA_START.search(raw)
            if match:
                end = offset + match.start()
                text = self._clean(raw[: match.start()])
            self._finish(end)
        self._position += 1
        block.texts.append(self._decode(text))
        assert block.offsets is not None
        block.offsets.append(offset)

    def _rest(self) -> Iterator[Block | Finding]:
        """What stands after the last terminator."""
        feed = self._feed
        raw = feed.buffer
        if not raw.strip(_BLANKS + _LINE_BREAKS):
            feed.drop(len(raw))
            return
        block = self._careful(raw, len(raw))
        if block.texts:
            yield block
            yield _finding(
                "x12.segment-unterminated",
                "The last segment has no terminator.",
                segment_id=block.texts[-1].split(self.separator, 1)[0],
                position=block.position + len(block.texts) - 1,
            )

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
