"""Bytes to text by the declared character set, a piece at a time; what is no text is marked, not guessed."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from hub.errors import DataError
from hub.mapping.records.source import PIECE, ByteSource

# The longer marks first: that of UTF-32 begins as that of UTF-16 does.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", {"utf-8", "utf-8-sig"}),
    (codecs.BOM_UTF32_LE, "utf-32", {"utf-32", "utf-32-le"}),
    (codecs.BOM_UTF32_BE, "utf-32", {"utf-32", "utf-32-be"}),
    (codecs.BOM_UTF16_LE, "utf-16", {"utf-16", "utf-16-le"}),
    (codecs.BOM_UTF16_BE, "utf-16", {"utf-16", "utf-16-be"}),
)


class Text:
    """A file's text. ``undecodable`` once bytes came that are none, which stand in it as U+FFFD; ``nuls`` once one did,
    which no database takes."""

    def __init__(self, source: ByteSource, encoding: str) -> None:
        self.undecodable = self.nuls = False
        self._source, self._encoding = source, encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()

    @property
    def damaged(self) -> bool:
        """Whether rows that hold U+FFFD or NUL are not to be used."""
        return self.undecodable or self.nuls

    def pieces(self) -> Iterator[str]:
        """Each not empty. Raises DataError ``records.encoding`` for a byte order mark of another character set."""
        first = self._source.read(PIECE)
        check_mark(first, self._encoding)
        text = self._decoded(first).removeprefix("\ufeff")
        while data := self._source.read(PIECE):
            if text:
                yield text
            text = self._decoded(data)
        text += self._decoded(b"", last=True)
        if text:
            yield text

    def _decoded(self, data: bytes, *, last: bool = False) -> str:
        before = self._decoder.getstate()
        try:
            text = self._decoder.decode(data, last)
        except UnicodeDecodeError:
            self.undecodable = True
            self._decoder.setstate(before)
            self._decoder.errors = "replace"
            text = self._decoder.decode(data, last)
            self._decoder.errors = "strict"
        except UnicodeError:
            raise DataError(
                f"The file does not begin with the byte order mark that {self._encoding} asks for.",
                code="records.encoding",
                cure=f"Write encoding: {self._encoding}-le or {self._encoding}-be in the format.",
            ) from None
        self.nuls = self.nuls or "\0" in text
        return text


def check_mark(start: bytes, encoding: str) -> None:
    """Raises DataError ``records.encoding`` where a byte order mark says something else than ``encoding``."""
    for mark, name, agreeing in _MARKS:
        if start.startswith(mark):
            if encoding not in agreeing:
                raise DataError(
                    f"The file begins with the byte order mark of {name}, and its format says {encoding}.",
                    code="records.encoding",
                    cure=f"Write encoding: {name} in the format, or have the file sent in {encoding}.",
                )
            return


def checked_text(source: ByteSource, encoding: str) -> Iterator[str]:
    """The text in pieces. Raises DataError ``records.encoding`` where any of it is none."""
    text = Text(source, encoding)
    for piece in text.pieces():
        if text.undecodable:
            raise not_text()
        yield piece


def not_text() -> DataError:
    """Of a file that has no rows to be rejected one by one."""
    return DataError(
        "It holds bytes that are no text in the declared encoding.",
        code="records.encoding",
        cure="Correct encoding in the format, or have the file sent again.",
    )
