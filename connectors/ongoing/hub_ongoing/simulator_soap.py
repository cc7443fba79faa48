"""XML of the simulator: requests checked against our own schema, answers in the vendor's shape. No I/O but the WSDL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from decimal import Decimal
from importlib import resources
from typing import NamedTuple

from lxml import etree

from hub_ongoing.simulator_records import ArticleCount, AskedOrder, OrderedLine, Status, WarehouseOrder

NAMESPACE = "http://ongoingsystems.se/WSI"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_XSD = "http://www.w3.org/2001/XMLSchema"
_CONSIGNEE = ("Name", "Address", "Address2", "Address3", "PostCode", "City", "CountryStateCode", "CountryCode")
_EVERYTHING = 2**31 - 1


class BadRequestError(Exception):
    """The body is no envelope of ours; answered as a SOAP fault."""


class Call(NamedTuple):
    """One checked request."""

    operation: str
    element: etree._Element
    user: str
    password: str
    goods_owner: str


class OrderQuery(NamedTuple):
    """What GetOrdersByQuery asks for."""

    numbers: list[str]
    since: datetime | None
    status_from: int
    status_to: int
    id_from: int
    limit: int


class ArticleQuery(NamedTuple):
    """What GetInventoryByQuery asks for."""

    numbers: list[str]
    id_from: int
    limit: int


def load_schema() -> etree.XMLSchema:
    """The schema inside our WSDL."""
    wsdl = resources.files("hub_ongoing").joinpath("wsdl/ongoing.wsdl").read_bytes()
    schema = etree.fromstring(wsdl, _parser()).find(f".//{{{_XSD}}}schema")
    if schema is None:
        raise ValueError("the packaged WSDL holds no schema")
    return etree.XMLSchema(schema)


def read_call(body: bytes, schema: etree.XMLSchema) -> Call:
    """The request inside an envelope. Raises BadRequestError where it breaks the schema."""
    try:
        envelope = etree.fromstring(body, _parser())
    except etree.XMLSyntaxError as error:
        raise BadRequestError("the envelope is not well-formed") from error
    if envelope.getroottree().docinfo.doctype:
        raise BadRequestError("a document type is not allowed")
    found = envelope.find(f"{{{SOAP}}}Body/*")
    if found is None:
        raise BadRequestError("the envelope has no body")
    if not schema.validate(found):
        raise BadRequestError("; ".join(str(error.message) for error in schema.error_log))
    return Call(
        etree.QName(found).localname,
        found,
        _text(found, "UserName"),
        _text(found, "Password"),
        _text(found, "GoodsOwnerCode"),
    )


def read_order(element: etree._Element) -> AskedOrder:
    """The business content of a ProcessOrder."""
    order = element.find(_path("co"))
    if order is None:
        raise BadRequestError("ProcessOrder has no co")
    return AskedOrder(
        number=_text(order, "OrderInfo/GoodsOwnerOrderNumber"),
        operation=_text(order, "OrderInfo/OrderOperation"),
        reference=_text(order, "OrderInfo/ReferenceNumber"),
        way_of_delivery=_text(order, "OrderInfo/WayOfDelivery"),
        consignee={name: _text(order, f"Customer/{name}") for name in _CONSIGNEE},
        lines=tuple(
            OrderedLine(
                _text(line, "ExternalOrderLineCode"),
                _text(line, "ArticleNumber"),
                Decimal(_text(line, "NumberOfItems")),
            )
            for line in order.findall(_path("CustomerOrderLines/CustomerOrderLine"))
        ),
    )


def read_order_query(element: etree._Element, zone: tzinfo) -> OrderQuery:
    """The filters of a GetOrdersByQuery; moments without a zone are the warehouse's own."""
    since = _text(element, "query/LastUpdatedFrom")
    moment = datetime.fromisoformat(since) if since else None
    return OrderQuery(
        numbers=_strings(element, "query/OrderNumbersToGet"),
        since=moment.replace(tzinfo=zone) if moment is not None and moment.tzinfo is None else moment,
        status_from=_number(element, "query/OrderStatusFrom", 0),
        status_to=_number(element, "query/OrderStatusTo", _EVERYTHING),
        id_from=_number(element, "query/OrderIdFrom", 0),
        limit=_number(element, "query/MaxOrdersToGet", _EVERYTHING),
    )


def read_article_query(element: etree._Element) -> ArticleQuery:
    """The filters of a GetInventoryByQuery."""
    return ArticleQuery(
        numbers=_strings(element, "GetInventoryQuery/ArticleNumbersToGet"),
        id_from=_number(element, "GetInventoryQuery/ArticleSystemIdFrom", 0),
        limit=_number(element, "GetInventoryQuery/MaxArticlesToGet", _EVERYTHING),
    )


def processed(order: WarehouseOrder) -> bytes:
    """Answer to a ProcessOrder that was done."""
    result = etree.Element(_name("ProcessOrderResult"))
    _add(result, "GoodsOwnerOrderNumber", order.number)
    _add(result, "OrderId", order.order_id)
    _add(result, "Success", "true")
    return _envelope("ProcessOrder", result)


def refused(words: str) -> bytes:
    """Answer to a ProcessOrder that was understood and not done: still HTTP 200."""
    result = etree.Element(_name("ProcessOrderResult"))
    _add(result, "ErrorMessage", words)
    _add(result, "OrderId", 0)
    _add(result, "Success", "false")
    return _envelope("ProcessOrder", result)


def orders(found: Iterable[WarehouseOrder], articles: Mapping[str, int], zone: tzinfo) -> bytes:
    """Answer to a GetOrdersByQuery; ``articles`` gives the system id of each article number."""
    result = etree.Element(_name("GetOrdersByQueryResult"))
    listed = etree.SubElement(result, _name("Orders"))
    for order in found:
        _order(listed, order, articles, zone)
    return _envelope("GetOrdersByQuery", result)


