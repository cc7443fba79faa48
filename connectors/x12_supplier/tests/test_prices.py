"""What a supplier's price catalogues become, and what its purchase orders and invoices say of prices."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pytest
from supplier import CONNECTION, NOW, codebook, connection, envelope, read_until, request, simulator, stamp

from hub.edi.documents.purchase_order import PurchaseOrder
from hub.mapping.codebook import Codebook, PartnerItem
from hub.mapping.x12_profile import X12Party, X12Profile
from hub.model.document import Direction, Document
from hub.model.fulfilment import FulfilmentRequest
from hub.model.identity import Sku
from hub.model.money import Money
from hub.model.price import PriceList
from hub.model.purchase import Invoice
from hub.model.stock import FeedMode
from hub.sdk.capabilities import Parsed
from hub_x12_supplier.translate.orders import purchase_order
from hub_x12_supplier.translate.sets import parsed

SAMPLES = Path(__file__).parent / "samples"
FILES = sorted((SAMPLES / "in").glob("*.edi"))
ONE = "BCT*PC*C1********00~LIN*1*VN*NW-100~CTP**UCP*5.25*1*EA"


def book(**changes: Any) -> Codebook:
    parties = {"us": X12Party(id="TOYHUB"), "partner": X12Party(id="NORTHWIND"), "item_ids": ("VN",)}
    known = codebook()
    third = PartnerItem(Sku("BULB-WARM"), {"VN": "NW-300"})
    return codebook(items=(*known.items, third), x12=X12Profile(**{**parties, **changes}))


def read(body: bytes, using: Codebook | None = None) -> Parsed:
    return parsed(Document(CONNECTION, Direction.INBOUND, "x12", "one", body, NOW), using or book())


def told(body: str, **changes: Any) -> Parsed:
    """What becomes of a catalogue of these segments."""
    text = (
        "ISA*00*          *00*          *ZZ*NORTHWIND      *ZZ*TOYHUB         *261122*0615*U*00401*000000007*0*P*>~"
        f"GS*SC*NW*TH*20261122*0615*3*X*004010~ST*832*0001~{body}~"
        f"SE*{body.count('~') + 3}*0001~GE*1*3~IEA*1*000000007~"
    )
    return read(text.encode(), book(**changes))


def listed(body: str, **changes: Any) -> PriceList:
    [found] = told(body, **changes).items
    assert isinstance(found, PriceList)
    return found


def said(found: Parsed) -> dict[str, Any]:
    """What is told of a file, as JSON; what is as always is left out."""
    items = [
        {"kind": type(item).__name__, **item.model_dump(mode="json", exclude_defaults=True)} for item in found.items
    ]
    problems = [[problem.code, problem.path, problem.value] for problem in found.problems]
    return {"items": items, "problems": problems, "replies": [reply.subject for reply in found.replies]}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_sample_becomes_what_is_expected(file: Path) -> None:
    expected = json.loads((SAMPLES / "expected" / f"{file.stem}.json").read_text())
    assert expected == said(read(file.read_bytes()))


def test_every_sample_names_its_source() -> None:
    sources = tomllib.loads((SAMPLES / "SOURCES.toml").read_text())
    assert {file.stem for file in FILES} == set(sources)
    assert {"written-by-us"} == {source["provenance"] for source in sources.values()}


def test_price_that_we_pay_is_the_partners_to_say() -> None:
    body = ONE.replace("UCP", "LPR")
    assert ["x12.incomplete-item"] == [problem.code for problem in told(body).problems]
    assert Decimal("5.25") == listed(body, price_qualifiers=("LPR",)).lines[0].unit_price.amount
    both = f"{body}~CTP**CON*5*1*EA"
    assert Decimal("5.25") == listed(both, price_qualifiers=("LPR", "CON")).lines[0].unit_price.amount
    assert Decimal(5) == listed(both, price_qualifiers=("CON", "LPR")).lines[0].unit_price.amount


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ("", NOW),
        ("DTM*097*20261120*0930", dt.datetime(2026, 11, 20, 14, 30, tzinfo=dt.UTC)),
        ("DTM*007*20261101~DTM*097*20261120", dt.datetime(2026, 11, 21, 4, 59, 59, tzinfo=dt.UTC)),
        ("DTM*007*20261101", dt.datetime(2026, 11, 2, 4, 59, 59, tzinfo=dt.UTC)),
        ("DTM*007*20270101", NOW),
        ("DTM*097*20261122*2330", NOW),
        ("DTM*097*20261322", NOW),
        ("DTM*097*99991231", NOW),
    ],
)
def test_catalogue_is_as_old_as_it_says_and_no_newer_than_it_came(dates: str, expected: dt.datetime) -> None:
    body = ONE.replace("~LIN", f"~{dates}~LIN") if dates else ONE
    assert expected == listed(body, timezone="America/New_York").issued_at


@pytest.mark.parametrize("action", ["", "00", "05", "02", "04"])
def test_change_leaves_alone_what_it_does_not_name(action: str) -> None:
    expected = FeedMode.DELTA if action in {"02", "04"} else FeedMode.FULL
    assert expected is listed(ONE.replace("********00", f"********{action}")).mode


def test_day_at_the_end_of_the_calendar_is_one_like_others() -> None:
    [price] = listed(ONE + "~DTM*196*00010101~DTM*197*99991231", timezone="Asia/Tokyo").lines
    assert (dt.date.min, dt.date.max) == (price.since, price.until)


def test_catalogue_that_names_no_item_is_refused() -> None:
    found = told("BCT*PC*C1********00~CTT*0", severities={"x12.segment-needed": "warning"})
    assert ((), "x12.incomplete-catalogue") == (found.items, found.problems[-1].code)


def asked_at(cost: Decimal, units: int) -> FulfilmentRequest:
    """So many tea tins, at a price for one each."""
    asked = request(1, ("TEA-TIN", units))
    line = asked.lines[0].model_copy(update={"unit_cost": Money(amount=cost, currency="USD")})
    return asked.model_copy(update={"lines": (line,)})


def ordered(cost: Decimal, units: int, **changes: Any) -> PurchaseOrder:
    return purchase_order(asked_at(cost, units), book(**changes), NOW)


def test_purchase_order_names_the_price_of_the_unit_it_counts() -> None:
    [line] = ordered(Decimal("0.95"), 24).lines
    assert (Decimal(24), "EA", Decimal("0.95")) == (line.quantity, line.unit, line.price)
    [line] = ordered(Decimal("0.95"), 24, order_unit="pack").lines
    assert (Decimal(2), "CA", Decimal("11.4")) == (line.quantity, line.unit, line.price)


def test_price_of_a_case_comes_back_as_the_supplier_told_it() -> None:
    [told_price] = listed("BCT*PC*C1********00~LIN*1*VN*NW-200~CTP**UCP*10*1*CA").lines
    cost = told_price.unit_price.amount
    assert Decimal(10) == ordered(cost, 24, order_unit="pack").lines[0].price
    assert Decimal("0.833333") == ordered(cost, 24).lines[0].price


def test_simulated_supplier_tells_its_prices_notes_ours_and_bills_its_own(tmp_path: Path) -> None:
    tea = {"item": "NW-200", "stock": {"MAIN": "120"}, "unit": "CA", "units_each": "12", "price": "10"}
    partner = simulator(tmp_path, items=[{"item": "NW-100", "stock": {"MAIN": "50"}}, tea])
    connector = connection(partner)
    partner.start()
    try:
        first = read_until(connector, codebook(), lambda found: bool(of_kind(PriceList, found)))
        [prices] = of_kind(PriceList, first)
        [price] = prices.lines
        assert ("PRICES", "TEA-TIN", Decimal(10)) == (prices.catalogue, price.sku, price.unit_price.amount * 12)
        asked = asked_at(price.unit_price.amount, 24)
        [document] = connector.render([envelope(asked)], codebook(), stamp())
        connector.send(document)
        [bill] = of_kind(Invoice, read_until(connector, codebook(), lambda found: bool(of_kind(Invoice, found))))
    finally:
        partner.stop()
    assert {"NW-200": Decimal("0.833333")} == partner.asked_prices(asked.request_id)
    assert (Decimal(24), Decimal("0.833333")) == (bill.lines[0].quantity, bill.lines[0].unit_price.amount)
    assert Decimal("20.00") == bill.total.amount


Kind = TypeVar("Kind", PriceList, Invoice)


def of_kind(kind: type[Kind], found: Iterable[Parsed]) -> list[Kind]:
    return [item for one in found for item in one.items if isinstance(item, kind)]
