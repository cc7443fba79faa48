"""Mailboxes: folders of files at a partner or beside us, through one synchronous Protocol."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from hub.errors import ConfigurationError
from hub.transport.mail_entry import MailEntry
from hub.transport.mail_patterns import MarkerPattern

__all__ = ["MailEntry", "Mailbox", "MailboxKind", "MailboxOpener", "MailboxSettings", "open_mailbox"]


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

    def move(self, folder: str, name: str, to_folder: str, expected: MailEntry | None = None) -> None:
        """Moves a file we are done with, making ``to_folder`` if need be; success where it is already there.

        Never overwrites: another file of that name already there keeps it, and ours becomes ``name.2``. A file that
        is no longer as it was when it was listed (``expected``) is another one, not read yet: it stays.
        """

    def remove(self, folder: str, name: str, expected: MailEntry) -> None:
        """Deletes a file we are done with; success where it is gone. One that is no longer ``expected`` stays."""

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

    Done markers are empty files that say of another that it is whole: ``{name}.done`` or ``{stem}.done``. With
    ``receive_marker`` a file is listed once its marker lies beside it, and the marker goes where the file goes; with
    ``send_marker`` we put one after each file of ours. ``options`` are for mailbox kinds that plug-ins bring.
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
    receive_marker: MarkerPattern = ""
    send_marker: MarkerPattern = ""
    options: Mapping[str, str] = Field(default_factory=dict)


class MailboxOpener(Protocol):
    """Makes the mailbox that ``settings.url`` names, without connecting yet."""

    def __call__(
        self, settings: MailboxSettings, /, *, now: Callable[[], float], sleep: Callable[[float], None]
    ) -> Mailbox:
        """``now`` is Unix time in seconds. Raises ConfigurationError for settings it can't use."""


@dataclass(frozen=True)
class MailboxKind:
    """A mailbox kind that a plug-in brings: how it is opened, and the package it came from."""

    open: MailboxOpener
    package: str


BUILT_IN: Mapping[str, str] = MappingProxyType(
    {"folder": "folder:/absolute/path", "sftp": "sftp://user@host:port/path"}
)
"""URL schemes of the mailboxes that the hub brings itself, and how their addresses are written."""


def open_mailbox(
    settings: MailboxSettings,
    *,
    kinds: Mapping[str, MailboxKind] = MappingProxyType({}),
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> Mailbox:
    """The mailbox that ``settings.url`` names; ``now`` is Unix time in seconds.

    ``kinds`` are those of installed plug-ins by URL scheme, as ``ConnectionContext.mailbox_kinds`` has them. Opening
    does not connect. Raises ConfigurationError ``transport.mailbox-url`` for an address that is not well formed, and
    ``transport.mailbox-kind`` for one that no installed package opens.
    """
    mailbox = _opened(settings, kinds, now, sleep)
    if not (settings.receive_marker or settings.send_marker):
        return mailbox
    from hub.transport.marked_mailbox import MarkedMailbox

    return MarkedMailbox(mailbox, receive_marker=settings.receive_marker, send_marker=settings.send_marker, now=now)


def _opened(
    settings: MailboxSettings,
    kinds: Mapping[str, MailboxKind],
    now: Callable[[], float],
    sleep: Callable[[float], None],
) -> Mailbox:
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
    if parts.scheme in kinds:
        return kinds[parts.scheme].open(settings, now=now, sleep=sleep)
    if not parts.scheme or parts.scheme in BUILT_IN:
        raise ConfigurationError(
            "The mailbox address cannot be used.",
            code="transport.mailbox-url",
            cure=f"Write {' or '.join(BUILT_IN.values())}; the password is its own setting.",
        )
    brought = "".join(f", {scheme}: ({kind.package})" for scheme, kind in sorted(kinds.items()))
    raise ConfigurationError(
        f"No installed package opens mailboxes of the kind {parts.scheme}:.",
        code="transport.mailbox-kind",
        cure=f"Install the package that does (hub connector list tells which did not load), or use one of: "
        f"{', '.join(f'{scheme}: (crossdock)' for scheme in BUILT_IN)}{brought}.",
    )
