"""Stock on the command line: its history, its past, corrections by hand, and exports."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook

from tests.fakes.installation import Installation, connection
from tests.unit.cli.stock_shop import MONDAY, TUESDAY, failure, on_hand, shop, stocked

__all__ = ["shop"]


def test_history_names_every_row_newest_first_with_the_balance_after_it(shop: Installation) -> None:
    stocked(shop)
    found = shop.json("stock", "history", "KITE")
    assert ("crossdock.stock-history/1", False) == (found["schema"], found["more"])
    after = ("on_hand", "unavailable", "reserved", "available")
    assert [
        ("reservation", "2", "reserved", "shop-1", None, "10 1 2 7"),
        ("count", "1", "unavailable", None, None, "10 1 0 9"),
        ("count", "10", "on_hand", None, "D000000007", "10 0 0 10"),
    ] == [
        (
            row["what"],
            row["quantity"],
            row["bucket"],
            row["order_id"],
            row["document"],
            " ".join(row["after"][name] for name in after),
        )
        for row in found["rows"]
    ]
    broken = found["rows"][1]
    assert (MONDAY.isoformat(), TUESDAY.isoformat(), "broken") == (
        broken["observed_at"],
        broken["recorded_at"],
        broken["reference"],
    )
    text = shop.run("stock", "history", "KITE").stdout
    assert all(word in text for word in ("D000000007", "shop-1 P1", "unavailable", "2026-11-17T08:00:00"))


def test_history_is_cut_and_says_so(shop: Installation) -> None:
    stocked(shop)
    found = shop.json("stock", "history", "KITE", "--limit", "1")
    assert (["reservation"], True) == ([row["what"] for row in found["rows"]], found["more"])
    assert "--limit 10" in shop.run("stock", "history", "KITE", "--limit", "1").stdout
    since = shop.json("stock", "history", "KITE", "--since", TUESDAY.isoformat())["rows"]
    assert ["reservation", "count"] == [row["what"] for row in since]
    assert (
        "Nothing was written down of KITE at attic."
        in shop.run("stock", "history", "KITE", "--location", "attic").stdout
    )


def test_the_past_is_shown_as_it_is_known_now_and_as_it_was_known_then(shop: Installation) -> None:
    stocked(shop)
    evening = (MONDAY + timedelta(hours=12)).isoformat()
    now = shop.json("stock", "as-of", evening)["stock"]
    then = shop.json("stock", "as-of", evening, "KITE", "--location", "depot", "--known", evening)["stock"]
    assert [("10", "1", "0", "9")] == [
        (row["on_hand"], row["unavailable"], row["reserved"], row["available"]) for row in now
    ]
    assert [("10", "0", "10")] == [(row["on_hand"], row["unavailable"], row["available"]) for row in then]
    assert "depot" in shop.run("stock", "as-of", evening).stdout
    assert "Nothing was written down" in shop.run("stock", "as-of", "2020-01-01T00:00Z").stdout


def test_stock_is_corrected_by_hand(shop: Installation) -> None:
    stocked(shop)
    at = ("--at", TUESDAY.isoformat())
    done = shop.run("stock", "adjust", "depot", "KITE=-3", "--reason", "fell into the river", *at)
    assert (0, True) == (done.exit_code, "fell into the river" in done.stdout)
    again = shop.json("stock", "adjust", "depot", "KITE=-3", "--reason", "fell into the river", *at)
    assert [("KITE", "-3", "7", "7", "4", "recorded before")] == [tuple(line.values()) for line in again["lines"]]
    newest = shop.json("stock", "history", "KITE")["rows"][0]
    assert ("adjustment", "-3", True) == (
        newest["what"],
        newest["quantity"],
        newest["reference"].startswith("fell into the river (operator"),
    )


def test_a_correction_below_nothing_is_shown(shop: Installation) -> None:
    text = shop.run("stock", "adjust", "depot", "KITE=-3", "--reason", "never were there").stdout
    assert "More of KITE is promised than is there" in text
    assert "-3" == on_hand(shop)


def test_a_correction_that_a_later_count_has_seen_says_so(shop: Installation) -> None:
    stocked(shop)
    early = (MONDAY - timedelta(hours=1)).isoformat()
    line = shop.json("stock", "adjust", "depot", "KITE=+3", "--reason", "found", "--at", early)["lines"][0]
    assert ("10", "10", "a later count has seen it") == (line["on_hand_before"], line["on_hand"], line["note"])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("history", "SLED"), "cli.unknown-sku"),
        (("adjust", "depot", "SLED=1", "--reason", "x"), "cli.unknown-sku"),
        (("adjust", "cellar", "KITE=1", "--reason", "x"), "stock.unknown-location"),
        (("adjust", "depot", "KITE=0", "--reason", "x"), "cli.line"),
        (("adjust", "depot", "KITE=1", "--reason", " "), "stock.adjustment"),
        (("adjust", "depot", "KITE=1", "--reason", "x", "--at", "2999-01-01T00:00Z"), "stock.adjustment"),
        (("export", "stock.ods"), "table.kind"),
        (("import", "none.csv"), "cli.file"),
    ],
)
def test_what_makes_no_sense_is_said(shop: Installation, words: tuple[str, ...], code: str) -> None:
    exit_code, found = failure(shop, "stock", *words)
    assert (True, code) == (exit_code > 0, found)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_stock_is_exported(shop: Installation, kind: str) -> None:
    stocked(shop)
    file = shop.folder / f"stock.{kind}"
    assert 1 == shop.json("stock", "export", str(file))["rows"]
    if kind == "csv":
        with file.open(newline="") as stream:
            found = list(csv.reader(stream))
        assert ["10", "1", "2", "0", "7"] == found[1][3:8]
        heading = ",".join(found[0])
    else:
        cells = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
        assert [10.0, 1.0, 2.0, 0.0, 7.0] == cells[1][3:8]
        heading = ",".join(map(str, cells[0]))
    assert "sku,location,owner,on_hand,unavailable,reserved,soft_held,available,counted_at,counted_document" == heading
    assert "0 rows" in shop.run("stock", "export", str(file), "--location", "attic").stdout


def test_whose_stock_it_is_stands_beside_it(shop: Installation) -> None:
    stocked(shop)
    shop.configure(
        {name: connection() for name in ("shop", "depot")},
        locations={
            "depot": {"kind": "warehouse", "connection": "depot", "owner": "alder"},
            "attic": {"kind": "warehouse", "connection": "depot"},
        },
    )
    assert ["alder"] == [row["owner"] for row in shop.json("stock", "show", "KITE")["stock"]]
    owners = {row["location"]: row["owner"] for row in shop.json("stock", "explain", "KITE")["locations"]}
    assert {"depot": "alder", "attic": None} == owners
    assert "depot: 7 to promise, stock of alder" in shop.run("stock", "explain", "KITE").stdout
    shop.json("stock", "export", str(shop.folder / "stock.csv"))
    assert "KITE,depot,alder,10," in (shop.folder / "stock.csv").read_text()


def test_explain_names_the_document_and_age_of_each_count(shop: Installation) -> None:
    stocked(shop)
    found = shop.json("stock", "explain", "KITE", "--location", "depot")["locations"][0]
    counted = found["terms"][0]
    assert ("on hand", "D000000007", MONDAY.isoformat()) == (counted["words"], counted["document"], counted["as_of"])
    assert [None, None] == [each["document"] for each in found["terms"][1:]]
    assert "in D000000007" in shop.run("stock", "explain", "KITE").stdout
