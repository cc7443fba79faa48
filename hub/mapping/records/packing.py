"""Where records are written to: plain, or packed so that the same records always give the same bytes."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Protocol

from hub.mapping.records.format import RecordFormat

_ANY_DAY = (1980, 1, 1, 0, 0, 0)


class ByteSink(Protocol):
    """What is written to."""

    def write(self, data: bytes, /) -> object: ...


@contextmanager
def packed(form: RecordFormat, stream: BinaryIO) -> Iterator[ByteSink]:
    """A sink whose bytes reach ``stream`` packed as the format says; it stays open."""
    match form.archive:
        case "gzip":
            with gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0) as file:
                yield file
        case "zip":
            name = form.member if not set(form.member) & set("*?[") else f"records.{form.kind}"
            member = zipfile.ZipInfo(name, _ANY_DAY)
            member.compress_type = zipfile.ZIP_DEFLATED
            with zipfile.ZipFile(stream, "w") as archive, archive.open(member, "w", force_zip64=True) as file:
                yield file
        case _:
            yield stream
