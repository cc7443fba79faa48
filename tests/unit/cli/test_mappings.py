"""``hub mapping``: drafted from a file, tried on samples, explained field by field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.installation import Installation, connection

STOCK = "Artikelnummer;Bezeichnung;Menge;EAN;Lager\r\nNW-1;Kite;1.234;4006381333931;M\r\nNW-2;Röhre;12,5;;S\r\n"
ORDERS = {
    "orders": [
        {"id": 1001, "created": "2026-11-01T10:00:00Z", "currency": "SEK", "lines": [{"sku": "A", "qty": 2}]},
        {"id": 1002, "created": "2026-11-01T10:00:00Z", "currency": "SEK", "lines": [{"sku": "B", "qty": 1}]},
    ]
}
PRODUCTS = "<feed><products>{}</products></feed>".format(
    "".join(f'<product id="{n}"><sku>A{n}</sku><stock>{n}</stock></product>' for n in range(3))
)


@pytest.fixture
def shop(installation: Installation) -> Installation:
    installation.configure({"shop": connection()})
    return installation


def folder(shop: Installation, partner: str) -> Path:
    return shop.folder / "mappings" / "partners" / partner


def drafted(
    shop: Installation, name: str, body: bytes, document: str, *answers: str, force: bool = False
) -> dict[str, Any]:
    """A mapping drafted from a file of that name; its partner is called nordwind."""
    file = shop.folder / name
    file.write_bytes(body)
    words = [word for answer in answers for word in ("--answer", answer)] + (["--force"] if force else [])
    found: dict[str, Any] = shop.json(
        "mapping", "new", "--from", str(file), "--partner", "nordwind", "--document", document, *words
    )
    return found


def a_stock_partner(shop: Installation) -> None:
    drafted(shop, "lager.csv", STOCK.encode("cp1252"), "stock", "basis=available", "net_of=sent")
    own = folder(shop, "nordwind")
    (own / "items.csv").write_text("sku,VN\nKITE,NW-1\n")
    (own / "partner.yaml").write_text("name: Nordwind\nsites: {M: main, S: south}\n")


def test_draft_of_a_file_of_stock_says_what_its_columns_are(shop: Installation) -> None:
    found = drafted(shop, "lager.csv", STOCK.encode("cp1252"), "stock", "basis=available", "net_of=sent")
    assert {"stock.yaml", "partner.yaml", "counting.yaml", "lager.csv"} == {Path(each).name for each in found["files"]}
    text = (folder(shop, "nordwind") / "documents" / "stock.yaml").read_text()
    for line in (
        "encoding: cp1252",
        'delimiter: ";"',
        'decimal: ","',
        'thousands: "."',
        "item.VN: Artikelnummer",
        "item.gtin: EAN",
        "available: Menge",
        "site: Lager",
        "# Nothing is taken from: Bezeichnung",
    ):
        assert line in text
    assert "net_of: sent" in (folder(shop, "nordwind") / "counting.yaml").read_text()
    assert "M: nordwind-m" in (folder(shop, "nordwind") / "partner.yaml").read_text()


@pytest.mark.parametrize(
    ("name", "body", "document", "lines"),
    [
        ("orders.json", json.dumps(ORDERS), "orders", ["records: orders", "each: lines", "external_id: id"]),
        ("stock.xml", PRODUCTS, "stock", ["kind: xml", "records: /feed/products/product", "on_hand: stock"]),
        (
            "po.tsv",
            "PO\tItem\tQty\tTracking\tShipment\nP1\tA\t2\tT1\tS1\n",
            "shipments",
            ["by: [Shipment]", "kind: tsv"],
        ),
        ("prices.csv", "sku,price,currency\nA,1.50,EUR\n", "prices", ["price: price", "item.VN: sku"]),
    ],
)
def test_drafts_of_other_files_can_be_read_at_once(
    shop: Installation, name: str, body: str, document: str, lines: list[str]
) -> None:
    drafted(shop, name, body.encode(), document)
    text = (folder(shop, "nordwind") / "documents" / f"{document}.yaml").read_text()
    assert [line for line in lines if line not in text] == []
    assert "new" == shop.json("mapping", "check", "--partner", "nordwind")["samples"][0]["state"]


def test_what_was_guessed_right_may_be_answered_too(shop: Installation) -> None:
    guessed = drafted(shop, "stock.csv", b"Item;Qty\r\nNW-1;17\r\n", "stock")
    text = Path(guessed["files"][0]).read_text()
    answers = ("item=Item", "figure=Qty", "fields.available=Qty", "thousands=one", "basis=available")
    said = drafted(shop, "stock.csv", b"Item;Qty\r\nNW-1;17\r\n", "stock", *answers, force=True)
    assert text == Path(said["files"][0]).read_text()


def test_answer_is_taken_in_place_of_what_was_guessed(shop: Installation) -> None:
    body = b"Item;Part;Qty;Free\r\nNW-1;K-1;17;4\r\n"
    drafted(shop, "stock.csv", body, "stock", "item=Part", "figure=Qty", "basis=on_hand")
    lines = (folder(shop, "nordwind") / "documents" / "stock.yaml").read_text().splitlines()
    assert {"  item.VN: Part", "  on_hand: Qty"} <= set(lines)
    assert not any(line.endswith((": Item", "available: Qty")) for line in lines)


def test_answer_that_names_no_column_is_refused_also_where_it_was_guessed(shop: Installation) -> None:
    refused = drafted(shop, "stock.csv", b"Item;Qty\r\nNW-1;17\r\n", "stock", "item=Artikel")
    assert "mapping.answer" == refused["code"]


def test_draft_of_shipments_has_a_table_of_the_carriers_in_the_file(shop: Installation) -> None:
    body = b"PO,Item,Qty,Carrier,Shipment\nP1,A,2,UPSN,S1\nP2,A,1,DPD,S2\nP3,A,1,,S3\n"
    drafted(shop, "po.csv", body, "shipments")
    text = (folder(shop, "nordwind") / "documents" / "shipments.yaml").read_text()
    assert "  carrier: {from: Carrier, table: carriers, unknown: keep}\n" in text
    assert "tables:\n  carriers:\n    DPD: DPD\n    UPSN: UPSN\n" in text
    assert "new" == shop.json("mapping", "check", "--partner", "nordwind")["samples"][0]["state"]


def test_question_that_nobody_answers_ends_the_draft(shop: Installation) -> None:
    (shop.folder / "odd.csv").write_text("a,b\n1,2\n")
    made = shop.run("mapping", "new", "--from", str(shop.folder / "odd.csv"), "--partner", "x", "--document", "stock")
    assert 3 == made.exit_code
    assert "--answer item=" in made.stderr
    assert not folder(shop, "x").exists()


def test_sample_is_new_until_it_is_kept_and_different_once_the_mapping_is(shop: Installation) -> None:
    a_stock_partner(shop)
    assert ["new"] == [each["state"] for each in shop.json("mapping", "check", "--partner", "nordwind")["samples"]]
    shop.run("mapping", "test", "stock/lager.csv", "--partner", "nordwind", "--write")
    checked = shop.json("mapping", "check", "--partner", "nordwind")
    assert (["right"], 0) == ([each["state"] for each in checked["samples"]], checked["wrong"])
    mapping = folder(shop, "nordwind") / "documents" / "stock.yaml"
    mapping.write_text(mapping.read_text().replace("available: Menge", "on_hand: Menge"))
    made = shop.run("mapping", "check", "--partner", "nordwind")
    assert 5 == made.exit_code
    assert 'items[0].rows[0].basis: "available" expected, "on_hand" found' in made.stdout


def test_what_a_sample_says_names_what_could_not_be_used(shop: Installation) -> None:
    a_stock_partner(shop)
    shop.run("mapping", "test", "stock/lager.csv", "--partner", "nordwind", "--write")
    [expected] = (folder(shop, "nordwind") / "samples" / "stock").glob("*.expected.json")
    said = json.loads(expected.read_text())
    [report] = said["items"]
    assert [("KITE", "main", "1234")] == [(row["sku"], row["location"], row["quantity"]) for row in report["rows"]]
    assert [("row 3", "data.unmapped-item")] == [(each["path"], each["code"]) for each in said["problems"]]


def test_explanation_shows_where_each_field_came_from(shop: Installation) -> None:
    a_stock_partner(shop)
    words = ("--partner", "nordwind", "--mapping", "stock", "--record", "2", "--limit", "1")
    [record] = shop.json("mapping", "explain", str(shop.folder / "lager.csv"), *words)["records"]
    fields = {each["field"]: each for each in record["fields"]}
    assert "row 3" == record["place"]
    assert ("12.5", "Menge", "12,5") == tuple(fields["available"][key] for key in ("value", "source", "raw"))
    lines = (folder(shop, "nordwind") / "documents" / "stock.yaml").read_text().splitlines()
    assert fields["available"]["rule"].endswith(f"stock.yaml:{lines.index('  available: Menge') + 1}:3")


def test_coverage_says_what_nothing_is_taken_from(shop: Installation) -> None:
    a_stock_partner(shop)
    [found] = shop.json("mapping", "coverage", "--partner", "nordwind")["mappings"]
    assert (2, ["Bezeichnung"], []) == (found["records"], found["unused"], found["missing"])
    assert {"item.VN": 2, "available": 2, "item.gtin": 1, "site": 2, "mode": 1} == found["filled"]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("check", "--partner", "nobody"), 2, "cli.unknown-partner"),
        (("test", "stock/none.csv"), 2, "cli.unknown-sample"),
        (("explain", "D000000099"), 2, "cli.unknown-document"),
        (("new", "--from", "hub.yaml", "--partner", "../x", "--document", "stock"), 3, "configuration.path"),
        (("new", "--from", "hub.yaml", "--partner", "x", "--document", "stocks"), 2, "cli.unknown-shape"),
    ],
)
def test_what_is_not_there_is_said(shop: Installation, words: tuple[str, ...], code: int, told: str) -> None:
    given = [str(shop.folder / word) if word == "hub.yaml" else word for word in words]
    made = shop.run("mapping", *given)
    assert (code, True) == (made.exit_code, told in made.stderr)


@pytest.mark.parametrize(
    ("figure", "answer", "locale"),
    [
        ("1.240", "thousand", ['decimal: ","', 'thousands: "."']),
        ("1.240", "one", []),
        ("1,240", "thousand", ['thousands: ","']),
        ("1,240", "one", ['decimal: ","']),
    ],
)
def test_figure_that_may_be_a_thousand_or_one_is_asked_about(
    shop: Installation, figure: str, answer: str, locale: list[str]
) -> None:
    body = f"Item;Qty\r\nNW-1;{figure}\r\nNW-2;17\r\n".encode()
    # With a comma it is no number yet, so that nobody knows which column says how many.
    answers = ("basis=available", "net_of=none", *(["figure=Qty"] if "," in figure else []))
    refused = drafted(shop, "stock.csv", body, "stock", *answers)
    assert f"a figure such as {figure}" in json.dumps(refused)
    drafted(shop, "stock.csv", body, "stock", *answers, f"thousands={answer}")
    text = (folder(shop, "nordwind") / "documents" / "stock.yaml").read_text()
    assert locale == [line.strip() for line in text.splitlines() if line.strip().startswith(("decimal", "thousands"))]


def test_figure_beside_one_with_decimals_is_not_asked_about(shop: Installation) -> None:
    found = drafted(shop, "stock.csv", b"Item;Qty\r\nNW-1;1.240\r\nNW-2;17.5\r\n", "stock", "basis=available")
    assert "thousands" not in found["answers"]
