"""``hub mapping drift``: what stored documents bring that no mapping uses and no sample has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hub.model.document import Direction, Document
from hub.model.identity import ConnectionId
from hub.plugins import Plugins, discover
from tests.fakes.installation import NOW, Installation
from tests.unit.cli.test_config_diff import receive, shop

__all__ = ["shop"]

SINCE = ("--since", "2026-11-01T00:00+00:00")
PARTNER = "mappings/partners/booth"
WORDS = """\
document: shipments
format: {kind: csv}
fields:
  shipment_id: Delivery
  carrier: {from: Carrier, using: upper, table: carriers, unknown: keep}
lines: {by: [Delivery], fields: {request_id: PO, item.VN: Item, quantity: Qty, unit: Unit}}
tables: {carriers: {UPS: UPS, DPD: DPD}}
"""


def drift(shop: Installation, *words: str) -> list[dict[str, Any]]:
    found = shop.run("mapping", "drift", "--json", *SINCE, *words)
    said = json.loads(found.stdout)
    assert found.exit_code == (5 if said["findings"] else 0)
    return list(said["findings"])


def told(findings: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(each["stream"], each["kind"], each["name"]) for each in findings]


def sample(shop: Installation, name: str, body: str) -> None:
    path = shop.folder / PARTNER / "samples" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(body)


def ship(shop: Installation, carrier: str, number: int = 1, unit: str = "EA") -> str:
    (shop.folder / PARTNER / "documents" / "shipped.yaml").write_text(WORDS)
    body = f"Delivery,Carrier,PO,Item,Qty,Unit\n7,{carrier},PO1,B-1,1,{unit}\n"
    return receive(shop, "shipped", body, number)


def test_documents_as_they_were_mapped_bring_nothing_new(shop: Installation) -> None:
    receive(shop, "stock", "Item,Qty\nB-1,3\n")
    found = shop.run("mapping", "drift", *SINCE)
    assert 0 == found.exit_code
    assert "documents since 2026-11-01 00:00: 1, findings: 0" in found.stdout


def test_column_that_nothing_is_taken_from_is_told_with_its_documents(shop: Installation) -> None:
    receive(shop, "stock", "Item,Qty\nB-1,3\n", 1)
    first = receive(shop, "stock", "Item,Qty,Colour,Empty\nB-1,3,,\nB-2,4,red,\n", 2)
    last = receive(shop, "stock", "Item,Qty,Colour,Empty\nB-1,3,blue,\n", 3)
    [found] = drift(shop)
    assert ("stock", "place", "Colour") == (found["stream"], found["kind"], found["name"])
    assert (2, 3, first, last) == tuple(found[key] for key in ("documents", "of", "first", "last"))


def test_column_that_a_sample_has_is_known(shop: Installation) -> None:
    sample(shop, "stock/one.csv", "Item,Qty,Colour\nB-1,3,red\n")
    receive(shop, "stock", "Item,Qty,Colour\nB-1,3,blue\n")
    assert [] == drift(shop)


def test_place_in_a_tree_is_told_with_its_path(shop: Installation) -> None:
    receive(shop, "orders", '{"id": "7", "gift": {"card": "x"}, "lines": [{"sku": "B-1", "qty": 2, "note": "y"}]}')
    assert [("orders", "place", "gift.card"), ("orders", "place", "lines.note")] == told(drift(shop))


def test_word_that_a_value_table_has_not_is_told_also_where_it_is_kept(shop: Installation) -> None:
    ship(shop, "dpd", 1)
    ship(shop, "Hopp", 2)
    assert [("shipped", "code", "carrier: HOPP")] == told(drift(shop))
    sample(shop, "shipped/one.csv", "Delivery,Carrier,PO,Item,Qty,Unit\n1,HOPP,P,B-1,1,EA\n")
    assert [] == drift(shop)


def test_word_of_an_address_is_not_shown(shop: Installation) -> None:
    path = shop.folder / PARTNER / "documents" / "orders.yaml"
    text = path.read_text().replace("ship_to.name: buyer", "ship_to.name: {from: buyer, table: names, unknown: keep}")
    path.write_text(text + "tables: {names: {A: B}}\n")
    receive(shop, "orders", '{"id": "7", "buyer": "Casey Canary", "lines": [{"sku": "B-1", "qty": 2}]}')
    assert [("orders", "code", "ship_to.name: ***")] == told(drift(shop))


def test_unit_and_site_that_nobody_told_us_are_told(shop: Installation) -> None:
    ship(shop, "UPS", unit="PAL")
    path = shop.folder / PARTNER / "documents" / "stock.yaml"
    path.write_text(path.read_text().replace("site: {value: E}", "site: Site"))
    receive(shop, "stock", "Item,Qty,Site\nB-1,3,E\nB-1,4,NORTH\n")
    assert [("shipped", "unit", "PAL"), ("stock", "site", "NORTH")] == told(drift(shop))


def test_column_that_stopped_coming_is_told_with_the_last_that_had_it(shop: Installation) -> None:
    path = shop.folder / PARTNER / "documents" / "stock.yaml"
    path.write_text(path.read_text().replace("on_hand: Qty", "on_hand: Qty, expected_on: Next"))
    had = [receive(shop, "stock", "Item,Qty,Next\nB-1,3,2026-12-01\n", number) for number in range(2)]
    for number in range(2, 5):
        receive(shop, "stock", "Item,Qty,Next\nB-1,3,\n", number)
    [found] = drift(shop)
    assert ("stopped", "Next", 3, *had) == tuple(found[key] for key in ("kind", "name", "documents", "first", "last"))


def test_document_of_no_use_is_told_by_its_code(shop: Installation) -> None:
    path = shop.folder / PARTNER / "documents" / "stock.yaml"
    path.write_text(path.read_text().replace("{kind: csv}", "{kind: csv, columns: {Item: {}, Qty: {required: true}}}"))
    receive(shop, "stock", "Item,Menge\nB-1,3\n")
    assert [("stock", "refused", "records.column-missing")] == told(drift(shop))


def test_records_that_are_passed_over_bring_nothing(shop: Installation) -> None:
    path = shop.folder / PARTNER / "documents" / "stock.yaml"
    path.write_text(path.read_text() + "skip: row.Item == 'TOTAL'\n")
    receive(shop, "stock", "Item,Qty,Sum\nB-1,3,\nTOTAL,,3\n")
    assert [] == drift(shop)


def test_only_documents_since_then_are_looked_at(shop: Installation) -> None:
    receive(shop, "stock", "Item,Qty,Colour\nB-1,3,red\n")
    assert [] == drift(shop, "--since", "2026-11-21T00:00+00:00")


def test_documents_that_no_mapping_reads_are_counted(shop: Installation) -> None:
    receive(shop, "elsewhere", "x")
    said = shop.json("mapping", "drift", *SINCE)
    assert (0, 1, []) == (said["documents"], said["unread"], said["findings"])


@pytest.fixture
def supplier(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """A supplier of the gallery that trades by X12."""
    monkeypatch.undo()
    plugins: Plugins = discover()
    monkeypatch.setattr("hub.bootstrap.discover", lambda: plugins)
    settings = {"mailbox": f"folder:{installation.folder}/mailbox"}
    installation.configure(
        {"x": {"connector": "x12_supplier", "partner": "alderbrook", "settings": settings}},
        locations={"alderbrook": {"kind": "dropship", "connection": "x", "lead_days": 2}},
    )
    return installation


def send(supplier: Installation, old: str, new: str) -> None:
    samples = Path("mappings/partners/alderbrook/samples/x12")
    body = (samples / "stock.edi").read_text()
    assert old in body
    body = body.replace(old, new)
    segments = body[body.index("ST*") : body.index("SE*")].count("~") + 1
    body = body.replace("SE*10*", f"SE*{segments}*")
    document = Document(ConnectionId("x"), Direction.INBOUND, "x12", f"stock-{new}", body.encode(), NOW)
    with supplier.storage().begin() as uow:
        uow.inbox.add([document], "mailbox")


def test_quantity_of_x12_that_nobody_said_the_meaning_of_is_told(supplier: Installation) -> None:
    send(supplier, "QTY*17*", "QTY*QX*")
    assert ("x12 846", "quantity", "QX") in told(drift(supplier))


def test_segment_of_x12_that_nothing_is_read_from_is_told(supplier: Installation) -> None:
    send(supplier, "QTY*17*", "TD4*ZZZ***Dry~QTY*17*")
    assert [("x12 846", "segment", "TD4")] == told(drift(supplier))
