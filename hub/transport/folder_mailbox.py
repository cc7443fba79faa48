"""A mailbox in a local folder: durable writes, no way out of the folder.

Every path is opened part by part below the root with links refused, so neither a name nor a link
planted by a partner leads elsewhere, not even between a check and its use.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from hub.errors import ConfigurationError, DataError, RefusedError, TransientError
from hub.transport.mail_names import (
    checked_name,
    folder_parts,
    is_offered,
    numbered_names,
    settled_entries,
    temporary_name,
)
from hub.transport.mailbox import MailEntry

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without NONBLOCK, opening a planted pipe would wait forever.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_COLLECTED_MEANWHILE = 5
_UNUSABLE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EACCES, errno.EPERM, errno.EROFS)
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class FolderMailbox:
    """``Mailbox`` over the folder ``root``; see the Protocol for what each method promises."""

    def __init__(
        self,
        root: str,
        *,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        stable_seconds: float = 2.0,
        max_file_bytes: int = 1_100_000_000,
    ) -> None:
        self._root = root
        self._now = now
        self._sleep = sleep
        self._stable_seconds = stable_seconds
        self._max_file_bytes = max_file_bytes

    def list(self, folder: str) -> list[MailEntry]:
        def look() -> list[MailEntry]:
            with self._opened(folder) as place:
                entries = [_entry(place, name) for name in os.listdir(place) if is_offered(name)]
            return [entry for entry in entries if entry is not None]

        return settled_entries(look, now=self._now, sleep=self._sleep, stable_seconds=self._stable_seconds)

    def read(self, folder: str, name: str) -> bytes:
        with self._opened(folder) as place:
            return self._read(place, checked_name(name))

    def write(self, folder: str, name: str, body: bytes) -> None:
        with self._opened(folder) as place:
            temporary = temporary_name(checked_name(name))
            _remove(place, temporary)
            _write_new(place, temporary, body)
            try:
                self._publish_once(place, temporary, name, body)
            finally:
                _remove(place, temporary)
            os.fsync(place)

    def _publish_once(self, place: int, temporary: str, name: str, body: bytes) -> None:
        """Gives the file its name, unless it is there already; one that is collected meanwhile is put again."""
        for _ in range(_COLLECTED_MEANWHILE):
            try:
                _publish(place, temporary, place, name)
            except FileExistsError:
                there = self._content(place, name)
                if there == body:
                    return
                if there is not None:
                    raise _taken() from None
            else:
                return
        raise TransientError(
            "The file comes and goes under our hands.",
            code="transport.unreachable",
            cure="Nothing: it is tried again.",
        )

    def move(self, folder: str, name: str, to_folder: str, expected: MailEntry | None = None) -> None:
        with self._opened(folder) as source, self._opened(to_folder, create=True) as target:
            found = _entry(source, checked_name(name))
            if found is None:
                if _entry(target, name) is None:
                    raise _missing()
                return
            if expected not in (None, found):
                return
            for free in numbered_names(name):
                try:
                    _publish(source, name, target, free)
                except FileExistsError:
                    continue
                break
            else:
                raise _taken()
            os.fsync(target)
            os.fsync(source)

    def remove(self, folder: str, name: str, expected: MailEntry) -> None:
        with self._opened(folder) as place:
            if _entry(place, checked_name(name)) == expected:
                _remove(place, name)
                os.fsync(place)

    def exists(self, folder: str, name: str) -> bool:
        with self._opened(folder) as place:
            return _entry(place, checked_name(name)) is not None

    def close(self) -> None:
        """Nothing stays open between calls."""

    @contextmanager
    def _opened(self, folder: str, *, create: bool = False) -> Iterator[int]:
        """The folder's descriptor; system errors inside leave as hub errors."""
        parts = folder_parts(folder)
        places: list[int] = []
        opened = False
        try:
            # The root itself is the operator's choice and may be a link.
            places.append(os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
            for part in parts:
                places.append(_below(places[-1], part, create))
            opened = True
            yield places[-1]
        except OSError as error:
            raise _told(error, folder, opened=opened) from error
        finally:
            for place in places:
                os.close(place)

    def _read(self, place: int, name: str) -> bytes:
        try:
            handle = os.open(name, _FILE, dir_fd=place)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ELOOP):
                raise _missing() from None
            raise
        with os.fdopen(handle, "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise _missing()
            body = file.read(self._max_file_bytes + 1)
        if len(body) > self._max_file_bytes:
            raise DataError("The file is larger than allowed.", code="transport.file-too-large")
        return body

    def _content(self, place: int, name: str) -> bytes | None:
        """The bytes of the file of that name; None where there is none (any more)."""
        if _entry(place, name) is None:
            return None
        try:
            return self._read(place, name)
        except DataError:
            return None


def _below(place: int, part: str, create: bool) -> int:
    if create:
        with suppress(FileExistsError):
            os.mkdir(part, dir_fd=place)
            os.fsync(place)
    return os.open(part, _FOLDER, dir_fd=place)


def _entry(place: int, name: str) -> MailEntry | None:
    """The plain file of that name, None for anything else."""
    try:
        found = os.stat(name, dir_fd=place, follow_symlinks=False)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return MailEntry(name, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))


def _write_new(place: int, name: str, body: bytes) -> None:
    with os.fdopen(os.open(name, _NEW_FILE, 0o660, dir_fd=place), "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def _publish(source: int, name: str, target: int, new_name: str) -> None:
    """Renames without overwriting; raises FileExistsError.

    A link fails where the name is taken, which rename does not; file systems without links get a check
    and a rename.
    """
    try:
        os.link(name, new_name, src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS):
            raise
        if _entry(target, new_name) is not None:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        os.rename(name, new_name, src_dir_fd=source, dst_dir_fd=target)
        return
    os.unlink(name, dir_fd=source)


def _remove(place: int, name: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=place)


def _missing() -> DataError:
    return DataError("The mailbox has no such file.", code="transport.file-missing")


def _taken() -> RefusedError:
    return RefusedError(
        "Another file of that name is already there, and files are never overwritten.",
        code="transport.file-exists",
        cure="Compare both files; the partner may not have collected the earlier one.",
    )


def _told(error: OSError, folder: str, *, opened: bool) -> ConfigurationError | TransientError:
    # In a folder that was opened, a missing name is a file that somebody took meanwhile.
    if not (opened and error.errno == errno.ENOENT) and error.errno in _UNUSABLE:
        return ConfigurationError(
            f"The mailbox folder {folder or 'root'!r} cannot be used ({error.strerror}).",
            code="transport.folder",
            cure="Create the folder, or correct its path or rights.",
        )
    return TransientError(
        f"The mailbox folder {folder or 'root'!r} failed ({error.strerror}).", code="transport.unreachable"
    )
