"""X12: bytes to typed transaction sets and back. Syntax only: nothing here knows the canonical model.

The public surface is re-exported lazily, so that importing ``hub.edi`` costs nothing and pyx12 is loaded
only when a set is checked.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hub.edi.acks import acknowledge_group as acknowledge_group
    from hub.edi.acks import acknowledgement_envelope as acknowledgement_envelope
    from hub.edi.acks import acknowledgement_set as acknowledgement_set
    from hub.edi.acks import technical_acknowledgement as technical_acknowledgement
    from hub.edi.check import check_interchange as check_interchange
    from hub.edi.check import check_set as check_set
    from hub.edi.documents.acknowledgement import parse_acknowledgement as parse_acknowledgement
    from hub.edi.documents.acknowledgement import render_acknowledgement as render_acknowledgement
    from hub.edi.documents.functional import parse_functional as parse_functional
    from hub.edi.documents.functional import render_functional as render_functional
    from hub.edi.documents.inventory import parse_inventory as parse_inventory
    from hub.edi.documents.inventory import render_inventory as render_inventory
    from hub.edi.documents.invoice import parse_invoice as parse_invoice
    from hub.edi.documents.invoice import render_invoice as render_invoice
    from hub.edi.documents.purchase_order import parse_purchase_order as parse_purchase_order
    from hub.edi.documents.purchase_order import render_purchase_order as render_purchase_order
    from hub.edi.documents.registry import document_from_json as document_from_json
    from hub.edi.documents.registry import document_json as document_json
    from hub.edi.documents.registry import read_document as read_document
    from hub.edi.documents.registry import write_document as write_document
    from hub.edi.documents.ship_notice import parse_ship_notice as parse_ship_notice
    from hub.edi.documents.ship_notice_rows import render_ship_notice as render_ship_notice
    from hub.edi.documents.technical import read_technical as read_technical
    from hub.edi.documents.technical import technical_row as technical_row
    from hub.edi.envelope import read_interchanges as read_interchanges
    from hub.edi.receipts import rejected_segments as rejected_segments
    from hub.edi.write import OutboundEnvelope as OutboundEnvelope
    from hub.edi.write import OutboundSet as OutboundSet
    from hub.edi.write import control_number as control_number
    from hub.edi.write import set_control_number as set_control_number
    from hub.edi.write import write_interchange as write_interchange
    from hub.edi.write import write_technical as write_technical

_HOMES = {
    "acknowledge_group": "acks",
    "acknowledgement_envelope": "acks",
    "acknowledgement_set": "acks",
    "technical_acknowledgement": "acks",
    "check_interchange": "check",
    "check_set": "check",
    "parse_acknowledgement": "documents.acknowledgement",
    "render_acknowledgement": "documents.acknowledgement",
    "parse_functional": "documents.functional",
    "render_functional": "documents.functional",
    "parse_inventory": "documents.inventory",
    "render_inventory": "documents.inventory",
    "parse_invoice": "documents.invoice",
    "render_invoice": "documents.invoice",
    "parse_purchase_order": "documents.purchase_order",
    "render_purchase_order": "documents.purchase_order",
    "parse_ship_notice": "documents.ship_notice",
    "render_ship_notice": "documents.ship_notice_rows",
    "document_from_json": "documents.registry",
    "document_json": "documents.registry",
    "read_document": "documents.registry",
    "write_document": "documents.registry",
    "read_technical": "documents.technical",
    "technical_row": "documents.technical",
    "read_interchanges": "envelope",
    "rejected_segments": "receipts",
    "OutboundEnvelope": "write",
    "OutboundSet": "write",
    "control_number": "write",
    "set_control_number": "write",
    "write_interchange": "write",
    "write_technical": "write",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
