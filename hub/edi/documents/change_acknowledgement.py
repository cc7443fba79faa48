"""865 acknowledgement of a purchase order change, or a change, by the seller; read and written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Annotated

from hub.edi.documents.layout import At, Counted, Many
from hub.edi.documents.layout_reading import read_set
from hub.edi.documents.layout_rows import set_rows
from hub.edi.documents.order_change import ChangedLine
from hub.edi.documents.parts import (
    Carriers,
    Contacts,
    Dates,
    Freight,
    Messages,
    Notes,
    Parties,
    References,
    Requirements,
)
from hub.edi.documents.pricing import AllowanceCharges, Amounts, TermsOfSale
from hub.edi.findings import Finding
from hub.edi.interchange import TransactionSet
from hub.edi.write import OutboundSet


@dataclass(frozen=True, slots=True)
class ChangeAcknowledgement:
    """865. ``status`` is BCA02 (AT accepted, RJ rejected, AC with changes ...), the rest as in an 860."""

    number: Annotated[str, At(3)]
    status: Annotated[str, At(2)]
    purpose: Annotated[str, At(1)] = "00"
    release: Annotated[str, At(4)] = ""
    sequence: Annotated[str, At(5)] = ""
    date: Annotated[dt.date | None, At(6)] = None
    request_number: Annotated[str, At(7)] = ""
    contract: Annotated[str, At(8)] = ""
    seller_number: Annotated[str, At(9)] = ""
    acknowledged_on: Annotated[dt.date | None, At(10)] = None
    changed_on: Annotated[dt.date | None, At(11)] = None
    currency: Annotated[str, At(2, "CUR", beside=((1, "SE"),))] = ""
    references: References = ()
    contacts: Contacts = ()
    freight: Freight = ()
    requirements: Requirements = ()
    charges: AllowanceCharges = ()
    terms: TermsOfSale = ()
    dates: Dates = ()
    carriers: Carriers = ()
    messages: Messages = field(default=(), repr=False)
    notes: Notes = ()
    parties: Parties = ()
    lines: Annotated[tuple[ChangedLine, ...], Many("POC", detail=True)] = ()
    lines_claimed: Annotated[int | None, Counted("CTT", "lines")] = None
    amounts: Amounts = ()
    findings: tuple[Finding, ...] = field(default=(), compare=False)


def parse_change_acknowledgement(transaction_set: TransactionSet) -> ChangeAcknowledgement:
    """Read an 865. Unreadable values are None and a finding; raises DataError only for another set."""
    return read_set(ChangeAcknowledgement, "865", "BCA", transaction_set)


def render_change_acknowledgement(document: ChangeAcknowledgement) -> OutboundSet:
    """The 865's segments between ST and SE; CTT01 is counted here."""
    return set_rows("865", "BCA", document)
