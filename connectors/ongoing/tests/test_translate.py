"""Samples in, canonical items out; requests there and back; the warehouse's clock."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import ongoing_builders as builders
import pytest

from hub.errors import DataError
from hub.mapping.codebook import PartnerItem
from hub.model.document import Document
from hub.model.identity import LocationId, Sku
from hub.model.quantity import to_base
from hub.model.shipment import Shipment
from hub.model.stock import StockReport
from hub.sdk.capabilities import Parsed
from hub_ongoing import simulator_soap, translate
from hub_ongoing.client import OngoingClient
from hub_ongoing.simulator_records import AskedOrder

SAMPLES = Path(__file__).parent / "samples"
NAMES = sorted(path.stem for path in (SAMPLES / "in").glob("*.xml"))
STOCKHOLM = ZoneInfo("Europe/Stockholm")


def parsed(document: Document) -> Parsed:
    parse = translate.stock_report if document.kind == "stock" else translate.orders
    return parse(document, builders.codebook(), builders.settings())


def sample(name: str) -> Document:
    body = (SAMPLES / "in" / f"{name}.xml").read_bytes()
    return builders.inbound(body, "stock" if name.startswith("inventory") else "orders")


def told(result: Parsed) -> dict[str, Any]:
    items = [
        {"is": type(item).__name__, **item.model_dump(mode="json", exclude_defaults=True)} for item in result.items
    ]
    problems = [{"path": found.path, "code": found.code, "value": found.value} for found in result.problems]
    return {"items": items, "problems": problems}


@pytest.mark.parametrize("name", NAMES)
def test_sample_says_what_is_expected(name: str) -> None:
    expected = json.loads((SAMPLES / "expected" / f"{name}.json").read_text(encoding="utf-8"))
    assert expected == told(parsed(sample(name)))


@pytest.mark.parametrize("name", NAMES)
def test_parsing_twice_is_equal(name: str) -> None:
    assert parsed(sample(name)) == parsed(sample(name))


def test_departure_told_in_whole_seconds_is_as_late_as_its_second() -> None:
    document = replace(sample("order_sent_in_two_parcels"), at=datetime(2026, 11, 22, 14, 0, tzinfo=UTC))
    (shipment,) = parsed(document).items
    assert isinstance(shipment, Shipment)
    assert datetime(2026, 11, 22, 13, 5, 9, 999_999, tzinfo=UTC) == shipment.shipped_at


def test_every_sample_states_its_source() -> None:
    assert NAMES == sorted(tomllib.loads((SAMPLES / "SOURCES.toml").read_text(encoding="utf-8")))


@pytest.mark.parametrize("body", [b"", b"<html>busy</html>", simulator_soap.empty("GetOrdersByQuery")[:-20]])
def test_document_without_a_result_is_a_data_error(body: bytes) -> None:
    with pytest.raises(DataError) as caught:
        parsed(builders.inbound(body))
    assert "ongoing.incomplete-answer" == caught.value.code


def test_missing_result_element_is_a_data_error_and_not_an_empty_warehouse() -> None:
    with pytest.raises(DataError) as caught:
        parsed(builders.inbound(simulator_soap.empty("GetInventoryByQuery"), "stock"))
    assert "ongoing.incomplete-answer" == caught.value.code


def test_document_type_is_refused() -> None:
    evil = b'<!DOCTYPE x [<!ENTITY a "b">]><GetOrdersByQueryResult>&a;</GetOrdersByQueryResult>'
    with pytest.raises(DataError):
        parsed(builders.inbound(evil))


def test_stock_of_an_unmapped_site_is_a_data_error() -> None:
    with pytest.raises(DataError) as caught:
        translate.stock_report(sample("inventory_page"), builders.codebook(default_location=None), builders.settings())
    assert "data.unmapped-location" == caught.value.code


def test_article_that_is_not_mapped_is_what_its_row_waits_for_and_the_rest_counts() -> None:
    items = tuple(item for item in builders.codebook().items if item.sku != "KITE")
    before = builders.codebook(items=items)
    found = translate.stock_report(sample("inventory_page"), before, builders.settings())
    [problem] = [each for each in found.problems if each.value == "ART-KITE"]
    assert (("", "ART-KITE"),) == problem.waits_for
    assert [False, True] == [book.names(problem.waits_for) for book in (before, builders.codebook())]
    assert isinstance(found.items[0], StockReport)
    assert {row.sku for row in found.items[0].rows} <= {item.sku for item in items}


def test_article_that_is_two_skus_is_a_conflict_of_its_row_alone() -> None:
    items = (*builders.codebook().items, PartnerItem(Sku("ELSE"), {"ean": "ART-KITE"}))
    found = translate.stock_report(sample("inventory_page"), builders.codebook(items=items), builders.settings())
    [problem] = [each for each in found.problems if each.code == "data.item-conflict"]
    assert ("InventoryLine[1].Article.ArticleNumber", (("", "ART-KITE"),)) == (problem.path, problem.waits_for)
    assert found.items


def test_stock_lies_at_the_location_of_the_site() -> None:
    codebook = builders.codebook(sites={"NORTH": LocationId("north")}, default_location=None)
    report = translate.stock_report(sample("inventory_page"), codebook, builders.settings(site="NORTH")).items[0]
    assert isinstance(report, StockReport)
    assert (LocationId("north"),) == report.locations


# --- what we tell


def rendered(order: Any) -> AskedOrder:
    """As the simulated warehouse reads it from our bytes."""
    made = builders.context()
    client = OngoingClient(
        made.settings, allow_private=True, sleep=made.sleep, monotonic=made.monotonic, random=made.random.random
    )
    call = simulator_soap.read_call(client.render_order(order), simulator_soap.load_schema())
    return simulator_soap.read_order(call.element)


def test_every_carried_field_survives_the_way_to_the_warehouse() -> None:
    codebook = builders.codebook()
    asked = builders.request(
        lines=(builders.line(1, "ROBOT", "2"), builders.line(2, "MARBLE", "24")),
        service="express",
        ship_to=builders.address(company="Toy Works AB", region="AB"),
    )
    order = rendered(translate.ship_order(asked, codebook, builders.settings()))
    back = []
    for line in order.lines:
        item = codebook.item_named(line.article_number)
        assert item is not None
        back.append((int(line.code), item.sku, to_base(line.quantity, item.units_each)))
    assert [(line.number, line.sku, line.quantity) for line in asked.lines] == back
    assert ("P00000042", "CreateOrUpdate", "#1001", "express") == (
        order.number,
        order.operation,
        order.reference,
        order.way_of_delivery,
    )
    assert {
        "Name": "Toy Works AB",
        "Address": "Street 1",
        "Address2": "Street 2",
        "Address3": "Test Testsson",
        "PostCode": "12345",
        "City": "Test City",
        "CountryStateCode": "AB",
        "CountryCode": "SE",
    } == order.consignee


def test_quantities_are_written_without_exponent() -> None:
    asked = builders.request(lines=(builders.line(1, "ROBOT", "1E+2"), builders.line(2, "KITE", "2.000000")))
    lines = translate.ship_order(asked, builders.codebook(), builders.settings()).arguments()["CustomerOrderLines"]
    assert ["100", "2"] == [str(line["NumberOfItems"]) for line in lines["CustomerOrderLine"]]


def test_part_of_a_box_is_a_data_error() -> None:
    asked = builders.request(lines=(builders.line(1, "MARBLE", "5"),))
    with pytest.raises(DataError) as caught:
        translate.ship_order(asked, builders.codebook(), builders.settings())
    assert "data.broken-pack" == caught.value.code


def test_request_without_address_is_a_data_error() -> None:
    with pytest.raises(DataError) as caught:
        translate.ship_order(builders.request(ship_to=None), builders.codebook(), builders.settings())
    assert "data.missing-address" == caught.value.code


def test_address_that_does_not_fit_is_named_without_its_content() -> None:
    asked = builders.request(ship_to=builders.address(city="C" * 101))
    with pytest.raises(DataError) as caught:
        translate.ship_order(asked, builders.codebook(), builders.settings())
    assert ("ongoing.unfit-order", "city") == (caught.value.code, caught.value.path)
    assert "CCC" not in str(caught.value)


def test_removal_names_the_whole_order() -> None:
    order = rendered(translate.removed_order(builders.cancellation()))
    assert ("P00000042", "Remove", ()) == (order.number, order.operation, order.lines)


def test_removal_of_single_lines_is_a_data_error() -> None:
    with pytest.raises(DataError) as caught:
        translate.removed_order(builders.cancellation(line_numbers=(1,)))
    assert "ongoing.partial-cancellation" == caught.value.code


# --- the warehouse's clock


@pytest.mark.parametrize(
    ("moment", "reading"),
    [
        (datetime(2026, 7, 1, 10, 0, tzinfo=UTC), "2026-07-01T12:00:00"),
        (datetime(2026, 11, 22, 12, 0, 0, 999, tzinfo=UTC), "2026-11-22T13:00:00"),
        # The night of 25 October 2026: 02:40 comes twice, so the query must begin before both.
        (datetime(2026, 10, 25, 0, 40, tzinfo=UTC), "2026-10-25T01:40:00"),
        (datetime(2026, 10, 25, 1, 10, tzinfo=UTC), "2026-10-25T02:10:00"),
        (datetime(2026, 10, 24, 23, 50, tzinfo=UTC), "2026-10-25T01:50:00"),
    ],
)
def test_moment_as_the_warehouses_clock_shows_it(moment: datetime, reading: str) -> None:
    assert reading == translate.warehouse_time(moment, STOCKHOLM).isoformat()


def test_no_change_after_a_moment_is_read_before_it() -> None:
    start = datetime(2026, 10, 24, 22, 0, tzinfo=UTC).timestamp()
    minutes = [datetime.fromtimestamp(start + 300 * step, UTC) for step in range(72)]
    for index, moment in enumerate(minutes):
        asked = translate.warehouse_time(moment, STOCKHOLM)
        readings = [later.astimezone(STOCKHOLM).replace(tzinfo=None) for later in minutes[index:]]
        assert asked <= min(readings)


def test_number_of_items_keeps_its_value() -> None:
    order = rendered(translate.ship_order(builders.request(), builders.codebook(), builders.settings()))
    assert [Decimal(2)] == [line.quantity for line in order.lines]
