"""A partner's mailbox as documents: all the I/O of a connector whose partner sends and fetches files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import Field

from hub.errors import DataError
from hub.model.document import Direction, Document
from hub.sdk.capabilities import HealthReport, ItemResult, Outcome, Page, Receipt
from hub.sdk.context import ConnectionContext
from hub.sdk.settings import ConnectorSettings, Referable, Secret
from hub.transport.mail_patterns import MarkerPattern, NamePatterns, matches
from hub.transport.mailbox import Mailbox, MailboxSettings, MailEntry, open_mailbox


class MailboxConnectorSettings(ConnectorSettings):
    """``mailbox`` is ``folder:/path`` or ``sftp://user@host:port/path``; SFTP needs the pinned ``host_key``. One of a
    kind that an installed transport brings is told its ``mailbox_options``.

    ``send_folder`` is where the partner looks for our files, ``receive_folder`` where it puts its own, and
    ``done_folder`` where we move those once they are stored. ``stable_seconds``: a file younger than this may still be
    growing and is left for the next poll. With ``receive_marker`` (``{name}.done``, ``{stem}.ok``) a file is read once
    its marker lies beside it; ``send_marker`` is put after each file of ours. ``after_reading``: a stored file is moved
    to ``done_folder``, left where it is and remembered, or deleted.
    """

    mailbox: str
    host_key: Referable = ""
    password: Secret | None = None
    private_key: Secret | None = None
    private_key_passphrase: Secret | None = None
    send_folder: str = "inbound"
    receive_folder: str = "outbound"
    done_folder: str = "outbound/done"
    receive_marker: MarkerPattern = ""
    send_marker: MarkerPattern = ""
    after_reading: Literal["move", "leave", "delete"] = "move"
    mailbox_options: Mapping[str, str] = Field(default_factory=dict)
    stable_seconds: float = Field(default=2.0, ge=0)
    page_size: int = Field(default=100, ge=1, le=1000)
    deadline_seconds: float = Field(default=60.0, gt=0)


FilePatterns = Annotated[NamePatterns, Field(min_length=1)]
"""Patterns of file names, one or several (``*.edi``)."""

SettingsT = TypeVar("SettingsT", bound=MailboxConnectorSettings)


@dataclass(frozen=True, slots=True)
class FileKind:
    """Files that are read alike: those whose name is one of ``patterns`` become documents of ``kind``."""

    patterns: Sequence[str]
    kind: str
    media_type: str = "application/octet-stream"
    meta: Mapping[str, str] = field(default_factory=dict)


class MailboxClient(Generic[SettingsT]):
    """Files to documents and documents to files. A file is of the first of ``kinds`` that has its name."""

    def __init__(self, context: ConnectionContext[SettingsT], kinds: Sequence[FileKind]) -> None:
        settings = context.settings
        self._context = context
        self._kinds = kinds
        self._settings = settings
        self._mailbox: Mailbox = open_mailbox(
            MailboxSettings(
                url=settings.mailbox,
                host_key=settings.host_key,
                password=settings.password,
                private_key=settings.private_key,
                private_key_passphrase=settings.private_key_passphrase,
                allow_private=context.allow_private,
                stable_seconds=settings.stable_seconds,
                deadline_seconds=settings.deadline_seconds,
                receive_marker=settings.receive_marker,
                send_marker=settings.send_marker,
                options=settings.mailbox_options,
            ),
            kinds=context.mailbox_kinds,
            now=lambda: context.clock().timestamp(),
        )

    def fetch(self, cursor: str | None) -> Page:
        """The oldest files waiting. A file is its bytes, its name and its time: one that is sent again is seen, one
        that a crash left here after it was stored is the same document.

        The cursor names the stored files that were still here. They stand behind the others, so that some that can't
        be moved away keep none back; where files are left here on purpose, they are not read again at all.
        """
        settings = self._settings
        listed = self._ours()
        stored = frozenset((cursor or "").split())
        fresh = [each for each in listed if _mark(each) not in stored]
        known = [] if self._leaves else [each for each in listed if _mark(each) in stored]
        wanted = [*fresh, *known][: settings.page_size]
        read = {entry: body for entry in wanted if (body := self._body(entry)) is not None}
        held = stored.intersection(map(_mark, listed)).union(map(_mark, read))
        return Page(
            tuple(self._document(entry, body) for entry, body in read.items()),
            cursor=" ".join(sorted(held)),
            more=len(fresh) > len(wanted),
            settlement=() if self._leaves else tuple(_written(each) for each in read),
        )

    def settle(self, page: Page) -> None:
        """Move or delete the files we hold, as the settings say; one that changed meanwhile stays."""
        folder = self._settings.receive_folder
        for entry in map(_entry, page.settlement):
            try:
                if self._settings.after_reading == "delete":
                    self._mailbox.remove(folder, entry.name, entry)
                else:
                    self._mailbox.move(folder, entry.name, self._settings.done_folder, entry)
            except DataError as error:
                _check_gone(error)

    def put(self, document: Document) -> Receipt:
        """Write the file under its own name; the same file again is the same delivery."""
        self._mailbox.write(self._settings.send_folder, document.meta["file"], document.body)
        return delivered(document)

    def waiting(self, document: Document) -> bool:
        """Whether the file still lies in the partner's folder."""
        return self._mailbox.exists(self._settings.send_folder, document.meta["file"])

    def check(self) -> HealthReport:
        """List the folder the partner writes to."""
        return HealthReport(True, f"{len(self._ours())} files {'there' if self._leaves else 'waiting'}")

    @property
    def _leaves(self) -> bool:
        return self._settings.after_reading == "leave"

    def _ours(self) -> list[MailEntry]:
        """The files that are ours to read."""
        return [each for each in self._mailbox.list(self._settings.receive_folder) if self._kind(each) is not None]

    def _kind(self, entry: MailEntry) -> FileKind | None:
        return next((each for each in self._kinds if matches(entry.name, each.patterns)), None)

    def _body(self, entry: MailEntry) -> bytes | None:
        """None for a file that was listed, and taken away before it was read: it is not ours any more."""
        try:
            return self._mailbox.read(self._settings.receive_folder, entry.name)
        except DataError as error:
            _check_gone(error)
            return None

    def _document(self, entry: MailEntry, body: bytes) -> Document:
        digest = hashlib.sha256(body).hexdigest()
        how = self._kind(entry)
        assert how is not None
        return Document(
            connection=self._context.connection,
            direction=Direction.INBOUND,
            kind=how.kind,
            source_id=f"{digest} {entry.name} {entry.modified.isoformat()}",
            body=body,
            at=self._context.clock(),
            media_type=how.media_type,
            meta={"file": entry.name, "modified": entry.modified.isoformat(), **how.meta},
        )


def _check_gone(error: DataError) -> None:
    """Raise ``error`` again, unless it says that the partner took its file back: it may do so at any time."""
    if error.code != "transport.file-missing":
        raise error


def _mark(entry: MailEntry) -> str:
    """A short word for a file as it is now; another one where it is written anew."""
    return hashlib.sha256(_written(entry).encode()).hexdigest()[:16]


def _written(entry: MailEntry) -> str:
    return f"{entry.size} {entry.modified.isoformat()} {entry.name}"


def _entry(written: str) -> MailEntry:
    size, modified, name = written.split(" ", 2)
    return MailEntry(name, int(size), datetime.fromisoformat(modified))


def delivered(document: Document) -> Receipt:
    """Every item of the document has arrived; its reference is the set that carries it."""
    return Receipt(
        tuple(
            ItemResult(key, Outcome.ACCEPTED, external_ref=document.meta.get(f"set:{key}", ""))
            for key in document.item_keys
        )
    )
