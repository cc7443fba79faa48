"""Settings of a connection to an X12 warehouse."""

from __future__ import annotations

from hub.sdk.x12.settings import X12MailboxSettings


class X12WarehouseSettings(X12MailboxSettings):
    """A warehouse's mailbox; what is agreed with it stands in its x12.yaml."""
