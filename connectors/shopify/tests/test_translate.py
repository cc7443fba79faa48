"""Samples in and expected pairs, and what translation must refuse."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import DataError
from hub.mapping.codebook import Codebook
from hub.model.document import Direction, Document
from hub.model.fulfilment import FulfilmentRequest, RequestKind, RequestLine
from hub.model.identity import ChannelId, ConnectionId, LineId, LocationId, OrderId, RequestId, Sku
from hub.model.order import Order
from hub.model.stock import QuantityUpdate
from hub.sdk.capabilities import Envelope, Parsed, Stamp
from hub_shopify.translate.counts import parse_counts
from hub_shopify.translate.orders import ORDER_KIND, WEBHOOK_KIND, parse_order
from hub_shopify.translate.outgoing import reference, render_assignment, render_quantities
from hub_shopify.translate.shipments import parse_shipments

SAMPLES = Path(__file__).parent / "samples"
NAMES = sorted(path.name.removesuffix(".in.json") for path in SAMPLES.glob("*.in.json"))
CHANNEL = ChannelId("toyshop")
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def document(body: bytes, kind: str = ORDER_KIND) -> Document:
    return Document(ConnectionId("toyshop"), Direction.INBOUND, kind, "sample", body, NOW, "application/json")


def parsed(name: str, codebook: Codebook) -> Parsed:
    body = (SAMPLES / f"{name}.in.json").read_bytes()
    match name.split(".", maxsplit=1)[0]:
        case "order":
            return parse_order(document(body), codebook, CHANNEL, accept_tests=False)
        case "webhook":
            return parse_order(document(body, WEBHOOK_KIND), codebook, CHANNEL, accept_tests=False)
        case "counts":
            return parse_counts(document(body), codebook)
        case _:
            return parse_shipments(document(body), codebook, CHANNEL, ("65002", "65003"))


def shown(result: Parsed) -> dict[str, Any]:
    items = [
        {"type": type(item).__name__, **item.model_dump(mode="json", exclude_defaults=True)} for item in result.items
    ]
    problems = [{"path": p.path, "code": p.code, "value": p.value} for p in result.problems]
    return {"items": items, "problems": problems}


@pytest.mark.parametrize("name", NAMES)
def test_sample_becomes_what_is_expected(name: str, codebook: Codebook) -> None:
    expected = json.loads((SAMPLES / f"{name}.out.json").read_text())
    assert expected == shown(parsed(name, codebook))


def test_every_sample_states_its_source() -> None:
    sources = tomllib.loads((SAMPLES / "SOURCES.toml").read_text())
    assert NAMES == sorted(sources)
    assert {"vendor-doc", "written-by-us"} >= {source["provenance"] for source in sources.values()}


def test_webhook_and_poll_of_the_same_update_differ_in_who_knows_better_only(codebook: Codebook) -> None:
    (polled,), (pushed,) = (parsed(name, codebook).items for name in ("order.two_lines", "webhook.two_lines"))
    assert isinstance(polled, Order)
    assert isinstance(pushed, Order)
    assert pushed.revision < polled.revision
    assert pushed == polled.model_copy(update={"revision": pushed.revision})


def test_later_update_and_later_poll_of_the_same_second_win(codebook: Codebook) -> None:
    node = json.loads((SAMPLES / "order.two_lines.in.json").read_text())

    def revision(updated: str, at: datetime) -> str:
        polled = replace(document(json.dumps(node | {"updatedAt": updated}).encode()), at=at)
        (order,) = parse_order(polled, codebook, CHANNEL, accept_tests=False).items
        assert isinstance(order, Order)
        return order.revision

    early, late = NOW, NOW + timedelta(seconds=9)
    ordered = [
        revision("2026-11-20T09:00:00Z", late),
        revision("2026-11-20T09:00:01Z", early),
        revision("2026-11-20T09:00:01Z", late),
    ]
    assert sorted(ordered) == ordered


def test_test_orders_flow_where_the_shop_wants_them(codebook: Codebook) -> None:
    body = (SAMPLES / "order.test_order.in.json").read_bytes()
    assert 1 == len(parse_order(document(body), codebook, CHANNEL, accept_tests=True).items)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b"", ""),
        (b"{", ""),
        (b"[]", ""),
        (b'{"id": "gid://shopify/Order/1"}', "name"),
        (b"\xff\xfe", ""),
    ],
)
def test_broken_order_is_a_data_error_that_quotes_nothing(body: bytes, path: str, codebook: Codebook) -> None:
    with pytest.raises(DataError) as caught:
        parse_order(document(body), codebook, CHANNEL, accept_tests=False)
    assert ("data.invalid", path) == (caught.value.code, caught.value.path)
    assert caught.value.__cause__ is None


@given(st.binary(max_size=200))
def test_any_bytes_are_an_order_or_a_data_error(body: bytes) -> None:
    book = Codebook(ConnectionId("c"), "p")  # type: ignore[arg-type]
    for kind in (ORDER_KIND, WEBHOOK_KIND):
        with pytest.raises(DataError):
            parse_order(document(body, kind), book, CHANNEL, accept_tests=False)


@given(st.integers(min_value=0, max_value=10**9), st.sampled_from(["1", "6", "12", "2.5"]))
def test_published_packs_never_promise_more_than_we_have(quantity: int, each: str) -> None:
    from hub.mapping.codebook import PartnerItem

    item = PartnerItem(Sku("A"), {"sku": "A"}, units_each=Decimal(each))
    book = Codebook(ConnectionId("c"), "p", items=(item,))  # type: ignore[arg-type]
    update = QuantityUpdate(
        key="k",
        channel=CHANNEL,
        connection=ConnectionId("c"),
        sku=Sku("A"),
        quantity=Decimal(quantity),
        computed_at=NOW,
    )
    sent = json.loads(render_quantities([Envelope("k", update)], book, Stamp(NOW, "d"), "1").body)
    published = sent["entries"][0]["quantity"] * Decimal(each)
    assert 0 <= quantity - published < Decimal(each)


def assignment(**changes: Any) -> Envelope:
    fields: dict[str, Any] = {
        "request_id": RequestId("P00000042"),
        "order_id": OrderId("toyshop-5001"),
        "channel": CHANNEL,
        "order_external_id": "5001",
        "order_number": "#1001",
        "location": LocationId("harbour"),
        "connection": ConnectionId("toyshop"),
        "kind": RequestKind.STORE,
        "requested_at": NOW,
        "promised_by": date(2026, 11, 25),
        "lines": (RequestLine(number=1, line_id=LineId("7001"), sku=Sku("OUR-TOY-1"), quantity=Decimal(2)),),
    }
    return Envelope("P00000042", FulfilmentRequest(**(fields | changes)))


def test_assignment_carries_our_reference_the_site_and_whole_units(codebook: Codebook) -> None:
    rendered = render_assignment(assignment(), codebook, Stamp(NOW, "d"), CHANNEL)
    expected = {
        "reference": "P00000042",
        "order": "5001",
        "location": "65002",
        "lines": [{"line": "7001", "units": 2, "number": 1}],
    }
    assert expected == json.loads(rendered.body)
    assert rendered == render_assignment(assignment(), codebook, Stamp(NOW, "d"), CHANNEL)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"channel": ChannelId("other")}, "shopify.foreign-order"),
        ({"location": LocationId("moon")}, "data.unmapped-location"),
        (
            {"lines": (RequestLine(number=1, line_id=LineId("1"), sku=Sku("A"), quantity=Decimal("0.5")),)},
            "shopify.fractional-units",
        ),
    ],
)
def test_request_the_shop_cannot_carry_is_a_data_error(changes: dict[str, Any], code: str, codebook: Codebook) -> None:
    with pytest.raises(DataError) as caught:
        render_assignment(assignment(**changes), codebook, Stamp(NOW, "d"), CHANNEL)
    assert code == caught.value.code


@pytest.mark.parametrize("key", ["P1", "a" * 57, "P-1_x"])
def test_key_that_shopify_allows_is_its_own_reference(key: str) -> None:
    assert key == reference(key)


@pytest.mark.parametrize("key", ["x", "a" * 58, "S-1:toyshop", ""])
def test_other_keys_become_a_stable_digest(key: str) -> None:
    assert 40 == len(reference(key))
    assert reference(key) == reference(key)


def test_order_without_a_country_is_a_data_error_with_its_place(codebook: Codebook) -> None:
    node = json.loads((SAMPLES / "order.two_lines.in.json").read_text())
    node["shippingAddress"]["countryCodeV2"] = None
    with pytest.raises(DataError) as caught:
        parse_order(document(json.dumps(node).encode()), codebook, CHANNEL, accept_tests=False)
    assert "shippingAddress.countryCodeV2" == caught.value.path


def test_order_for_collection_has_no_address(codebook: Codebook) -> None:
    node = json.loads((SAMPLES / "order.two_lines.in.json").read_text())
    node["shippingAddress"] = None
    (order,) = parse_order(document(json.dumps(node).encode()), codebook, CHANNEL, accept_tests=False).items
    assert isinstance(order, Order)
    assert order.ship_to is None
