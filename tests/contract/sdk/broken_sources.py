"""Sources that break one promise each; ``fails`` names the only check that may notice. Run by test_conformance_kit."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import itertools
import json
import logging
import socket
from dataclasses import replace
from decimal import Decimal
from typing import ClassVar

import pytest

from hub.errors import DataError
from hub.mapping.codebook import Codebook
from hub.model.document import Direction, Document
from hub.model.identity import LocationId
from hub.model.order import Order
from hub.model.stock import StockReport
from hub.sdk.capabilities import Page, Parsed, ReceivedExchange, Source
from hub.sdk.testing import InventorySourceContract, OrderSourceContract, ShipmentSourceContract, SourcePartner
from tests.contract.sdk.tiny import BOOK, SECRET, TinyOrders, TinyPartner, TinyStock, an_exchange


def unreadable(document: Document) -> Document:
    return replace(document, body=document.body.replace(b'"2"', b'"two"').replace(b'"7"', b'"seven"'))


class Orders(OrderSourceContract):
    fails: ClassVar[str]
    source: ClassVar[type[TinyOrders]] = TinyOrders

    @pytest.fixture
    def partner(self) -> SourcePartner:
        told = TinyPartner()
        return SourcePartner(lambda: self.open(told), BOOK, told.tell_orders, SECRET, spoil=unreadable, most_pages=8)

    def open(self, told: TinyPartner) -> Source:
        return self.source(told)


class TestGoodOrders(Orders):
    fails = ""


class TestWrongKind(Orders, ShipmentSourceContract):
    kinds = ShipmentSourceContract.kinds
    fails = "test_tells_what_the_capability_is_for"


class TestMarkless(Orders):
    """A fixture that says of no news how it is known."""

    fails = "test_tells_what_the_capability_is_for"

    @pytest.fixture
    def partner(self) -> SourcePartner:
        told = TinyPartner()

        def tell() -> frozenset[str]:
            told.tell_orders()
            return frozenset()

        return SourcePartner(lambda: self.open(told), BOOK, tell, SECRET, spoil=unreadable, most_pages=8)


class TestUnspoilt(Orders):
    """A fixture whose bad codebook lacks nothing."""

    fails = "test_bad_line_is_reported_and_the_rest_kept"

    @pytest.fixture
    def partner(self) -> SourcePartner:
        told = TinyPartner()
        return SourcePartner(lambda: self.open(told), BOOK, told.tell_orders, SECRET, BOOK, most_pages=8)


class NeverEnding(TinyOrders):
    def fetch(self, cursor: str | None) -> Page:
        return replace(super().fetch(cursor), more=True)


class TestNeverEnding(Orders):
    fails, source = "test_pages_end", NeverEnding


class Remembering(TinyOrders):
    """Keeps its place in memory and never looks at the cursor."""

    position = 0

    def fetch(self, cursor: str | None) -> Page:
        page = super().fetch(str(self.position))
        self.position += len(page.documents)
        return page


class TestRemembering(Orders):
    fails, source = "test_cursor_survives_json_and_a_restart", Remembering


class Hasty(TinyOrders):
    """The partner forgets what was fetched, before anybody has stored it."""

    def fetch(self, cursor: str | None) -> Page:
        news = self.partner.news
        taken = [self.document(str(hash(news[0])), news.pop(0))] if news else []
        return Page(tuple(taken), cursor="", more=bool(news))


class TestHasty(Orders):
    fails, source = "test_nothing_is_lost_when_killed_between_two_steps", Hasty


class SettlingOnce(TinyOrders):
    def settle(self, page: Page) -> None:
        if set(page.settlement) & set(self.partner.settled):
            raise DataError("Settled twice.", code="tiny.twice")
        super().settle(page)


class TestSettlingOnce(Orders):
    fails, source = "test_settling_may_be_repeated", SettlingOnce


class Misdirected(TinyOrders):
    def document(self, name: str, body: bytes) -> Document:
        return replace(super().document(name, body), direction=Direction.OUTBOUND)


class TestMisdirected(Orders):
    fails, source = "test_documents_say_what_they_are", Misdirected


_COUNTER = itertools.count()


class Moody(TinyOrders):
    def parse(self, document: Document, codebook: Codebook) -> Parsed:
        parsed = super().parse(document, codebook)
        return replace(parsed, items=tuple(_numbered(item) for item in parsed.items if isinstance(item, Order)))


def _numbered(order: Order) -> Order:
    return order.model_copy(update={"number": str(next(_COUNTER))})


class TestMoody(Orders):
    fails, source = "test_parsing_twice_is_equal", Moody


class Overcounting(TinyOrders):
    def parse(self, document: Document, codebook: Codebook) -> Parsed:
        parsed = super().parse(document, codebook)
        return replace(parsed, exchanges=(ReceivedExchange(an_exchange(document), items=len(parsed.items) + 1),))


class TestOvercounting(Orders):
    fails, source = "test_exchanges_count_what_came_in_them", Overcounting


class Narrow(TinyOrders):
    def parse(self, document: Document, codebook: Codebook) -> Parsed:
        if set(json.loads(document.body)) > {"id", "at", "lines"}:
            raise DataError("A field nobody knows.", code="tiny.unknown-field")
        return super().parse(document, codebook)


class TestNarrow(Orders):
    fails, source = "test_unknown_fields_are_tolerated", Narrow


class Silent(TinyOrders):
    def parse(self, document: Document, codebook: Codebook) -> Parsed:
        return replace(super().parse(document, codebook), problems=())


class TestSilent(Orders):
    fails, source = "test_bad_line_is_reported_and_the_rest_kept", Silent


class Proud(TinyOrders):
    def parse(self, document: Document, codebook: Codebook) -> Parsed:
        parsed = super().parse(document, codebook)
        if parsed.problems:
            raise DataError("Not perfect.", code="tiny.imperfect")
        return parsed


class TestProud(Orders):
    fails, source = "test_bad_line_is_reported_and_the_rest_kept", Proud


class Local(TinyOrders):
    def parse(self, document: Document, codebook: Codebook) -> Parsed:
        parsed = super().parse(document, codebook)
        naive = dt.datetime(2026, 11, 22, 12, 0)  # noqa: DTZ001 - the fault itself
        items = [item.model_copy(update={"placed_at": naive}) for item in parsed.items]
        return replace(parsed, items=tuple(items))


class TestLocal(Orders):
    fails, source = "test_times_are_aware_and_quantities_exact", Local


class Leaking(TinyOrders):
    def document(self, name: str, body: bytes) -> Document:
        login = base64.b64encode(SECRET.encode()).decode()
        return replace(super().document(name, body), meta={"authorization": f"Basic {login}"})


class TestLeaking(Orders):
    fails, source = "test_planted_secret_shows_nowhere", Leaking


class Chatty(TinyOrders):
    def fetch(self, cursor: str | None) -> Page:
        logging.getLogger("tiny").debug("asking with %s", SECRET)
        return super().fetch(cursor)


class TestChatty(Orders):
    fails, source = "test_planted_secret_shows_nowhere", Chatty


class CallingHome(TinyOrders):
    def fetch(self, cursor: str | None) -> Page:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.2", 9), timeout=0.1):
            pass
        return super().fetch(cursor)


class TestCallingHome(Orders):
    fails, source = "test_no_host_beyond_the_allowed_is_contacted", CallingHome


class Stock(InventorySourceContract):
    fails: ClassVar[str]
    source: ClassVar[type[TinyStock]] = TinyStock

    @pytest.fixture
    def partner(self) -> SourcePartner:
        told = TinyPartner()
        return SourcePartner(lambda: self.source(told), BOOK, told.tell_counts, SECRET, spoil=unreadable, most_pages=8)


class TestGoodStock(Stock):
    fails = ""


class Early(TinyStock):
    """Reads the partner's local time as UTC."""

    def parse(self, document: Document, codebook: Codebook) -> Parsed:
        return changed(super().parse(document, codebook), as_of=document.at + dt.timedelta(hours=2))


class TestEarly(Stock):
    fails, source = "test_counts_state_basis_unit_place_and_moment", Early


class Elsewhere(TinyStock):
    """Speaks for another location than its rows name."""

    def parse(self, document: Document, codebook: Codebook) -> Parsed:
        return changed(super().parse(document, codebook), locations=(LocationId("barn"),))


class TestElsewhere(Stock):
    fails, source = "test_counts_are_recognised_by_sku_and_location", Elsewhere


class Singly(TinyStock):
    """Takes every figure for pieces, whatever the partner counts in."""

    def parse(self, document: Document, codebook: Codebook) -> Parsed:
        parsed = super().parse(document, codebook)
        rows = [row for item in parsed.items if isinstance(item, StockReport) for row in item.rows]
        return changed(parsed, rows=tuple(row.model_copy(update={"units_each": Decimal(1)}) for row in rows))


class TestSingly(Stock):
    fails, source = "test_counts_are_in_the_units_of_the_codebook", Singly


def changed(parsed: Parsed, **changes: object) -> Parsed:
    reports = [item for item in parsed.items if isinstance(item, StockReport)]
    return replace(parsed, items=tuple(report.model_copy(update=changes) for report in reports))
