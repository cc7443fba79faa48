"""The log of exchanges on both databases: what came, what was sent, and what was answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hub.model.document import Direction
from hub.model.exchange import Exchange, ExchangeGroup, ExchangeMessage, ExchangeState, ReceiptState
from hub.model.identity import ConnectionId, DocumentId
from hub.ports import Storage
from tests.contract.storage.rows import SUPPLIER
from tests.fakes.storage import NOW

PAIR = ("ZZ:NORTHWIND", "ZZ:TOYHUB")


def received(number: str = "000000017", sha256: str = "a" * 64, **changes: Any) -> Exchange:
    """An interchange with one 855 in it."""
    group = ExchangeGroup("PR", "NW", "TH", "000017", "004010", (ExchangeMessage("855", "0001", "P00000001"),))
    made = Exchange(
        SUPPLIER,
        Direction.INBOUND,
        *PAIR,
        number,
        sha256,
        1234,
        NOW,
        ExchangeState.RECORDED,
        "P",
        "00401",
        (group,),
        DocumentId("D000000001"),
    )
    return replace(made, **changes)


def sent(number: str = "5", **changes: Any) -> Exchange:
    """Two purchase orders in one group that waits for its acknowledgement."""
    messages = tuple(
        ExchangeMessage("850", f"000{place}", f"P0000000{place}", f"fulfilment:P{place}", ReceiptState.AWAITED)
        for place in (1, 2)
    )
    due = NOW + timedelta(hours=24)
    group = ExchangeGroup("PO", "TH", "NW", number, "004010", messages, ReceiptState.AWAITED, due)
    made = received(number, f"{number:0>64}", direction=Direction.OUTBOUND, state=ExchangeState.SENT, groups=(group,))
    return replace(made, sender=PAIR[1], receiver=PAIR[0], **changes)


def test_what_was_logged_is_read_back_with_bare_numbers(storage: Storage) -> None:
    with storage.begin() as work:
        stored = work.exchanges.save(received())
        assert stored == work.exchanges.get(stored.id)
        assert ("17", "17", "1") == (
            stored.control_number,
            stored.groups[0].control_number,
            stored.groups[0].messages[0].control_number,
        )
        assert work.exchanges.get(stored.id + 1) is None


def test_known_are_those_of_the_same_parties_and_number_however_it_is_spelt(storage: Storage) -> None:
    with storage.begin() as work:
        work.exchanges.save(received())
        newer = work.exchanges.save(received(sha256="b" * 64))
        work.exchanges.save(received("18", sha256="c" * 64))
        work.exchanges.save(received(connection=ConnectionId("other")))
        found = work.exchanges.known(SUPPLIER, Direction.INBOUND, *PAIR, "0017")
        assert ["b" * 64, "a" * 64] == [one.sha256 for one in found]
        assert newer.id == found[0].id
        assert [] == work.exchanges.known(SUPPLIER, Direction.OUTBOUND, *PAIR, "17")


def test_the_same_bytes_replace_what_was_logged_of_them_and_keep_the_count(storage: Storage) -> None:
    with storage.begin() as work:
        first = work.exchanges.save(received(state=ExchangeState.HELD))
        work.exchanges.repeated(first.id)
        again = work.exchanges.save(received(document=DocumentId("D000000002")))
        assert (first.id, 1, "D000000002", ExchangeState.RECORDED) == (
            again.id,
            again.repeats,
            again.document,
            again.state,
        )
        assert 1 == len(again.groups)


def test_highest_number_passes_over_what_is_no_number(storage: Storage) -> None:
    with storage.begin() as work:
        assert work.exchanges.highest(SUPPLIER, Direction.INBOUND, *PAIR) is None
        for number in ("9", "000000010", "AB-99", "9" * 30):
            work.exchanges.save(received(number, sha256=f"{number:0>64}"))
        assert 10 == work.exchanges.highest(SUPPLIER, Direction.INBOUND, *PAIR)


def test_sent_group_is_the_newest_of_its_kind_and_number(storage: Storage) -> None:
    with storage.begin() as work:
        work.exchanges.save(sent())
        newest = work.exchanges.save(sent(sha256="f" * 64))
        work.exchanges.save(received("5"))
        found = work.exchanges.sent_group(SUPPLIER, "PO", "0005")
        assert found is not None
        assert (newest.id, newest.groups[0]) == (found.exchange.id, found.group)
        assert found == work.exchanges.group(found.group.id)
        assert work.exchanges.sent_group(SUPPLIER, "IN", "5") is None
        assert work.exchanges.group(999) is None
        assert newest == work.exchanges.sent(SUPPLIER, "000000005")
        assert work.exchanges.sent(SUPPLIER, "6") is None


def test_answer_is_kept_per_message_and_ends_the_waiting(storage: Storage) -> None:
    with storage.begin() as work:
        [group] = work.exchanges.save(sent()).groups
        assert ["5"] == [one.control_number for one in work.exchanges.page(awaiting=True)]
        first, second = group.messages
        answered = replace(
            group,
            state=ReceiptState.PARTIAL,
            code="P",
            answer=DocumentId("D000000009"),
            messages=(
                replace(first, state=ReceiptState.RECEIVED, code="A"),
                replace(second, state=ReceiptState.REJECTED, code="R"),
            ),
        )
        work.exchanges.answer(answered)
        found = work.exchanges.group(group.id)
        assert found is not None
        assert answered == found.group
        assert [] == work.exchanges.page(awaiting=True)


def test_exchange_as_a_whole_is_settled(storage: Storage) -> None:
    with storage.begin() as work:
        stored = work.exchanges.save(sent())
        work.exchanges.settle(stored.id, ExchangeState.REJECTED, "001")
        found = work.exchanges.get(stored.id)
        assert found is not None
        assert (ExchangeState.REJECTED, "001") == (found.state, found.code)


def test_page_is_newest_first_and_goes_on_after_an_id(storage: Storage) -> None:
    with storage.begin() as work:
        ids = [work.exchanges.save(received(str(number), sha256=f"{number:064}")).id for number in range(3)]
        ids.append(work.exchanges.save(sent()).id)
        assert ids[::-1] == [one.id for one in work.exchanges.page()]
        assert ids[2:0:-1] == [one.id for one in work.exchanges.page(after=ids[3], limit=2)]
        assert ids[:3][::-1] == [one.id for one in work.exchanges.page(direction=Direction.INBOUND)]
        assert [] == work.exchanges.page(connection=ConnectionId("other"))
