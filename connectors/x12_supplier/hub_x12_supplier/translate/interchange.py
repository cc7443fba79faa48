"""A supplier's file to canonical items: every set on its own, the envelope checked against the partner's profile."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hub.edi.check import check_interchange
from hub.edi.documents.acknowledgement import parse_acknowledgement
from hub.edi.documents.functional import parse_functional
from hub.edi.documents.inventory import parse_inventory
from hub.edi.documents.invoice import parse_invoice
from hub.edi.documents.ship_notice import parse_ship_notice
from hub.edi.documents.technical import read_technical
from hub.edi.envelope import read_interchanges
from hub.edi.findings import Severity
from hub.edi.interchange import Group, Interchange, TransactionSet
from hub.errors import DataError
from hub.mapping.codebook import Codebook
from hub.mapping.x12_profile import X12Profile
from hub.model.document import Direction, Document
from hub.model.exchange import Exchange, ExchangeGroup, ExchangeMessage, ExchangeState
from hub.model.purchase import Acknowledgement, Invoice, SyntaxReceipt
from hub.model.shipment import Shipment
from hub.model.stock import StockFeed, StockReport
from hub.sdk.capabilities import Item, Parsed, Problem, ReceivedExchange, Reply
from hub_x12_supplier.faults import document_error, profile_error
from hub_x12_supplier.translate.answering import group_reply, technical_reply
from hub_x12_supplier.translate.answers import acknowledgement, syntax_receipts, technical_receipt
from hub_x12_supplier.translate.envelopes import party
from hub_x12_supplier.translate.feed import FeedReader
from hub_x12_supplier.translate.invoices import invoice
from hub_x12_supplier.translate.reading import profile_of
from hub_x12_supplier.translate.shipments import shipments
from hub_x12_supplier.translate.stock import stock_report

_USAGE_MISMATCH = "x12.usage-mismatch"
_BLANKS = b" \t\r\n\x00\x1a"


@dataclass
class _Gathered:
    """What one interchange said, and how it is logged. ``usable`` counts what could be read in it."""

    items: list[Item] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    groups: list[ExchangeGroup] = field(default_factory=list)
    refusal: str = ""
    usable: int = 0


def parsed(document: Document, codebook: Codebook) -> Parsed:
    """Everything the file says. One bad interchange or set is a problem of its own and the others count.

    Raises DataError where the file holds no interchange at all, or the partner has no profile.
    """
    severities = severities_of(codebook)
    reading = FileReading(document, codebook)
    for found in read_interchanges(document.body, severities=severities):
        reading.take(check_interchange(found, severities=severities))
    return reading.parsed()


def severities_of(codebook: Codebook) -> dict[str, Severity]:
    """How grave the partner's profile takes which finding."""
    return {code: Severity(level) for code, level in profile_of(codebook).severities.items()}


class FileReading:
    """A file on its way to canonical items, interchange by interchange, each checked by the spec."""

    def __init__(self, document: Document, codebook: Codebook) -> None:
        self._document, self._codebook = document, codebook
        self._items: list[Item] = []
        self._problems: list[Problem] = []
        self._replies: list[Reply] = []
        self._exchanges: list[ReceivedExchange] = []

    def take(self, found: Interchange, feeds: Mapping[int, FeedReader] | None = None) -> None:
        """``feeds``: those of its 846 sets whose items were read on the way, by the position of their ST."""
        exchange = _exchange(found, self._document, self._codebook)
        gathered = _Reader(found, exchange, self._document, self._codebook, feeds).read()
        self._items += gathered.items
        self._problems += gathered.problems
        self._replies += gathered.replies
        self._exchanges.append(_received(exchange, gathered, profile_of(self._codebook)))

    def parsed(self) -> Parsed:
        """All of it."""
        return Parsed(tuple(self._items), tuple(self._problems), tuple(self._replies), tuple(self._exchanges))


def _exchange(found: Interchange, document: Document, codebook: Codebook) -> Exchange:
    own = document.body[found.offset : found.end].rstrip(_BLANKS)
    return Exchange(
        connection=codebook.connection,
        direction=Direction.INBOUND,
        sender=party(found.sender),
        receiver=party(found.receiver),
        control_number=found.control_number,
        sha256=hashlib.sha256(own).hexdigest(),
        size=len(own),
        at=document.at,
        state=ExchangeState.RECORDED,
        usage=found.usage,
        version=found.version,
    )


def _received(exchange: Exchange, gathered: _Gathered, profile: X12Profile) -> ReceivedExchange:
    """Refused where nothing in it could be read: the partner may send it again, corrected, under the same number."""
    refused = "" if gathered.usable else gathered.refusal
    state = ExchangeState.REFUSED if refused else ExchangeState.RECORDED
    return ReceivedExchange(
        replace(exchange, groups=tuple(gathered.groups), state=state, code=refused),
        items=len(gathered.items),
        problems=len(gathered.problems),
        replies=len(gathered.replies),
        unique=profile.control_numbers == "unique",
    )


