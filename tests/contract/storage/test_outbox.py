"""Intentions for partners on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.errors import InvariantError
from hub.model.identity import ConnectionId, OrderId
from hub.model.queue import OutboxItem, OutboxState
from hub.ports import Storage, UnitOfWork
from tests.contract.storage.rows import ORDER, SENT, SUPPLIER, item
from tests.fakes.storage import NOW

LATER = NOW + timedelta(minutes=5)


def due(work: UnitOfWork, at: object = NOW) -> list[str]:
    assert at in (NOW, LATER)
    return [found.key for found in work.outbox.due(SUPPLIER, NOW if at == NOW else LATER, 10)]


def stored(work: UnitOfWork, key: str) -> OutboxItem:
    found = work.outbox.get(key)
    assert found is not None
    return found


def test_an_item_comes_back_as_it_was_added(storage: Storage) -> None:
    given = replace(item("k", order_id=ORDER, coalesce="c", due=LATER), subject="PO 1", payload='{"a":"ö"}')
    with storage.begin() as work:
        assert work.outbox.add(given)
    with storage.read() as work:
        assert given == replace(stored(work, "k"), id=0)
        assert work.outbox.get("none") is None


def test_a_known_key_is_not_added_again(storage: Storage) -> None:
    with storage.begin() as work:
        assert work.outbox.add(item("k"))
        work.outbox.settle("k", OutboxState.ACCEPTED)
        assert not work.outbox.add(item("k"))
        assert OutboxState.ACCEPTED == stored(work, "k").state


def test_items_are_due_in_order_of_entry_when_their_time_has_come(storage: Storage) -> None:
    with storage.begin() as work:
        work.outbox.add(item("b"))
        work.outbox.add(item("later", due=LATER))
        work.outbox.add(item("a"))
        work.outbox.add(replace(item("x"), connection=ConnectionId("other")))
        assert ["b", "a"] == due(work)
        assert ["b", "later", "a"] == due(work, LATER)
        assert ["b"] == [found.key for found in work.outbox.due(SUPPLIER, NOW, 1)]


@pytest.mark.parametrize("state", [OutboxState.PENDING, OutboxState.SENDING, OutboxState.UNKNOWN])
def test_no_item_overtakes_an_unsettled_one_of_its_order(storage: Storage, state: OutboxState) -> None:
    with storage.begin() as work:
        work.outbox.add(item("first", order_id=ORDER))
        work.outbox.add(item("second", order_id=ORDER))
        work.outbox.add(item("other", order_id=OrderId("toyshop-5002")))
        work.outbox.settle("first", state, due=LATER)
        assert ["other"] == due(work)
        work.outbox.settle("first", OutboxState.ACCEPTED)
        assert ["second", "other"] == due(work)


def test_next_due_leaves_out_items_that_wait_for_another(storage: Storage) -> None:
    with storage.begin() as work:
        assert work.outbox.next_due(SUPPLIER) is None
        work.outbox.add(item("first", order_id=ORDER))
        work.outbox.add(item("second", order_id=ORDER))
        assert NOW == work.outbox.next_due(SUPPLIER)
        work.outbox.settle("first", OutboxState.PENDING, "429", due=LATER)
        assert LATER == work.outbox.next_due(SUPPLIER)


def test_a_newer_item_supersedes_older_unsent_ones(storage: Storage) -> None:
    with storage.begin() as work:
        work.outbox.add(item("sent", coalesce="ROBOT"))
        work.outbox.intend([item("sent")], SENT)
        work.outbox.add(item("old", coalesce="ROBOT"))
        work.outbox.add(replace(item("kind", coalesce="ROBOT"), kind="inventory"))
        work.outbox.add(item("else", coalesce="KITE"))
        work.outbox.add(item("new", coalesce="ROBOT"))
        assert OutboxState.SUPERSEDED == stored(work, "old").state
        assert OutboxState.SENDING == stored(work, "sent").state
        assert ["kind", "else", "new"] == due(work)


def test_a_retry_never_comes_back_after_a_newer_item(storage: Storage) -> None:
    with storage.begin() as work:
        work.outbox.add(item("old", coalesce="ROBOT"))
        work.outbox.intend([item("old")], SENT)
        work.outbox.add(item("new", coalesce="ROBOT"))
        work.outbox.settle("old", OutboxState.PENDING, "503", due=LATER)
        assert OutboxState.SUPERSEDED == stored(work, "old").state
        work.outbox.settle("new", OutboxState.PENDING, "503", due=LATER)
        assert OutboxState.PENDING == stored(work, "new").state


def test_intent_names_the_bytes_and_counts_the_attempt(storage: Storage) -> None:
    with storage.begin() as work:
        work.outbox.add(item("a"))
        work.outbox.add(item("b"))
        work.outbox.intend([item("a"), item("b")], SENT)
        found = work.outbox.in_state(SUPPLIER, OutboxState.SENDING, 10)
        assert [("a", 1, SENT), ("b", 1, SENT)] == [(row.key, row.attempts, row.document) for row in found]
        assert [] == due(work)


@pytest.mark.parametrize(
    "outcome",
    [
        OutboxState.ACCEPTED,
        OutboxState.REFUSED,
        OutboxState.FAILED,
        OutboxState.WAITING,
        OutboxState.SUPERSEDED,
    ],
)
def test_an_item_with_an_outcome_is_never_sent_again_nor_those_beside_it(
    storage: Storage, outcome: OutboxState
) -> None:
    with storage.begin() as work:
        work.outbox.add(item("a"))
        work.outbox.add(item("b"))
        work.outbox.settle("b", outcome)
        with pytest.raises(InvariantError) as caught:
            work.outbox.intend([item("a"), item("b")], SENT)
    assert caught.value.code == "storage.outbox-settled"
    with storage.read() as work:
        assert (OutboxState.PENDING, 0) == (stored(work, "a").state, stored(work, "a").attempts)


def test_an_outcome_keeps_its_note(storage: Storage) -> None:
    with storage.begin() as work:
        work.outbox.add(item("a"))
        work.outbox.settle("a", OutboxState.REFUSED, "unknown item")
        assert (OutboxState.REFUSED, "unknown item") == (stored(work, "a").state, stored(work, "a").note)


def test_settling_what_was_never_added_is_our_bug(storage: Storage) -> None:
    with pytest.raises(InvariantError), storage.begin() as work:
        work.outbox.settle("none", OutboxState.ACCEPTED)


def test_only_a_pending_item_can_be_withdrawn(storage: Storage) -> None:
    with storage.begin() as work:
        work.outbox.add(item("a"))
        assert work.outbox.withdraw("a")
        assert not work.outbox.withdraw("a")
        assert not work.outbox.withdraw("none")
        assert OutboxState.SUPERSEDED == stored(work, "a").state


def test_the_backlog_leaves_settled_items_out(storage: Storage) -> None:
    with storage.begin() as work:
        for number, state in enumerate(OutboxState):
            work.outbox.add(item(f"k{number}"))
            work.outbox.settle(f"k{number}", state)
        unsettled = set(OutboxState) - {OutboxState.ACCEPTED, OutboxState.REFUSED, OutboxState.SUPERSEDED}
        assert {SUPPLIER: dict.fromkeys(unsettled, 1)} == work.outbox.backlog()


def test_a_page_is_newest_first(storage: Storage) -> None:
    with storage.begin() as work:
        for key in ("a", "b", "c"):
            work.outbox.add(item(key))
        work.outbox.settle("c", OutboxState.ACCEPTED)
        assert ["c", "b"] == [row.key for row in work.outbox.page(limit=2)]
        found = work.outbox.page(connection=SUPPLIER, state=OutboxState.PENDING)
        assert ["b", "a"] == [row.key for row in found]
        assert [] == work.outbox.page(connection=ConnectionId("other"))
