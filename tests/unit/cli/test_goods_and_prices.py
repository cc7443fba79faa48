"""Goods on their way and prices, from the command line."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from hub.model.identity import ConnectionId, LocationId, PartnerId, Sku
from hub.model.money import Money
from hub.model.price import ItemPrice, PriceList
from hub.model.stock import FeedMode
from hub.model.transfer import StockTransfer
from tests.fakes.installation import Installation, connection


@pytest.fixture
def shop(installation: Installation) -> Installation:
    installation.configure(
        {name: connection() for name in ("shop", "depot")},
        channels={"shop": {"connection": "shop", "sells_from": ["depot", "attic"]}},
        locations={name: {"kind": "warehouse", "connection": "depot"} for name in ("depot", "attic")},
    )
    return installation


def failure(shop: Installation, *words: str) -> tuple[int, str]:
    done, found = shop.run(*words), shop.json(*words)
    assert done.exit_code == found["exit"]
    return done.exit_code, found["code"]


def test_a_transfer_is_created_listed_and_shown(shop: Installation) -> None:
    assert "Nothing is on its way.\n" == shop.run("transfer", "list").stdout
    words = ("--from", "attic", "--expected", "2026-12-01", "--order", "PO7", "--carrier", "Swiftline")
    made = shop.json("transfer", "create", "depot", "KITE=10", "KITE=2", *words)
    assert ("T00000001", "depot", "attic", "in_transit", "12", "12") == tuple(
        made[name] for name in ("transfer_id", "location", "origin", "state", "units", "open")
    )
    assert ["T00000001"] == [row["transfer_id"] for row in shop.json("transfer", "list")["transfers"]]
    shown = shop.json("transfer", "show", "T00000001")
    assert {**made, "schema": "crossdock.transfer-show/1"} == shown
    text = shop.run("transfer", "show", "T00000001").stdout
    assert all(word in text for word in ("attic", "PO7", "Swiftline", "2026-12-01", "KITE"))
    with closing(shop.storage()) as storage, storage.read() as uow:
        item = uow.outbox.get("transfer:T00000001")
        [left] = uow.ledger.balances([Sku("KITE")], [LocationId("attic")])
    assert item is not None
    assert ("depot", Decimal(-12)) == (StockTransfer.model_validate_json(item.payload).location, left.on_hand)


def test_stock_is_explained_with_what_is_on_its_way(shop: Installation) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    shop.json("transfer", "create", "depot", "KITE=10", "--expected", tomorrow)
    shop.json("transfer", "create", "depot", "KITE=3")
    found = shop.json("stock", "explain", "KITE")
    assert [("depot", "10", tomorrow), ("depot", "3", None)] == [
        (row["location"], row["quantity"], row["day"]) for row in found["expected"]
    ]
    assert ["0", "10"] == [row["quantity"] for row in found["promises"]]
    text = shop.run("stock", "explain", "KITE").stdout
    assert f"to depot by T00000001, expected on {tomorrow}" in text
    assert "to depot by T00000002, nobody said when" in text
    assert f"10  from {tomorrow} on" in text


def test_when_goods_left_can_be_said(shop: Installation) -> None:
    made = shop.json("transfer", "create", "depot", "KITE=1", "--shipped-at", "2026-11-01T08:00+01:00")
    assert datetime(2026, 11, 1, 7, tzinfo=UTC) == datetime.fromisoformat(made["shipped_at"])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("transfer", "create", "depot", "KITE"), "cli.line"),
        (("transfer", "create", "depot", "KITE=0"), "cli.line"),
        (("transfer", "create", "depot", "KITE=nan"), "cli.line"),
        (("transfer", "create", "depot", "SLED=1"), "cli.unknown-sku"),
        (("transfer", "create", "cellar", "KITE=1"), "transfer.unknown-location"),
        (("transfer", "show", "T1"), "cli.unknown-transfer"),
        (("price", "list", "nobody"), "cli.unknown-partner"),
        (("price", "send", "shop", "none.csv"), "configuration.price-file"),
    ],
)
def test_what_makes_no_sense_is_said(shop: Installation, words: tuple[str, ...], code: str) -> None:
    exit_code, found = failure(shop, *words)
    assert (True, code) == (exit_code > 0, found)


def test_prices_are_listed(shop: Installation) -> None:
    assert "booth has told no such price.\n" == shop.run("price", "list", "booth").stdout
    line = ItemPrice(sku=Sku("KITE"), unit_price=Money(amount=Decimal("4.50"), currency="USD"), title="Kite")
    prices = PriceList(
        partner=PartnerId("booth"),
        connection=ConnectionId("shop"),
        catalogue="C1",
        issued_at=datetime(2026, 11, 1, tzinfo=UTC),
        mode=FeedMode.FULL,
        lines=(line,),
    )
    with closing(shop.storage()) as storage, storage.begin() as uow:
        uow.prices.record(prices, None)
    expected = {
        "sku": "KITE",
        "price": "4.50",
        "currency": "USD",
        "from_quantity": "1",
        "since": None,
        "until": None,
        "title": "Kite",
    }
    assert [expected] == shop.json("price", "list", "booth")["prices"]
    assert [expected] == shop.json("price", "list", "booth", "KITE")["prices"]
    assert [] == shop.json("price", "list", "booth", "--after", "KITE")["prices"]
    assert "4.50" in shop.run("price", "list", "booth").stdout


def test_prices_are_sent_to_a_channel(shop: Installation) -> None:
    file = shop.folder / "prices.csv"
    file.write_text("sku,price,from_quantity\nKITE,4.50,\nKITE,4.00,12\n")
    sent = shop.json("price", "send", "shop", str(file), "--catalogue", "AUTUMN")
    assert ("AUTUMN", "full", 2) == (sent["catalogue"], sent["mode"], sent["lines"])
    assert "2 prices go to shop" in shop.run("price", "send", "shop", str(file), "--change").stdout
    with closing(shop.storage()) as storage, storage.read() as uow:
        item = uow.outbox.get("item:shop:AUTUMN:1")
        assert item is not None
        prices = PriceList.model_validate_json(item.payload)
        assert ("booth", "AUTUMN", FeedMode.FULL, 2) == (
            prices.partner,
            prices.catalogue,
            prices.mode,
            len(prices.lines),
        )
    assert "cli.unknown-channel" == failure(shop, "price", "send", "fair", str(file))[1]


def test_a_channel_that_its_connection_cannot_tell_is_refused_at_the_start(shop: Installation) -> None:
    shop.configure(
        {name: connection() for name in ("shop", "depot")},
        channels={"shop": {"connection": "shop", "sells_from": ["depot"], "acknowledge": True}},
        locations={"depot": {"kind": "warehouse", "connection": "depot"}},
    )
    done = shop.run("doctor")
    assert (1, True) == (done.exit_code, "can't tell channel shop of any acknowledgement" in done.stdout)
