"""Every transaction set the hub reads and writes, by its ST01, and its canonical JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from hub.edi.documents.acknowledgement import (
    PurchaseOrderAcknowledgement,
    parse_acknowledgement,
    render_acknowledgement,
)
from hub.edi.documents.functional import FunctionalAcknowledgement, parse_functional, render_functional
from hub.edi.documents.inventory import InventoryAdvice, parse_inventory, render_inventory
from hub.edi.documents.invoice import Invoice, parse_invoice, render_invoice
from hub.edi.documents.json_form import fields_from_json, json_of_fields
from hub.edi.documents.purchase_order import PurchaseOrder, parse_purchase_order, render_purchase_order
from hub.edi.documents.ship_notice import ShipNotice, parse_ship_notice
from hub.edi.documents.ship_notice_rows import render_ship_notice
from hub.edi.interchange import TransactionSet
from hub.edi.write import OutboundSet
from hub.errors import DataError

X12Document = (
    PurchaseOrder | PurchaseOrderAcknowledgement | ShipNotice | Invoice | InventoryAdvice | FunctionalAcknowledgement
)

_Parse = Callable[[TransactionSet], X12Document]
_Render = Callable[[Any], OutboundSet]


@cache
def _kinds() -> Mapping[str, tuple[type[X12Document], _Parse, _Render | None]]:
    return MappingProxyType(
        {
            "810": (Invoice, parse_invoice, render_invoice),
            "846": (InventoryAdvice, parse_inventory, render_inventory),
            "850": (PurchaseOrder, parse_purchase_order, render_purchase_order),
            "855": (PurchaseOrderAcknowledgement, parse_acknowledgement, render_acknowledgement),
            "856": (ShipNotice, parse_ship_notice, render_ship_notice),
            "997": (FunctionalAcknowledgement, parse_functional, render_functional),
        }
    )


@cache
def _sets() -> Mapping[type, str]:
    return MappingProxyType({kind: name for name, (kind, _, _) in _kinds().items()})


def set_of(document: X12Document) -> str:
    """ST01 of the document."""
    return _sets()[type(document)]


def read_document(item: TransactionSet) -> X12Document:
    """The set as its typed document. Raises DataError ``x12.set-unsupported`` for a set the hub does not read."""
    found = _kinds().get(item.id)
    if found is None:
        raise _unsupported(item.id[:6], "ST01")
    return found[1](item)


def write_document(document: X12Document) -> OutboundSet:
    """The document's segments between ST and SE; counts are written here."""
    name = set_of(document)
    render = _kinds()[name][2]
    if render is None:
        raise _unsupported(name, "set")
    return render(document)


def document_json(document: X12Document) -> dict[str, Any]:
    """``{"set": "850", ...}``: fields by their names, numbers as strings, dates in ISO form.

    What is empty is left out, and so are findings and places: they belong to one reading and not to the document.
    """
    return {"set": set_of(document), **json_of_fields(document)}


def document_from_json(data: object) -> X12Document:
    """The document that `document_json` describes; a field that is left out has its default.

    Raises DataError ``x12.set-unsupported``, or ``x12.json-invalid`` with the path of the first field that does
    not fit.
    """
    given = data if isinstance(data, Mapping) else {}
    name = str(given.get("set", ""))
    found = _kinds().get(name)
    if found is None:
        raise _unsupported(name[:6], "set")
    return fields_from_json(found[0], {key: value for key, value in given.items() if key != "set"})


def _unsupported(name: str, path: str) -> DataError:
    return DataError(
        f"The hub has no document for the transaction set {name or '(none)'}.",
        code="x12.set-unsupported",
        cure=f"Use one of {', '.join(sorted(_kinds()))}.",
        path=path,
    )
