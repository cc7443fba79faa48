"""Identifiers. Always text, never numbers: a leading zero is part of a partner's id."""

from __future__ import annotations

import re
from typing import NewType

PartnerId = NewType("PartnerId", str)
ConnectionId = NewType("ConnectionId", str)
ChannelId = NewType("ChannelId", str)
LocationId = NewType("LocationId", str)
Sku = NewType("Sku", str)
OrderId = NewType("OrderId", str)
LineId = NewType("LineId", str)
RequestId = NewType("RequestId", str)
"""A fulfilment request, and with a supplier the purchase order number: ``P00000042`` (9 characters, X12-safe)."""
ShipmentId = NewType("ShipmentId", str)
TransferId = NewType("TransferId", str)
"""Goods on their way to a location: ``T00000042``, safe in X12."""
DocumentId = NewType("DocumentId", str)
SoftHoldKey = NewType("SoftHoldKey", str)
"""A soft hold, by the key that whoever placed it gave: a cart's or a quote's."""

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


def order_id_for(channel: ChannelId, external_id: str) -> OrderId:
    """The hub's order id: the channel and its own id, so that the same order never gets two.

    >>> order_id_for(ChannelId("toyshop"), "5001")
    'toyshop-5001'
    """
    return OrderId(f"{channel}-{_UNSAFE.sub('_', external_id)}")
