"""Our requests against the vendor's own examples, byte for byte where both say the same thing."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import ongoing_builders as builders
import pytest
from lxml import etree
from ongoing_builders import Example

from hub.mapping.codebook import PartnerItem
from hub.model.identity import Sku
from hub.transport.http import HttpSettings, open_http
from hub.transport.soap import SoapClient
from hub_ongoing import simulator_soap, translate
from hub_ongoing.client import OngoingClient

CREDENTIALS = {"GoodsOwnerCode": "{{GoodsOwnerCode}}", "UserName": "{{Username}}", "Password": "{{Password}}"}

NOT_SENT = {
    "Telephone": "one number is enough, and it is sent as MobilePhone",
    "CustomerNumber": "a shop's buyer has no number at the warehouse",
}
NOT_IN_THE_EXAMPLES = {
    "ReferenceNumber": "documented on the ProcessOrder page; the channel's own order number",
    "WayOfDelivery": "documented on the ProcessOrder page; the sold service",
}


def normalised(envelope: bytes, without: set[str]) -> bytes:
    """The first element of the body: one namespace spelling, no comments, no white space between elements."""
    # The example says utf-16 and is none.
    plain = re.sub(rb"<\?xml[^>]*\?>", b"", envelope)
    root = etree.fromstring(plain, etree.XMLParser(remove_comments=True, remove_blank_text=True))
    body = root.find("{http://schemas.xmlsoap.org/soap/envelope/}Body")
    assert body is not None
    assert len(body) == 1
    return etree.tostring(_rebuilt(body[0], without), method="c14n")


def _rebuilt(element: etree._Element, without: set[str]) -> etree._Element:
    copy = etree.Element(element.tag, nsmap={None: "http://ongoingsystems.se/WSI"})
    copy.text = (element.text or "").strip() or None
    for child in element:
        if etree.QName(child).localname not in without:
            copy.append(_rebuilt(child, without))
    return copy


@pytest.fixture
def client() -> OngoingClient:
    context = builders.context(username="hub")
    return OngoingClient(
        context.settings,
        allow_private=True,
        sleep=context.sleep,
        monotonic=context.monotonic,
        random=context.random.random,
    )


def filled(envelope: bytes) -> bytes:
    """Our envelope with the example's credentials, which production puts in at sending."""
    root = etree.fromstring(envelope)
    for name, value in CREDENTIALS.items():
        for element in root.iter(f"{{http://ongoingsystems.se/WSI}}{name}"):
            element.text = value
    return etree.tostring(root)


def test_ship_order_equals_the_vendors_example(client: OngoingClient, example: Example) -> None:
    codebook = builders.codebook(items=(PartnerItem(Sku("ROBOT"), {"article": "YPGKX"}),))
    request = builders.request(
        "O5987", lines=(builders.line(1, quantity="1"), builders.line(2)), ship_to=builders.address(email="a@b.com")
    )
    order = translate.ship_order(request, codebook, builders.settings(notify_by_email=True, notify_by_sms=True))
    theirs = normalised(example("ProcessOrder - create or update an order"), set(NOT_SENT))
    assert theirs == normalised(filled(client.render_order(order)), set(NOT_IN_THE_EXAMPLES))


def soap() -> SoapClient:
    http = open_http(
        HttpSettings(base_url="http://127.0.0.1:9/", allowed_hosts=frozenset({"127.0.0.1"}), allow_private=True)
    )
    wsdl = Path(translate.__file__).parents[1] / "wsdl" / "ongoing.wsdl"
    return SoapClient(wsdl, "", http)


def test_order_lookup_equals_the_vendors_example(example: Example) -> None:
    query = {"OrderNumbersToGet": {"string": ["O5987", "O1234"]}}
    ours = soap().render("GetOrdersByQuery", {**CREDENTIALS, "query": query})
    assert normalised(example("Get orders by query"), set()) == normalised(ours, set())


def test_inventory_query_equals_the_vendors_example(example: Example) -> None:
    query = {"ArticleSystemIdFrom": 34293, "MaxArticlesToGet": 1}
    ours = soap().render("GetInventoryByQuery", {**CREDENTIALS, "GetInventoryQuery": query})
    assert normalised(example("Get inventory by query"), set()) == normalised(ours, set())


def test_status_query_equals_the_vendors_example(example: Example) -> None:
    ours = soap().render("GetOrderStatuses", CREDENTIALS)
    assert normalised(example("Get order statuses"), set()) == normalised(ours, set())


@pytest.mark.parametrize(
    "name",
    [
        "ProcessOrder - create or update an order",
        "Get orders by query",
        "Get inventory by query",
        "Get order statuses",
    ],
)
def test_the_simulators_schema_takes_the_vendors_examples(name: str, example: Example) -> None:
    plain = re.sub(rb"<\?xml[^>]*\?>", b"", example(name))
    body = etree.tostring(etree.fromstring(plain, etree.XMLParser(remove_comments=True)))
    assert "{{GoodsOwnerCode}}" == simulator_soap.read_call(body, simulator_soap.load_schema()).goods_owner


def test_a_moment_is_asked_for_without_an_offset(client: OngoingClient) -> None:
    body = soap().render(
        "GetOrdersByQuery",
        {**CREDENTIALS, "query": {"LastUpdatedFrom": datetime(2026, 11, 22, 13, 0)}},  # noqa: DTZ001
    )
    assert b">2026-11-22T13:00:00</" in body
