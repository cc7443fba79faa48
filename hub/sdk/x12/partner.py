"""A partner that trades by X12 files in one mailbox: every capability's glue but the choice of sets."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from hub.errors import HubError, InvariantError, UncertainOutcomeError
from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.fulfilment import FulfilmentRequest
from hub.model.stock import StockBatch
from hub.sdk.capabilities import Envelope, HealthReport, Page, Parsed, Receipt, RepeatSafety, Reply, Stamp
from hub.sdk.context import ConnectionContext
from hub.sdk.mailbox import FileKind, MailboxClient, delivered
from hub.sdk.x12.settings import X12MailboxSettings

MEDIA_TYPE = "application/edi-x12"

SettingsT = TypeVar("SettingsT", bound=X12MailboxSettings)

if TYPE_CHECKING:
    from hub.sdk.x12.translate.instructions import InstructionSet
    from hub.sdk.x12.translate.sets import Translator


class X12Correspondent(ABC, Generic[SettingsT]):
    """A mailbox is one stream, whatever the files in it say. A connector says which sets it reads (`translators`) and
    what it writes beside answers (`told`); both load what they need when they are called."""

    stream = "mailbox"
    batch_limit = 50

    def __init__(self, context: ConnectionContext[SettingsT]) -> None:
        self._context = context
        self._client = MailboxClient(context, [FileKind(context.settings.receive_pattern, "x12", MEDIA_TYPE)])

    @abstractmethod
    def translators(self) -> Mapping[str, Translator]:
        """What turns each set that the partner may send into canonical items, by ST01."""

    @abstractmethod
    def told_series(self, items: Sequence[Envelope], codebook: Codebook) -> Sequence[str]:
        """The control number series that `told` takes numbers from, in its order."""

    @abstractmethod
    def told(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        """What we tell the partner, answers aside; the items are all of one outbox kind."""

    @property
    def repeat_safety(self) -> RepeatSafety:
        """By the interchange control number where the partner drops those it has seen."""
        if self._context.settings.deduplicates:
            return RepeatSafety.DEDUPE_BY_CONTROL_NUMBER
        return RepeatSafety.NONE

    def fetch(self, cursor: str | None) -> Page:
        """The files waiting; the cursor names those that are stored and still there."""
        return self._client.fetch(cursor)

    def settle(self, page: Page) -> None:
        """Move stored files to the done folder, or what else the settings say is done with them."""
        self._client.settle(page)

    def parse(self, document: Document, codebook: Codebook) -> Parsed:
        """What its sets say, and a 997 for each group."""
        from hub.sdk.x12.translate.intake import parsed

        return parsed(document, codebook, self.translators())

    def feed(self, document: Document, codebook: Codebook) -> Iterator[StockBatch | Parsed] | None:
        """A big file as batches of stock rows, then the rest of what it says."""
        from hub.sdk.x12.translate.big_files import BIG_FILE_BYTES, fed

        return fed(document, codebook, self.translators()) if len(document.body) >= BIG_FILE_BYTES else None

    def sequences(self, items: Sequence[Envelope], codebook: Codebook) -> Sequence[str]:
        """Interchange and group numbers, for each interchange that `render` makes."""
        from hub.sdk.x12.translate.answering import answer_series

        replies = _replies(items)
        return answer_series(replies, codebook) if replies else self.told_series(items, codebook)

    def render(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        """Answers in one interchange for each way that they have to be addressed; the rest as `told` says."""
        from hub.sdk.x12.translate.answering import answers

        replies = _replies(items)
        return answers(replies, codebook, stamp) if replies else self.told(items, codebook, stamp)

    def send(self, document: Document) -> Receipt:
        """Put the file into the partner's folder."""
        return self._client.put(document)

    def lookup(self, document: Document) -> Receipt | None:
        """A file still lying there has arrived; one that is gone may have been picked up."""
        if self._client.waiting(document):
            return delivered(document)
        raise UncertainOutcomeError(
            "The file is not in the partner's folder; it may have been picked up.",
            cure="Wait for its 997 or the partner's answer, or ask the partner.",
        )

    def check(self) -> HealthReport:
        """Whether the mailbox answers."""
        try:
            return self._client.check()
        except HubError as error:
            return HealthReport(False, error.message, error.code)


class X12Partner(X12Correspondent[SettingsT]):
    """A partner that ships for us: one set carries its fulfilment requests (`instruction`)."""

    @abstractmethod
    def instruction(self) -> InstructionSet:
        """The set that tells the partner to ship."""

    def told_series(self, items: Sequence[Envelope], codebook: Codebook) -> Sequence[str]:
        """The numbers of one interchange."""
        from hub.sdk.x12.translate.instructions import instruction_series

        return instruction_series(self.instruction(), codebook)

    def told(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        """Fulfilment requests in one interchange."""
        from hub.sdk.x12.translate.instructions import instructions

        requests = [(each.key, each.item) for each in items if isinstance(each.item, FulfilmentRequest)]
        if len(requests) != len(items):
            raise InvariantError("An X12 partner takes fulfilment requests and acknowledgements, not both at once.")
        return [instructions(self.instruction(), requests, codebook, stamp)]


def _replies(items: Sequence[Envelope]) -> list[tuple[str, Reply]]:
    """The answers in it: they come in calls of their own, as the outbox kinds do."""
    replies = [(each.key, each.item) for each in items if isinstance(each.item, Reply)]
    if len(replies) not in {0, len(items)}:
        raise InvariantError("What an X12 partner is told and its acknowledgements come one kind at a time.")
    return replies
