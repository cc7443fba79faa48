"""Reconciling on the command line: a stored history of counts, orders and late news, and what is said of it."""

from __future__ import annotations

import csv
from contextlib import closing
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from hub.bootstrap import open_hub
from tests.builders import Desk, a_report, a_shipment, at
from tests.fakes.installation import CANARY, Installation
from tests.fakes.stepwise import StepwiseUnit
from tests.unit.cli.stock_shop import failure, shop

__all__ = ["shop"]

EVER = ("--since", "2026-11-01T00:00Z")
SKUS = ["ARK", "BALL", "CART", "DOLL", "EGG"]


@pytest.fixture
def desk(shop: Installation) -> Desk:
    """Fifty of each at the depot; of KITE four left before a count that we were told of after it, and one is missing.

    Of each other item, one more unit than of the one before was ordered and not shipped: the depot leaves those out."""
    network = open_hub(shop.config, environment={"BOOTH_TOKEN": CANARY}).setup.network
    with closing(StepwiseUnit(shop.storage())) as uow:
        desk = Desk(network, uow, now=at(0))
        count(desk, 0, **dict.fromkeys([*SKUS, "KITE"], 50))
        order_id = desk.place(1, KITE=4)
        for number, sku in enumerate(SKUS, start=1):
            desk.place(number + 1, **{sku: number})
        desk.send(accepts=True)
        count(desk, 60, KITE=45, **{sku: 50 - number for number, sku in enumerate(SKUS, start=1)})
        desk.now = at(90)
        desk.receive(a_shipment(desk.request(order_id), "S1", {1: 4}, shipped_at=at(50)), "depot", "asn")
    return desk


def count(desk: Desk, minutes: float, **figures: int) -> None:
    desk.now = at(minutes)
    desk.receive(a_report("depot", dict(figures), as_of=desk.now), "depot", f"count-{minutes:g}")


@pytest.mark.usefixtures("desk")
def test_location_is_summed_up(shop: Installation) -> None:
    found = shop.json("stock", "reconcile", *EVER)
    assert ("crossdock.stock-reconcile/1", "2026-11-01T00:00:00+00:00") == (found["schema"], found["since"])
    [depot] = found["locations"]
    facts = ("location", "items", "equal", "differing", "plus", "minus", "on_hand", "unexplained", "undone")
    assert ["depot", 6, 0, 6, "0", "20", "280", "1", 0] == [depot[name] for name in facts]
    assert ("-7.14", "7.14") == (depot["net_percent"], depot["absolute_percent"])
    assert {"late_news": "4", "netting": "15"} == depot["explained"]


def test_what_most_differences_share_is_said_once_with_the_setting(shop: Installation, desk: Desk) -> None:
    finding = shop.json("stock", "reconcile", *EVER)["locations"][0]["findings"][0]
    assert ("netting", 5, 6, "basis: available, net_of: sent", "mappings/partners/booth/counting.yaml") == (
        finding["cause"],
        finding["fits"],
        finding["differences"],
        finding["setting"],
        finding["file"],
    )
    text = shop.run("stock", "reconcile", *EVER).stdout
    assert "5 of 6 differences at depot: the figure leaves out other requests" in text
    assert "counting.yaml by basis: available, net_of: sent" in text


def test_difference_is_taken_apart_with_its_evidence(shop: Installation, desk: Desk) -> None:
    found = shop.json("stock", "reconcile", "--location", "depot", "--sku", "KITE", *EVER)
    [kite] = found["locations"][0]["largest"]
    assert ("50", "45", "-5", "-1") == (kite["believed"], kite["counted"], kite["difference"], kite["unexplained"])
    assert [("late_news", "-4"), ("unexplained", "-1")] == [
        (part["cause"], part["quantity"]) for part in kite["explanations"]
    ]
    [fact] = kite["explanations"][0]["evidence"]
    assert ("shipment S1", at(50).isoformat(), at(90).isoformat(), desk.stored["asn"]) == (
        fact["words"],
        fact["at"],
        fact["recorded_at"],
        fact["document"],
    )
    text = shop.run("stock", "reconcile", "--sku", "KITE", *EVER).stdout
    assert "KITE at depot: -5 (50 by the books, 45 counted as of 2026-11-02T10:30:00" in text
    assert f"shipment S1, 2026-11-02T10:20:00, told 2026-11-02T11:00:00 in {desk.stored['asn']}" in text
    assert "hub stock history KITE --location depot" in text


@pytest.mark.usefixtures("desk")
def test_largest_come_first_and_the_rest_is_left_to_the_file(shop: Installation) -> None:
    file = shop.folder / "drift.csv"
    found = shop.json("stock", "reconcile", "--limit", "2", "--csv", str(file), *EVER)
    assert ["EGG", "KITE"] == [each["sku"] for each in found["locations"][0]["largest"]]
    with file.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert ([*SKUS, "KITE"], 6) == ([row["sku"] for row in rows], found["rows"])
    kite = rows[-1]
    assert ("-5", "late_news -4; unexplained -1") == (kite["difference"], kite["causes"])
    assert "shipment S1 (-4) of 2026-11-02T10:20:00" in kite["evidence"]
    assert "6 differences are in" in shop.run("stock", "reconcile", "--csv", str(file), *EVER).stdout


@pytest.mark.usefixtures("desk")
def test_workbook_holds_the_same(shop: Installation, tmp_path: Path) -> None:
    shop.run("stock", "reconcile", "--csv", str(tmp_path / "drift.xlsx"), *EVER)
    cells = CalamineWorkbook.from_path(str(tmp_path / "drift.xlsx")).get_sheet_by_index(0).to_python()
    assert (7, -5.0) == (len(cells), cells[-1][7])


@pytest.mark.usefixtures("desk")
def test_nothing_counted_is_said(shop: Installation) -> None:
    assert "Nothing was counted since" in shop.run("stock", "reconcile", "--location", "barn", *EVER).stdout
    assert [] == shop.json("stock", "reconcile", "--since", "2026-11-19T00:00Z")["locations"]


@pytest.mark.parametrize("words", [("--since", "12h"), ("--since", "2w"), ("--since", "90min"), ("--since", "7d")])
def test_time_can_be_said_as_how_long_ago(shop: Installation, words: tuple[str, str]) -> None:
    assert 0 == shop.run("stock", "reconcile", *words).exit_code


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--since", "yesterday"), "cli.moment"),
        (("--since", "2026-11-01T00:00"), "cli.moment"),
        (("--since", "99999999999d"), "cli.moment"),
        (("--location", "cellar"), "cli.unknown-location"),
        (("--sku", "SLED"), "cli.unknown-sku"),
        (("--csv", "drift.ods"), "table.kind"),
    ],
)
def test_what_makes_no_sense_is_said(shop: Installation, words: tuple[str, ...], code: str) -> None:
    exit_code, found = failure(shop, "stock", "reconcile", *words)
    assert (True, code) == (exit_code > 0, found)
