"""A mailbox over SFTP: asyncssh on an event loop in a private thread, synchronous outside.

The host key is pinned and the user's own SSH configuration, agent and known hosts are never read.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import posixpath
import socket
import stat
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, TypeVar, cast
from urllib.parse import unquote, urlsplit

import asyncssh

from hub.errors import ConfigurationError, DataError, HubError, RefusedError, TransientError, UncertainOutcomeError
from hub.transport.egress import EgressPolicy, connect_checked
from hub.transport.mail_entry import MailEntry
from hub.transport.mail_names import (
    checked_name,
    folder_parts,
    is_offered,
    numbered_names,
    settled_entries,
    temporary_name,
)
from hub.transport.mailbox import MailboxSettings
from hub.transport.redact import quiet_libraries
from hub.transport.sftp_login import login_options

Result = TypeVar("Result")

_CLOSING_SECONDS = 5.0
_LISTINGS = 5
_MISSING = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath)
_LOST = (
    asyncssh.DisconnectError,
    asyncssh.SFTPConnectionLost,
    asyncssh.SFTPNoConnection,
    asyncssh.ChannelOpenError,
    OSError,
    EOFError,
    TimeoutError,
    # concurrent.futures' own class until 3.11 made it the built-in one.
    concurrent.futures.TimeoutError,
)


class SftpMailbox:
    """``Mailbox`` on an SFTP server; see the Protocol for what each method promises.

    Connects at first use and again after a loss. One call at a time per mailbox.
    """

    def __init__(
        self,
        settings: MailboxSettings,
        *,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        quiet_libraries()
        parts = urlsplit(settings.url)
        self._settings = settings
        self._host = parts.hostname or ""
        self._port = parts.port or 22
        self._user = unquote(parts.username or "")
        self._root = unquote(parts.path) or "."
        self._now = now
        self._sleep = sleep
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._connection: asyncssh.SSHClientConnection | None = None
        self._sftp: asyncssh.SFTPClient | None = None
        self._options = login_options(settings, self._user)

    def list(self, folder: str) -> list[MailEntry]:
        place = self._path(folder)
        return settled_entries(
            lambda: self._run(place, self._look(place)),
            now=self._now,
            sleep=self._sleep,
            stable_seconds=self._settings.stable_seconds,
        )

    def read(self, folder: str, name: str) -> bytes:
        return self._run(self._path(folder), self._read(self._path(folder, name)))

    def write(self, folder: str, name: str, body: bytes) -> None:
        place, target = self._path(folder), self._path(folder, name)
        temporary = posixpath.join(place, temporary_name(name))
        if self._run(place, self._find(target, place)) is None:
            self._run(place, self._upload(temporary, body))
            # From here the partner can see the file; before, a loss leaves only a name that nobody reads.
            if self._run(place, self._rename(temporary, target), visible=True):
                return
        try:
            there = self._run(place, self._read(target))
        except DataError:
            # Collected between our look and our reading: another try tells what is there then.
            raise TransientError("The file was collected while it was compared.") from None
        if there != body:
            raise RefusedError(
                "Another file of that name is already there, and files are never overwritten.",
                code="transport.file-exists",
                cure="Compare both files; the partner may not have collected the earlier one.",
            )

    def move(self, folder: str, name: str, to_folder: str, expected: MailEntry | None = None) -> None:
        source, target = self._path(folder, name), self._path(to_folder)
        place = self._path(folder)
        self._run(self._root, self._make(to_folder))
        found = self._run(place, self._find(source, place))
        if found is None:
            if self._run(target, self._find(self._path(to_folder, name), target)) is None:
                raise DataError("The mailbox has no such file.", code="transport.file-missing")
            return
        if expected not in (None, found):
            return
        for free in numbered_names(name):
            if self._run(place, self._rename(source, posixpath.join(target, free))):
                return
        raise RefusedError("Too many files of that name are already there.", code="transport.file-exists")

    def remove(self, folder: str, name: str, expected: MailEntry) -> None:
        path, place = self._path(folder, name), self._path(folder)
        if self._run(place, self._find(path, place)) == expected:
            self._run(place, self._delete(path))

    def exists(self, folder: str, name: str) -> bool:
        place = self._path(folder)
        return self._run(place, self._find(self._path(folder, name), place)) is not None

    def close(self) -> None:
        with self._lock:
            self._drop()
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is not None and thread is not None:
            with suppress(TimeoutError):
                asyncio.run_coroutine_threadsafe(_ended(), loop).result(_CLOSING_SECONDS)
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    def _path(self, folder: str, name: str | None = None) -> str:
        parts = folder_parts(folder)
        return posixpath.join(self._root, *parts, *(() if name is None else (checked_name(name),)))

    def _run(self, place: str, work: Coroutine[Any, Any, Result], *, visible: bool = False) -> Result:
        """Runs ``work`` in the folder ``place`` within the deadline; ``visible`` once a partner could see it."""
        failure: HubError
        with self._lock:
            pending = None
            try:
                self._connect()
                pending = asyncio.run_coroutine_threadsafe(work, self._started())
                return pending.result(self._settings.deadline_seconds)
            except HubError:
                work.close()
                raise
            except (asyncssh.Error, *_LOST) as error:
                if pending is None:
                    work.close()
                else:
                    pending.cancel()
                if isinstance(error, _LOST):
                    self._drop()
                if isinstance(error, _MISSING) and self._is_there(place):
                    failure = TransientError("A file went away meanwhile.", code="transport.unreachable")
                else:
                    failure = _told(error, sent=visible and pending is not None)
        raise failure

    def _is_there(self, place: str) -> bool:
        asking = asyncio.run_coroutine_threadsafe(self._client.stat(place), self._started())
        try:
            asking.result(self._settings.deadline_seconds)
        except (asyncssh.Error, *_LOST):
            return False
        return True

    def _started(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            loop = self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=loop.run_forever, name="sftp-mailbox", daemon=True)
            self._thread.start()
        return self._loop

    def _connect(self) -> None:
        if self._connection is not None and not self._connection.is_closed() and self._sftp is not None:
            return
        limit = self._settings.connect_timeout_seconds
        policy = EgressPolicy(frozenset({self._host}), self._settings.allow_private)
        # asyncssh owns the socket from here and closes it when it fails.
        connected = connect_checked(policy, self._host, self._port, limit)
        connected.setblocking(False)
        opening = asyncio.run_coroutine_threadsafe(self._open(connected), self._started())
        try:
            self._connection, self._sftp = opening.result(limit)
        except TimeoutError:
            opening.cancel()
            raise

    async def _open(self, connected: socket.socket) -> tuple[asyncssh.SSHClientConnection, asyncssh.SFTPClient]:
        connection = await asyncssh.connect(self._host, self._port, sock=connected, config=None, options=self._options)
        try:
            return connection, await connection.start_sftp_client()
        except BaseException:
            connection.abort()
            raise

    def _drop(self) -> None:
        connection, self._connection, self._sftp = self._connection, None, None
        if connection is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(connection.abort)

    @property
    def _client(self) -> asyncssh.SFTPClient:
        if self._sftp is None:
            raise asyncssh.SFTPNoConnection("No connection.")
        return self._sftp

    async def _look(self, place: str) -> Sequence[MailEntry]:
        """The listing, anew where a server gives up because a file went away while it was listing."""
        for _ in range(_LISTINGS - 1):
            try:
                return await self._listed(place)
            except _MISSING:
                await self._client.stat(place)
        return await self._listed(place)

    async def _listed(self, place: str) -> Sequence[MailEntry]:
        entries = []
        async for found in self._client.scandir(place):
            name = found.filename if isinstance(found.filename, str) else found.filename.decode("utf-8", "replace")
            entry = _entry(name, found.attrs)
            if entry is not None and is_offered(name):
                entries.append(entry)
        return entries

    async def _find(self, path: str, folder: str) -> MailEntry | None:
        try:
            return _entry(posixpath.basename(path), await self._client.lstat(path))
        except _MISSING:
            # The file may be missing; its folder may not.
            await self._client.stat(folder)
            return None

    async def _read(self, path: str) -> bytes:
        try:
            entry = _entry(posixpath.basename(path), await self._client.lstat(path))
        except _MISSING:
            entry = None
        if entry is None:
            raise DataError("The mailbox has no such file.", code="transport.file-missing")
        limit = self._settings.max_file_bytes
        async with self._client.open(path, "rb") as file:
            # The stub says str; "rb" gives bytes.
            body = cast(bytes, await file.read(limit + 1))
        if len(body) > limit:
            raise DataError("The file is larger than allowed.", code="transport.file-too-large")
        return body

    async def _upload(self, temporary: str, body: bytes) -> None:
        async with self._client.open(temporary, "wb") as file:
            await file.write(body)
            # An extension of OpenSSH; elsewhere closing the file is all there is.
            with suppress(asyncssh.SFTPOpUnsupported):
                await file.fsync()
        written = await self._client.lstat(temporary)
        if written.size is not None and written.size != len(body):
            raise asyncssh.SFTPFailure("The uploaded file has another size.")

    async def _rename(self, source: str, target: str) -> bool:
        """Renames without overwriting; False where the target name is taken."""
        if await self._client.lexists(target):
            return False
        try:
            await self._client.rename(source, target)
        except asyncssh.SFTPError:
            if await self._client.lexists(target) and await self._client.lexists(source):
                return False
            raise
        return True

    async def _delete(self, path: str) -> None:
        # Gone meanwhile is as good.
        with suppress(*_MISSING):
            await self._client.remove(path)

    async def _make(self, folder: str) -> None:
        path = self._root
        for part in folder_parts(folder):
            path = posixpath.join(path, part)
            if not await self._client.isdir(path):
                await self._client.mkdir(path)


async def _ended() -> None:
    """Ends what still runs on this loop, so that asyncssh closes its sockets before the loop closes."""
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _entry(name: str, attributes: asyncssh.SFTPAttrs) -> MailEntry | None:
    """The plain file, None for folders and links; a server that tells no kind is believed."""
    kind = stat.S_IFMT(attributes.permissions or 0)
    regular = kind in (0, stat.S_IFREG) and attributes.type in (
        asyncssh.FILEXFER_TYPE_REGULAR,
        asyncssh.FILEXFER_TYPE_UNKNOWN,
    )
    if not regular:
        return None
    return MailEntry(name, attributes.size or 0, datetime.fromtimestamp(attributes.mtime or 0, UTC))


def _told(error: BaseException, *, sent: bool) -> HubError:
    kind = type(error).__name__
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        return ConfigurationError(
            "The server's host key is not the pinned one; nothing was sent.",
            code="transport.host-key",
            cure="Confirm the new key with the partner by another way before changing it.",
        )
    if isinstance(error, asyncssh.PermissionDenied):
        return ConfigurationError(
            "The server refused the login.",
            code="partner.unauthorised",
            cure="Compare user name and password or key with what the partner gave you.",
        )
    if isinstance(error, (asyncssh.SFTPPermissionDenied, *_MISSING, asyncssh.SFTPWriteProtect)):
        return ConfigurationError(
            f"The mailbox folder cannot be used ({kind}).",
            code="transport.folder",
            cure="Create the folder, or correct its path or rights.",
        )
    if sent and isinstance(error, _LOST):
        return UncertainOutcomeError(
            f"The connection was lost while the file was handed over ({kind}).", code="transport.outcome-unknown"
        )
    return TransientError(f"The mailbox could not be used ({kind}).", code="transport.unreachable")
