"""Records out of XML, one at a time: no document type, no entities, no network, names without their namespaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hub.errors import DataError
from hub.mapping.records.faults import no_records, too_big, truncated
from hub.mapping.records.format import RecordFormat
from hub.mapping.records.json_text import check_depth
from hub.mapping.records.layout import Limits
from hub.mapping.records.source import PIECE, ByteSource
from hub.mapping.records.text import checked_text
from hub.mapping.records.tree import Tree

if TYPE_CHECKING:
    from lxml import etree

_DEFAULT_ENCODING = "utf-8-sig"
_LONGEST_WITHOUT_EVENT = 1024 * 1024
"""Bytes: one tag with a million attributes, or one text of megabytes, is kept whole by the parser."""
_MOST_ELEMENTS = 50_000
"""Of one record; an element takes four bytes in the file and hundreds in memory."""
_MOST_NAMES = 10_000
"""Of elements and attributes; the parser keeps every name it ever saw."""
_ROOT_TAG = re.compile(rb"<[^?!\s]")


def xml_records(form: RecordFormat, source: ByteSource) -> Iterator[tuple[str, Tree]]:
    """Every record with its place: ``/feed/product[17] line 40``, counted from 1 on.

    Raises DataError ``records.path``, ``records.syntax``, ``records.doctype``, ``records.too-deep``,
    ``records.too-big``, ``records.truncated``, ``records.encoding``.
    """
    return _Feed(form).records(source)


class _Feed:
    """An XML file on its way through the parser."""

    def __init__(self, form: RecordFormat) -> None:
        from lxml import etree

        self._limits, self._shown = form.limits, form.records
        self._encoding = None if form.encoding == _DEFAULT_ENCODING else form.encoding
        self._parser = etree.XMLPullParser(
            ("start", "end"),
            # What the file says of itself counts for nothing where the format says another: the text is encoded anew.
            encoding="utf-8" if self._encoding else None,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        self._steps = form.records.split("/")[1:]
        self._path: list[str] = []
        self._names: set[str] = set()
        self._inside = False
        self._elements = self._count = self._unfinished = self._silent = 0
        self._found = len(self._steps) == 1

    def records(self, source: ByteSource) -> Iterator[tuple[str, Tree]]:
        from lxml import etree

        try:
            for piece in self._pieces(source):
                self._parser.feed(piece)
                yield from self._arrived(len(piece))
        except etree.XMLSyntaxError as error:
            raise _wrong(error.msg or "", error.lineno) from None
        # Some faults are only noted, and the parser stops to tell of elements.
        for fault in self._parser.feed_error_log:
            raise _wrong(fault.message, fault.line)
        try:
            self._parser.close()
        except etree.XMLSyntaxError:
            raise truncated("The XML ends before it is closed.", self._place()) from None
        yield from self._arrived(0)
        if not self._found:
            raise no_records(self._shown)

    def _pieces(self, source: ByteSource) -> Iterator[bytes]:
        pieces = iter(lambda: source.read(PIECE), b"")
        if self._encoding:
            pieces = (piece.encode() for piece in checked_text(source, self._encoding))
        first = next(pieces, b"")
        if not first.strip():
            raise truncated("The file is empty.")
        plain = first.replace(b"\0", b"")
        root = _ROOT_TAG.search(plain)
        if b"<!DOCTYPE" in plain[: root.start() if root else len(plain)]:
            raise _document_type()
        yield first
        yield from pieces

    def _arrived(self, size: int) -> Iterator[tuple[str, Tree]]:
        self._silent += size
        self._unfinished += size
        for event, element in self._parser.read_events():
            self._silent = 0
            if event == "start":
                self._begin(element)
            else:
                yield from self._end(element)
        if self._silent > _LONGEST_WITHOUT_EVENT:
            raise too_big("A tag or a text has more than a megabyte.", self._place())
        if self._unfinished > self._limits.max_record + PIECE:
            raise too_big(f"A record has more than {self._limits.max_record} bytes.", self._place())

    def _begin(self, element: etree._Element) -> None:
        if not self._path and element.getroottree().docinfo.doctype:
            raise _document_type()
        self._path.append(_local(str(element.tag)))
        check_depth(len(self._path), self._limits, self._place())
        self._names.add(str(element.tag))
        if element.attrib:
            self._names.update(map(str, element.attrib))
            if len(element.attrib) > self._limits.max_columns:
                raise too_big(f"An element has more than {self._limits.max_columns} attributes.", self._place())
        if len(self._names) > _MOST_NAMES:
            raise too_big(f"It has more than {_MOST_NAMES} different names.", self._place())
        self._elements += 1
        if self._path == self._steps:
            self._inside, self._elements = True, 0
        elif self._inside and self._elements > _MOST_ELEMENTS:
            raise too_big(f"A record has more than {_MOST_ELEMENTS} elements.", self._place())
        self._found = self._found or self._path == self._steps[:-1]

    def _end(self, element: etree._Element) -> Iterator[tuple[str, Tree]]:
        if self._path == self._steps:
            self._inside = False
            self._count += 1
            place = f"{self._shown}[{self._count}] line {element.sourceline}"
            if self._count > self._limits.max_records:
                raise too_big(f"It has more than {self._limits.max_records} records.", place)
            yield place, _tree(element, self._limits, place)
        self._path.pop()
        if not self._inside:
            self._unfinished = 0
            _forget(element)

    def _place(self) -> str:
        return "/".join(("", *self._path))


def _forget(element: etree._Element) -> None:
    """What was read is not kept: neither its content nor the empty elements before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _tree(element: etree._Element, limits: Limits, place: str) -> Tree:
    if len(element) == 0 and not element.attrib:
        return _text(element.text or "", limits, place)
    found: dict[str, Tree] = {}
    for name, value in element.attrib.items():
        _add(found, f"@{_local(str(name))}", _text(str(value), limits, place))
    texts = [element.text or ""]
    for child in element:
        _add(found, _local(str(child.tag)), _tree(child, limits, place))
        texts.append(child.tail or "")
    text = "".join(texts)
    if len(element):
        text = text.strip()
    if text:
        found["#text"] = _text(text, limits, place)
    return found


def _add(found: dict[str, Tree], name: str, value: Tree) -> None:
    """A second element of one name, in whatever namespace, makes a list of them."""
    if name not in found:
        found[name] = value
        return
    first = found[name]
    if isinstance(first, list):
        first.append(value)
    else:
        found[name] = [first, value]


def _text(text: str, limits: Limits, place: str) -> str:
    if len(text) > limits.max_cell:
        raise too_big(f"A text has more than {limits.max_cell} characters.", place)
    return text


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _wrong(what: str, line: int | None) -> DataError:
    return DataError(
        f"It is no XML that can be read: {what[:200]}.",
        code="records.syntax",
        cure="Have it mended where it is made.",
        path=f"line {line}",
    )


def _document_type() -> DataError:
    return DataError(
        "It begins with a document type, by which entities could be defined.",
        code="records.doctype",
        cure="Have the file sent without <!DOCTYPE>.",
    )
