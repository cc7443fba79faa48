"""Reading an HTTP answer without trust: bounded size, bounded decompression, expected content type."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from hub.errors import DataError

Expect = Literal["json", "xml"]

_PIECE = 262_144


class UnusableAnswerError(Exception):
    """The answer cannot be used; the client turns it into an error for the kind of call it was."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class HttpResponse:
    """A whole answer: ``headers`` by lower-case name, ``body`` unpacked and at most the size limit."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """The body as JSON; numbers with a fraction come as Decimal, never as float.

        Raises DataError ``transport.not-json``, without the body in its message.
        """
        try:
            return json.loads(self.body, parse_float=Decimal, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            pass
        # Raised outside the handler, so that no traceback carries the body along.
        raise DataError("The partner's answer is not JSON.", code="transport.not-json")


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def unpacked(chunks: Iterable[bytes], encoding: str, limit: int) -> bytes:
    """The body out of ``chunks``, unpacked by its Content-Encoding ``encoding``, within ``limit`` bytes.

    Unpacks piece by piece: httpx inflates a whole chunk first, which lets 64 KB become 64 MB before any
    check. Raises UnusableAnswerError.
    """
    name = encoding.strip().lower()
    if name in ("", "identity"):
        pieces = iter(chunks)
    elif name in ("gzip", "x-gzip", "deflate"):
        pieces = _inflated(chunks)
    else:
        raise UnusableAnswerError("transport.unexpected-answer", "The answer has an unknown encoding")
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > limit:
            raise UnusableAnswerError("transport.answer-too-large", "The answer is larger than allowed")
    return bytes(body)


def _inflated(chunks: Iterable[bytes]) -> Iterator[bytes]:
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        for chunk in chunks:
            waiting = chunk
            while waiting and not inflater.eof:
                yield inflater.decompress(waiting, _PIECE)
                waiting = inflater.unconsumed_tail
    except zlib.error:
        raise UnusableAnswerError("transport.unexpected-answer", "The answer is badly packed") from None
    if not inflater.eof:
        raise UnusableAnswerError("transport.unexpected-answer", "The answer was cut off")


def check_content(response: HttpResponse, expect: Expect) -> None:
    """Raises UnusableAnswerError where the body is not of the expected kind.

    A proxy's HTML page with status 200 is an outage, not a broken document.
    """
    if response.status in (204, 205, 304):
        return
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and not _fits(kind, expect):
        raise UnusableAnswerError("transport.unexpected-answer", f"The answer is not {expect.upper()}")
    if expect == "json":
        try:
            response.json()
        except DataError:
            usable = False
        else:
            usable = True
    else:
        usable = _looks_like_xml(response.body)
    if not usable:
        raise UnusableAnswerError("transport.unexpected-answer", f"The answer is not {expect.upper()}")


def _fits(kind: str, expect: Expect) -> bool:
    if expect == "json":
        # Some partners label JSON as text; the body decides then.
        return kind.endswith(("/json", "+json")) or kind in ("text/plain", "text/javascript")
    return kind.endswith(("/xml", "+xml")) and kind != "application/xhtml+xml"


def _looks_like_xml(body: bytes) -> bool:
    start = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    # UTF-16 starts with its byte order mark; its parser checks the rest.
    return start.startswith((b"\xff\xfe", b"\xfe\xff")) or (
        start.startswith(b"<") and not start.startswith((b"<html", b"<!doctype html"))
    )
