"""A shop with stock in three places, for the tests of ``hub stock``."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from hub.model.identity import DocumentId, LineId, LocationId, OrderId, RequestId, Sku
from hub.model.ledger import Bucket, Cause, Movement, Reservation
from tests.fakes.installation import Installation, connection

KITE, DEPOT = Sku("KITE"), LocationId("depot")
MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def shop(installation: Installation) -> Installation:
    installation.configure(
        {name: connection() for name in ("shop", "depot", "barn")},
        channels={"shop": {"connection": "shop", "sells_from": ["depot", "attic"]}},
        locations={
            "depot": {"kind": "warehouse", "connection": "depot"},
            "attic": {"kind": "warehouse", "connection": "depot"},
            "barn": {"kind": "warehouse", "connection": "barn"},
        },
    )
    return installation


def stocked(shop: Installation) -> None:
    """Ten counted on Monday, two of them promised; that one was broken on Monday we heard on Tuesday."""
    count = DocumentId("D000000007")
    rows = [
        Movement("c", KITE, DEPOT, Decimal(10), Cause.COUNT, MONDAY, MONDAY, document=count, reference=count),
        Movement("b", KITE, DEPOT, Decimal(1), Cause.COUNT, MONDAY, TUESDAY, Bucket.UNAVAILABLE, reference="broken"),
    ]
    held = Reservation(
        "r", KITE, DEPOT, Decimal(2), OrderId("shop-1"), LineId("1"), RequestId("P1"), Cause.RESERVATION, TUESDAY
    )
    with closing(shop.storage()) as storage, storage.begin() as uow:
        uow.ledger.move(rows)
        uow.ledger.counted([KITE], DEPOT, MONDAY, count)
        assert [] == uow.ledger.reserve([held], {})


def failure(shop: Installation, *words: str) -> tuple[int, str]:
    done, found = shop.run(*words), shop.json(*words)
    assert done.exit_code == found["exit"]
    assert found["code"] in done.stderr
    return done.exit_code, found["code"]


def on_hand(shop: Installation, location: str = "depot", sku: str = "KITE") -> str | None:
    rows = shop.json("stock", "show", sku, "--location", location)["stock"]
    return rows[0]["on_hand"] if rows else None
