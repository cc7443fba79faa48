"""The bytes of a file, plain or packed, a piece at a time and never more of them than the format allows."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from hub.mapping.records.archives import ZIP_MARK, open_member
from hub.mapping.records.faults import too_big, truncated, unreadable
from hub.mapping.records.format import RecordFormat

PIECE = 64 * 1024
"""How many bytes are read at once."""

_GZIP_MARK = b"\x1f\x8b"
_JUDGED_FROM = 1024 * 1024


class ByteSource(Protocol):
    """What is read from; the end is an empty answer."""

    def read(self, size: int, /) -> bytes: ...


@contextmanager
def opened(form: RecordFormat, body: bytes | Path) -> Iterator[ByteSource]:
    """The unpacked bytes. Raises DataError ``records.too-big``, ``records.truncated``, ``records.unreadable``,
    ``records.archive``, ``records.member``, while it is opened or read."""
    with io.BytesIO(body) if isinstance(body, bytes) else body.open("rb") as file:
        match form.archive:
            case "gzip":
                yield _Gzip(file, form.limits.max_bytes, form.limits.max_ratio)
            case "zip":
                with open_member(form, file) as member:
                    yield member
            case _:
                _check_plain(form, file)
                yield file


def whole(source: ByteSource) -> bytes:
    """Every byte of it."""
    return b"".join(iter(lambda: source.read(PIECE), b""))


def _check_plain(form: RecordFormat, file: BinaryIO) -> None:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if size > form.limits.max_bytes:
        raise too_big(f"The file has {size} bytes, more than {form.limits.max_bytes}.")
    mark = file.read(4)
    file.seek(0)
    packed = "gzip" if mark[:2] == _GZIP_MARK else "zip" if mark == ZIP_MARK and form.kind != "xlsx" else ""
    if packed:
        raise unreadable(f"The file is packed with {packed}.", f"Declare archive: {packed} in its format.")


class _Gzip:
    """A gzip file as it is unpacked; what it grows to is watched against what was read of it."""

    def __init__(self, file: BinaryIO, max_bytes: int, max_ratio: int) -> None:
        self._file, self._max_bytes, self._max_ratio = file, max_bytes, max_ratio
        self._unpacked = gzip.GzipFile(fileobj=file)
        self._size = 0

    def read(self, size: int, /) -> bytes:
        try:
            piece = self._unpacked.read(min(size, PIECE))
        except EOFError:
            raise truncated("The gzip file ends before its trailer.") from None
        except (gzip.BadGzipFile, zlib.error):
            raise unreadable("The file is not packed with gzip, or it is damaged.", "Have it sent again.") from None
        if not piece and not self._size and not self._file.tell():
            raise truncated("The gzip file is empty.")
        self._size += len(piece)
        if self._size > self._max_bytes:
            raise too_big(f"Unpacked the file has more than {self._max_bytes} bytes.")
        if self._size > _JUDGED_FROM and self._size > self._max_ratio * self._file.tell():
            raise too_big(f"The file unpacks to more than {self._max_ratio} times its size.")
        return piece
