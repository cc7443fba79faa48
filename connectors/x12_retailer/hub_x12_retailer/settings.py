"""Settings of a connection to an X12 retailer."""

from __future__ import annotations

from hub.sdk.x12.settings import X12MailboxSettings


class X12RetailerSettings(X12MailboxSettings):
    """A retailer's mailbox; what is agreed with it stands in its x12.yaml."""
