"""ZIP files: one member is read and nothing is written to disk; whatever looks like a trick is refused unpacked."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import IO, BinaryIO

from hub.errors import DataError
from hub.mapping.records.faults import too_big, truncated, unreadable
from hub.mapping.records.format import Limits, RecordFormat

ZIP_MARK = b"PK\x03\x04"

_END = struct.Struct("<4s4H2LH")
_END_MARK = b"PK\x05\x06"
_END_64_MARK = b"PK\x06\x07"
_END_64_SIZE = 20
_LONGEST_COMMENT = 65_535
_LARGEST_DIRECTORY = 1024 * 1024
"""The library reads the whole list of members; each takes at least 46 bytes of it and some 600 of memory."""
_JUDGED_FROM = 1024 * 1024
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""The others may ask for gigabytes of memory before they give the first byte."""
_PACKED_NAMES = re.compile(r"\.(zip|gz|tgz|bz2|xz|zst|7z|rar|tar)$", re.IGNORECASE)
_TRICKS = re.compile(r"^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)|[\0-\x1f\\]")


ZIP_FAULTS = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError,
)  # fmt: skip
"""What the library raises for archives that are damaged; a wrong offset is a negative one to seek to."""


class _Member:
    """A member as it is unpacked."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int, /) -> bytes:
        try:
            return self._file.read(size)
        except EOFError:
            raise truncated("The archive ends within its member.") from None
        except ZIP_FAULTS:
            raise _damaged() from None


@contextmanager
def open_member(form: RecordFormat, file: BinaryIO) -> Iterator[_Member]:
    """The one member that the format names. Raises DataError ``records.archive``, ``records.member``,
    ``records.too-big``, ``records.truncated``, ``records.unreadable``."""
    with opened_zip(file, form.limits) as archive:
        member = _chosen(archive, form.member)
        if _PACKED_NAMES.search(member.filename) and form.kind != "xlsx":
            raise _refused("an archive within the archive", member)
        try:
            unpacked = archive.open(member)
        except ZIP_FAULTS:
            raise _damaged() from None
        with unpacked:
            yield _Member(unpacked)


@contextmanager
def opened_zip(file: BinaryIO, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """A ZIP file whose list of members was looked through: none is encrypted, a link, packed in an odd way, named
    to leave its folder or, by what it says itself, too big. Raises as ``open_member``."""
    _check_directory(file)
    try:
        archive = zipfile.ZipFile(file)
    except ZIP_FAULTS:
        raise _damaged() from None
    with archive:
        for member in archive.infolist():
            _check(member, limits)
        yield archive


def _check_directory(file: BinaryIO) -> None:
    size = file.seek(0, 2)
    tail_size = min(size, _LONGEST_COMMENT + _END.size + _END_64_SIZE)
    file.seek(size - tail_size)
    tail = file.read(tail_size)
    file.seek(0)
    begins = file.read(4) == ZIP_MARK
    file.seek(0)
    at = tail.rfind(_END_MARK)
    if at < 0 or at + _END.size > len(tail):
        if begins or not size:
            raise truncated("The ZIP archive ends before its list of members.")
        raise unreadable("The file is no ZIP archive.", "Check the format, or have it sent again.")
    _, _, _, _, _, directory, _, _ = _END.unpack_from(tail, at)
    if directory > _LARGEST_DIRECTORY or tail[max(0, at - _END_64_SIZE) : at].startswith(_END_64_MARK):
        raise too_big("The ZIP archive lists too many members.")


def _check(member: zipfile.ZipInfo, limits: Limits) -> None:
    if _TRICKS.search(member.orig_filename) or _TRICKS.search(member.filename):
        raise _refused("a name that leads out of its folder", member)
    if stat.S_ISLNK(member.external_attr >> 16):
        raise _refused("a link", member)
    if member.flag_bits & 0x1:
        raise _refused("a member with a password", member)
    if member.compress_type not in _METHODS:
        raise _refused("a member packed with another method than deflate", member)
    if member.file_size > limits.max_bytes:
        raise too_big(f"Unpacked a member has {member.file_size} bytes, more than {limits.max_bytes}.")
    if member.file_size > max(_JUDGED_FROM, limits.max_ratio * member.compress_size):
        raise too_big(f"A member unpacks to more than {limits.max_ratio} times its size.")


def _chosen(archive: zipfile.ZipFile, pattern: str) -> zipfile.ZipInfo:
    members = [each for each in archive.infolist() if not each.is_dir()]
    found = [each for each in members if fnmatchcase(each.filename, pattern)]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(each.filename[:80] for each in members[:5]) or "none"
    raise DataError(
        f"The archive has {len(found) or 'no'} {'files' if found else 'file'} that match {pattern}; "
        f"{len(members)} in all: {listed}.",
        code="records.member",
        cure="Write in member which file is meant.",
    )


def _damaged() -> DataError:
    return unreadable("The file is no ZIP archive, or it is damaged.", "Have it sent again.")


def _refused(what: str, member: zipfile.ZipInfo) -> DataError:
    return DataError(
        f"The archive has {what}.",
        code="records.archive",
        cure="Ask for an archive with plain files and nothing else.",
        path=repr(member.filename[:80]),
    )
