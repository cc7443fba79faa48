"""Timers, quarantine, refs, publications, health and sequences on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from hub.model.identity import ChannelId, ConnectionId, DocumentId, LocationId, Sku
from hub.model.queue import (
    Certainty,
    ConnectionHealth,
    ConnectionState,
    Publication,
    PublicationState,
    QuarantineEntry,
    QuarantineState,
)
from hub.model.stock import ChannelSales
from hub.ports import Storage
from tests.contract.storage.rows import DEPOT, KITE, ORDER, ROBOT, SHOP, SUPPLIER, movement, order, order_line
from tests.fakes.storage import NOW

LATER = NOW + timedelta(hours=1)
ENTRY = QuarantineEntry(
    document=DocumentId("D000000001"),
    connection=SUPPLIER,
    path="lines[1].sku",
    code="data.unmapped-sku",
    message="TS-9 is mapped to no SKU.",
    cure="Add it to items.csv.",
    at=NOW,
    order_id=ORDER,
)


def test_a_task_scheduled_again_keeps_the_earlier_time(storage: Storage) -> None:
    with storage.begin() as work:
        assert work.tasks.next_due() is None
        work.tasks.schedule("deadline", "P1", LATER)
        work.tasks.schedule("deadline", "P1", NOW)
        work.tasks.schedule("deadline", "P1", LATER)
        work.tasks.schedule("deadline", "P2", LATER)
        assert NOW == work.tasks.next_due()
        assert ["P1"] == [task.key for task in work.tasks.due(NOW, 10)]
        assert ["P1", "P2"] == [task.key for task in work.tasks.due(LATER, 10)]


def test_a_finished_task_is_gone(storage: Storage) -> None:
    with storage.begin() as work:
        work.tasks.schedule("deadline", "P1", NOW)
        [task] = work.tasks.due(NOW, 10)
        work.tasks.finish(task)
        assert [] == work.tasks.due(NOW, 10)


def test_finishing_an_old_version_never_loses_a_new_one(storage: Storage) -> None:
    with storage.begin() as work:
        work.tasks.schedule("deadline", "P1", NOW)
    with storage.begin() as work:
        [old] = work.tasks.due(NOW, 10)
        work.tasks.schedule("deadline", "P1", NOW)
        work.tasks.finish(old)
        [newer] = work.tasks.due(NOW, 10)
        assert newer.version > old.version
        work.tasks.finish(newer)
    with storage.begin() as work:
        work.tasks.schedule("deadline", "P1", NOW)
        work.tasks.finish(newer)
        assert 1 == len(work.tasks.due(NOW, 10))


def test_a_postponed_task_counts_its_attempts(storage: Storage) -> None:
    with storage.begin() as work:
        work.tasks.schedule("deadline", "P1", NOW)
        [task] = work.tasks.due(NOW, 10)
        work.tasks.postpone(task, LATER, "partner away")
        assert [] == work.tasks.due(NOW, 10)
        assert [replace(task, due=LATER, attempts=1, note="partner away")] == work.tasks.due(LATER, 10)


def test_a_cancelled_task_is_gone(storage: Storage) -> None:
    with storage.begin() as work:
        work.tasks.schedule("deadline", "P1", NOW)
        work.tasks.cancel("deadline", "P1")
        assert work.tasks.next_due() is None


def test_an_open_quarantine_entry_is_replaced_and_keeps_its_id(storage: Storage) -> None:
    with storage.begin() as work:
        first = work.quarantine.add(ENTRY)
        again = work.quarantine.add(replace(ENTRY, message="TS-9 is mapped twice.", order_id=None))
        assert first == again
        assert [replace(ENTRY, id=first, message="TS-9 is mapped twice.", order_id=None)] == work.quarantine.open()


def test_a_released_entry_is_kept_and_a_new_one_opens(storage: Storage) -> None:
    with storage.begin() as work:
        first = work.quarantine.add(ENTRY)
        assert 1 == work.quarantine.release(ENTRY.document)
        assert 0 == work.quarantine.release(ENTRY.document)
        second = work.quarantine.add(ENTRY)
        assert first != second
        assert replace(ENTRY, id=first, state=QuarantineState.RELEASED) == work.quarantine.get(first)
        assert work.quarantine.get(99) is None


def test_entries_are_released_by_path_and_listed_newest_first(storage: Storage) -> None:
    other = replace(ENTRY, connection=ConnectionId("other"), document=DocumentId("D000000002"))
    with storage.begin() as work:
        work.quarantine.add(ENTRY)
        work.quarantine.add(replace(ENTRY, path=""))
        work.quarantine.add(other)
        assert ["D000000002", ENTRY.document, ENTRY.document] == [row.document for row in work.quarantine.open()]
        assert 1 == len(work.quarantine.open(limit=1))
        assert [other.path] == [row.path for row in work.quarantine.open(document=other.document)]
        assert 1 == work.quarantine.release(ENTRY.document, "")
        assert [ENTRY.path] == [row.path for row in work.quarantine.open(connection=SUPPLIER)]


def test_entries_that_wait_for_an_item_are_read_in_order_from_any_place(storage: Storage) -> None:
    wanted = replace(ENTRY, waits_for=(("VN", "ES-9"), ("", "9")), map_version="a1")
    with storage.begin() as work:
        work.quarantine.add(replace(ENTRY, path="other"))
        ids = [work.quarantine.add(replace(wanted, path=f"lines[{number}]")) for number in range(3)]
        work.quarantine.add(replace(wanted, connection=ConnectionId("other"), path="theirs"))
        found = work.quarantine.waiting(SUPPLIER)
        assert [replace(wanted, id=each, path=f"lines[{place}]") for place, each in enumerate(ids)] == found
        assert ids[1:] == [entry.id for entry in work.quarantine.waiting(SUPPLIER, after=ids[0])]
        assert ids[:1] == [entry.id for entry in work.quarantine.waiting(SUPPLIER, limit=1)]
        work.quarantine.release(ENTRY.document, "lines[0]")
        work.quarantine.add(replace(ENTRY, path="lines[1]"))
        assert ids[2:] == [entry.id for entry in work.quarantine.waiting(SUPPLIER)]


def test_refs_are_found_both_ways(storage: Storage) -> None:
    with storage.begin() as work:
        work.refs.put("order", "ours", SUPPLIER, "theirs")
        work.refs.put("order", "ours", SUPPLIER, "theirs")
        assert "theirs" == work.refs.theirs("order", "ours", SUPPLIER)
        assert "ours" == work.refs.ours("order", SUPPLIER, "theirs")
        assert work.refs.theirs("order", "ours", ConnectionId("other")) is None
        assert work.refs.ours("item", SUPPLIER, "theirs") is None


def test_the_newest_ref_answers_and_the_older_one_still_leads_home(storage: Storage) -> None:
    with storage.begin() as work:
        work.refs.put("control", "P1", SUPPLIER, "000000001")
        work.refs.put("control", "P1", SUPPLIER, "000000002")
        assert "000000002" == work.refs.theirs("control", "P1", SUPPLIER)
        assert "P1" == work.refs.ours("control", SUPPLIER, "000000001")


def test_touched_items_are_shown_to_every_channel_until_it_settles_them(storage: Storage) -> None:
    web, kiosk = SHOP, ChannelId("kiosk")
    with storage.begin() as work:
        work.publications.touch([ROBOT, KITE, ROBOT])
        assert {ROBOT, KITE} == set(work.publications.touched(web, 10))
        work.publications.settled(web, [ROBOT, KITE])
        assert [] == work.publications.touched(web, 10)
        assert 1 == len(work.publications.touched(kiosk, 1))
        work.publications.touch([ROBOT])
        assert [ROBOT] == work.publications.touched(web, 10)


def test_a_touch_between_looking_and_settling_is_not_lost(storage: Storage) -> None:
    with storage.begin() as work:
        work.publications.touch([ROBOT])
    with storage.begin() as work:
        shown = work.publications.touched(SHOP, 10)
    with storage.begin() as work:
        work.publications.touch([ROBOT])
    with storage.begin() as work:
        work.publications.settled(SHOP, shown)
    with storage.begin() as work:
        assert [ROBOT] == work.publications.touched(SHOP, 10)
        work.publications.settled(SHOP, [ROBOT])
        assert [] == work.publications.touched(SHOP, 10)


def test_a_channel_is_shown_what_was_touched_before_it_ever_looked(storage: Storage) -> None:
    for sku in (ROBOT, KITE, ROBOT):
        with storage.begin() as work:
            work.publications.touch([sku])
    with storage.begin() as work:
        assert {ROBOT, KITE} == set(work.publications.touched(SHOP, 10))
        work.publications.settled(SHOP, [ROBOT, KITE])
        work.publications.touch([KITE])
    with storage.read() as work:
        assert [KITE] == work.publications.touched(SHOP, 10)


def test_everything_in_stock_at_a_location_is_touched_and_what_orders_wait_for_is_told(storage: Storage) -> None:
    elsewhere = Sku("ELSEWHERE")
    with storage.begin() as work:
        work.ledger.move([movement("a", 3), movement("b", 2, sku=KITE), movement("c", 0, sku=Sku("NONE"))])
        work.ledger.move([movement("d", 1, sku=elsewhere, location=LocationId("store"))])
        work.orders.add(order("5001", order_line("1", ROBOT), order_line("2", elsewhere)))
        assert [ROBOT] == work.publications.touch_stocked(DEPOT)
        assert {ROBOT, KITE} == set(work.publications.touched(SHOP, 10))


def test_what_was_never_shown_cannot_be_settled(storage: Storage) -> None:
    with storage.begin() as work:
        work.publications.touch([ROBOT])
        work.publications.settled(SHOP, [ROBOT, KITE])
        assert [ROBOT] == work.publications.touched(SHOP, 10)


def test_a_settlement_that_rolls_back_shows_the_item_again(storage: Storage) -> None:
    with storage.begin() as work:
        work.publications.touch([ROBOT])

    def settle_and_fail() -> None:
        with storage.begin() as work:
            work.publications.settled(SHOP, work.publications.touched(SHOP, 10))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        settle_and_fail()
    with storage.begin() as work:
        assert [ROBOT] == work.publications.touched(SHOP, 10)


def test_a_publication_is_replaced(storage: Storage) -> None:
    asked = Publication(SHOP, ROBOT, requested=Decimal(5), at=NOW)
    shown = replace(asked, confirmed=Decimal(5))
    with storage.begin() as work:
        work.publications.save(asked)
        work.publications.save(shown)
        assert {ROBOT: shown} == work.publications.current(SHOP, [ROBOT, KITE])
        assert {} == work.publications.current(SHOP, [])


def test_a_publication_waits_until_a_later_moment(storage: Storage) -> None:
    waiting = Publication(SHOP, ROBOT, requested=Decimal(5), at=NOW, waits_since=NOW)
    free = Publication(SHOP, KITE, requested=Decimal(5), at=NOW)
    with storage.begin() as work:
        work.publications.save(waiting)
        work.publications.save(free)
        assert [] == work.publications.resume(SHOP, NOW)
        assert [] == work.publications.resume(ChannelId("other"), LATER)
        assert {ROBOT: waiting} == work.publications.current(SHOP, [ROBOT])
        assert [ROBOT] == work.publications.waiting(SHOP, LATER)
        assert [ROBOT] == work.publications.resume(SHOP, LATER)
        assert [] == work.publications.waiting(SHOP, LATER)
        assert {ROBOT: replace(waiting, waits_since=None)} == work.publications.current(SHOP, [ROBOT])


def test_publications_are_listed_by_sku_and_counted_by_state(storage: Storage) -> None:
    kite = Publication(SHOP, KITE, requested=Decimal(5), at=NOW, key="k", state=PublicationState.ERROR, reason="no")
    robot = Publication(SHOP, ROBOT, confirmed=Decimal(3), sales=ChannelSales(ordered=Decimal(2)), at=NOW)
    sent = replace(robot, sku=Sku("ZEBRA"), state=PublicationState.SENT, certainty=Certainty.EXACT)
    with storage.begin() as work:
        for each in (sent, kite, robot):
            work.publications.save(each)
        assert [kite, robot, sent] == work.publications.page(SHOP)
        assert [robot] == work.publications.page(SHOP, after=KITE, limit=1)
        assert [sent] == work.publications.page(SHOP, state=PublicationState.SENT)
        assert [] == work.publications.page(ChannelId("other"))
        counts = {PublicationState.ERROR: 1, PublicationState.PENDING: 1}
        assert {SHOP: counts} == work.publications.unsettled()


def test_health_is_replaced(storage: Storage) -> None:
    well = ConnectionHealth(SUPPLIER, ConnectionState.OK, NOW)
    ill = ConnectionHealth(SUPPLIER, ConnectionState.PAUSED, NOW, 3, "configuration.invalid", "Password refused.")
    with storage.begin() as work:
        assert {} == work.connections.health()
        work.connections.note(well)
        work.connections.note(ill)
        assert {SUPPLIER: ill} == work.connections.health()


def test_sequences_count_from_one_and_roll_back(storage: Storage) -> None:
    def draw_and_fail() -> None:
        with storage.begin() as work:
            assert 2 == work.sequences.next("request")
            raise ZeroDivisionError

    with storage.begin() as work:
        assert 1 == work.sequences.next("request")
        assert 1 == work.sequences.next("control")
    with pytest.raises(ZeroDivisionError):
        draw_and_fail()
    with storage.begin() as work:
        assert 2 == work.sequences.next("request")
