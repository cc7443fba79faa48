"""The conformance kit: contract classes that a connector's tests inherit (docs/how-to/write-a-connector.md).

Needs pytest (``pip install 'crossdock[testing]'``); nothing outside this package imports it.
"""

from __future__ import annotations

from hub.sdk.testing.at_work import acknowledged, files_written, replies_due, wait_until
from hub.sdk.testing.fault_proxy import FaultProxy
from hub.sdk.testing.faults import ON_READ, ON_WRITE, Fault, FaultPlan, TranslatedFaults
from hub.sdk.testing.http_faults import HttpFaultContract
from hub.sdk.testing.partners import (
    LOOPBACK,
    Delivery,
    FaultPartner,
    HealthPartner,
    SinkPartner,
    SourcePartner,
    WebhookPartner,
)
from hub.sdk.testing.receivers import HealthContract, WebhookReceiverContract
from hub.sdk.testing.sinks import (
    AcknowledgementSinkContract,
    CancellationSinkContract,
    FulfilmentSinkContract,
    InventorySinkContract,
    InvoiceSinkContract,
    ItemSinkContract,
    ReplySinkContract,
    ShipmentSinkContract,
    SinkContract,
    TransferSinkContract,
)
from hub.sdk.testing.sources import (
    AcknowledgementSourceContract,
    InventorySourceContract,
    InvoiceSourceContract,
    ItemSourceContract,
    OrderSourceContract,
    ReturnSourceContract,
    ShipmentSourceContract,
    SourceContract,
    TransferSourceContract,
)
from hub.sdk.testing.spec import SpecContract
from hub.sdk.testing.telling import marks_of
from hub.sdk.testing.unknown import with_unknown_fields

__all__ = [
    "LOOPBACK",
    "ON_READ",
    "ON_WRITE",
    "AcknowledgementSinkContract",
    "AcknowledgementSourceContract",
    "CancellationSinkContract",
    "Delivery",
    "Fault",
    "FaultPartner",
    "FaultPlan",
    "FaultProxy",
    "FulfilmentSinkContract",
    "HealthContract",
    "HealthPartner",
    "HttpFaultContract",
    "InventorySinkContract",
    "InventorySourceContract",
    "InvoiceSinkContract",
    "InvoiceSourceContract",
    "ItemSinkContract",
    "ItemSourceContract",
    "OrderSourceContract",
    "ReplySinkContract",
    "ReturnSourceContract",
    "ShipmentSinkContract",
    "ShipmentSourceContract",
    "SinkContract",
    "SinkPartner",
    "SourceContract",
    "SourcePartner",
    "SpecContract",
    "TransferSinkContract",
    "TransferSourceContract",
    "TranslatedFaults",
    "WebhookPartner",
    "WebhookReceiverContract",
    "acknowledged",
    "files_written",
    "marks_of",
    "replies_due",
    "wait_until",
    "with_unknown_fields",
]
