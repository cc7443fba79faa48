"""Adding what no schema names, to see that a connector takes partners' new fields calmly."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from lxml import etree

from hub.model.document import Document

NAME = "crossdockUnknown"
_VALUE = "a field of next year"


def with_unknown_fields(document: Document) -> Document | None:
    """The document with one more field in every JSON object, XML element with children, or CSV row.

    None where the format has no place for it (X12 has none) or the bytes are not of the media type they claim.
    """
    kind = document.media_type.partition(";")[0].strip().lower()
    if kind.endswith(("/json", "+json")):
        body = _json(document.body)
    elif kind.endswith(("/xml", "+xml")):
        body = _xml(document.body)
    elif kind == "text/csv":
        body = _csv(document.body)
    else:
        body = None
    return None if body is None else replace(document, body=body)


def _json(body: bytes) -> bytes | None:
    try:
        value = json.loads(body)
    except ValueError:
        return None
    return json.dumps(_grown(value)).encode()


def _grown(value: Any) -> Any:
    if isinstance(value, dict):
        return {**{key: _grown(item) for key, item in value.items()}, NAME: _VALUE}
    return [_grown(item) for item in value] if isinstance(value, list) else value


def _xml(body: bytes) -> bytes | None:
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError:
        return None
    parents = [element for element in root.iter(etree.Element) if len(element)]
    for parent in parents:
        namespace = etree.QName(parent).namespace
        added = etree.SubElement(parent, f"{{{namespace}}}{NAME}" if namespace else NAME)
        added.text = _VALUE
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _csv(body: bytes) -> bytes:
    first, *rest = body.decode().splitlines()
    return "".join(f"{line}\n" for line in [f"{first},{NAME}", *(f"{line},{_VALUE}" for line in rest)]).encode()
