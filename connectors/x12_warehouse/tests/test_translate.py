"""What a warehouse's files become, and what our shipping orders say."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from warehouse import CONNECTION, NOW, codebook, envelope, profile, request, stamp

from hub.edi.documents.shipping_order import ShippingOrder, parse_shipping_order
from hub.edi.envelope import read_interchanges
from hub.errors import ConfigurationError, DataError
from hub.mapping.codebook import Codebook
from hub.mapping.overlay import read_overlaid
from hub.mapping.shipped import shipped_mappings
from hub.mapping.x12_profile import X12Profile
from hub.mapping.yaml_file import validate
from hub.model.document import Direction, Document
from hub.model.fulfilment import FulfilmentRequest
from hub.model.purchase import Acknowledgement, AcknowledgementOutcome
from hub.model.shipment import Shipment
from hub.sdk.capabilities import Parsed
from hub_x12_warehouse.translate.orders import shipping_orders
from hub_x12_warehouse.translate.sets import parsed

SAMPLES = Path(__file__).parent / "samples"
FILES = sorted((SAMPLES / "in").glob("*.edi"))


def read(body: bytes, using: Codebook | None = None) -> Parsed:
    return parsed(Document(CONNECTION, Direction.INBOUND, "x12", "one", body, NOW), using or codebook())


def said(found: Parsed) -> dict[str, Any]:
    """What is told of a file, as JSON; what is as always is left out."""
    items = [
        {"kind": type(item).__name__, **item.model_dump(mode="json", exclude_defaults=True)} for item in found.items
    ]
    problems = [[problem.code, problem.path] for problem in found.problems]
    return {"items": items, "problems": problems, "replies": [reply.subject for reply in found.replies]}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_sample_becomes_what_is_expected(file: Path) -> None:
    expected = json.loads((SAMPLES / "expected" / f"{file.stem}.json").read_text())
    assert expected == said(read(file.read_bytes()))


def test_every_sample_names_its_source() -> None:
    sources = tomllib.loads((SAMPLES / "SOURCES.toml").read_text())
    assert {file.stem for file in FILES} == set(sources)
    assert {"written-by-us"} == {source["provenance"] for source in sources.values()}


def ordered(asked: FulfilmentRequest, using: Codebook | None = None) -> ShippingOrder:
    document = shipping_orders([(envelope(asked).key, asked)], using or codebook(), stamp())
    [found] = read_interchanges(document.body)
    assert ("OW", ()) == (found.groups[0].functional_id, found.findings)
    return parse_shipping_order(found.groups[0].sets[0])


def test_shipping_order_says_what_to_ship_from_where_and_to_whom() -> None:
    order = ordered(request(1, ("LAMP-BRASS", 3), ("BULB-WARM", 24)))
    assert ("N", "P00000001", "#1") == (order.status, order.number, order.purchase_order_number)
    assert [("WH", "TO1"), ("ST", "")] == [(party.entity, party.id) for party in order.parties]
    lines = [(group.number, line.quantity, line.unit, dict(line.ids)) for group in order.groups for line in group.lines]
    assert [("1", Decimal(3), "EA", {"VN": "LAMP-1"}), ("2", Decimal(24), "EA", {"VN": "BULB-2"})] == lines
    assert order.total is not None
    assert 27 == order.total.units
    assert [("10", dt.date(2026, 11, 22))] == [(each.qualifier, each.date) for each in order.dates]


def test_warehouse_that_counts_packs_is_asked_for_packs() -> None:
    order = ordered(request(1, ("BULB-WARM", 24)), codebook(x12=profile(order_unit="pack")))
    [line] = order.groups[0].lines
    assert (Decimal(2), "CA") == (line.quantity, line.unit)


def test_promised_date_is_told() -> None:
    order = ordered(request().model_copy(update={"promised_by": dt.date(2026, 11, 28)}))
    assert ("02", dt.date(2026, 11, 28)) == (order.dates[1].qualifier, order.dates[1].date)


def test_unmapped_item_is_not_ordered() -> None:
    with pytest.raises(DataError) as caught:
        ordered(request(1, ("UNKNOWN", 1)))
    assert "data.unmapped-sku" == caught.value.code


def test_940_that_is_not_agreed_is_not_sent() -> None:
    with pytest.raises(ConfigurationError) as caught:
        ordered(request(), codebook(x12=profile(sends=("850",))))
    assert "x12.set-not-sent" == caught.value.code


def test_release_of_the_940_is_written() -> None:
    asked = request()
    using = codebook(x12=profile(versions={"940": "005010"}))
    [found] = read_interchanges(shipping_orders([(envelope(asked).key, asked)], using, stamp()).body)
    assert ("00501", "005010") == (found.version, found.groups[0].version)


def test_template_for_warehouses_fits(tmp_path: Path) -> None:
    own = tmp_path / "x12.yaml"
    own.write_text("template: warehouse-3pl\nus: {id: TOYHUB}\npartner: {id: TALLOAK}\n")
    using = codebook(
        x12=validate(
            X12Profile, read_overlaid(X12Profile, [own], templates=[shipped_mappings() / "templates" / "x12"]), own
        )
    )
    assert "P00000001" == ordered(request(), using).number
    for file in FILES:
        plain = codebook(x12=profile(item_ids=using.x12.item_ids)) if using.x12 else codebook()
        assert read(file.read_bytes(), plain).items == read(file.read_bytes(), using).items


def test_warehouse_may_answer_by_855() -> None:
    text = (
        (SAMPLES / "in/nothing_shipped.edi")
        .read_text()
        .replace("GS*SW", "GS*PR")
        .replace("ST*945", "ST*855")
        .replace("SE*7", "SE*6")
    )
    start, end = text.index("W06"), text.index("SE*")
    body = "BAK*00*AD*P00000006*20261121~\nPO1*1*5*EA***VN*LAMP-1~\nACK*IA*5*EA~\nCTT*1~\n"
    [answer] = read((text[:start] + body + text[end:]).encode()).items
    assert isinstance(answer, Acknowledgement)
    assert [(1, Decimal(5), AcknowledgementOutcome.ACCEPTED)] == [
        (line.number, line.quantity, line.outcome) for line in answer.lines
    ]


@pytest.mark.parametrize(
    ("w06", "expected"),
    [
        ("W06*F*P00000003*20261121*SHP-3", "SHP-3/P00000003"),
        ("W06*F*P00000003*20261121**AGENT-3", "AGENT-3/P00000003"),
    ],
)
def test_shipment_is_known_by_what_the_warehouse_calls_it(w06: str, expected: str) -> None:
    assert [expected] == shipment_ids(w06)


def shipment_ids(w06: str, units: int = 3) -> list[str]:
    text = (SAMPLES / "in/rest_follows.edi").read_text().replace("W06*F*P00000003*20261121*SHP-3", w06)
    found = read(text.replace("W12*BP*5*3*2", f"W12*BP*5*{units}*2").encode()).items
    return [item.shipment_id for item in found if isinstance(item, Shipment)]


def test_shipment_without_a_name_is_known_by_what_is_in_it() -> None:
    unnamed = "W06*F*P00000003*20261121"
    assert shipment_ids(unnamed) == shipment_ids(unnamed)
    assert shipment_ids(unnamed) != shipment_ids(unnamed, units=2)


def test_set_that_no_warehouse_sends_is_told() -> None:
    body = (SAMPLES / "in/goods_on_a_day.edi").read_text().replace("ST*944", "ST*943").replace("GS*RE", "GS*AR")
    body = body.replace("W17*F*20261121*R-4*T00000004", "W06*F*D1").replace("W07*12*EA", "W04*12*EA")
    body = body.replace("W14*12", "W03*12")
    assert ["x12.unsupported-set"] == [problem.code for problem in read(body.encode()).problems]
