"""A partner's file to canonical items: every set on its own, the envelope checked against the partner's profile."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pydantic import ValidationError

from hub.edi.check import check_interchange
from hub.edi.documents.registry import read_document
from hub.edi.documents.technical import read_technical
from hub.edi.envelope import read_interchanges, regraded
from hub.edi.findings import Finding, Severity
from hub.edi.interchange import Group, Interchange, TransactionSet
from hub.errors import DataError
from hub.mapping.codebook import Codebook
from hub.mapping.x12_profile import X12Profile
from hub.model.document import Direction, Document
from hub.model.exchange import Exchange, ExchangeGroup, ExchangeMessage, ExchangeState
from hub.model.order import Order
from hub.model.price import PriceList
from hub.model.purchase import Acknowledgement, Invoice, SyntaxReceipt
from hub.model.returns import Cancellation
from hub.model.shipment import Shipment
from hub.model.stock import StockFeed, StockReport
from hub.model.transfer import GoodsReceipt
from hub.sdk.capabilities import Item, Parsed, Problem, ReceivedExchange, Reply
from hub.sdk.x12.rules import X12Rules, rules_of
from hub.sdk.x12.translate.answering import group_reply, technical_reply
from hub.sdk.x12.translate.envelopes import party
from hub.sdk.x12.translate.faults import document_error, profile_error
from hub.sdk.x12.translate.feed import FeedReader
from hub.sdk.x12.translate.reading import profile_of
from hub.sdk.x12.translate.receipts import technical_receipt
from hub.sdk.x12.translate.sets import Received, Translation, Translator

_USAGE_MISMATCH = "x12.usage-mismatch"
_FOUND_IN_READING = (
    "x12.value-unreadable",
    "x12.hl-parent-unknown",
    "x12.hl-number-repeated",
    "x12.sscc-check-digit",
    "x12.gtin-check-digit",
)
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


def parsed(document: Document, codebook: Codebook, translators: Mapping[str, Translator]) -> Parsed:
    """Everything the file says, by the translators of its sets.

    One bad interchange or set is a problem of its own and the others count. Raises DataError where the file holds no
    interchange at all, or the partner has no profile.
    """
    rules = rules_of(profile_of(codebook))
    reading = FileReading(document, codebook, rules, translators)
    for found in read_interchanges(document.body, severities=rules.severities, encoding=rules.encoding):
        reading.take(check_interchange(found, severities=rules.severities, agreement=rules.agreement))
    return reading.parsed()


class FileReading:
    """A file on its way to canonical items, interchange by interchange, each checked by the spec."""

    def __init__(
        self, document: Document, codebook: Codebook, rules: X12Rules, translators: Mapping[str, Translator]
    ) -> None:
        self._document, self._codebook, self._rules = document, codebook, rules
        self._translators = translators
        self._items: list[Item] = []
        self._problems: list[Problem] = []
        self._replies: list[Reply] = []
        self._exchanges: list[ReceivedExchange] = []

    def take(self, found: Interchange, feeds: Mapping[int, FeedReader] | None = None) -> None:
        """``feeds``: those of its 846 sets whose items were read on the way, by the position of their ST."""
        exchange = _exchange(found, self._document, self._codebook)
        reader = _Reader(found, exchange, self._document, self._codebook, self._rules, self._translators)
        gathered = reader.read(feeds)
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
        rules: X12Rules,
        translators: Mapping[str, Translator],
    ) -> None:
        self._found, self._document, self._codebook = found, document, codebook
        self._translators = translators
        self._feeds: Mapping[int, FeedReader] = {}
        self._severities = rules.severities
        self._profile = profile_of(codebook)
        self._path = f"ISA {found.control_number or '?'}"
        self._key = f"{codebook.connection}:{exchange.sha256[:16]}:{found.control_number}"
        self._gathered = _Gathered()

    def read(self, feeds: Mapping[int, FeedReader] | None = None) -> _Gathered:
        """Everything in it, and the answers to it; ``feeds`` as in `FileReading.take`."""
        self._feeds = feeds or {}
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
            self._read_group(self._judged(group), index)
        return self._gathered

    def _check_envelope(self) -> None:
        found, profile, path = self._found, self._profile, self._path
        if found.rejected:
            raise document_error(found.findings, path)
        if found.sender.id.strip() != profile.theirs.id:
            raise profile_error("x12.unknown-sender", f"Sender {found.sender.id.strip()} is not this partner.", path)
        if found.receiver.id.strip() != profile.ours.id:
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

    def _items_of(self, item: TransactionSet) -> Translation:
        feed = self._feeds.get(item.segments[0].position)
        if feed is not None:
            return [feed.feed(f"846 {self._found.control_number}/{item.control_number}")], feed.told()
        translator = self._translators.get(item.id)
        if translator is None:
            raise profile_error("x12.unsupported-set", f"Set {item.id} is not read here.", "ST01")
        reference = f"{item.id} {self._found.control_number}/{item.control_number}"
        file = self._document.meta.get("file", "")
        try:
            return translator(item, Received(self._codebook, self._document.at, reference, file))
        except ValidationError as error:
            raise _unusable(item.id, error) from None

    def _judged(self, group: Group) -> Group:
        """The group with what reading its documents finds, where the profile rejects a set for such: the 997 tells."""
        if not any(self._severities.get(code) is Severity.REJECT for code in _FOUND_IN_READING):
            return group
        return replace(group, sets=tuple(replace(each, findings=self._findings(each)) for each in group.sets))

    def _findings(self, item: TransactionSet) -> tuple[Finding, ...]:
        if item.rejected or item.passed:
            return item.findings
        try:
            found = read_document(item).findings
        except DataError:
            return item.findings
        return *item.findings, *(each for each in regraded(found, self._severities) if each.rejects)

    def _refuse(self, error: DataError) -> None:
        self._gathered.refusal = self._gathered.refusal or error.code
        self._gathered.problems.append(Problem(error.path, error.code, error.message, error.cure, error.value))


def _unusable(set_id: str, error: ValidationError) -> DataError:
    """A value that X12 allows and our model does not: seven decimal places, a name of no letters."""
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(step) for step in first["loc"])
    return DataError(
        f"The {set_id} holds a value that cannot be used: {error.title} {where}: {first['msg']}.",
        code="x12.value-unusable",
        cure="Ask the partner for a corrected document, or report it where the value is a fair one.",
        path=set_id,
    )


def _subject(item: Item) -> str:
    """The business key by which people know it."""
    subject = ""
    match item:
        case Acknowledgement():
            subject = item.request_id
        case Shipment():
            subject = item.shipment_id
        case GoodsReceipt():
            subject = item.transfer or item.receipt_id
        case Invoice():
            subject = item.invoice_number
        case PriceList():
            subject = item.catalogue
        case StockReport() | StockFeed():
            subject = item.reference
        case Order() | Cancellation():
            subject = item.external_id
        case SyntaxReceipt():
            subject = f"{item.group_kind} {item.group_control_number}"
    return subject
