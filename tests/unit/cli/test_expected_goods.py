"""``hub order show`` and ``hub route explain`` say what an order that waits may expect."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hub.flows.take_order import take_order
from hub.flows.work import Work
from hub.model.identity import DocumentId, Sku
from hub.model.network import Network
from hub.model.stock import ExpectedSupply, ItemOutlook, Outlook
from tests.builders import an_order
from tests.fakes.installation import Installation
from tests.unit.cli.stock_shop import DEPOT, KITE, MONDAY, shop

__all__ = ["shop"]

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).date()


def waiting(shop: Installation, number: int, units: int) -> str:
    order = an_order(number, KITE=units)
    with closing(shop.storage()) as storage, storage.begin() as uow:
        take_order(Work(uow, Network(), MONDAY), order)
    return str(order.order_id)


def test_order_that_waits_shows_what_it_may_expect(shop: Installation) -> None:
    older, younger = waiting(shop, 1, 12), waiting(shop, 2, 9)
    shop.json("transfer", "create", "depot", "KITE=10", "--expected", TOMORROW.isoformat())
    said = ItemOutlook(sku=KITE, location=DEPOT, expected=(ExpectedSupply(day=TOMORROW, quantity=Decimal(90)),))
    on = TOMORROW.isoformat()
    first = shop.json("order", "show", older)["order"]["expected"]
    assert [("10", "depot", on, "T00000001"), ("2", None, None, None)] == [
        tuple(row[name] for name in ("quantity", "location", "day", "transfer")) for row in first
    ]
    text = shop.run("order", "show", older).stdout
    assert f"10 x KITE: expected at depot on {on} by T00000001\n  2 x KITE: nothing is expected for it" in text
    assert "9 x KITE: nothing is expected for it" in shop.run("route", "explain", younger).stdout
    with closing(shop.storage()) as storage, storage.begin() as uow:
        attic = said.model_copy(update={"location": "attic"})
        uow.outlooks.save([Outlook(attic, MONDAY, DocumentId("D7"))])
    text = shop.run("route", "explain", younger).stdout
    assert f"9 x KITE: expected at attic on {on} as it says in D7 of 2026-11-16" in text
    assert [Sku("KITE")] == [row["sku"] for row in shop.json("route", "explain", younger)["expected"]]
