"""``hub config diff``: a draft's files, what it makes of stored documents, and how it plans their orders."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hub.bootstrap import open_hub
from hub.flows.record_stock import record_stock
from hub.flows.work import Work
from hub.mapping.codebook import Codebook
from hub.model.document import Direction, Document
from hub.model.identity import ConnectionId, LocationId, Sku
from hub.model.stock import CountBasis, FeedMode, StockReport, StockRow
from hub.plugins import Plugins
from hub.sdk.capabilities import InventorySource, OrderSource, Parsed
from hub.sdk.mapped.reading import parse_mapped
from hub.sdk.spec import ConnectorSpec
from tests.fakes.installation import NOW, STREET, Booth, BoothSettings, Installation, an_order

MAPPED = {
    "mapped": {
        "connector": "mapped",
        "partner": "booth",
        "channel": "shop",
        "settings": {"token": "${env:BOOTH_TOKEN}"},
    }
}
PLACES = {
    "east": {"kind": "warehouse", "connection": "mapped", "cost": {"per_request": "5"}},
    "west": {"kind": "warehouse", "connection": "mapped", "cost": {"per_request": "7"}},
}
SHOP = {"shop": {"connection": "mapped", "sells_from": ["east", "west"], "confirm": False}}
STOCK = """\
document: stock
format: {kind: csv}
about: {mode: {value: delta}}
fields: {item.VN: Item, site: {value: E}, on_hand: Qty}
"""
ORDERS = """\
document: orders
format: {kind: json}
fields: {external_id: id, ship_to.name: buyer, ship_to.line1: street, ship_to.country: {value: US}}
lines: {each: lines, fields: {item.VN: sku, quantity: qty}}
"""


class Mapped(Booth):
    """Reads whatever its partner's mappings read."""

    def __init__(self, context: Any) -> None:
        super().__init__(context)
        self.channel = context.channel

    def parse(self, document: Document, codebook: Codebook) -> Parsed:
        return parse_mapped(document, codebook.mappings[document.meta["mapping"]], codebook, self.channel)


SPEC = ConnectorSpec(
    name="mapped",
    title="Mapped",
    version="1",
    settings=BoothSettings,
    provides={InventorySource: Mapped, OrderSource: Mapped},
)


