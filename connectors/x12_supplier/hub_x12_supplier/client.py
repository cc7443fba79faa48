"""The supplier's mailbox: the only module of this connector with I/O."""

from __future__ import annotations

import hashlib

from hub.model.document import Direction, Document
from hub.sdk.capabilities import HealthReport, ItemResult, Outcome, Page, Receipt
from hub.sdk.context import ConnectionContext
from hub.transport.mailbox import Mailbox, MailboxSettings, MailEntry, open_mailbox
from hub_x12_supplier.settings import X12SupplierSettings

MEDIA_TYPE = "application/edi-x12"


class MailboxClient:
    """Files to documents and documents to files."""

    def __init__(self, context: ConnectionContext[X12SupplierSettings]) -> None:
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
            ),
            now=lambda: context.clock().timestamp(),
        )

    def fetch(self) -> Page:
        """The oldest files waiting. A file is its bytes, its name and its time: one that is sent again is seen, one
        that a crash left here after it was stored is the same document."""
        folder = self._settings.receive_folder
        entries = self._mailbox.list(folder)
        wanted = entries[: self._settings.page_size]
        documents = tuple(self._document(folder, entry) for entry in wanted)
        names = tuple(entry.name for entry in wanted)
        return Page(documents, cursor=names[-1] if names else "", more=len(entries) > len(wanted), settlement=names)

    def settle(self, page: Page) -> None:
        """Move the files we hold out of the supplier's way."""
        for name in page.settlement:
            self._mailbox.move(self._settings.receive_folder, name, self._settings.done_folder)

    def put(self, document: Document) -> Receipt:
        """Write the file under its own name; the same file again is the same delivery."""
        self._mailbox.write(self._settings.send_folder, document.meta["file"], document.body)
        return delivered(document)

    def waiting(self, document: Document) -> bool:
        """Whether the file still lies in the supplier's folder."""
        return self._mailbox.exists(self._settings.send_folder, document.meta["file"])

    def check(self) -> HealthReport:
        """List the folder the supplier writes to."""
        found = self._mailbox.list(self._settings.receive_folder)
        return HealthReport(True, f"{len(found)} files waiting")

    def _document(self, folder: str, entry: MailEntry) -> Document:
        body = self._mailbox.read(folder, entry.name)
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


def delivered(document: Document) -> Receipt:
    """Every item of the document has arrived; its reference is the set that carries it."""
    return Receipt(
        tuple(
            ItemResult(key, Outcome.ACCEPTED, external_ref=document.meta.get(f"set:{key}", ""))
            for key in document.item_keys
        )
    )