def inventory(found: Iterable[ArticleCount]) -> bytes:
    """Answer to a GetInventoryByQuery."""
    result = etree.Element(_name("GetInventoryByQueryResult"))
    lines = etree.SubElement(result, _name("InventoryLines"))
    for count in found:
        line = etree.SubElement(lines, _name("InventoryLine"))
        article = etree.SubElement(line, _name("Article"))
        _add(article, "ArticleSystemId", count.system_id)
        _add(article, "ArticleNumber", count.number)
        _add(line, "NumberOfItemsDecimal", format(count.on_hand, "f"))
        _add(line, "SellableNumberOfItems", format(count.sellable, "f"))
    _add(result, "GoodsOwnerId", 7)
    return _envelope("GetInventoryByQuery", result)


def statuses() -> bytes:
    """Answer to a GetOrderStatuses."""
    result = etree.Element(_name("GetOrderStatusesResult"))
    listed = etree.SubElement(result, _name("OrderStatuses"))
    for status in Status:
        entry = etree.SubElement(listed, _name("OrderStatus"))
        _add(entry, "OrderStatusId", int(status))
        _add(entry, "OrderStatusName", status.name.capitalize())
    return _envelope("GetOrderStatuses", result)


def empty(operation: str) -> bytes:
    """An answer whose result element is missing, as a half-broken server gives it."""
    return _envelope(operation, None)


def fault(words: str, *, code: str = "soap:Server") -> bytes:
    """A SOAP 1.1 fault."""
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
    body = etree.SubElement(etree.SubElement(envelope, f"{{{SOAP}}}Body"), f"{{{SOAP}}}Fault")
    etree.SubElement(body, "faultcode").text = code
    etree.SubElement(body, "faultstring").text = words
    return _bytes(envelope)


def _order(parent: etree._Element, order: WarehouseOrder, articles: Mapping[str, int], zone: tzinfo) -> None:
    element = etree.SubElement(parent, _name("Order"))
    _order_info(etree.SubElement(element, _name("OrderInfo")), order, zone)
    _add(element, "Success", "true")
    lines = etree.SubElement(element, _name("PickedOrderLines"))
    for index, line in enumerate(order.asked.lines):
        entry = etree.SubElement(lines, _name("PickedOrderLine"))
        article = etree.SubElement(entry, _name("Article"))
        _add(article, "ArticleSystemId", articles[line.article_number])
        _add(article, "ArticleNumber", line.article_number)
        _add(entry, "OrderLineSystemId", order.order_id * 100 + index)
        _add(entry, "OrderedNumberOfItems", format(line.quantity, "f"))
        _add(entry, "PickedNumberOfItems", format(order.picked.get(line.code, Decimal(0)), "f"))
        _add(entry, "ExternalOrderLineCode", line.code)
    if order.carrier:
        _add(etree.SubElement(element, _name("Transporter")), "TransporterName", order.carrier)
    boxes = etree.SubElement(element, _name("OrderPalletItems"))
    for parcel in order.parcels:
        box = etree.SubElement(boxes, _name("OrderPalletItemInfo"))
        _add(box, "Id", parcel.pallet_id)
        _add(box, "LabelId", parcel.label)
        _add(etree.SubElement(box, _name("Tracking")), "TrackingUrl", parcel.tracking_url)


def _order_info(info: etree._Element, order: WarehouseOrder, zone: tzinfo) -> None:
    _add(info, "OrderId", order.order_id)
    if order.asked.reference:
        _add(info, "ReferenceNumber", order.asked.reference)
    _add(info, "GoodsOwnerOrderNumber", order.number)
    _add(info, "CreatedDate", _local(order.created_at, zone))
    if order.shipped_at is not None:
        _add(info, "ShippedTime", _local(order.shipped_at, zone))
        _add(info, "WayBill", order.way_bill)
    _add(info, "OrderStatusNumber", int(order.status))
    _add(info, "OrderStatusText", order.status.name.capitalize())
    _add(info, "PickedNumberOfItems", format(sum(order.picked.values(), Decimal(0)), "f"))
    _add(info, "OrderedNumberOfItems", format(sum((line.quantity for line in order.asked.lines), Decimal(0)), "f"))


def _envelope(operation: str, result: etree._Element | None) -> bytes:
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
    body = etree.SubElement(envelope, f"{{{SOAP}}}Body")
    answer = etree.SubElement(body, _name(f"{operation}Response"), nsmap={None: NAMESPACE})
    if result is not None:
        answer.append(result)
    etree.cleanup_namespaces(envelope)
    return _bytes(envelope)


def _bytes(envelope: etree._Element) -> bytes:
    return etree.tostring(envelope, encoding="utf-8", xml_declaration=True)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _name(local: str) -> str:
    return f"{{{NAMESPACE}}}{local}"


def _path(steps: str) -> str:
    return "/".join(_name(step) for step in steps.split("/"))


def _add(parent: etree._Element, local: str, value: object) -> None:
    etree.SubElement(parent, _name(local)).text = str(value)


def _text(parent: etree._Element, steps: str) -> str:
    return parent.findtext(_path(steps)) or ""


def _number(parent: etree._Element, steps: str, default: int) -> int:
    text = _text(parent, steps)
    return int(text) if text else default


def _strings(parent: etree._Element, steps: str) -> list[str]:
    return [element.text or "" for element in parent.findall(_path(f"{steps}/string"))]


def _local(moment: datetime, zone: tzinfo) -> str:
    # .NET writes a moment of unspecified kind without an offset, so the zone is only in the tenant's settings.
    return moment.astimezone(zone).replace(tzinfo=None).isoformat()
