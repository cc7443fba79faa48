"""Answers' XML as plain records.

Answers are read here and not by zeep: beside an element that our WSDL does not name, zeep's tolerant mode gives up the
whole record, and a missing element becomes None without a word (tried with zeep 4.3.3, 22 Nov 2026).
"""

from __future__ import annotations

from typing import Any, TypeVar

from lxml import etree
from pydantic import BaseModel, ValidationError

from hub.errors import DataError

_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"

Row = dict[str, Any]
"""One record of an answer: element name to text, to a nested record, or to a list of these."""

Model = TypeVar("Model", bound=BaseModel)


def read_result(operation: str, body: bytes) -> Row:
    """The result element of an answer's envelope.

    Raises DataError ``ongoing.incomplete-answer`` where it is missing.
    """
    envelope = _envelope(body)
    for element in envelope.iter(f"{{*}}{operation}Result") if envelope is not None else ():
        result = _value(element)
        return result if isinstance(result, dict) else {}
    raise _incomplete(operation)


def rows(result: Row, container: str, name: str) -> list[Row]:
    """The records of an array in a result: none where the array is missing or empty."""
    array = result.get(container)
    found = array.get(name, []) if isinstance(array, dict) else []
    return [row if isinstance(row, dict) else {} for row in (found if isinstance(found, list) else [found])]


def last_article(body: bytes) -> int | None:
    """The greatest system id on a page of GetInventoryByQuery, None on an empty page: the end.

    Raises DataError ``ongoing.incomplete-answer`` where the page can't be paged on.
    """
    found = rows(read_result("GetInventoryByQuery", body), "InventoryLines", "InventoryLine")
    articles = [row.get("Article") for row in found]
    ids = [_number(article.get("ArticleSystemId")) if isinstance(article, dict) else None for article in articles]
    return _greatest(ids, "InventoryLine.Article.ArticleSystemId")


def each_order(body: bytes) -> list[tuple[int, bytes]]:
    """The orders of a GetOrdersByQuery with their system ids, each in an envelope of its own and otherwise untouched.

    So an order that has not changed is the same document again, whichever page it came on.
    Raises DataError ``ongoing.incomplete-answer`` where the page can't be paged on.
    """
    read_result("GetOrdersByQuery", body)
    envelope = _envelope(body)
    array = envelope.find(".//{*}GetOrdersByQueryResult/{*}Orders") if envelope is not None else None
    if envelope is None or array is None:
        return []
    orders = array.findall("{*}Order")
    ids = [_number(order.findtext("{*}OrderInfo/{*}OrderId")) for order in orders]
    _greatest(ids, "Order.OrderInfo.OrderId")
    array.clear()
    alone: list[tuple[int, bytes]] = []
    for order_id, order in zip(ids, orders, strict=True):
        array.append(order)
        alone.append((order_id or 0, etree.tostring(envelope, xml_declaration=True, encoding="utf-8")))
        array.remove(order)
    return alone


def _number(text: object) -> int | None:
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() else None


def _greatest(ids: list[int | None], path: str) -> int | None:
    known = [number for number in ids if number is not None]
    if ids and not known:
        raise DataError("No record has a system id.", code="ongoing.incomplete-answer", path=path)
    return max(known, default=None)


def read_as(model: type[Model], row: Row, place: str) -> Model:
    """``row`` as ``model``. Raises DataError ``ongoing.incomplete-answer`` with the path of the first wrong field."""
    try:
        return model.model_validate(row)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
    path = ".".join([place, *(str(part) for part in first["loc"])])
    raise DataError(
        f"{path} is missing or wrong ({first['type']}).",
        code="ongoing.incomplete-answer",
        cure="Refetch; where it stays, ask the warehouse what changed in its service.",
        path=path,
    )


def _envelope(body: bytes) -> etree._Element | None:
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except (etree.XMLSyntaxError, ValueError):
        return None
    return None if root.getroottree().docinfo.doctype else root


def _incomplete(operation: str) -> DataError:
    return DataError(
        f"The answer to {operation} has no {operation}Result.",
        code="ongoing.incomplete-answer",
        cure="Refetch; where it stays, ask the warehouse what changed in its service.",
        path=f"{operation}Response",
    )


def _value(element: etree._Element) -> Row | str | None:
    if element.get(_NIL) in {"true", "1"}:
        return None
    children = list(element.iterchildren("*"))
    if not children:
        return (element.text or "").strip()
    record: Row = {}
    for child in children:
        value = _value(child)
        if value is None:
            continue
        name = etree.QName(child).localname
        if name not in record:
            record[name] = value
        elif isinstance(record[name], list):
            record[name].append(value)
        else:
            record[name] = [record[name], value]
    return record
