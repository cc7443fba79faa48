"""Kits on the command line: orders as sold with their parts, stock of components in place of a virtual kit's."""

from __future__ import annotations

import json
from contextlib import closing

import pytest

from hub.flows.registry import record_item, run_task
from hub.flows.work import Work
from hub.mapping.config import load_setup
from tests.builders import a_report, an_order
from tests.fakes.installation import NOW, Installation
from tests.unit.cli.stock_shop import failure, shop

__all__ = ["shop"]


@pytest.fixture
def kits(shop: Installation) -> Installation:
    """The shop sells a shelf of 2 bolts and a plate, of which its depot has 5 and 3, and one is ordered."""
    written = json.loads(shop.config.read_text())
    kits = {"SHELF": {"components": {"BOLT": 2, "PLATE": 1}}}
    shop.config.write_text(json.dumps({**written, "kits": kits}))
    with closing(shop.storage()) as storage, storage.begin() as uow:
        work = Work(uow, load_setup(shop.config).network, NOW)
        record_item(work, a_report("depot", {"BOLT": 5, "PLATE": 3}, as_of=NOW))
        record_item(work, an_order(L1=("SHELF", 1)))
        for task in uow.tasks.due(NOW, 10):
            run_task(work, task)
    return shop


def test_order_shows_its_kit_as_sold_with_the_parts_below(kits: Installation) -> None:
    [line] = kits.json("order", "show", "5001")["order"]["lines"]
    assert ("SHELF", "1", "1") == (line["sku"], line["ordered"], line["reserved"])
    assert [("BOLT", "2"), ("PLATE", "1")] == [(part["sku"], part["reserved"]) for part in line["parts"]]
    assert "- BOLT" in kits.run("order", "show", "5001").stdout


def test_stock_of_a_virtual_kit_is_that_of_its_components(kits: Installation) -> None:
    found = kits.json("stock", "show", "SHELF")
    assert {"SHELF": {"BOLT": "2", "PLATE": "1"}} == found["kits"]
    assert [("BOLT", "5"), ("PLATE", "3")] == [(row["sku"], row["on_hand"]) for row in found["stock"]]
    said = "SHELF is a virtual kit of 2 BOLT, 1 PLATE. It has no stock of its own."
    for words in (("show", "SHELF"), ("history", "SHELF"), ("as-of", NOW.isoformat(), "SHELF"), ("explain", "SHELF")):
        assert said in kits.run("stock", *words).stdout


def test_explanation_of_a_kit_names_the_part_that_limits_it(kits: Installation) -> None:
    found = kits.json("stock", "explain", "SHELF")
    depot = next(each for each in found["locations"] if each["location"] == "depot")
    assert ("1", ["whole sets: 3 of BOLT, 2 a set"]) == (
        depot["available_to_promise"],
        [term["words"] for term in depot["terms"]],
    )
    assert [("shop", "1")] == [(each["channel"], each["quantity"]) for each in found["channels"]]


def test_parts_of_a_kit_are_let_go_apart_once(kits: Installation) -> None:
    assert kits.json("order", "separate", "5001", "L1")["separated"]
    assert not kits.json("order", "separate", "5001", "L1")["separated"]
    assert (2, "cli.unknown-kit-line") == failure(kits, "order", "separate", "5001", "L2")


def test_prebuilt_kits_are_put_together_and_taken_apart_once_by_their_key(kits: Installation) -> None:
    written = json.loads(kits.config.read_text())
    box = {"components": {"BOLT": 1, "PLATE": 1}, "kind": "prebuilt"}
    kits.config.write_text(json.dumps({**written, "kits": {**written["kits"], "BOX": box}}))
    at_depot = ("--location", "depot", "--reason", "slow week", "--key", "W47")
    for known in (False, True):
        found = kits.json("stock", "assemble", "BOX", "2", *at_depot)
        assert (known, "2") == (found["known"], found["lines"][0]["on_hand"])
    assert "W47 was recorded before" in kits.run("stock", "assemble", "BOX", "2", *at_depot).stdout
    found = kits.json("stock", "break", "BOX", "2", *at_depot[:4])
    assert [("BOX", "0"), ("BOLT", "5"), ("PLATE", "3")] == [(row["sku"], row["on_hand"]) for row in found["lines"]]
    words = ("stock", "break", "BOX", "1", *at_depot[:4])
    assert "stock.not-covered" == failure(kits, *words)[1]
