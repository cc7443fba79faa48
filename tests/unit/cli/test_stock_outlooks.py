"""What partners say of an item's future, as ``hub stock`` shows it."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from decimal import Decimal

from hub.model.identity import DocumentId
from hub.model.stock import ExpectedSupply, ItemOutlook, Outlook
from tests.fakes.installation import Installation
from tests.unit.cli.stock_shop import DEPOT, KITE, TUESDAY, shop, stocked

__all__ = ["shop"]


def told(shop: Installation, said: ItemOutlook) -> None:
    stocked(shop)
    with closing(shop.storage()) as storage, storage.begin() as uow:
        uow.outlooks.save([Outlook(said, TUESDAY, DocumentId("D000000009"))])


def test_an_item_given_up_is_shown_with_its_source_and_date(shop: Installation) -> None:
    told(shop, ItemOutlook(sku=KITE, location=DEPOT, discontinued=True))
    mark = {"as_of": TUESDAY.isoformat(), "document": "D000000009"}
    assert [mark] == [row["discontinued"] for row in shop.json("stock", "show", "KITE")["stock"]]
    by_place = {each["location"]: each["discontinued"] for each in shop.json("stock", "explain", "KITE")["locations"]}
    assert {"depot": mark, "attic": None, "barn": None} == by_place
    assert "discontinued since 2026-11-17, says D000000009" in shop.run("stock", "explain", "KITE").stdout
    assert "discontinued since" in shop.run("stock", "show", "KITE").stdout.replace("\n", " ")


def test_goods_to_come_are_shown_with_who_says_so(shop: Installation) -> None:
    supplies = (ExpectedSupply(day=date(2026, 12, 4), quantity=Decimal(50)), ExpectedSupply(day=date(2026, 12, 11)))
    told(shop, ItemOutlook(sku=KITE, location=DEPOT, expected=supplies))
    found = shop.json("stock", "explain", "KITE")
    assert [("50", "2026-12-04"), (None, "2026-12-11")] == [
        (each["quantity"], each["day"]) for each in found["expected"]
    ]
    assert {("D000000009", None)} == {(each["document"], each["transfer"]) for each in found["expected"]}
    assert ["7", "57"] == [each["quantity"] for each in found["promises"]]
    text = shop.run("stock", "explain", "KITE").stdout
    assert "50  to depot as it says in D000000009 of 2026-11-17, expected on 2026-12-04" in text
    assert "some  to depot" in text
