"""The one hook: what this distribution offers to the hub."""

from __future__ import annotations

from collections.abc import Iterable

from hub.sdk.capabilities import (
    CancellationSink,
    FulfilmentSink,
    Health,
    InventorySink,
    InventorySource,
    OrderSource,
    ShipmentSink,
    ShipmentSource,
    WebhookReceiver,
)
from hub.sdk.hookspecs import hookimpl
from hub.sdk.spec import ConnectorSpec
from hub_shopify.connector import Orders, OrderWebhooks, ShopHealth, StoreCounts, StoreShipments
from hub_shopify.quantities import ChannelQuantities
from hub_shopify.recalls import StoreRecalls
from hub_shopify.settings import ShopifySettings
from hub_shopify.sinks import Fulfilments, StoreAssignments


@hookimpl
def hub_connectors() -> Iterable[ConnectorSpec]:
    return [
        ConnectorSpec(
            name="shopify",
            title="Shopify",
            version="0.1.0",
            settings=ShopifySettings,
            provides={
                OrderSource: Orders,
                WebhookReceiver: OrderWebhooks,
                InventorySource: StoreCounts,
                ShipmentSource: StoreShipments,
                FulfilmentSink: StoreAssignments,
                CancellationSink: StoreRecalls,
                ShipmentSink: Fulfilments,
                InventorySink: ChannelQuantities,
                Health: ShopHealth,
            },
            allowed_hosts=("{base_url}",),
            docs="connectors/shopify/README.md",
            simulator="hub_shopify.simulator:ShopifySimulator",
            default_poll_seconds={"orders": 60, "store-counts": 300, "store-shipments": 60},
        )
    ]
