"""A partner and a connector as small as they can be, and well behaved: what the broken ones are made from."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from hub.errors import DataError, RefusedError, UncertainOutcomeError
from hub.mapping.codebook import Codebook, PartnerItem
from hub.model.document import Direction, Document
from hub.model.exchange import Exchange, ExchangeState
from hub.model.fulfilment import FulfilmentRequest, RequestKind, RequestLine
from hub.model.identity import ChannelId, ConnectionId, LineId, LocationId, OrderId, PartnerId, RequestId, Sku
from hub.model.order import Order, OrderLine
from hub.model.stock import CountBasis, FeedMode, StockReport, StockRow
from hub.sdk.capabilities import (
    Envelope,
    HealthReport,
    ItemResult,
    Outcome,
    Page,
    Parsed,
    Problem,
    Receipt,
    RepeatSafety,
    Stamp,
)
from hub.sdk.testing import Fault

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
SECRET = "canary-3d/77+token"
CONNECTION = ConnectionId("tiny")
PLACE = LocationId("shed")
JSON = "application/json"
BOOK = Codebook(
    connection=CONNECTION,
    partner=PartnerId("tiny"),
    items=(PartnerItem(Sku("MUG"), {"sku": "T-MUG"}), PartnerItem(Sku("TEA"), {"sku": "T-TEA"})),
    default_location=PLACE,
)
EMPTY_BOOK = Codebook(connection=CONNECTION, partner=PartnerId("tiny"))


@dataclass
class TinyPartner:
    """``news`` is what it tells, in order; ``booked`` how often it took each instruction as new business.

    It drops a delivery whose key it has seen, takes at most ``most_at_once`` instructions, and loses answers on demand.
    """

    news: list[bytes] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    booked: dict[str, int] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    most_at_once: int = 20
    planned: list[Fault] = field(default_factory=list)
    offers: frozenset[Fault] = frozenset({Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER})

    def tell_orders(self) -> frozenset[str]:
        first = len(self.news) + 1
        for number in range(first, first + 3):
            lines = [{"item": "T-MUG", "quantity": "2"}, {"item": "T-TEA", "quantity": "1"}]
            self.news.append(json.dumps({"id": str(number), "at": NOW.isoformat(), "lines": lines}).encode())
        return frozenset(f"ordered {number}" for number in range(first, first + 3))

    def tell_counts(self) -> frozenset[str]:
        number = len(self.news)
        counts = [{"item": "T-MUG", "count": str(number)}, {"item": "T-TEA", "count": "7"}]
        self.news.append(json.dumps({"at": NOW.isoformat(), "counts": counts}).encode())
        return frozenset({f"MUG@{PLACE}={number}", f"TEA@{PLACE}=7"})

    def take(self, body: bytes, key: str) -> None:
        fault = self.planned.pop(0) if self.planned else None
        if fault is Fault.TIMEOUT_BEFORE:
            raise UncertainOutcomeError("No answer came.", code="tiny.lost")
        requests = json.loads(body)["requests"]
        if len(requests) > self.most_at_once:
            raise RefusedError("Too many at once.", code="tiny.too-many")
        if not key or key not in self.keys:
            self.keys.add(key)
            for request in requests:
                self.booked[request["id"]] = self.booked.get(request["id"], 0) + 1
        if fault is Fault.TIMEOUT_AFTER:
            raise UncertainOutcomeError("No answer came.", code="tiny.lost")

    def plan(self, fault: Fault, times: int) -> None:
        self.planned += [fault] * times

    def clear(self) -> None:
        self.planned.clear()


class TinyOrders:
    """OrderSource: one document per page, the cursor counts them."""

    stream: ClassVar[str] = "orders"

    def __init__(self, partner: TinyPartner) -> None:
        self.partner = partner

    def fetch(self, cursor: str | None) -> Page:
        start = int(cursor or 0)
        bodies = self.partner.news[start : start + 1]
        documents = tuple(self.document(str(start), body) for body in bodies)
        end = start + len(bodies)
        return Page(documents, cursor=str(end), more=end < len(self.partner.news), settlement=(str(start),))

    def document(self, name: str, body: bytes) -> Document:
        return Document(CONNECTION, Direction.INBOUND, "news", f"news {name}", body, NOW, JSON)

    def settle(self, page: Page) -> None:
        self.partner.settled += page.settlement

    def parse(self, document: Document, codebook: Codebook) -> Parsed:
        told = json.loads(document.body)
        lines, problems = read_lines(told["lines"], "quantity", codebook)
        if not lines:
            raise DataError("No line can be used.", code="tiny.no-line", path="lines")
        order = Order(
            channel=ChannelId("tiny"),
            external_id=told["id"],
            number=told["id"],
            placed_at=dt.datetime.fromisoformat(told["at"]),
            lines=tuple(
                OrderLine(line_id=LineId(str(number)), sku=item.sku, quantity=quantity)
                for number, item, quantity in lines
            ),
        )
        return Parsed((order,), tuple(problems))


class TinyStock(TinyOrders):
    """InventorySource."""

    stream = "stock"

    def parse(self, document: Document, codebook: Codebook) -> Parsed:
        told = json.loads(document.body)
        lines, problems = read_lines(told["counts"], "count", codebook)
        report = StockReport(
            connection=CONNECTION,
            reference=document.source_id,
            as_of=dt.datetime.fromisoformat(told["at"]),
            mode=FeedMode.FULL,
            locations=(PLACE,),
            rows=tuple(
                StockRow(
                    sku=item.sku,
                    location=PLACE,
                    basis=CountBasis.ON_HAND,
                    quantity=quantity,
                    unit=item.unit,
                    units_each=item.units_each,
                )
                for _, item, quantity in lines
            ),
        )
        return Parsed((report,), tuple(problems))


Line = tuple[int, PartnerItem, Decimal]


def read_lines(told: Sequence[Mapping[str, Any]], amount: str, codebook: Codebook) -> tuple[list[Line], list[Problem]]:
    lines: list[Line] = []
    problems: list[Problem] = []
    for number, line in enumerate(told, start=1):
        item = codebook.item_named(line["item"])
        try:
            quantity = Decimal(line[amount])
        except InvalidOperation:
            problems.append(Problem(f"lines[{number}]", "tiny.bad-number", "Not a number."))
            continue
        if item is None:
            problems.append(Problem(f"lines[{number}]", "data.unmapped-item", "Not mapped."))
            continue
        lines.append((number, item, quantity))
    return lines, problems


class TinySink:
    """FulfilmentSink: one document per batch, made safe by its key."""

    repeat_safety: RepeatSafety = RepeatSafety.IDEMPOTENT_KEY
    batch_limit: int = 10

    def __init__(self, partner: TinyPartner) -> None:
        self.partner = partner

    def sequences(self, items: Sequence[Envelope], codebook: Codebook) -> Sequence[str]:
        return ()

    def render(self, items: Sequence[Envelope], codebook: Codebook, stamp: Stamp) -> Sequence[Document]:
        requests = [self.written(told.item, codebook) for told in items if isinstance(told.item, FulfilmentRequest)]
        keys = tuple(told.key for told in items)
        body = json.dumps({"requests": requests}).encode()
        meta = {"key": stamp.key}
        return [
            Document(CONNECTION, Direction.OUTBOUND, "orders", stamp.key, body, stamp.now, JSON, meta, item_keys=keys)
        ]

    def written(self, request: FulfilmentRequest, codebook: Codebook) -> dict[str, Any]:
        lines = [
            {"item": codebook.item_of(line.sku).ids["sku"], "quantity": str(line.quantity)} for line in request.lines
        ]
        return {"id": request.request_id, "lines": lines}

    def send(self, document: Document) -> Receipt:
        self.partner.take(document.body, document.meta["key"])
        return receipt(document)

    def lookup(self, document: Document) -> Receipt | None:
        known = all(one["id"] in self.partner.booked for one in json.loads(document.body)["requests"])
        return receipt(document) if known else None


def an_exchange(document: Document) -> Exchange:
    """How the document is logged, were it a numbered envelope."""
    parties = ("ZZ:TINY", "ZZ:TOYHUB")
    return Exchange(
        document.connection,
        document.direction,
        *parties,
        "1",
        document.sha256,
        len(document.body),
        document.at,
        ExchangeState.RECORDED,
    )


def receipt(document: Document) -> Receipt:
    return Receipt(tuple(ItemResult(key, Outcome.ACCEPTED) for key in document.item_keys))


def requests() -> Iterator[Envelope]:
    """Drop-ship requests without end."""
    for number in itertools.count(1):
        request = FulfilmentRequest(
            request_id=RequestId(f"P{number:08d}"),
            order_id=OrderId(f"tiny-{number}"),
            channel=ChannelId("tiny"),
            order_external_id=str(number),
            order_number=str(number),
            location=PLACE,
            connection=CONNECTION,
            kind=RequestKind.DROPSHIP,
            lines=(RequestLine(number=1, line_id=LineId("1"), sku=Sku("MUG"), quantity=Decimal(3)),),
            requested_at=NOW,
        )
        yield Envelope(f"fulfilment:{request.request_id}", request)


def read_back(document: Document) -> dict[str, dict[str, Any]]:
    written = json.loads(document.body)["requests"]
    return {
        key: {"request_id": one["id"]}
        | {f"lines.{index}.quantity": Decimal(line["quantity"]) for index, line in enumerate(one["lines"])}
        | {f"lines.{index}.sku": _sku(line["item"]) for index, line in enumerate(one["lines"])}
        for key, one in zip(document.item_keys, written, strict=False)
    }


def _sku(name: str) -> Sku | None:
    found = BOOK.item_named(name)
    return found.sku if found else None


class TinyHealth:
    """Health."""

    def __init__(self, partner: TinyPartner) -> None:
        self.partner = partner

    def check(self) -> HealthReport:
        if self.partner.most_at_once == 0:
            return HealthReport(False, "The partner is closed.", "tiny.closed")
        return HealthReport(True, "open")
