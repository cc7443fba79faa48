"""The hook by which the hub finds this connector."""

from __future__ import annotations

from hub.sdk.capabilities import (
    FulfilmentSink,
    Health,
    InventorySink,
    InventorySource,
    InvoiceSource,
    ItemSink,
    ItemSource,
    OrderSource,
    ShipmentSource,
)
from hub.sdk.hookspecs import hookimpl
from hub.sdk.spec import ConnectorSpec
from hub_filedrop.connector import FileDrop
from hub_filedrop.downloads import Downloads
from hub_filedrop.settings import FileDropSettings

_PROVIDES = (
    OrderSource,
    InventorySource,
    ShipmentSource,
    InvoiceSource,
    ItemSource,
    FulfilmentSink,
    InventorySink,
    ItemSink,
    Health,
)


@hookimpl
def hub_connectors() -> list[ConnectorSpec]:
    """One connector: a partner that exchanges files."""
    return [
        ConnectorSpec(
            name="filedrop",
            title="Files (CSV, TSV, fixed width, XLSX, JSON, XML by folder, SFTP and download)",
            version="0.1.0",
            settings=FileDropSettings,
            provides=dict.fromkeys(_PROVIDES, FileDrop),
            further_sources=(Downloads,),
            allowed_hosts=("{mailbox}", "{download}"),
            docs="connectors/filedrop/README.md",
            simulator="hub_filedrop.simulator:FilePartnerSimulator",
            default_poll_seconds={"mailbox": 60, "downloads": 900},
        )
    ]
