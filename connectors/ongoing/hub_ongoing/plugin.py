"""The one hook implementation: what this distribution offers."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version

from hub.sdk.capabilities import (
    AcknowledgementSource,
    CancellationSink,
    FulfilmentSink,
    Health,
    InventorySource,
    ShipmentSource,
)
from hub.sdk.hookspecs import hookimpl
from hub.sdk.spec import ConnectorSpec
from hub_ongoing.connector import Connection, Orders, ShipOrderRemovals, ShipOrders, Stock
from hub_ongoing.settings import OngoingSettings


@hookimpl
def hub_connectors() -> Iterable[ConnectorSpec]:
    """Ongoing WMS."""
    return [
        ConnectorSpec(
            name="ongoing",
            title="Ongoing WMS (SOAP)",
            version=version("crossdock-ongoing"),
            settings=OngoingSettings,
            provides={
                InventorySource: Stock,
                ShipmentSource: Orders,
                AcknowledgementSource: Orders,
                FulfilmentSink: ShipOrders,
                CancellationSink: ShipOrderRemovals,
                Health: Connection,
            },
            allowed_hosts=("{endpoint}",),
            docs="https://developer.ongoingwarehouse.com/Goods-Owner-SOAP-API",
            simulator="hub_ongoing.simulator:OngoingSimulator",
            default_poll_seconds={"stock": 300.0, "orders": 120.0},
        )
    ]
