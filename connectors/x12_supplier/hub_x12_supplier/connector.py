"""An X12 supplier: one mailbox, one stream of files in, purchase orders and 997s out. Glue only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hub.errors import HubError, InvariantError, UncertainOutcomeError
from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.fulfilment import FulfilmentRequest
from hub.model.stock import StockBatch
from hub.sdk.capabilities import Envelope, HealthReport, Page, Parsed, Receipt, RepeatSafety, Reply, Stamp
from hub.sdk.context import ConnectionContext
from hub_x12_supplier.client import MailboxClient, delivered
from hub_x12_supplier.settings import X12SupplierSettings


class X12Supplier:
    """Every capability of the connector: a mailbox is one stream, whatever the files in it say."""

    stream = "mailbox"
    batch_limit = 50

    def __init__(self, context: ConnectionContext[X12SupplierSettings]) -> None:
        self._context = context
        self._client = MailboxClient(context)

    @property
    def repeat_safety(self) -> RepeatSafety:
        """By the interchange control number where the supplier drops those it has seen."""
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
        """Stock, acknowledgements, shipments, invoices and receipts, and a 997 for each group."""
        from hub_x12_supplier.translate.interchange import parsed

        return parsed(document, codebook)

    def feed(self, document: Document, codebook: Codebook) -> Iterator[StockBatch | Parsed] | None:
        """A big file as batches of stock rows, then the rest of what it says."""
        from hub_x12_supplier.translate.big_files import BIG_FILE_BYTES, fed

        return fed(document, codebook) if len(document.body) >= BIG_FILE_BYTES else None

    def sequences(self, items: Sequence[Envelope], codebook: Codebook) -> Sequence[str]:
        """Interchange and group numbers, for each interchange that `render` makes."""
        from hub_x12_supplier.translate.answering import answer_series
        from hub_x12_supplier.translate.orders import order_series

        _, replies = _sorted_out(items)
        return answer_series(replies, codebook) if replies else order_series(codebook)

    def render(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        """Purchase orders in one interchange; answers in one for each way that they have to be addressed."""
        from hub_x12_supplier.translate.answering import answers
        from hub_x12_supplier.translate.orders import purchase_orders

        orders, replies = _sorted_out(items)
        return answers(replies, codebook, stamp) if replies else [purchase_orders(orders, codebook, stamp)]

    def send(self, document: Document) -> Receipt:
        """Put the file into the supplier's folder."""
        return self._client.put(document)

    def lookup(self, document: Document) -> Receipt | None:
        """A file still lying there has arrived; one that is gone may have been picked up."""
        if self._client.waiting(document):
            return delivered(document)
        raise UncertainOutcomeError(
            "The file is not in the supplier's folder; it may have been picked up.",
            cure="Wait for its 997 or 855, or ask the supplier.",
        )

    def check(self) -> HealthReport:
        """Whether the mailbox answers."""
        try:
            return self._client.check()
        except HubError as error:
            return HealthReport(False, error.message, error.code)


def _sorted_out(
    items: Sequence[Envelope],
) -> tuple[list[tuple[str, FulfilmentRequest]], list[tuple[str, Reply]]]:
    """Requests, or replies: they come in calls of their own, as the outbox kinds do."""
    orders = [(each.key, each.item) for each in items if isinstance(each.item, FulfilmentRequest)]
    replies = [(each.key, each.item) for each in items if isinstance(each.item, Reply)]
    if len(items) not in {len(orders), len(replies)}:
        raise InvariantError("An X12 supplier takes purchase orders and acknowledgements, not both at once.")
    return orders, replies
