"""The hook by which the hub finds this connector."""

from __future__ import annotations

from hub.sdk.capabilities import (
    AcknowledgementSource,
    CancellationSink,
    FulfilmentSink,
    Health,
    InventorySource,
    InvoiceSource,
    ItemSource,
    ReplySink,
    ShipmentSource,
)
from hub.sdk.hookspecs import hookimpl
from hub.sdk.spec import ConnectorSpec
from hub_x12_supplier.connector import X12Supplier
from hub_x12_supplier.settings import X12SupplierSettings

_PROVIDES = (
    AcknowledgementSource,
    InventorySource,
    ShipmentSource,
    InvoiceSource,
    ItemSource,
    FulfilmentSink,
    CancellationSink,
    ReplySink,
    Health,
)


@hookimpl
def hub_connectors() -> list[ConnectorSpec]:
    """One connector: a supplier that trades by X12 files in a mailbox."""
    return [
        ConnectorSpec(
            name="x12_supplier",
            title="X12 supplier (850, 860 out; 832, 846, 855, 856, 810, 865, 997 in)",
            version="0.1.0",
            settings=X12SupplierSettings,
            provides=dict.fromkeys(_PROVIDES, X12Supplier),
            allowed_hosts=("{mailbox}",),
            docs="connectors/x12_supplier/README.md",
            simulator="hub_x12_supplier.simulator:SupplierSimulator",
            default_poll_seconds={"mailbox": 60},
        )
    ]