class _Reader:
    """One interchange on its way to canonical items."""

    def __init__(
        self,
        found: Interchange,
        exchange: Exchange,
        document: Document,
        codebook: Codebook,
        feeds: Mapping[int, FeedReader] | None,
    ) -> None:
        self._found, self._document, self._codebook, self._feeds = found, document, codebook, feeds
        self._profile = profile_of(codebook)
        self._path = f"ISA {found.control_number or '?'}"
        self._key = f"{codebook.connection}:{exchange.sha256[:16]}:{found.control_number}"
        self._gathered = _Gathered()

    def read(self) -> _Gathered:
        """Everything in it, and the answers to it."""
        try:
            self._check_envelope()
        except DataError as error:
            self._refuse(error)
            self._answer_refusal(error)
            return self._gathered
        self._answer_envelope()
        receipts = [technical_receipt(read_technical(segment)) for segment in self._found.technical]
        self._gathered.items.extend(receipts)
        self._gathered.usable += len(receipts)
        for index, group in enumerate(self._found.groups, 1):
            self._read_group(group, index)
        return self._gathered

    def _check_envelope(self) -> None:
        found, profile, path = self._found, self._profile, self._path
        if found.rejected:
            raise document_error(found.findings, path)
        if found.sender.id.strip() != profile.partner.id:
            raise profile_error("x12.unknown-sender", f"Sender {found.sender.id.strip()} is not this partner.", path)
        if found.receiver.id.strip() != profile.us.id:
            raise profile_error("x12.wrong-receiver", f"Receiver {found.receiver.id.strip()} is not us.", path)
        if found.usage != profile.usage:
            raise profile_error(_USAGE_MISMATCH, f"Usage {found.usage} came where {profile.usage} is agreed.", path)

    def _answer_envelope(self, refusal: str = "") -> bool:
        """Prepare a TA1 where one is due; whether it was."""
        reply = technical_reply(self._found, self._profile, f"ta1:{self._key}", refusal)
        if reply is not None:
            self._gathered.replies.append(reply)
        return reply is not None

    def _answer_refusal(self, error: DataError) -> None:
        """A TA1 where one is due; else a rejecting 997 for test data, which its sender may take for received."""
        if not self._answer_envelope(error.code) and error.code == _USAGE_MISMATCH:
            for index, group in enumerate(self._found.groups, 1):
                self._answer_group(group, index, refused=True)

    def _read_group(self, group: Group, index: int) -> None:
        verdict = self._answer_group(group, index)
        path = f"{self._path}/GS {group.control_number}"
        if group.rejected:
            self._refuse(document_error(group.findings, path))
        messages = tuple(
            ExchangeMessage(
                each.id,
                each.control_number,
                "" if group.rejected else self._read_set(each, f"{path}/ST {each.control_number}"),
            )
            for each in group.sets
        )
        parties = (group.functional_id, group.sender, group.receiver, group.control_number, group.version)
        self._gathered.groups.append(ExchangeGroup(*parties, messages, code=verdict))

    def _answer_group(self, group: Group, index: int, *, refused: bool = False) -> str:
        """Prepare the 997; its verdict, empty where none is given."""
        answer = group_reply(group, self._found, self._profile, f"997:{self._key}:{index}", refused=refused)
        if answer is None:
            return ""
        self._gathered.replies.append(answer[0])
        return answer[1]

    def _read_set(self, transaction_set: TransactionSet, path: str) -> str:
        """Take what the set says; what it is about."""
        gathered = self._gathered
        if transaction_set.rejected:
            self._refuse(document_error(transaction_set.findings, path))
            return ""
        gathered.usable += 1
        try:
            items, problems = self._items_of(transaction_set)
        except DataError as error:
            error.path = f"{path}/{error.path}" if error.path else path
            self._refuse(error)
            return ""
        gathered.items.extend(items)
        gathered.problems.extend(replace(problem, path=f"{path}/{problem.path}") for problem in problems)
        return ", ".join(dict.fromkeys(filter(None, map(_subject, items))))

    def _items_of(self, item: TransactionSet) -> tuple[list[Item], list[Problem]]:
        feed = self._feeds.get(item.segments[0].position) if self._feeds is not None else None
        if feed is None:
            return _items_of(item, self._found, self._document, self._codebook)
        return [feed.feed(f"846 {self._found.control_number}/{item.control_number}")], feed.told()

    def _refuse(self, error: DataError) -> None:
        self._gathered.refusal = self._gathered.refusal or error.code
        self._gathered.problems.append(Problem(error.path, error.code, error.message, error.cure, error.value))


def _items_of(
    transaction_set: TransactionSet, found: Interchange, document: Document, codebook: Codebook
) -> tuple[list[Item], list[Problem]]:
    reference = f"{found.control_number}/{transaction_set.control_number}"
    if transaction_set.id == "846":
        report, problems = stock_report(parse_inventory(transaction_set), codebook, f"846 {reference}", document.at)
        return [report], problems
    if transaction_set.id == "855":
        answer, problems = acknowledgement(
            parse_acknowledgement(transaction_set), codebook, f"855 {reference}", document.at
        )
        return [answer], problems
    if transaction_set.id == "856":
        found_shipments, problems = shipments(parse_ship_notice(transaction_set), codebook, document.at)
        return list(found_shipments), problems
    if transaction_set.id == "997":
        return list(syntax_receipts(parse_functional(transaction_set))), []
    if transaction_set.id == "810":
        return invoice(parse_invoice(transaction_set), codebook, document.at)
    raise profile_error("x12.unsupported-set", f"Set {transaction_set.id} is not read here.", "ST01")


def _subject(item: Item) -> str:
    """The business key by which people know it."""
    match item:
        case Acknowledgement():
            return item.request_id
        case Shipment():
            return item.shipment_id
        case Invoice():
            return item.invoice_number
        case StockReport() | StockFeed():
            return item.reference
        case SyntaxReceipt():
            return f"{item.group_kind} {item.group_control_number}"
        case _:
            return ""
