"""A partner that exchanges files: what lies in its mailbox, what is downloaded, and what we send. Glue only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from hub.errors import HubError, InvariantError, UncertainOutcomeError
from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.stock import StockBatch
from hub.sdk.capabilities import (
    Envelope,
    HealthReport,
    Page,
    Parsed,
    Receipt,
    RejectFile,
    RepeatSafety,
    Stamp,
)
from hub.sdk.context import ConnectionContext
from hub.sdk.mailbox import FileKind, MailboxClient, delivered
from hub.sdk.mapped.uses import MappingUse, mapping_named
from hub_filedrop.client import DownloadClient
from hub_filedrop.settings import FileDropSettings
from hub_filedrop.translate import WRITES, OurFiles, kind_of, rendered, series

if TYPE_CHECKING:
    from hub.mapping.fields.compile import CompiledMapping


class MappedFiles:
    """What a partner's files say, by the mapping that each was received for."""

    def __init__(self, context: ConnectionContext[FileDropSettings]) -> None:
        self._context = context

    def parse(self, document: Document, codebook: Codebook) -> Parsed:
        """Whatever kind of document its mapping reads."""
        from hub.sdk.mapped.reading import parse_mapped

        return parse_mapped(document, _mapping(document, codebook), codebook, self._context.channel)

    def feed(self, document: Document, codebook: Codebook) -> Iterator[StockBatch | Parsed] | None:
        """A big table of stock in batches."""
        from hub.sdk.mapped.reading import feed_mapped

        return feed_mapped(document, _mapping(document, codebook), codebook)

    def rejects(self, document: Document, codebook: Codebook) -> RejectFile | None:
        """What of it can't be used, to be mended and sent again."""
        from hub.sdk.mapped.rejects import rejects

        return rejects(document, _mapping(document, codebook), codebook, self._context.channel)


class FileDrop(MappedFiles):
    """The mailbox: every kind of file in, requests, quantities and prices out."""

    stream = "mailbox"
    batch_limit = 10_000

    def __init__(self, context: ConnectionContext[FileDropSettings]) -> None:
        super().__init__(context)
        self._settings = settings = context.settings
        kinds = [FileKind(patterns, name, meta={"mapping": name}) for name, patterns in settings.receive.items()]
        self._client = MailboxClient(context, kinds) if settings.mailbox else None

    @property
    def mappings_used(self) -> Sequence[MappingUse]:
        """Those of the files that come and go."""
        received = [MappingUse(("receive", name), name) for name in self._settings.receive]
        sent = [
            MappingUse(("send", kind, "mapping"), files.mapping, WRITES[kind])
            for kind, files in self._settings.send.items()
        ]
        return [*received, *sent]

    @property
    def kinds(self) -> frozenset[str]:
        """What the settings say is sent."""
        return frozenset(self._settings.send)

    @property
    def repeat_safety(self) -> RepeatSafety:
        """By the file's name where the partner drops those it has seen."""
        return RepeatSafety.DEDUPE_BY_CONTROL_NUMBER if self._settings.deduplicates else RepeatSafety.NONE

    def fetch(self, cursor: str | None) -> Page:
        """The files waiting; the cursor names those that are stored and still there."""
        return self._client.fetch(cursor) if self._client is not None else Page((), cursor or "")

    def settle(self, page: Page) -> None:
        """Move stored files to the done folder, or what else the settings say is done with them."""
        if self._client is not None:
            self._client.settle(page)

    def sequences(self, items: Sequence[Envelope], codebook: Codebook) -> Sequence[str]:
        """One number for each file that `render` makes."""
        return series(items, self._files(items), codebook)

    def render(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        """One file, or several where there are more items than one may hold."""
        return [*rendered(items, self._files(items), codebook, stamp)]

    def send(self, document: Document) -> Receipt:
        """Put the file into the partner's folder."""
        self._mailbox.put(document)
        return self._receipt(document)

    def lookup(self, document: Document) -> Receipt | None:
        """A file still lying there has arrived; one that is gone may have been picked up."""
        if self._mailbox.waiting(document):
            return self._receipt(document)
        raise UncertainOutcomeError(
            "The file is not in the partner's folder; it may have been picked up.",
            cure="Wait for the partner's answer, or ask it.",
        )

    def check(self) -> HealthReport:
        """Whether the mailbox and every download answer."""
        try:
            said = [self._client.check().detail] if self._client is not None else []
            return HealthReport(True, ", ".join([*said, *DownloadClient(self._context).check()]))
        except HubError as error:
            return HealthReport(False, error.message, error.code)

    @property
    def _mailbox(self) -> MailboxClient[FileDropSettings]:
        if self._client is None:
            raise InvariantError("A file was sent by a connection without a mailbox.")
        return self._client

    def _receipt(self, document: Document) -> Receipt:
        receipt = delivered(document)
        if not self._settings.accepts:
            return receipt
        return replace(receipt, results=tuple(replace(each, accepts=True) for each in receipt.results))

    def _files(self, items: Sequence[Envelope]) -> OurFiles:
        """How these items, all of one kind, are sent."""
        wanted = kind_of(items)
        for kind, files in self._settings.send.items():
            if kind == wanted:
                return OurFiles(files.mapping, files.name, files.items_per_file)
        raise InvariantError("The settings do not say that this is sent.")


def _mapping(document: Document, codebook: Codebook) -> CompiledMapping:
    return mapping_named(document.meta.get("mapping", ""), codebook)
