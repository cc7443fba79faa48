"""Mailboxes: folders of files at a partner or beside us, through one synchronous Protocol."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from hub.errors import ConfigurationError

TEMPORARY_PREFIX = ".crossdock-"
"""Names that start so are half-written files of ours; never listed, safe to replace."""


@dataclass(frozen=True)
class MailEntry:
    """One file: ``name`` as its mailbox folder spells it, ``size`` in bytes, ``modified`` in UTC."""

    name: str
    size: int
    modified: datetime


class Mailbox(Protocol):
    """Folders of files. Folder names are relative to the root (``in``, ``out/850``), "" is the root.

    Every method may raise TransientError (not reachable), ConfigurationError (no such folder, login
    refused, host key changed) and DataError ``transport.file-name`` for a name that is no plain file name.
    """

    def list(self, folder: str) -> list[MailEntry]:
        """Whole files in ``folder``, oldest first, then by name.

        Left out: temporary names (leading dot, ``.tmp``, ``.part``, ``.filepart``), folders, links, and
        files whose size or time still changes.
        """

    def read(self, folder: str, name: str) -> bytes:
        """The file's bytes. Raises DataError ``transport.file-missing`` or ``transport.file-too-large``."""

    def write(self, folder: str, name: str, body: bytes) -> None:
        """Puts a whole file: temporary name, then rename; readers never see half a file.

        A file of that name with the same bytes is success, so a repeat is safe. Raises RefusedError
        ``transport.file-exists`` where the bytes differ, UncertainOutcomeError where the connection was
        lost after the partner could have seen the file.
        """

    def move(self, folder: str, name: str, to_folder: str) -> None:
        """Moves a file we are done with, making ``to_folder`` if need be; success where it is already there.

        Never overwrites: another file of that name already there keeps it, and ours becomes ``name.2``.
        """

    def exists(self, folder: str, name: str) -> bool:
        """Whether ``folder`` holds a plain file of that name."""

    def close(self) -> None:
        """Frees connections; the mailbox opens again by itself when used."""


class MailboxSettings(BaseModel):
    """Where a mailbox is and how to log in.

    ``url`` is ``folder:/absolute/path`` or ``sftp://user@host:port/path``; a password never stands in it.
    ``host_key`` (required for SFTP) is the server's public key in OpenSSH form, ``ssh-ed25519 AAAA...``;
    several lines while a partner changes keys. ``deadline_seconds`` bounds each step with the server (a
    look, an upload, a rename). ``stable_seconds`` is how long a recent file must stay unchanged to be listed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: str
    host_key: str = ""
    password: SecretStr | None = None
    private_key: SecretStr | None = None
    private_key_passphrase: SecretStr | None = None
    allow_private: bool = False
    connect_timeout_seconds: float = Field(default=10.0, gt=0)
    deadline_seconds: float = Field(default=120.0, gt=0)
    max_file_bytes: int = Field(default=1_100_000_000, gt=0)
    stable_seconds: float = Field(default=2.0, ge=0)


def open_mailbox(
    settings: MailboxSettings,
    *,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> Mailbox:
    """The mailbox that ``settings.url`` names; ``now`` is Unix time in seconds.

    Opening does not connect. Raises ConfigurationError ``transport.mailbox-url``.
    """
    parts = urlsplit(settings.url)
    if parts.scheme == "folder" and parts.path.startswith("/") and not parts.netloc:
        from hub.transport.folder_mailbox import FolderMailbox

        return FolderMailbox(
            unquote(parts.path),
            now=now,
            sleep=sleep,
            stable_seconds=settings.stable_seconds,
            max_file_bytes=settings.max_file_bytes,
        )
    if parts.scheme == "sftp" and parts.hostname and parts.username and parts.password is None:
        from hub.transport.sftp import SftpMailbox

        return SftpMailbox(settings, now=now, sleep=sleep)
    raise ConfigurationError(
        "The mailbox address cannot be used.",
        code="transport.mailbox-url",
        cure="Write folder:/absolute/path or sftp://user@host:port/path; the password is its own setting.",
    )
