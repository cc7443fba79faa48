"""Big stock files through the engine: staged as they are read, published whole or not at all."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from hub.edi.write import Row
from hub.mapping.codebook import PartnerItem
from hub.model.identity import DocumentId, Sku
from hub.model.queue import InboxState
from hub.model.stock import Outlook
from hub.sdk.x12.translate import big_files
from hub.sync import staging
from hub.sync.daemon import Engine
from tests.fakes.partner_book import CrashError, Steps
from tests.integration.supplier_mail import MailWorld, file_of, on_hand, profile, stock

MOST_STEPS = 60


@pytest.fixture(autouse=True)
def everything_is_big(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is a big one, read in small blocks and staged a row at a time."""
    monkeypatch.setattr(big_files, "BIG_FILE_BYTES", 0)
    monkeypatch.setattr(staging, "ROWS_PER_TRANSACTION", 1)
    monkeypatch.setattr("hub.edi.scan._BLOCK", 40)


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> MailWorld:
    return MailWorld(sqlite_url, suppliers=("east",), folder=tmp_path / "mailbox", x12=profile(severities={}))


def staged(engine: Engine) -> list[DocumentId]:
    with engine.runtime.storage.read() as uow:
        documents = [one.id for one in uow.documents.page(limit=100)]
        return [one for one in documents if any(uow.feeds.locations(one, feed) for feed in (1, 2))]


def test_a_big_feed_is_counted_answered_and_leaves_nothing_staged(world: MailWorld) -> None:
    engine = world.engine()
    world.put("feed.edi", file_of("846", stock(A=40, B=7)))
    world.work(engine)
    assert (Decimal(40), Decimal(7)) == (on_hand(engine), on_hand(engine, "B"))
    assert [] == staged(engine)
    assert [InboxState.APPLIED] == [entry.state for entry in world.inbox(engine)]
    (answer,) = world.mail("997*")
    assert "FA" == answer.groups[0].functional_id
    (logged,) = world.log(engine, direction=None)[-1:]
    assert "846" == logged.groups[0].messages[0].kind


def test_lines_that_cannot_be_used_are_told_and_the_rest_counts(world: MailWorld) -> None:
    engine = world.engine()
    world.put("feed.edi", file_of("846", [*stock(A=4)[:-1], ("LIN", "2", "VN", "ES-X"), ("QTY", "17", "1", "EA")]))
    world.work(engine)
    assert Decimal(4) == on_hand(engine)
    assert ["data.unmapped-item"] == [entry.code for entry in world.entries(engine)]


@pytest.mark.parametrize("big", [True, False], ids=["big", "small"])
def test_item_whose_ids_are_two_skus_waits_and_the_rest_counts(
    world: MailWorld, monkeypatch: pytest.MonkeyPatch, *, big: bool
) -> None:
    monkeypatch.setattr(big_files, "BIG_FILE_BYTES", 0 if big else 1_000_000)
    world.more_items = (PartnerItem(Sku("C"), {"VN": "ES-C", "UP": "012345678905"}),)
    engine = world.engine()
    rows: list[Row] = []
    for item, other in (("A", "012345678905"), ("B", "096385074014"), ("C", "12345678905")):
        rows += [("LIN", "", "VN", f"ES-{item}", "UP", other), ("QTY", "17", "9", "EA")]
    world.put("feed.edi", file_of("846", [stock()[0], *rows]))
    world.work(engine)
    assert [Decimal(0), Decimal(9), Decimal(9)] == [on_hand(engine, sku) for sku in ("A", "B", "C")]
    [entry] = world.entries(engine)
    assert ("data.item-conflict", "VN ES-A is A and UP 012345678905 is C.") == (entry.code, entry.message)
    assert entry.path.endswith("846/LIN 1")


@pytest.mark.parametrize("big", [True, False], ids=["big", "small"])
def test_what_a_feed_says_of_the_future_is_kept_until_the_next_one(
    world: MailWorld, monkeypatch: pytest.MonkeyPatch, *, big: bool
) -> None:
    monkeypatch.setattr(big_files, "BIG_FILE_BYTES", 0 if big else 1_000_000)
    engine = world.engine()
    to_come = [("QTY", "63", "50", "EA"), ("DTM", "018", "20261204")]
    world.put("feed.edi", file_of("846", [*stock(A=40)[:-1], *to_come]))
    world.work(engine)
    [outlook] = outlooks(engine)
    assert [(date(2026, 12, 4), Decimal(50))] == [(each.day, each.quantity) for each in outlook.said.expected]
    assert world.inbox(engine)[0].document == outlook.document
    world.put("next.edi", file_of("846", stock(A=90), number=2))
    world.work(engine)
    assert (Decimal(90), []) == (on_hand(engine), outlooks(engine))
    assert [] == staged(engine)


def outlooks(engine: Engine) -> list[Outlook]:
    with engine.runtime.storage.read() as uow:
        return uow.outlooks.of()


def test_a_truncated_feed_keeps_the_old_stock(world: MailWorld) -> None:
    engine = world.engine()
    world.put("feed.edi", file_of("846", stock(A=40, B=7)))
    world.work(engine)
    whole = file_of("846", stock(A=3, B=3), number=2)
    world.put("next.edi", whole[: whole.index(b"CTT")])
    world.work(engine)
    assert (Decimal(40), Decimal(7)) == (on_hand(engine), on_hand(engine, "B"))
    assert [] == staged(engine)
    assert ["x12.iea-missing"] == [entry.code for entry in world.entries(engine)]


def test_a_feed_for_a_site_nobody_knows_keeps_the_old_stock(world: MailWorld) -> None:
    engine = world.engine()
    rows = stock(A=40, B=7)
    world.put("feed.edi", file_of("846", [rows[0], ("N1", "WH", "", "92", "ANNEX"), *rows[1:]]))
    world.work(engine)
    assert Decimal(0) == on_hand(engine)
    assert [] == staged(engine)
    assert ["data.unknown-site"] == [entry.code for entry in world.entries(engine)]


def test_a_crash_at_any_step_loses_and_doubles_nothing(sqlite_template: Path, tmp_path: Path) -> None:
    wrong = {}
    for step in range(1, MOST_STEPS):
        database = tmp_path / f"life-{step}.db"
        shutil.copyfile(sqlite_template, database)
        steps = Steps(frozenset({step}))
        world = MailWorld(f"sqlite:///{database}", suppliers=("east",), steps=steps, folder=tmp_path / f"mail-{step}")
        world.put("feed.edi", file_of("846", stock(A=40, B=7)))
        crashed, engine = False, world.engine()
        try:
            for _ in range(3):
                world.work(engine)
        except CrashError:
            crashed = True
            world.close()
            engine = world.engine()
            for _ in range(4):
                world.work(engine)
        books = (on_hand(engine), on_hand(engine, "B"), staged(engine), len(world.mail("997*")))
        if books != (Decimal(40), Decimal(7), [], 1):
            wrong[step] = books
        world.close()
        if not crashed:
            assert step > 10
            break
    assert {} == wrong
