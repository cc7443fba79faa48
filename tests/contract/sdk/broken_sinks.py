"""Sinks that break one promise each; ``fails`` names the only check that may notice. Run by test_conformance_kit."""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import ChannelId, Sku
from hub.model.stock import QuantityUpdate
from hub.sdk.capabilities import Envelope, ItemResult, Outcome, Receipt, Stamp
from hub.sdk.testing import CancellationSinkContract, FulfilmentSinkContract, InventorySinkContract, SinkPartner
from tests.contract.sdk.tiny import (
    BOOK,
    EMPTY_BOOK,
    NOW,
    SECRET,
    TinyPartner,
    TinySink,
    an_exchange,
    read_back,
    receipt,
    requests,
)


class Requests(FulfilmentSinkContract):
    fails: ClassVar[str]
    sink: ClassVar[type[TinySink]] = TinySink

    @pytest.fixture
    def partner(self) -> SinkPartner:
        told = TinyPartner()
        endless = requests()
        return SinkPartner(
            open=lambda: self.sink(told),
            codebook=BOOK,
            items=lambda count: list(itertools.islice(endless, count)),
            effects=lambda envelope: _booked(told, envelope),
            now=NOW,
            secret=SECRET,
            most_items=30,
            carried=("request_id", "lines.*.sku", "lines.*.quantity"),
            read_back=read_back,
            codebook_lacking=EMPTY_BOOK,
            faults=told,
        )


def _booked(told: TinyPartner, envelope: Envelope) -> int:
    assert isinstance(envelope.item, FulfilmentRequest)
    return told.booked.get(envelope.item.request_id, 0)


class TestGoodSink(Requests):
    fails = ""


class TestWrongCapability(Requests, CancellationSinkContract):
    takes = CancellationSinkContract.takes
    fails = "test_is_given_what_the_capability_takes"


_COUNTER = itertools.count()


