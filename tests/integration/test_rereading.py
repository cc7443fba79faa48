"""A stock file read again: as an object or in batches, it says what it said, and nothing is recorded or staged."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from hub.errors import DataError
from hub.flows.reread_counts import Reread, reread_counts
from hub.flows.work import Work
from hub.mapping.codebook import PartnerItem
from hub.model.identity import DocumentId, LocationId, Sku
from hub.sdk.x12.translate import big_files
from hub.sync.connections import LiveConnection
from hub.sync.daemon import Engine
from hub.sync.rereading import newest_counts, read_again
from tests.fakes.world import START
from tests.integration.supplier_mail import EAST, MailWorld, file_of, on_hand, profile, stock

HERE = LocationId("east")


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> MailWorld:
    return MailWorld(sqlite_url, suppliers=("east",), folder=tmp_path / "mailbox", x12=profile())


@pytest.fixture(params=[False, True], ids=["object", "batches"])
def counted(request: pytest.FixtureRequest, world: MailWorld, monkeypatch: pytest.MonkeyPatch) -> Engine:
    if request.param:
        monkeypatch.setattr(big_files, "BIG_FILE_BYTES", 0)
    engine = world.engine()
    world.put("feed.edi", file_of("846", stock(A=40, B=7)))
    world.work(engine)
    assert Decimal(40) == on_hand(engine)
    return engine


def newest(engine: Engine, *skus: str) -> dict[DocumentId, list[Sku]]:
    with engine.runtime.storage.read() as uow:
        return newest_counts(uow, HERE, START.replace(day=1), [Sku(sku) for sku in skus] or None)


def reread(world: MailWorld, engine: Engine, document: DocumentId, connection: LiveConnection | None = None) -> Reread:
    place = world.network().location(HERE)
    assert place is not None
    with engine.runtime.storage.read() as uow:
        entry = uow.inbox.entry(document)
        assert entry is not None
        said = read_again(uow, connection or world.connection(EAST), entry, HERE)
        return reread_counts(Work(uow, world.network(), world.now), place, document, said)


def test_file_that_was_read_as_configured_gives_the_same(world: MailWorld, counted: Engine) -> None:
    [(document, skus)] = newest(counted).items()
    found = reread(world, counted, document)
    assert ([Sku("A"), Sku("B")], 2, []) == (skus, found.items, found.proposals)


def test_file_that_is_read_otherwise_now_proposes_the_difference(world: MailWorld, counted: Engine) -> None:
    [document] = newest(counted, "A")
    connection = world.connection(EAST)
    dozen = PartnerItem(Sku("A"), {"VN": "ES-A"}, "EA", Decimal(12))
    packs = replace(connection, codebook=replace(connection.codebook, items=(dozen, *connection.codebook.items[1:])))
    [proposal] = reread(world, counted, document, packs).proposals
    assert ("A", Decimal(40), Decimal(440)) == (proposal.sku, proposal.on_hand, proposal.units)


def test_stream_that_the_connector_no_longer_has_is_said(world: MailWorld, counted: Engine) -> None:
    [document] = newest(counted, "A")
    with pytest.raises(DataError) as raised:
        reread(world, counted, document, world.connection("shop"))
    assert "data.unknown-stream" == raised.value.code
