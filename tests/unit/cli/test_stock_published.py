"""``hub stock published`` and what ``hub status`` counts of it."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from decimal import Decimal

from hub.model.identity import ChannelId, ConnectionId
from hub.model.queue import OutboxItem, Publication, PublicationState
from tests.fakes.installation import Installation, connection
from tests.unit.cli.stock_shop import KITE, MONDAY, failure, shop

__all__ = ["shop"]


def told(shop: Installation) -> None:
    """The shop refused 5 on Monday."""
    item = OutboxItem(
        "inventory:1", ConnectionId("shop"), "inventory", "{}", MONDAY, coalesce="shop:KITE", subject="KITE = 5"
    )
    publication = Publication(
        ChannelId("shop"),
        KITE,
        requested=Decimal(5),
        confirmed=Decimal(9),
        at=MONDAY + timedelta(hours=1),
        key=item.key,
        state=PublicationState.ERROR,
        reason="shop.no-item: Not on sale here.",
    )
    with closing(shop.storage()) as storage, storage.begin() as uow:
        uow.outbox.add(item)
        uow.publications.save(publication)


def test_last_decision_for_each_sku_is_listed_with_its_reason(shop: Installation) -> None:
    told(shop)
    found = shop.json("stock", "published", "shop")
    [row] = found["publications"]
    assert ("KITE", "error", "shop.no-item: Not on sale here.", "5", "9", "inventory:1") == (
        row["sku"],
        row["state"],
        row["reason"],
        row["asked_for"],
        row["shows"],
        row["item"],
    )
    assert ["KITE = 5"] == [each["subject"] for each in row["items"]]
    assert "Not on sale here" in shop.run("stock", "published", "shop", "--sku", "KITE").stdout


def test_list_can_be_narrowed_to_a_state_and_a_sku(shop: Installation) -> None:
    told(shop)
    assert [] == shop.json("stock", "published", "shop", "--state", "sent")["publications"]
    assert [] == shop.json("stock", "published", "shop", "--sku", "ROBOT")["publications"]
    assert 1 == len(shop.json("stock", "published", "shop", "--state", "error", "--sku", "KITE")["publications"])


def test_channel_that_sells_from_no_location_is_told_nothing(shop: Installation) -> None:
    shop.configure({"shop": connection()}, channels={"shop": {"connection": "shop"}})
    assert shop.json("stock", "published", "shop")["publishes"] is False
    assert "told nothing" in shop.run("stock", "published", "shop").stdout


def test_unknown_channel_and_state_are_named(shop: Installation) -> None:
    assert "cli.unknown-channel" == failure(shop, "stock", "published", "bazaar")[1]
    assert "cli.unknown-status" == failure(shop, "stock", "published", "shop", "--state", "lost")[1]


def test_status_counts_what_channels_did_not_take(shop: Installation) -> None:
    told(shop)
    assert [{"channel": "shop", "pending": 0, "error": 1}] == shop.json("status")["publications"]
    assert "1 not taken" in shop.run("status").stdout
