"""Raw documents and the inbox on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import create_engine, text

from hub.errors import InvariantError
from hub.model.document import Direction
from hub.model.identity import ConnectionId, DocumentId, OrderId
from hub.model.queue import InboxEntry, InboxState
from hub.ports import Storage
from hub.storage import open_storage
from tests.contract.storage.rows import ORDER, SUPPLIER, document
from tests.fakes.storage import NOW


def test_a_document_comes_back_byte_for_byte(storage: Storage) -> None:
    body = bytes(range(256)) * 300
    given = replace(document(body=body), item_keys=("k1", "k2"))
    with storage.begin() as work:
        stored = work.documents.add(given)
    assert stored is not None
    with storage.read() as work:
        assert replace(given, id=stored) == work.documents.get(stored)


def test_an_empty_body_is_a_body(storage: Storage) -> None:
    with storage.begin() as work:
        stored = work.documents.add(document(body=b""))
        assert stored is not None
        assert document(body=b"").body == getattr(work.documents.get(stored), "body", None)


def test_a_document_is_stored_once_per_connection_and_direction(storage: Storage) -> None:
    with storage.begin() as work:
        assert work.documents.add(document()) is not None
        assert work.documents.add(document(body=b"other")) is None
        assert work.documents.add(document(connection="other")) is not None
        assert work.documents.add(replace(document(), direction=Direction.OUTBOUND)) is not None


def test_a_document_is_found_by_who_sent_what_which_way(storage: Storage) -> None:
    with storage.begin() as work:
        stored = work.documents.add(document("m1"))
        inbound, outbound = Direction.INBOUND, Direction.OUTBOUND
        assert stored == work.documents.known(SUPPLIER, inbound, "m1")
        assert [None] * 3 == [
            work.documents.known(SUPPLIER, outbound, "m1"),
            work.documents.known(SUPPLIER, inbound, "m2"),
            work.documents.known(ConnectionId("other"), inbound, "m1"),
        ]


@pytest.mark.parametrize("unknown", ["D000000099", "", "D", "Dx", "order-1", "D²"])
def test_an_unknown_document_is_none(storage: Storage, unknown: str) -> None:
    with storage.read() as work:
        assert work.documents.get(DocumentId(unknown)) is None


@pytest.mark.parametrize("damage", ["UPDATE documents SET body = :body", "UPDATE documents SET sha256 = 'ab'"])
def test_damage_to_a_stored_body_is_noticed(database_url: str, damage: str) -> None:
    storage = open_storage(database_url, clock=lambda: NOW)
    with storage.begin() as work:
        stored = work.documents.add(document())
    assert stored is not None
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text(damage), {"body": b"not zlib"} if ":body" in damage else {})
    engine.dispose()
    with pytest.raises(InvariantError) as caught, storage.read() as work:
        work.documents.get(stored)
    assert caught.value.code == "storage.checksum"
    storage.close()


def test_documents_are_paged_newest_first(storage: Storage) -> None:
    with storage.begin() as work:
        ids = work.inbox.add([document(f"m{number}") for number in range(4)], "orders")
        work.documents.add(document("x", connection="other"))
        newest = work.documents.page(connection=SUPPLIER, limit=3)
        rest = work.documents.page(connection=SUPPLIER, after=newest[-1].id, limit=3)
    assert ids == [found.id for found in reversed(newest + rest)]


def test_documents_of_an_order_are_oldest_first(storage: Storage) -> None:
    with storage.begin() as work:
        first, second = work.inbox.add([document("a"), document("b")], "orders")
        work.documents.link(second, [ORDER])
        work.documents.link(first, [ORDER, ORDER])
        work.documents.link(first, [ORDER])
        work.documents.link(first, [OrderId("toyshop-5002")])
        assert [first, second] == [found.id for found in work.documents.for_order(ORDER)]
        assert [ORDER, OrderId("toyshop-5002")] == work.documents.orders(first)
        assert [] == work.documents.orders(DocumentId("D000000099"))


def test_the_inbox_keeps_the_order_of_arrival_and_drops_duplicates(storage: Storage) -> None:
    with storage.begin() as work:
        work.inbox.add([document("b")], "orders")
        added = work.inbox.add([document("c"), document("b"), document("a"), document("c")], "orders")
        assert 2 == len(added)
        waiting = [work.documents.get(entry.document) for entry in work.inbox.pending(SUPPLIER, 10)]
    assert ["b", "c", "a"] == [found.source_id for found in waiting if found]


def test_a_marked_document_no_longer_waits_until_it_is_stored_again(storage: Storage) -> None:
    with storage.begin() as work:
        [one] = work.inbox.add([document()], "orders")
        assert InboxEntry(one, SUPPLIER, "orders", InboxState.STORED) == work.inbox.entry(one)
        assert {SUPPLIER: 1} == work.inbox.backlog()
        work.inbox.mark(one, InboxState.QUARANTINED, "unmapped", attempts=2)
        assert [] == work.inbox.pending(SUPPLIER, 10)
        assert {} == work.inbox.backlog()
        work.inbox.mark(one, InboxState.STORED)
        assert [InboxEntry(one, SUPPLIER, "orders", InboxState.STORED, 2)] == work.inbox.pending(SUPPLIER, 10)


def test_marking_what_is_not_in_the_inbox_is_our_bug(storage: Storage) -> None:
    with pytest.raises(InvariantError), storage.begin() as work:
        work.inbox.mark(DocumentId("D000000009"), InboxState.APPLIED)


def test_a_cursor_belongs_to_its_connection_and_stream(storage: Storage) -> None:
    with storage.begin() as work:
        work.inbox.advance(SUPPLIER, "orders", "1")
        work.inbox.advance(SUPPLIER, "orders", "2")
        work.inbox.advance(SUPPLIER, "stock", "9")
        assert "2" == work.inbox.cursor(SUPPLIER, "orders")
        assert "9" == work.inbox.cursor(SUPPLIER, "stock")
        assert work.inbox.cursor(ConnectionId("other"), "orders") is None


def test_documents_and_cursor_roll_back_together(storage: Storage) -> None:
    def fetch_and_fail() -> None:
        with storage.begin() as work:
            work.inbox.add([document()], "orders")
            work.inbox.advance(SUPPLIER, "orders", "1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fetch_and_fail()
    with storage.read() as work:
        assert work.inbox.cursor(SUPPLIER, "orders") is None
        assert [] == work.documents.page()
        assert {} == work.inbox.backlog()
