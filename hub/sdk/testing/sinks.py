"""The contract of every Sink, and one class per kind of instruction.

A connector's tests inherit one class per capability and give the fixture ``partner`` (a SinkPartner).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from hub.errors import DataError, TransientError, UncertainOutcomeError
from hub.model.document import Direction, Document
from hub.model.fulfilment import CancellationRequest, FulfilmentRequest
from hub.model.price import PriceList
from hub.model.sale import CustomerInvoice, OrderAcknowledgement
from hub.model.shipment import ShipmentConfirmation
from hub.model.stock import QuantityUpdate
from hub.model.transfer import StockTransfer
from hub.sdk.capabilities import (
    Envelope,
    ItemResult,
    Outcome,
    Receipt,
    RepeatSafety,
    Reply,
    Sink,
    Stamp,
    batches,
)
from hub.sdk.testing.faults import Fault
from hub.sdk.testing.partners import SinkPartner
from hub.sdk.testing.telling import values_in
from hub.sdk.testing.watching import Contacts, Watched, document_text, leaks

_BLIND_REPEAT = frozenset({RepeatSafety.IDEMPOTENT_KEY, RepeatSafety.DEDUPE_BY_CONTROL_NUMBER})


class Pen:
    """Renders with a new stamp for every batch, as the engine does: numbers of the series asked for, one key."""

    def __init__(self, partner: SinkPartner, sink: Sink) -> None:
        self._partner = partner
        self._sink = sink
        self._batches = 0
        self._last: Counter[str] = Counter()

    def render(self, items: Sequence[Envelope]) -> list[Document]:
        """Documents for the items, in batches that the sink allows."""
        found: list[Document] = []
        for batch in batches(items, self._sink.batch_limit):
            self._batches += 1
            numbers = [self._next(name) for name in self._sink.sequences(batch, self._partner.codebook)]
            stamp = Stamp(self._partner.now, f"conformance-{self._batches}-{batch[0].key}", tuple(numbers))
            found += self._sink.render(batch, self._partner.codebook, stamp)
        return found

    def _next(self, name: str) -> int:
        self._last[name] += 1
        return self._last[name]


def _sent(sink: Sink, documents: Sequence[Document]) -> list[Receipt]:
    return [sink.send(document) for document in documents]


class SinkContract(Watched):
    """What every Sink promises. ``takes`` is what this capability is given."""

    takes: ClassVar[type] = object

    def test_is_given_what_the_capability_takes(self, partner: SinkPartner) -> None:
        """The contract is inherited for the right capability, and each item has a key of its own."""
        items = partner.items(2)
        assert all(isinstance(envelope.item, self.takes) for envelope in items), f"not {self.takes.__name__}"
        assert len(items) == len({envelope.key for envelope in items}), "two items share a key"

    def test_rendering_twice_gives_the_same_bytes(self, partner: SinkPartner) -> None:
        """Rendering is pure: the engine may render again after a crash and must get what it stored."""
        items = partner.items(2)
        first = Pen(partner, partner.open()).render(items)
        again = Pen(partner, partner.open()).render(items)
        assert [document.body for document in first] == [document.body for document in again], "other bytes"
        assert first == again, "the same bytes, but another source id, meta or moment"

    def test_documents_cover_every_item_once(self, partner: SinkPartner) -> None:
        """Each document is ours, outbound, and names its items; together they cover all."""
        items = partner.items(min(5, partner.most_items))
        documents = Pen(partner, partner.open()).render(items)
        carried = [key for document in documents for key in document.item_keys]
        assert sorted(envelope.key for envelope in items) == sorted(carried), "items lost or doubled by rendering"
        assert all(document.direction is Direction.OUTBOUND for document in documents), "not outbound"
        assert {partner.codebook.connection} == {document.connection for document in documents}
        assert len(documents) == len({document.source_id for document in documents}), "two share a source id"

    def test_exchange_is_of_the_documents_own_bytes(self, partner: SinkPartner) -> None:
        """Where a document is a numbered envelope, its entry for the log is true: by it answers are found."""
        for document in Pen(partner, partner.open()).render(partner.items(min(5, partner.most_items))):
            found = document.exchange
            if found is None:
                continue
            assert (found.direction, found.connection) == (Direction.OUTBOUND, document.connection)
            assert (found.sha256, found.size) == (document.sha256, len(document.body)), "of other bytes"
            assert found.control_number, "without a control number nobody can answer it"
            named = [one.item_key for group in found.groups for one in group.messages if one.item_key]
            assert set(named) <= set(document.item_keys), "names items that the document does not carry"

    def test_receipt_answers_for_every_item(self, partner: SinkPartner) -> None:
        """One result per item of the document; these items are accepted."""
        sink = partner.open()
        for document in Pen(partner, sink).render(partner.items(2)):
            results = sink.send(document).results
            assert sorted(document.item_keys) == sorted(result.key for result in results), "an item without answer"
            assert all(isinstance(result.outcome, Outcome) for result in results)

    def test_same_key_has_one_effect(self, partner: SinkPartner) -> None:
        """Sent again by a restarted hub where the sink says that is safe, the partner books it once."""
        items = partner.items(2)
        sink = partner.open()
        documents = Pen(partner, sink).render(items)
        _sent(sink, documents)
        if sink.repeat_safety in _BLIND_REPEAT:
            _sent(partner.open(), documents)
        assert [partner.effects(envelope) for envelope in items] == [1, 1], f"with {sink.repeat_safety}"

    def test_batch_limit_is_honoured(self, partner: SinkPartner) -> None:
        """As many items as the sink says it takes go out at once, and all of them arrive."""
        sink = partner.open()
        assert sink.batch_limit >= 1
        items = partner.items(min(sink.batch_limit + 1, partner.most_items))
        receipts = _sent(sink, Pen(partner, sink).render(items))
        refused = [result for one in receipts for result in one.results if result.outcome is not Outcome.ACCEPTED]
        assert refused == [], "the partner does not take that many at once"
        assert {1} == {partner.effects(envelope) for envelope in items}, "not every item of a full batch arrived"

    @pytest.mark.parametrize("case", ["before", "after", "lost request", "lost answer"])
    def test_lookup_tells_the_truth(self, partner: SinkPartner, case: str) -> None:
        """Never a receipt for what was not sent, never None for what arrived; a lost answer ends in one effect."""
        [envelope] = partner.items(1)
        sink = partner.open()
        [document] = Pen(partner, sink).render([envelope])
        if case == "before":
            assert not isinstance(_looked_up(partner.open(), document), Receipt), "a receipt for what was never sent"
        elif case == "after":
            sink.send(document)
            assert _looked_up(partner.open(), document) is not None, "it arrived, and the lookup denies it"
        else:
            _send_badly(partner, document, case)
            _recover(partner, document)
            assert partner.effects(envelope) == 1, f"after a {case}"

    def test_carried_fields_survive_the_wire(self, partner: SinkPartner) -> None:
        """Canonical to wire and back keeps every field that the connector says it carries."""
        if partner.read_back is None:
            pytest.skip("this connector has no reader for what it writes")
        items = partner.items(2)
        read: dict[str, Mapping[str, Any]] = {}
        for document in Pen(partner, partner.open()).render(items):
            read.update(partner.read_back(document))
        for envelope in items:
            given = dict(values_in(envelope.item))
            found = read.get(envelope.key, {})
            for pattern in partner.carried:
                wanted = _at(given, pattern)
                assert wanted, f"the items of these tests have no {pattern}, so nothing is proved"
                read_again = _at(found, pattern)
                assert wanted == read_again, f"{envelope.key} changed on the wire: {wanted} became {read_again}"

    def test_item_that_cannot_be_told_is_a_data_error(self, partner: SinkPartner) -> None:
        """An unmapped item is refused when rendering, before anything is sent."""
        if partner.codebook_lacking is None:
            pytest.skip("these items need no mapping")
        sink = partner.open()
        items = partner.items(1)
        numbers = (1,) * len(sink.sequences(items, partner.codebook_lacking))
        with pytest.raises(DataError) as caught:
            sink.render(items, partner.codebook_lacking, Stamp(partner.now, "conformance", numbers))
        assert caught.value.code != DataError.default_code, "an operator needs a code of its own"

    def test_planted_secret_shows_nowhere(
        self, partner: SinkPartner, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
    ) -> None:
        """Not in documents, receipts, reprs, logs or output."""
        caplog.set_level(0)
        sink = partner.open()
        documents = Pen(partner, sink).render(partner.items(2))
        receipts = _sent(sink, documents)
        texts = {f"document {number}": document_text(document) for number, document in enumerate(documents)}
        texts |= {"receipts": repr(receipts) + "".join(one.raw.decode("utf-8", "replace") for one in receipts)}
        texts |= {"repr": repr(sink), "log": caplog.text, "output": "".join(capfd.readouterr())}
        assert leaks(partner.secret, texts) == [], "the secret shows"

    def test_no_host_beyond_the_allowed_is_contacted(self, partner: SinkPartner, contacts: Contacts) -> None:
        """Only the partner itself."""
        sink = partner.open()
        _sent(sink, Pen(partner, sink).render(partner.items(1)))
        assert sorted(contacts.hosts - partner.hosts) == []


def _looked_up(sink: Sink, document: Document) -> Receipt | UncertainOutcomeError | None:
    try:
        return sink.lookup(document)
    except UncertainOutcomeError as error:
        assert sink.repeat_safety is not RepeatSafety.LOOKUP, "a sink that is made safe by lookup can't look up"
        return error


def _send_badly(partner: SinkPartner, document: Document, case: str) -> None:
    if partner.faults is None:
        pytest.skip("this partner has no answers that could be lost")
    sink = (partner.hurried or partner.open)()
    # Once for a plain write; a keyed one is repeated by the transport and must meet it every time.
    partner.faults.plan(Fault.TIMEOUT_AFTER if case == "lost answer" else Fault.TIMEOUT_BEFORE, 10)
    try:
        with pytest.raises((UncertainOutcomeError, TransientError)):
            sink.send(document)
    finally:
        partner.faults.clear()


def _recover(partner: SinkPartner, document: Document) -> None:
    """What the engine does: look up, and resend only what the partner surely lacks or may safely get twice."""
    sink = partner.open()
    answer = _looked_up(sink, document)
    doubtful = isinstance(answer, UncertainOutcomeError) and sink.repeat_safety in _BLIND_REPEAT
    if answer is None or doubtful:
        sink.send(document)


def _quantity(envelope: Envelope) -> Decimal:
    assert isinstance(envelope.item, QuantityUpdate)
    return envelope.item.quantity


def _expecting(envelope: Envelope, number: int, expected: Decimal, quantity: Decimal) -> Envelope:
    """A later update of the same SKU."""
    assert isinstance(envelope.item, QuantityUpdate)
    key = f"{envelope.key}-{number}"
    changes = {"key": key, "expected": expected, "quantity": quantity}
    return replace(envelope, key=key, item=envelope.item.model_copy(update=changes))


def _told(pen: Pen, sink: Sink, envelope: Envelope) -> ItemResult:
    """What came back for one item that is sent alone."""
    (document,) = pen.render([envelope])
    (result,) = sink.send(document).results
    return result


def _at(values: Mapping[str, Any], pattern: str) -> dict[str, Any]:
    wanted = re.compile(re.escape(pattern).replace(r"\*", r"\d+"))
    return {path: value for path, value in values.items() if wanted.fullmatch(path)}


class FulfilmentSinkContract(SinkContract):
    """FulfilmentSink."""

    takes: ClassVar[type] = FulfilmentRequest


class CancellationSinkContract(SinkContract):
    """CancellationSink."""

    takes: ClassVar[type] = CancellationRequest


class InventorySinkContract(SinkContract):
    """InventorySink."""

    takes: ClassVar[type] = QuantityUpdate

    def test_claims_to_compare_only_what_it_compares(self, partner: SinkPartner) -> None:
        """``compared`` has the hub believe that every sale behind a figure is known; one that is not must then show."""
        sink = partner.open()
        pen = Pen(partner, sink)
        (first,) = partner.items(1)
        shown = _quantity(first)
        blind = _told(pen, sink, first)
        assert Outcome.ACCEPTED is blind.outcome
        assert not blind.compared, "says it compared, and was told of nothing to compare with"
        right = _told(pen, sink, _expecting(first, 2, shown, shown + 12))
        assert Outcome.ACCEPTED is right.outcome, "refuses a figure though it shows the one expected"
        wrong = _told(pen, sink, _expecting(first, 3, shown + 24, shown + 36))
        if not right.compared:
            assert Outcome.ACCEPTED is wrong.outcome, "compares, and does not say so of what it took"
            return
        assert (Outcome.STALE, shown + 12) == (wrong.outcome, wrong.observed), "took a figure though it shows another"


class ShipmentSinkContract(SinkContract):
    """ShipmentSink."""

    takes: ClassVar[type] = ShipmentConfirmation


class TransferSinkContract(SinkContract):
    """TransferSink."""

    takes: ClassVar[type] = StockTransfer


class AcknowledgementSinkContract(SinkContract):
    """AcknowledgementSink."""

    takes: ClassVar[type] = OrderAcknowledgement


class InvoiceSinkContract(SinkContract):
    """InvoiceSink."""

    takes: ClassVar[type] = CustomerInvoice


class ItemSinkContract(SinkContract):
    """ItemSink."""

    takes: ClassVar[type] = PriceList


class ReplySinkContract(SinkContract):
    """ReplySink."""

    takes: ClassVar[type] = Reply
