"""The hook by which the hub finds this connector."""

from __future__ import annotations

from hub.sdk.capabilities import (
    AcknowledgementSink,
    Health,
    InventorySink,
    InvoiceSink,
    ItemSink,
    OrderSource,
    ReplySink,
    ShipmentSink,
)
from hub.sdk.hookspecs import hookimpl
from hub.sdk.spec import ConnectorSpec
from hub_x12_retailer.connector import X12Retailer
from hub_x12_retailer.settings import X12RetailerSettings

_PROVIDES = (
    OrderSource,
    AcknowledgementSink,
    InventorySink,
    ShipmentSink,
    InvoiceSink,
    ItemSink,
    ReplySink,
    Health,
)


@hookimpl
def hub_connectors() -> list[ConnectorSpec]:
    """One connector: a retailer whose buyers order from us by X12 files in a mailbox."""
    return [
        ConnectorSpec(
            name="x12_retailer",
            title="X12 retailer (850, 860, 997 in; 846, 855, 856, 865, 810, 832 out)",
            version="0.1.0",
            settings=X12RetailerSettings,
            provides=dict.fromkeys(_PROVIDES, X12Retailer),
            allowed_hosts=("{mailbox}",),
            docs="connectors/x12_retailer/README.md",
            simulator="hub_x12_retailer.simulator:RetailerSimulator",
            default_poll_seconds={"mailbox": 60},
        )
    ]
