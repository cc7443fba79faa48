"""The hook by which the hub finds this connector."""

from __future__ import annotations

from hub.sdk.capabilities import (
    AcknowledgementSource,
    FulfilmentSink,
    Health,
    InventorySource,
    ReplySink,
    ShipmentSource,
    TransferSink,
    TransferSource,
)
from hub.sdk.hookspecs import hookimpl
from hub.sdk.spec import ConnectorSpec
from hub_x12_warehouse.connector import X12Warehouse
from hub_x12_warehouse.settings import X12WarehouseSettings

_PROVIDES = (
    AcknowledgementSource,
    InventorySource,
    ShipmentSource,
    TransferSource,
    FulfilmentSink,
    TransferSink,
    ReplySink,
    Health,
)


@hookimpl
def hub_connectors() -> list[ConnectorSpec]:
    """One connector: a warehouse that trades by X12 files in a mailbox."""
    return [
        ConnectorSpec(
            name="x12_warehouse",
            title="X12 warehouse (940, 943 out; 945, 846, 944, 855, 997 in)",
            version="0.1.0",
            settings=X12WarehouseSettings,
            provides=dict.fromkeys(_PROVIDES, X12Warehouse),
            allowed_hosts=("{mailbox}",),
            docs="connectors/x12_warehouse/README.md",
            simulator="hub_x12_warehouse.simulator:WarehouseSimulator",
            default_poll_seconds={"mailbox": 60},
        )
    ]
