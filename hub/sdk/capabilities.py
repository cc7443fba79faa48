"""The typed Protocols that do the work. A connector provides some of them; pluggy only finds it (design.md 3).

A Source turns a partner's bytes into canonical items, a Sink canonical items into a partner's bytes. Both keep to
four verbs (ADR 0003): ``fetch`` and ``send`` do I/O, ``parse`` and ``render`` are pure. All of it is plain
synchronous code that may be called from any thread, one call at a time per object.

One class may provide several capabilities; it is then one object with one stream: fetched once, one cursor
(a mailbox that holds 846, 855 and 856 files is one stream).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, runtime_checkable

from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.exchange import Exchange
from hub.model.fulfilment import CancellationRequest, FulfilmentRequest
from hub.model.order import Order
from hub.model.price import PriceList
from hub.model.purchase import Acknowledgement, Invoice, SyntaxReceipt
from hub.model.queue import ItemIds
from hub.model.returns import Cancellation, Return
from hub.model.sale import CustomerInvoice, OrderAcknowledgement
from hub.model.shipment import Shipment, ShipmentConfirmation
from hub.model.stock import QuantityUpdate, StockBatch, StockFeed, StockReport
from hub.model.transfer import GoodsReceipt, StockTransfer

Item = (
    Order
    | Cancellation
    | StockReport
    | StockFeed
    | Acknowledgement
    | SyntaxReceipt
    | Shipment
    | GoodsReceipt
    | Invoice
    | PriceList
    | Return
)
"""What a Source may tell."""

Outgoing = (
    FulfilmentRequest
    | CancellationRequest
    | StockTransfer
    | QuantityUpdate
    | OrderAcknowledgement
    | ShipmentConfirmation
    | CustomerInvoice
    | PriceList
)
"""What a Sink may be asked to tell."""


@dataclass(frozen=True, slots=True)
class Page:
    """Documents fetched in one go. ``cursor`` is where to resume once they are stored; it must survive JSON and a
    restart. ``more`` asks to be called again at once. ``settlement`` is for ``settle`` only (file names to move)."""

    documents: tuple[Document, ...]
    cursor: str
    more: bool = False
    settlement: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """One part of a document that could not be used; the rest was. ``path`` says where, ``cure`` what to do.

    ``waits_for``: the partner's ids of an item that the codebook does not name. Once it does, the document is parsed
    again by itself. No personal data in any field.
    """

    path: str
    code: str
    message: str
    cure: str = ""
    value: str = ""
    waits_for: ItemIds = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """Something to answer the partner at once (a 997). ``key`` is unique per document answered; ``payload`` is
    the connector's own text, given back to its ReplySink's ``render``."""

    key: str
    payload: str = field(repr=False)
    subject: str = ""


@dataclass(frozen=True, slots=True)
class ReceivedExchange:
    """One numbered envelope in a document (X12: an interchange), and how many of the ``items``, ``problems`` and
    ``replies`` of Parsed came in it: those that follow what the exchanges before it brought.

    The engine knows a repeat by it and logs it (ADR 0015); it fills in ``exchange.document``. ``unique``: the partner
    never uses one of its control numbers for other content again.
    """

    exchange: Exchange
    items: int = 0
    problems: int = 0
    replies: int = 0
    unique: bool = True


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a document said. An empty one is a document that was understood and says nothing.

    ``exchanges`` only for a partner that numbers what it sends; what they do not count stands after what they do.
    """

    items: tuple[Item, ...] = ()
    problems: tuple[Problem, ...] = ()
    replies: tuple[Reply, ...] = ()
    exchanges: tuple[ReceivedExchange, ...] = ()


@runtime_checkable
class Source(Protocol):
    """A partner tells us. Errors are those of hub.errors, nothing else."""

    def fetch(self, cursor: str | None) -> Page:
        """The next documents after ``cursor`` (None: from the beginning). Pages end: ``more`` turns False."""

    def settle(self, page: Page) -> None:
        """Tell the partner that we have them; called after they are stored. Must be safe to repeat or to miss."""

    def parse(self, document: Document, codebook: Codebook) -> Parsed:
        """Pure. The same document and codebook give an equal result. Raises DataError where nothing is usable."""


@runtime_checkable
class FeedSource(Protocol):
    """A Source, in addition, whose documents can be too big to be parsed into objects."""

    def feed(self, document: Document, codebook: Codebook) -> Iterator[StockBatch | Parsed] | None:
        """None for a document that ``parse`` is for. Else its stock rows in batches, to be staged as they come, and
        last of all what it says besides: a StockFeed for each feed whose rows may be used, in place of a StockReport.

        Pure as ``parse``; memory must not grow with the document. Raises what ``parse`` raises.
        """


@dataclass(frozen=True, slots=True)
class RejectFile:
    """What of a document could not be used, as a file that a person mends and sends again: its ``name``, its bytes, and
    of how many ``records`` it is."""

    name: str
    body: bytes = field(repr=False)
    records: int


@runtime_checkable
class RejectSource(Protocol):
    """A Source, in addition, that gives back what of a document could not be used."""

    def rejects(self, document: Document, codebook: Codebook) -> RejectFile | None:
        """None where all of it can be used. Pure as ``parse``; raises what ``parse`` raises."""


class OrderSource(Source, Protocol):
    """Gives Order and Cancellation."""


class AcknowledgementSource(Source, Protocol):
    """Gives Acknowledgement and SyntaxReceipt."""


class InventorySource(Source, Protocol):
    """Gives StockReport."""


class ShipmentSource(Source, Protocol):
    """Gives Shipment."""


class TransferSource(Source, Protocol):
    """Gives GoodsReceipt."""


