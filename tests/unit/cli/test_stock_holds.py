"""Soft holds on the command line."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta

from tests.fakes.installation import Installation
from tests.unit.cli.stock_shop import failure, shop, stocked

__all__ = ["shop"]

HOLD = ("stock", "hold", "create", "cart-1", "KITE=3", "--channel", "shop", "--minutes", "30")


def test_a_hold_is_made_listed_extended_and_released(shop: Installation) -> None:
    stocked(shop)
    made = shop.json(*HOLD, "--reason", "a cart")["hold"]
    assert ("live", "shop", None, "a cart") == (made["state"], made["channel"], made["location"], made["reason"])
    assert [{"sku": "KITE", "location": "depot", "quantity": "3", "held": "3"}] == made["units"]
    assert [made] == shop.json("stock", "hold", "list")["holds"]
    until = (datetime.now(UTC) + timedelta(hours=5)).isoformat(timespec="seconds")
    assert until == shop.json("stock", "hold", "extend", "cart-1", "--until", until)["hold"]["expires_at"]
    assert "ended" == shop.json("stock", "hold", "release", "cart-1")["hold"]["state"]
    assert [] == shop.json("stock", "hold", "list")["holds"]
    assert "Nothing is kept" in shop.run("stock", "hold", "list").stdout
    assert ["cart-1"] == [each["key"] for each in shop.json("stock", "hold", "list", "--all")["holds"]]
    assert "ended" in shop.run("stock", "hold", "list", "--all").stdout


def test_every_figure_knows_of_held_units(shop: Installation) -> None:
    stocked(shop)
    shop.json(*HOLD)
    [row] = shop.json("stock", "show", "KITE")["stock"]
    assert ("3", "4") == (row["soft_held"], row["available"])
    found = shop.json("stock", "explain", "KITE")
    [depot] = [each for each in found["locations"] if each["location"] == "depot"]
    assert ("3", "4") == (depot["soft_held"], depot["available_to_promise"])
    assert ("kept by soft holds", "-3") in [(term["words"], term["quantity"]) for term in depot["terms"]]
    assert "4" == found["channels"][0]["quantity"]
    newest = shop.json("stock", "history", "KITE")["rows"][0]
    assert ("soft_hold", "3", "soft_held", "cart-1") == tuple(
        newest[name] for name in ("what", "quantity", "bucket", "reference")
    )
    soon = (datetime.now(UTC) + timedelta(minutes=1)).isoformat(timespec="seconds")
    assert "3" == shop.json("stock", "as-of", soon, "KITE", "--known", soon)["stock"][0]["soft_held"]
    shop.json("stock", "export", str(shop.folder / "stock.csv"))
    assert "KITE,depot,,10,1,2,3,4," in (shop.folder / "stock.csv").read_text()


def test_placing_it_has_the_channel_told(shop: Installation) -> None:
    stocked(shop)
    shop.json(*HOLD)
    with closing(shop.storage()) as storage, storage.read() as uow:
        due = {(task.kind, task.key) for task in uow.tasks.due(datetime.now(UTC) + timedelta(hours=1), 10)}
    assert {("publish", "shop"), ("soft_hold", "cart-1")} == due


def test_what_cannot_be_kept_is_refused(shop: Installation) -> None:
    stocked(shop)
    start = ("stock", "hold", "create", "cart-1", "KITE=8", "--channel", "shop")
    assert (1, "hold.not-covered") == failure(shop, *start, "--minutes", "30")
    assert (2, "cli.hold-end") == failure(shop, *start)
    assert (2, "cli.hold-end") == failure(shop, *start, "--minutes", "1", "--until", "2026-11-20T09:30+01:00")
    assert (1, "hold.moment") == failure(shop, *start, "--minutes", "4321")
    assert (1, "hold.unknown") == failure(shop, "stock", "hold", "release", "cart-1")
