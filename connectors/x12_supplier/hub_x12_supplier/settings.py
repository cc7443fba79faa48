"""Settings of a connection to an X12 supplier."""

from __future__ import annotations

from hub.sdk.x12.settings import X12MailboxSettings


class X12SupplierSettings(X12MailboxSettings):
    """A supplier's mailbox; what is agreed with it stands in its x12.yaml."""