class Restless(TinySink):
    def render(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        return [replace(one, body=_marked(one.body)) for one in super().render(items, codebook, stamp)]


def _marked(body: bytes) -> bytes:
    return json.dumps({**json.loads(body), "rendered": next(_COUNTER)}).encode()


class TestRestless(Requests):
    fails, sink = "test_rendering_twice_gives_the_same_bytes", Restless


class Doubling(TinySink):
    def render(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        return [
            replace(one, item_keys=(*one.item_keys, items[0].key)) for one in super().render(items, codebook, stamp)
        ]


class TestDoubling(Requests):
    fails, sink = "test_documents_cover_every_item_once", Doubling


class Misquoting(TinySink):
    """Logs what it would have liked to send."""

    def render(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        return [
            replace(one, exchange=an_exchange(replace(one, body=one.body + b" ")))
            for one in super().render(items, codebook, stamp)
        ]


class TestMisquoting(Requests):
    fails, sink = "test_exchange_is_of_the_documents_own_bytes", Misquoting


class Curt(TinySink):
    def send(self, document: Document) -> Receipt:
        answer = super().send(document)
        return replace(answer, results=answer.results[:1])


class TestCurt(Requests):
    fails, sink = "test_receipt_answers_for_every_item", Curt


class Keyless(TinySink):
    """Says that its key makes a repeat safe, and never sends it."""

    def send(self, document: Document) -> Receipt:
        self.partner.take(document.body, "")
        return receipt(document)


class TestKeyless(Requests):
    fails, sink = "test_same_key_has_one_effect", Keyless


class Greedy(TinySink):
    batch_limit = 25


class TestGreedy(Requests):
    fails, sink = "test_batch_limit_is_honoured", Greedy


class Denying(TinySink):
    def lookup(self, document: Document) -> Receipt | None:
        return None


class TestDenying(Requests):
    fails, sink = "test_lookup_tells_the_truth", Denying


class Credulous(TinySink):
    def lookup(self, document: Document) -> Receipt | None:
        return receipt(document)


class TestCredulous(Requests):
    fails, sink = "test_lookup_tells_the_truth", Credulous


class Forgetful(TinySink):
    def written(self, request: FulfilmentRequest, codebook: Codebook) -> dict[str, Any]:
        written = super().written(request, codebook)
        return {**written, "lines": [{**line, "quantity": "1"} for line in written["lines"]]}


class TestForgetful(Requests):
    fails, sink = "test_carried_fields_survive_the_wire", Forgetful


class Trusting(TinySink):
    """Finds out with a KeyError that an item is not mapped."""

    def written(self, request: FulfilmentRequest, codebook: Codebook) -> dict[str, Any]:
        known = {item.sku: item for item in codebook.items}
        return {**super().written(request, BOOK), "first": known[request.lines[0].sku].ids["sku"]}


class TestTrusting(Requests):
    fails, sink = "test_item_that_cannot_be_told_is_a_data_error", Trusting


class Signing(TinySink):
    """Puts the credential into the bytes that the hub stores."""

    def render(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        documents = super().render(items, codebook, stamp)
        return [replace(one, body=json.dumps({**json.loads(one.body), "token": SECRET}).encode()) for one in documents]


class TestSigning(Requests):
    fails, sink = "test_planted_secret_shows_nowhere", Signing


class CallingHome(TinySink):
    def send(self, document: Document) -> Receipt:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.2", 9), timeout=0.1):
            pass
        return super().send(document)


class TestCallingHome(Requests):
    fails, sink = "test_no_host_beyond_the_allowed_is_contacted", CallingHome


class TinyShop(TinyPartner):
    """``shown`` is the quantity it shows of each item."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: dict[str, Decimal] = {}


class Quantities(TinySink):
    """InventorySink: a quantity is taken where the shop shows the one expected, or none is."""

    partner: TinyShop

    def render(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        updates = [(told.key, told.item) for told in items if isinstance(told.item, QuantityUpdate)]
        entries = [
            {
                "id": key,
                "item": codebook.item_of(update.sku).ids["sku"],
                "quantity": str(update.quantity),
                "expected": None if update.expected is None else str(update.expected),
            }
            for key, update in updates
        ]
        (document,) = super().render(items, codebook, stamp)
        return [replace(document, body=json.dumps({"requests": entries}).encode())]

    def send(self, document: Document) -> Receipt:
        results = [self.taken(entry) for entry in json.loads(document.body)["requests"]]
        self.partner.take(document.body, document.meta["key"])
        return Receipt(tuple(results))

    def taken(self, entry: Mapping[str, Any]) -> ItemResult:
        shown, expected = self.partner.shown.get(entry["item"]), entry["expected"]
        if expected is not None and shown != Decimal(expected):
            return ItemResult(entry["id"], Outcome.STALE, observed=shown)
        self.partner.shown[entry["item"]] = Decimal(entry["quantity"])
        return ItemResult(entry["id"], Outcome.ACCEPTED, compared=expected is not None)


class Shown(InventorySinkContract):
    fails: ClassVar[str]
    sink: ClassVar[type[Quantities]] = Quantities

    @pytest.fixture
    def partner(self) -> SinkPartner:
        told = TinyShop()
        numbers = itertools.count(1)
        return SinkPartner(
            open=lambda: self.sink(told),
            codebook=BOOK,
            items=lambda count: [_update(next(numbers)) for _ in range(count)],
            effects=lambda envelope: told.booked.get(envelope.key, 0),
            now=NOW,
            secret=SECRET,
            most_items=30,
            codebook_lacking=EMPTY_BOOK,
            faults=told,
        )


def _update(number: int) -> Envelope:
    key = f"inventory:tiny:MUG:{number}"
    update = QuantityUpdate(
        key=key,
        channel=ChannelId("tiny"),
        connection=BOOK.connection,
        sku=Sku("MUG"),
        quantity=Decimal(number),
        computed_at=NOW,
    )
    return Envelope(key, update)


class TestGoodQuantities(Shown):
    fails = ""


class Overwriting(Quantities):
    """Says that it compares, and takes any figure."""

    def taken(self, entry: Mapping[str, Any]) -> ItemResult:
        self.partner.shown[entry["item"]] = Decimal(entry["quantity"])
        return ItemResult(entry["id"], Outcome.ACCEPTED, compared=entry["expected"] is not None)


class TestOverwriting(Shown):
    fails, sink = "test_claims_to_compare_only_what_it_compares", Overwriting
