"""The conformance kit: contract classes that a connector's tests inherit (docs/how-to/write-a-connector.md).

Needs pytest (``pip install 'crossdock[testing]'``); nothing outside this package imports it.
"""

from __future__ import annotations

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
    CancellationSinkContract,
    FulfilmentSinkContract,
    InventorySinkContract,
    ReplySinkContract,
    ShipmentSinkContract,
    SinkContract,
)
from hub.sdk.testing.sources import (
    AcknowledgementSourceContract,
    InventorySourceContract,
    InvoiceSourceContract,
    OrderSourceContract,
    ReturnSourceContract,
    ShipmentSourceContract,
    SourceContract,
)
from hub.sdk.testing.spec import SpecContract
from hub.sdk.testing.telling import marks_of
from hub.sdk.testing.unknown import with_unknown_fields

__all__ = [
    "LOOPBACK",
    "ON_READ",
    "ON_WRITE",
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
    "InvoiceSourceContract",
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
    "TranslatedFaults",
    "WebhookPartner",
    "WebhookReceiverContract",
    "marks_of",
    "with_unknown_fields",
]