class InvoiceSource(Source, Protocol):
    """Gives Invoice."""


class ItemSource(Source, Protocol):
    """Gives PriceList."""


class ReturnSource(Source, Protocol):
    """Gives Return."""


class RepeatSafety(StrEnum):
    """How a repeat of the same send is made safe; ``none`` is never resent automatically."""

    IDEMPOTENT_KEY = "idempotent_key"
    LOOKUP = "lookup"
    DEDUPE_BY_CONTROL_NUMBER = "dedupe_by_control_number"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What makes bytes unique, given from outside so that rendering is pure. ``key`` is stable over retries of the
    same document; ``numbers`` are the next of the series that the sink named, in its order."""

    now: datetime
    key: str
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Envelope:
    """One thing to tell: the outbox item's unique key, and the canonical object (or a Reply of our own)."""

    key: str
    item: Outgoing | Reply


class Outcome(StrEnum):
    """``stale``: compare-and-swap failed, ``observed`` says what the partner shows."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class ItemResult:
    """The partner's answer for one item. ``accepts`` where the answer is already the executor's business
    acceptance (a 3PL that books the order at once). ``code`` and ``message`` carry the partner's words.

    Of quantities: ``observed`` is what the channel shows (STALE); ``compared`` says that it took the figure only
    because it showed the one expected. Without that it is told again after each of its own sales."""

    key: str
    outcome: Outcome
    external_ref: str = ""
    accepts: bool = False
    code: str = ""
    message: str = ""
    observed: Decimal | None = None
    compared: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that bytes arrived, one result per item of the document.

    The engine stores the results; ``raw``, the partner's whole answer, is there for tests and is not stored.
    """

    results: tuple[ItemResult, ...]
    raw: bytes = field(default=b"", repr=False)


@runtime_checkable
class Sink(Protocol):
    """We tell a partner. ``render`` and ``lookup`` are what make a lost answer harmless."""

    @property
    def repeat_safety(self) -> RepeatSafety:
        """How a repeat of ``send`` is made safe at this partner."""

    @property
    def batch_limit(self) -> int:
        """Most items in one ``render`` call."""

    def sequences(self, items: Sequence[Envelope], codebook: Codebook) -> Sequence[str]:
        """Names of the control number series that rendering these takes a number from, each time one is named.

        They are shared by all connections: a name says whose numbers they are. Pure.
        """

    def render(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        """Pure: equal input, equal bytes. Each document names its ``item_keys``; together they cover all items.

        Raises DataError for an item that can't be told (unmapped for this partner); the engine then renders the
        items one by one and refuses only the bad ones.
        """

    def send(self, document: Document) -> Receipt:
        """Hand the stored bytes over. UncertainOutcomeError where the answer is lost."""

    def lookup(self, document: Document) -> Receipt | None:
        """Whether the partner has this document: its receipt, None where it surely has not.

        Raises UncertainOutcomeError where it can't tell (yet), TransientError where it can't be reached.
        """


@runtime_checkable
class SelectiveSink(Protocol):
    """A Sink, in addition, whose settings say what it tells."""

    @property
    def kinds(self) -> frozenset[str]:
        """The outbox kinds that it takes; items of others are refused as where there is no sink."""


class FulfilmentSink(Sink, Protocol):
    """Takes FulfilmentRequest: drop-ship 850, 940, SOAP or REST ship order, store assignment."""


class CancellationSink(Sink, Protocol):
    """Takes CancellationRequest."""


class InventorySink(Sink, Protocol):
    """Takes QuantityUpdate."""


class ShipmentSink(Sink, Protocol):
    """Takes ShipmentConfirmation."""


class TransferSink(Sink, Protocol):
    """Takes StockTransfer."""


class AcknowledgementSink(Sink, Protocol):
    """Takes OrderAcknowledgement."""


class InvoiceSink(Sink, Protocol):
    """Takes CustomerInvoice."""


class ItemSink(Sink, Protocol):
    """Takes PriceList."""


class ReplySink(Sink, Protocol):
    """Takes the connector's own Reply objects (997). Required of a Source that gives replies."""


@runtime_checkable
class WebhookReceiver(Protocol):
    """Partner pushes. The body is stored before it is parsed; parsing is the Source's of the same ``stream``."""

    def receive(self, headers: Mapping[str, str], body: bytes, at: datetime) -> Sequence[Document]:
        """Verify the raw body and say which documents it holds (header names are lower case).

        Raises RefusedError (code ``webhook.bad-signature``) for a forged or unsigned one.
        """


@dataclass(frozen=True, slots=True)
class HealthReport:
    """What a connection says of itself."""

    ok: bool
    detail: str
    code: str = ""


@runtime_checkable
class Health(Protocol):
    """Every connector provides it."""

    def check(self) -> HealthReport:
        """Reach and log on, read nothing, change nothing. Never raises."""


KINDS: Mapping[type, str] = {
    FulfilmentSink: "fulfilment",
    CancellationSink: "cancellation",
    InventorySink: "inventory",
    ShipmentSink: "shipment",
    TransferSink: "transfer",
    AcknowledgementSink: "acknowledgement",
    InvoiceSink: "invoice",
    ItemSink: "item",
    ReplySink: "reply",
}
"""The outbox kind each sink serves."""

SOURCES: tuple[type, ...] = (
    OrderSource,
    AcknowledgementSource,
    InventorySource,
    ShipmentSource,
    TransferSource,
    InvoiceSource,
    ItemSource,
    ReturnSource,
)


def batches(items: Sequence[Envelope], limit: int) -> Iterator[Sequence[Envelope]]:
    """Slices of at most ``limit`` items, in order."""
    for start in range(0, len(items), limit):
        yield items[start : start + limit]
