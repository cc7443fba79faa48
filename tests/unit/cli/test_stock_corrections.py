"""Newest counts read again on the command line: what they would correct, and that it is corrected once."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import ClassVar

import pytest

from hub.bootstrap import open_hub
from hub.errors import DataError
from hub.flows.registry import record_item
from hub.mapping.codebook import Codebook
from hub.model.document import Direction, Document
from hub.model.identity import ConnectionId, DocumentId
from hub.model.stock import CountBasis
from hub.plugins import Plugins
from hub.sdk.capabilities import Health, InventorySource, Parsed, ShipmentSink
from hub.sdk.spec import ConnectorSpec
from tests.builders import Desk, a_report, at
from tests.fakes.installation import CANARY, Booth, BoothSettings, Installation, Notices
from tests.fakes.stepwise import StepwiseUnit
from tests.unit.cli.stock_shop import on_hand, shop

__all__ = ["shop"]

EVER = ("--since", "2026-11-01T00:00Z")
NET_OF_SENT = "rule: {basis: available, net_of: sent}\n"


class CountingBooth(Booth):
    """Counts what its documents say, as JSON: minutes after the start, and figures by SKU."""

    stream: ClassVar[str] = "stock"

    def parse(self, document: Document, codebook: Codebook) -> Parsed:
        if not document.body:
            raise DataError("Nothing is in it.", code="data.empty")
        said = json.loads(document.body)
        return Parsed((a_report("depot", said["figures"], as_of=at(said["minutes"]), basis=CountBasis.AVAILABLE),))


@pytest.fixture
def counting(shop: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """The shop, whose partners count."""
    booth = ConnectorSpec(
        name="booth",
        title="Booth",
        version="1.2.3",
        settings=BoothSettings,
        provides={InventorySource: CountingBooth, ShipmentSink: Notices, Health: CountingBooth},
    )
    plugins = Plugins({"booth": booth}, {"booth": "crossdock-booth"})
    monkeypatch.setattr("hub.bootstrap.discover", lambda: plugins)
    monkeypatch.setattr("hub.plugins.discover", lambda: plugins)
    return shop


@pytest.fixture
def desk(counting: Installation) -> Desk:
    """Five of KITE were open when it was counted; the rule said then that the figure does not leave them out."""
    rule(counting, "rule: {basis: available}\n")
    desk = Desk(open_hub(counting.config, environment={"BOOTH_TOKEN": CANARY}).setup.network)
    with at_work(desk, counting):
        count(desk, 0, KITE=50, BALL=9)
        desk.place(1, KITE=5)
        desk.send(accepts=True)
        count(desk, 60, KITE=45, BALL=9)
    return desk


@contextmanager
def at_work(desk: Desk, shop: Installation) -> Iterator[None]:
    """The desk writes to the shop's database, which is free for commands afterwards."""
    with closing(StepwiseUnit(shop.storage())) as uow:
        desk.uow = uow
        yield


def rule(shop: Installation, text: str) -> None:
    (shop.folder / "mappings/partners/booth/counting.yaml").write_text(text)


def count(desk: Desk, minutes: float, **figures: int) -> DocumentId:
    desk.now = at(minutes)
    body = json.dumps({"minutes": minutes, "figures": figures}).encode()
    raw = Document(ConnectionId("depot"), Direction.INBOUND, "stock", f"count-{minutes:g}", body, desk.now)
    [desk.stored[raw.source_id]] = desk.uow.inbox.add([raw], "stock")
    report = a_report("depot", dict(figures), as_of=desk.now, basis=CountBasis.AVAILABLE)
    record_item(desk.work("depot", raw.source_id), report)
    return desk.stored[raw.source_id]


@pytest.mark.usefixtures("desk")
def test_counts_that_were_read_as_configured_propose_nothing(shop: Installation) -> None:
    found = shop.json("stock", "reconcile", "--propose", *EVER)["corrections"]
    assert (False, 2, [], [], []) == (
        found["applied"],
        found["items"],
        found["proposals"],
        found["unclear"],
        found["unread"],
    )
    assert "corrections" not in shop.json("stock", "reconcile", *EVER)


def test_changed_rule_proposes_a_command_that_can_be_pasted(shop: Installation, desk: Desk) -> None:
    rule(shop, NET_OF_SENT)
    [proposal] = shop.json("stock", "reconcile", "--propose", *EVER)["corrections"]["proposals"]
    document = desk.stored["count-60"]
    assert ("depot", "KITE", document, "45", "5") == tuple(
        proposal[name] for name in ("location", "sku", "document", "on_hand", "units")
    )
    assert ["45", "5"] == [term["quantity"] for term in proposal["terms"]]
    text = shop.run("stock", "reconcile", "--propose", *EVER).stdout
    assert proposal["command"] in text
    assert "1 of 2 items would be corrected" in text
    assert "45" == on_hand(shop)
    words = shlex.split(proposal["command"])
    assert 0 == shop.run(*words[1:]).exit_code
    assert "50" == on_hand(shop)
    assert [] == shop.json("stock", "reconcile", "--propose", *EVER)["corrections"]["proposals"]


@pytest.mark.usefixtures("desk")
def test_proposals_are_booked_once_with_who_and_why(shop: Installation) -> None:
    rule(shop, NET_OF_SENT)
    command = shop.json("stock", "reconcile", "--propose", *EVER)["corrections"]["proposals"][0]["command"]
    first = shop.json("stock", "reconcile", "--apply", *EVER)["corrections"]
    again = shop.json("stock", "reconcile", "--apply", *EVER)["corrections"]
    assert ((True, 1), (True, 0), "50") == (
        (first["applied"], len(first["proposals"])),
        (again["applied"], len(again["proposals"])),
        on_hand(shop),
    )
    assert ["recorded before"] == [line["note"] for line in shop.json(*shlex.split(command)[1:])["lines"]]
    newest = shop.json("stock", "history", "KITE")["rows"][0]
    assert ("adjustment", "5") == (newest["what"], newest["quantity"])
    assert newest["reference"].startswith("count read again: ")
    assert "(operator" in newest["reference"]


@pytest.mark.usefixtures("desk")
def test_what_was_booked_is_said(shop: Installation) -> None:
    rule(shop, NET_OF_SENT)
    text = shop.run("stock", "reconcile", "--apply", "--location", "depot", "--sku", "KITE", *EVER).stdout
    assert "1 of 1 items were corrected" in text
    assert "hub stock adjust" not in text


def test_document_that_cannot_be_read_again_is_named_and_the_rest_is_read(shop: Installation, desk: Desk) -> None:
    desk.now = at(70)
    ball, drum = (a_report("depot", {sku: 9}, as_of=at(70), basis=CountBasis.AVAILABLE) for sku in ("BALL", "DRUM"))
    with at_work(desk, shop):
        raw = Document(ConnectionId("depot"), Direction.INBOUND, "stock", "empty", b"", at(70))
        [desk.stored["empty"]] = desk.uow.inbox.add([raw], "stock")
        record_item(desk.work("depot", "empty"), ball)
        desk.receive(drum, "depot", "a sheet")
    rule(shop, NET_OF_SENT)
    found = shop.json("stock", "reconcile", "--propose", *EVER)["corrections"]
    assert ["KITE"] == [each["sku"] for each in found["proposals"]]
    assert {
        desk.stored["empty"]: "data.empty: Nothing is in it.",
        desk.stored["a sheet"]: "no connector has sent it",
    } == {each["document"]: each["why"] for each in found["unread"]}
    assert "could not be read again" in shop.run("stock", "reconcile", "--propose", *EVER).stdout
