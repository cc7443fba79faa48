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
from hub.edi.documents.change_acknowledgement import (
    ChangeAcknowledgement,
    parse_change_acknowledgement,
    render_change_acknowledgement,
)
from hub.edi.documents.functional import FunctionalAcknowledgement, parse_functional, render_functional
from hub.edi.documents.inventory import InventoryAdvice, parse_inventory, render_inventory
from hub.edi.documents.invoice import Invoice, parse_invoice, render_invoice
from hub.edi.documents.json_form import fields_from_json, json_of_fields
from hub.edi.documents.order_change import PurchaseOrderChange, parse_change, render_change
from hub.edi.documents.price_catalogue import PriceCatalogue, parse_catalogue, render_catalogue
from hub.edi.documents.purchase_order import PurchaseOrder, parse_purchase_order, render_purchase_order
from hub.edi.documents.ship_notice import ShipNotice, parse_ship_notice
from hub.edi.documents.ship_notice_rows import render_ship_notice
from hub.edi.documents.shipping_advice import ShippingAdvice, parse_shipping_advice, render_shipping_advice
from hub.edi.documents.shipping_order import ShippingOrder, parse_shipping_order, render_shipping_order
from hub.edi.documents.technical import TechnicalAcknowledgement
from hub.edi.documents.transfer_advice import TransferAdvice, parse_transfer_advice, render_transfer_advice
from hub.edi.documents.transfer_receipt import TransferReceipt, parse_transfer_receipt, render_transfer_receipt
from hub.edi.interchange import TransactionSet
from hub.edi.write import OutboundSet
from hub.errors import DataError

X12Document = (
    PurchaseOrder
    | PurchaseOrderAcknowledgement
    | PurchaseOrderChange
    | ChangeAcknowledgement
    | ShipNotice
    | Invoice
    | InventoryAdvice
    | PriceCatalogue
    | ShippingOrder
    | ShippingAdvice
    | TransferAdvice
    | TransferReceipt
    | FunctionalAcknowledgement
)

_Parse = Callable[[TransactionSet], X12Document]
_Render = Callable[[Any], OutboundSet]


@cache
def _kinds() -> Mapping[str, tuple[type[X12Document], _Parse, _Render]]:
    return MappingProxyType(
        {
            "810": (Invoice, parse_invoice, render_invoice),
            "832": (PriceCatalogue, parse_catalogue, render_catalogue),
            "846": (InventoryAdvice, parse_inventory, render_inventory),
            "850": (PurchaseOrder, parse_purchase_order, render_purchase_order),
            "855": (PurchaseOrderAcknowledgement, parse_acknowledgement, render_acknowledgement),
            "856": (ShipNotice, parse_ship_notice, render_ship_notice),
            "860": (PurchaseOrderChange, parse_change, render_change),
            "865": (ChangeAcknowledgement, parse_change_acknowledgement, render_change_acknowledgement),
            "940": (ShippingOrder, parse_shipping_order, render_shipping_order),
            "943": (TransferAdvice, parse_transfer_advice, render_transfer_advice),
            "944": (TransferReceipt, parse_transfer_receipt, render_transfer_receipt),
            "945": (ShippingAdvice, parse_shipping_advice, render_shipping_advice),
            "997": (FunctionalAcknowledgement, parse_functional, render_functional),
        }
    )


@cache
def _sets() -> Mapping[type, str]:
    return MappingProxyType({kind: name for name, (kind, _, _) in _kinds().items()})


def set_ids() -> tuple[str, ...]:
    """ST01 of every set that has a document."""
    return tuple(sorted(_kinds()))


def document_class(set_id: str) -> type[X12Document]:
    """The class of a set's documents. Raises DataError ``x12.set-unsupported`` for a set that has none."""
    found = _kinds().get(set_id)
    if found is None:
        raise _unsupported(set_id[:6], "ST01")
    return found[0]


def set_of(document: X12Document) -> str:
    """ST01 of the document."""
    return _sets()[type(document)]


def read_document(item: TransactionSet) -> X12Document:
    """The set as its typed document. Raises DataError ``x12.set-unsupported`` for a set the hub does not read."""
    document_class(item.id)
    return _kinds()[item.id][1](item)


def write_document(document: X12Document) -> OutboundSet:
    """The document's segments between ST and SE; totals of lines are counted here.

    Raises DataError ``x12.not-writable`` for a value that its element cannot carry.
    """
    return _kinds()[set_of(document)][2](document)


def document_json(document: X12Document | TechnicalAcknowledgement) -> dict[str, Any]:
    """``{"set": "850", ...}``: fields by their names, numbers as strings, dates in ISO form.

    What is empty is left out, and so are findings and places: they belong to one reading and not to the
    document. A TA1, which is a segment and no set, has ``"set": "TA1"``.
    """
    name = "TA1" if isinstance(document, TechnicalAcknowledgement) else set_of(document)
    return {"set": name, **json_of_fields(document)}


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