@pytest.fixture
def shop(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setattr("hub.bootstrap.discover", lambda: Plugins({"mapped": SPEC}, {"mapped": "crossdock-mapped"}))
    partner = installation.folder / "mappings" / "partners" / "booth"
    (partner / "documents").mkdir(parents=True)
    installation.configure(MAPPED, locations=PLACES, channels=SHOP)
    (partner / "partner.yaml").write_text("name: Booth\nsites: {E: east, W: west}\ncontacts: {}\n")
    (partner / "items.csv").write_text("sku,VN,unit,units_each\nKITE,B-1,EA,1\nKITE-2,B-2,EA,1\n")
    (partner / "documents" / "stock.yaml").write_text(STOCK)
    (partner / "documents" / "orders.yaml").write_text(ORDERS)
    return installation


@pytest.fixture
def draft(shop: Installation) -> Path:
    """The set-up once more, to be changed."""
    folder = shop.folder / "draft"
    folder.mkdir()
    shutil.copy(shop.config, folder)
    shutil.copytree(shop.folder / "mappings", folder / "mappings")
    return folder


def change(draft: Path, file: str, old: str, new: str) -> None:
    path = draft / file if file == "hub.yaml" else draft / "mappings" / "partners" / "booth" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def receive(shop: Installation, mapping: str, body: str, number: int = 1) -> str:
    document = Document(
        ConnectionId("mapped"),
        Direction.INBOUND,
        "file",
        f"{mapping}-{number}",
        body.encode(),
        NOW,
        meta={"mapping": mapping, "file": mapping},
    )
    with shop.storage().begin() as uow:
        [stored] = uow.inbox.add([document], "booth")
    return str(stored)


def test_draft_that_is_the_same_changes_nothing(shop: Installation, draft: Path) -> None:
    receive(shop, "stock", "Item,Qty\nB-1,3\n")
    found = shop.run("config", "diff", str(draft))
    assert (0, "documents read by both: 1, orders planned by both: 0; no difference") == (
        found.exit_code,
        found.stdout.strip(),
    )


def test_changed_keys_and_rows_are_told_with_both_values_and_their_place(shop: Installation, draft: Path) -> None:
    change(draft, "hub.yaml", '"per_request": "5"', '"per_request": "9"')
    change(draft, "documents/stock.yaml", "on_hand: Qty", "on_hand: {from: Qty, default: 0}")
    change(draft, "items.csv", "KITE-2,B-2,EA,1", "KITE-2,B-2,EA,6\nKITE-3,B-3,EA,1")
    found = shop.json("config", "diff", str(draft))
    told = {(each["file"], each["key"]): each for each in found["differences"]["setting"]}
    folder = "mappings/partners/booth"
    assert {
        ("hub.yaml", "locations.east.cost.per_request"),
        (f"{folder}/documents/stock.yaml", "fields.on_hand.default"),
        (f"{folder}/items.csv", "VN=B-2 EA"),
        (f"{folder}/items.csv", "VN=B-3 EA"),
    } == told.keys()
    cost = told["hub.yaml", "locations.east.cost.per_request"]
    assert ("5", "9") == (cost["old"]["shown"], cost["new"]["shown"])
    assert cost["new"]["place"].startswith(f"{draft / 'hub.yaml'}:")
    assert told[f"{folder}/items.csv", "VN=B-3 EA"]["old"] is None
    assert {"shown": "KITE-2, units_each 6", "place": f"{folder}/items.csv:3"} == told[
        f"{folder}/items.csv", "VN=B-2 EA"
    ]["new"]
    assert "stock.yaml:4:" in told[f"{folder}/documents/stock.yaml", "fields.on_hand.default"]["new"]["place"]


def test_secret_and_contact_are_told_as_changed_and_not_shown(shop: Installation, draft: Path) -> None:
    change(draft, "hub.yaml", "env:BOOTH_TOKEN", "env:OTHER_TOKEN")
    change(draft, "partner.yaml", "contacts: {}", "contacts: {edi: {mail: casey@lowmere.example}}")
    found = shop.run("config", "diff", str(draft), "--json", env={"OTHER_TOKEN": "x"})
    assert 5 == found.exit_code
    assert {"connections.mapped.settings.token", "contacts.edi.mail"} <= {
        each["key"] for each in json.loads(found.stdout)["differences"]["setting"]
    }
    assert "casey" not in found.stdout
    assert "OTHER_TOKEN" not in found.stdout


def test_contact_that_hub_yaml_lays_over_a_partners_is_not_shown(shop: Installation, draft: Path) -> None:
    over = {"booth": {"contacts": {"edi": {"mail": "casey@lowmere.example"}}}}
    content = json.loads((draft / "hub.yaml").read_text())
    (draft / "hub.yaml").write_text(json.dumps({**content, "partners": over}))
    found = shop.run("config", "diff", str(draft))
    assert 5 == found.exit_code, found.output
    assert "partners.booth.contacts.edi.mail" in found.stdout
    assert "casey" not in found.stdout


def test_count_is_compared_in_eaches_by_item_and_location(shop: Installation, draft: Path) -> None:
    document = receive(shop, "stock", "Item,Qty\nB-1,3\nB-2,4\n")
    change(draft, "items.csv", "KITE-2,B-2,EA,1", "KITE-2,B-2,CA,6")
    [told] = shop.json("config", "diff", str(draft))["differences"]["quantity"]
    assert {
        "connection": "mapped",
        "document": document,
        "kind": "quantity",
        "place": "KITE-2 at east",
        "old": "4",
        "new": "24",
    } == told


def test_counting_contract_of_the_draft_counts(shop: Installation, draft: Path) -> None:
    receive(shop, "stock", "Item,Qty\nB-1,3\n")
    change(draft, "documents/stock.yaml", "on_hand: Qty", "on_order: Qty")
    told = shop.json("config", "diff", str(draft))["differences"]
    assert [("KITE at east", "3", None)] == [(each["place"], each["old"], each["new"]) for each in told["quantity"]]


def test_lines_that_would_be_quarantined_or_released_are_told(shop: Installation, draft: Path) -> None:
    receive(shop, "stock", "Item,Qty\nB-1,3\nB-9,4\n")
    change(draft, "items.csv", "KITE,B-1", "KITE,B-9")
    counts = shop.json("config", "diff", str(draft))["counts"]
    assert (1, 1) == (counts["quarantined"], counts["released"])


def test_document_that_a_draft_cannot_read_at_all_is_told(shop: Installation, draft: Path) -> None:
    receive(shop, "stock", "Item,Qty\nB-1,3\n")
    (draft / "mappings" / "partners" / "booth" / "documents" / "stock.yaml").write_text(
        STOCK.replace("{kind: csv}", "{kind: csv, columns: {Item: {}, Qty: {}, Colour: {required: true}}}")
    )
    found = shop.json("config", "diff", str(draft))["differences"]
    [told] = found["quarantined"]
    assert told["old"] is None
    assert told["new"].startswith("records.")


def test_address_is_told_as_changed_and_not_shown(shop: Installation, draft: Path) -> None:
    body = {"id": "7", "buyer": "Casey Canary", "street": STREET, "lines": [{"sku": "B-1", "qty": 2}]}
    receive(shop, "orders", json.dumps(body))
    change(draft, "documents/orders.yaml", ", ship_to.line1: street", "")
    found = shop.run("config", "diff", str(draft), "--json")
    told = json.loads(found.stdout)["differences"]["field"]
    assert [("Order 7.ship_to", "***", "***")] == [(each["place"], each["old"], each["new"]) for each in told]
    assert "Canary" not in found.stdout


def test_order_is_planned_by_both_on_todays_stock_and_nothing_is_promised(shop: Installation, draft: Path) -> None:
    document = receive(shop, "orders", '{"id": "1001", "lines": [{"sku": "B-1", "qty": 2}]}')
    count(shop, east=5, west=5)
    record = an_order()
    with shop.storage().begin() as uow:
        uow.orders.add(record)
        uow.documents.link(document, [record.order_id])  # type: ignore[arg-type]
    change(draft, "hub.yaml", '"per_request": "5"', '"per_request": "9"')
    [told] = shop.json("config", "diff", str(draft))["differences"]["route"]
    assert ["2 x KITE from east"] == told["old"]["lines"]
    assert ["2 x KITE from west"] == told["new"]["lines"]
    assert ("5.00", "7.00") == (told["old"]["cost"], told["new"]["cost"])
    with shop.storage().read() as uow:
        assert [] == uow.requests.plans(record.order_id)
        assert [0, 0] == [each.reserved for each in uow.ledger.balances([Sku("KITE")], None)]


def count(shop: Installation, **units: int) -> None:
    hub = open_hub(shop.config, environment={"BOOTH_TOKEN": "x"})
    rows = tuple(
        StockRow(sku=Sku("KITE"), location=LocationId(where), basis=CountBasis.ON_HAND, quantity=Decimal(number))
        for where, number in units.items()
    )
    report = StockReport(
        connection=ConnectionId("mapped"),
        reference="count",
        as_of=NOW,
        mode=FeedMode.DELTA,
        locations=tuple(each.location for each in rows),
        rows=rows,
    )
    with shop.storage().begin() as uow:
        record_stock(Work(uow, hub.setup.network, NOW, connection=ConnectionId("mapped")), report)


def test_only_the_last_documents_are_read_and_examples_are_few(shop: Installation, draft: Path) -> None:
    for number in range(3):
        receive(shop, "stock", "Item,Qty\n" + "B-1,3\n", number)
    last = receive(shop, "stock", "Item,Qty\nB-1,3\n", 9)
    change(draft, "items.csv", "KITE,B-1,EA,1", "KITE,B-1,CA,2")
    found = shop.json("config", "diff", str(draft), "--documents", "1")
    assert (1, [last]) == (found["documents"], [each["document"] for each in found["differences"]["quantity"]])


def test_more_examples_than_are_shown_are_counted_and_all_shown_on_demand(shop: Installation, draft: Path) -> None:
    for number in range(11):
        receive(shop, "stock", "Item,Qty\nB-1,3\n", number)
    change(draft, "items.csv", "KITE,B-1,EA,1", "KITE,B-1,CA,2")
    shown = shop.run("config", "diff", str(draft)).stdout
    assert "and 1 more; --all shows them" in shown
    assert 11 == shop.run("config", "diff", str(draft), "--all").stdout.count("KITE at east: 3 -> 6")


def test_draft_that_does_not_hold_together_is_refused_with_its_place(shop: Installation, draft: Path) -> None:
    change(draft, "documents/stock.yaml", "on_hand: Qty", "on_hnd: Qty")
    found = shop.run("config", "diff", str(draft), "--json")
    assert 3 == found.exit_code
    assert str(draft) in json.loads(found.stdout)["place"]


def test_folder_without_a_configuration_is_no_draft(shop: Installation, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    found = shop.run("config", "diff", str(tmp_path / "empty"), "--json")
    assert (3, "configuration.missing") == (found.exit_code, json.loads(found.stdout)["code"])
