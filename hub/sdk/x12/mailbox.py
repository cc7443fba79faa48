"""A partner's mailbox: the only module of an X12 connector with I/O."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Generic, TypeVar

from hub.errors import DataError
from hub.model.document import Direction, Document
from hub.sdk.capabilities import HealthReport, ItemResult, Outcome, Page, Receipt
from hub.sdk.context import ConnectionContext
from hub.sdk.x12.settings import X12MailboxSettings
from hub.transport.mail_patterns import matches
from hub.transport.mailbox import Mailbox, MailboxSettings, MailEntry, open_mailbox

SettingsT = TypeVar("SettingsT", bound=X12MailboxSettings)

MEDIA_TYPE = "application/edi-x12"


class MailboxClient(Generic[SettingsT]):
    """Files to documents and documents to files."""

    def __init__(self, context: ConnectionContext[SettingsT]) -> None:
        settings = context.settings
        self._context = context
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
        listed = [each for each in self._listed() if matches(each.name, settings.receive_pattern)]
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
        found = [each for each in self._listed() if matches(each.name, self._settings.receive_pattern)]
        return HealthReport(True, f"{len(found)} files {'there' if self._leaves else 'waiting'}")

    @property
    def _leaves(self) -> bool:
        return self._settings.after_reading == "leave"

    def _listed(self) -> list[MailEntry]:
        return self._mailbox.list(self._settings.receive_folder)

    def _body(self, entry: MailEntry) -> bytes | None:
        """None for a file that was listed, and taken away before it was read: it is not ours any more."""
        try:
            return self._mailbox.read(self._settings.receive_folder, entry.name)
        except DataError as error:
            _check_gone(error)
            return None

    def _document(self, entry: MailEntry, body: bytes) -> Document:
        digest = hashlib.sha256(body).hexdigest()
        return Document(
            connection=self._context.connection,
            direction=Direction.INBOUND,
            kind="x12",
            source_id=f"{digest} {entry.name} {entry.modified.isoformat()}",
            body=body,
            at=self._context.clock(),
            media_type=MEDIA_TYPE,
            meta={"file": entry.name},
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
