"""Lines that wait for items.csv: a new map has their documents read again, once, whatever dies in between."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from hub.mapping.codebook import PartnerItem
from hub.model.identity import Sku
from hub.sdk.x12.translate import feed as feeds
from hub.sync import waiting_lines
from hub.sync.daemon import Engine
from hub.sync.lanes import Lanes
from hub.sync.quarantine import reprocess
from hub.sync.runtime import Configuration, Limits
from tests.fakes.partner_book import CrashError, Steps
from tests.integration.supplier_mail import EAST, MailWorld, file_of, on_hand, stock
from tests.integration.test_engine import PATIENCE, awake, eventually

CUP = PartnerItem(Sku("C"), {"VN": "ES-C"})
DISH = PartnerItem(Sku("D"), {"VN": "ES-D"})
MOST_STEPS = 40


@pytest.fixture
def mail(database_url: str, tmp_path: Path) -> Iterator[MailWorld]:
    made = MailWorld(database_url, suppliers=("east",), folder=tmp_path / "mailbox")
    yield made
    made.close()


def waiting(mail: MailWorld) -> Engine:
    """A count of four A, with seven C of which the hub does not know what they are."""
    engine = mail.engine()
    mail.put("feed.edi", file_of("846", stock(A=4, C=7)))
    mail.work(engine)
    assert (Decimal(4), Decimal(0)) == (on_hand(engine), on_hand(engine, "C"))
    return engine


def reload(mail: MailWorld, engine: Engine, *items: PartnerItem) -> None:
    mail.more_items = items
    engine.apply_config(mail.connections(), mail.network())


def read(engine: Engine) -> float:
    """Documents of the supplier that were parsed and recorded so far."""
    found = engine.metrics.registry.get_sample_value("hub_documents_applied_total", {"connection": EAST})
    return found or 0.0


def codes(mail: MailWorld, engine: Engine) -> list[str]:
    return [entry.code for entry in mail.entries(engine)]


def test_reload_that_maps_the_item_releases_its_line_once(mail: MailWorld) -> None:
    engine = waiting(mail)
    [entry] = mail.entries(engine)
    assert ((("VN", "ES-C"),), 1) == (entry.waits_for, read(engine))
    reload(mail, engine, CUP)
    mail.work(engine)
    assert (Decimal(4), Decimal(7), []) == (on_hand(engine), on_hand(engine, "C"), codes(mail, engine))
    for items in ((CUP,), (CUP, DISH), (CUP,)):
        reload(mail, engine, *items)
        mail.work(engine)
    assert (2, Decimal(7)) == (read(engine), on_hand(engine, "C"))
    assert [] == mail.collect("997-000000002*")


def test_start_with_the_new_map_releases_it_too(mail: MailWorld) -> None:
    waiting(mail)
    mail.close()
    mail.more_items = (CUP,)
    engine = mail.engine()
    mail.work(engine)
    assert (Decimal(7), [], 1) == (on_hand(engine, "C"), codes(mail, engine), read(engine))


@pytest.mark.parametrize("paused", [False, True], ids=["working", "paused by a person"])
def test_running_engine_releases_it_by_itself(mail: MailWorld, *, paused: bool) -> None:
    waiting(mail)
    mail.close()
    awake(mail)
    engine = mail.engine(limits=Limits(sweep_seconds=0.02))
    engine.start()
    try:
        if paused:
            engine.pause(EAST)
        reload(mail, engine, CUP)
        assert eventually(lambda: on_hand(engine, "C") == 7 and not mail.entries(engine))
    finally:
        assert engine.stop(PATIENCE)


def test_reload_beside_a_turn_of_the_map_before_is_followed_by_a_turn_of_its_own(
    mail: MailWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, work = waiting(mail), Lanes.work

    def reloaded_before(lanes: Lanes, lane: str, configuration: Configuration) -> bool:
        if not mail.more_items:
            reload(mail, engine, CUP)
        return work(lanes, lane, configuration)

    monkeypatch.setattr(Lanes, "work", reloaded_before)
    engine.work_lane(f"{EAST}/in")
    assert ([], Decimal(7)) == (codes(mail, engine), on_hand(engine, "C"))


def test_map_that_names_other_items_leaves_the_line_alone(mail: MailWorld) -> None:
    engine = waiting(mail)
    before = mail.entries(engine)
    reload(mail, engine, DISH)
    mail.work(engine)
    assert (before, 1) == (mail.entries(engine), read(engine))


def test_documents_with_other_problems_are_left_alone(mail: MailWorld) -> None:
    engine = waiting(mail)
    whole = file_of("846", stock(A=5), number=2)
    mail.put("broken.edi", whole[: whole.index(b"CTT")])
    mail.put("other.edi", file_of("846", stock(A=6, D=1), number=3))
    mail.work(engine)
    kept = {entry for entry in mail.entries(engine) if entry.waits_for != (("VN", "ES-C"),)}
    assert 2 == len({entry.document for entry in kept})
    reload(mail, engine, CUP)
    mail.work(engine)
    assert kept == set(mail.entries(engine))


def test_line_that_waits_for_another_day_is_tried_once_for_a_map(mail: MailWorld) -> None:
    engine = waiting(mail)
    later = replace(CUP, since=date(2027, 1, 1))
    reload(mail, engine, later)
    mail.work(engine)
    assert (["data.unmapped-item"], 2) == (codes(mail, engine), read(engine))
    reload(mail, engine, later)
    mail.work(engine)
    mail.close()
    again = mail.engine()
    mail.work(again)
    assert (["data.unmapped-item"], 2, 0) == (codes(mail, again), read(engine), read(again))
    reload(mail, again, later, CUP)
    mail.work(again)
    assert (Decimal(7), []) == (on_hand(again, "C"), codes(mail, again))


def test_conflict_that_is_cured_releases_its_line(mail: MailWorld) -> None:
    mail.more_items = (PartnerItem(Sku("C"), {"UP": "012345678905"}),)
    engine = mail.engine()
    rows = [("LIN", "", "VN", "ES-A", "UP", "012345678905"), ("QTY", "17", "9", "EA")]
    mail.put("feed.edi", file_of("846", [stock()[0], *rows]))
    mail.work(engine)
    assert (["data.item-conflict"], Decimal(0)) == (codes(mail, engine), on_hand(engine))
    reload(mail, engine, PartnerItem(Sku("C"), {"UP": "096385074014"}))
    mail.work(engine)
    assert ([], Decimal(9)) == (codes(mail, engine), on_hand(engine))


def test_lines_that_are_only_counted_are_released_too(mail: MailWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "MOST_PROBLEMS", 1)
    monkeypatch.setattr("hub.sdk.x12.translate.big_files.BIG_FILE_BYTES", 0)
    engine = mail.engine()
    mail.put("feed.edi", file_of("846", stock(D=1, C=7)))
    mail.work(engine)
    assert 2 == len(codes(mail, engine))
    reload(mail, engine, CUP)
    mail.work(engine)
    assert (Decimal(7), 1) == (on_hand(engine, "C"), len(codes(mail, engine)))


def test_many_lines_are_looked_at_in_parts(mail: MailWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_lines, "ENTRIES_PER_TRANSACTION", 2)
    engine = mail.engine()
    for number in range(1, 4):
        mail.put(f"feed-{number}.edi", file_of("846", stock(C=number, D=number), number=number))
        mail.work(engine)
    reload(mail, engine, CUP, DISH)
    mail.work(engine)
    assert ([], 6) == (codes(mail, engine), read(engine))
    assert [Decimal(3)] * 2 == [on_hand(engine, sku) for sku in ("C", "D")]


def test_two_daemons_on_one_database_read_it_again_once(mail: MailWorld) -> None:
    first = waiting(mail)
    mail.owner = "hub-2"
    second = mail.engine()
    second.run_until_idle()
    mail.more_items = (CUP,)
    for engine in (first, second):
        engine.apply_config(mail.connections(), mail.network())
    lanes = [lane for lane in first.lanes() if lane.endswith("/in")] * 3
    for lane in lanes:
        for engine in (second, first):
            engine.work_lane(lane)
    assert (2, Decimal(7), []) == (read(first) + read(second), on_hand(first, "C"), codes(mail, first))


def test_daemon_with_the_map_before_takes_nothing_away(mail: MailWorld) -> None:
    old = waiting(mail)
    mail.owner = "hub-2"
    mail.more_items = (CUP,)
    new = mail.engine()
    lane = f"{EAST}/in"
    reprocess(new.runtime.storage, mail.entries(old)[0].document)
    old.work_lane(lane)
    assert ["data.unmapped-item"] == codes(mail, old)
    for _ in range(3):
        new.work_lane(lane)
    assert ([], Decimal(7)) == (codes(mail, new), on_hand(new, "C"))


def test_crash_at_any_step_neither_loses_nor_doubles_a_line(sqlite_template: Path, tmp_path: Path) -> None:
    wrong: dict[int, object] = {}
    crashes = 0
    for step in range(1, MOST_STEPS):
        database = tmp_path / f"life-{step}.db"
        shutil.copyfile(sqlite_template, database)
        steps = Steps()
        mail = MailWorld(f"sqlite:///{database}", suppliers=("east",), steps=steps, folder=tmp_path / f"mail-{step}")
        waiting(mail)
        mail.close()
        mail.more_items = (CUP,)
        mail.steps = Steps(frozenset({step}))
        engine = mail.engine()
        try:
            mail.work(engine)
        except CrashError:
            crashes += 1
            mail.close()
            engine = mail.engine()
            mail.work(engine)
        movements = _movements(engine)
        books = (on_hand(engine), on_hand(engine, "C"), codes(mail, engine), movements, len(mail.mail("997*")))
        if books != (Decimal(4), Decimal(7), [], 1, 1):
            wrong[step] = books
        mail.close()
    assert ({}, True) == (wrong, crashes > 3)


def _movements(engine: Engine) -> int:
    with engine.runtime.storage.read() as uow:
        return len(uow.ledger.movements(Sku("C")))
