"""Settings of a connection to an X12 supplier: its mailbox and the folders in it."""

from __future__ import annotations

from pydantic import Field

from hub.sdk.settings import ConnectorSettings, Secret


class X12SupplierSettings(ConnectorSettings):
    """``mailbox`` is ``folder:/path`` or ``sftp://user@host:port/path``; SFTP needs the pinned ``host_key``.

    ``send_folder`` is where the supplier looks for our files, ``receive_folder`` where it puts its own, and
    ``done_folder`` where we move those once they are stored. ``deduplicates``: the supplier drops an interchange
    control number it has seen; where it does not, an uncertain send waits for its acknowledgement instead.
    ``stable_seconds``: a file younger than this may still be growing and is left for the next poll.
    """

    mailbox: str
    host_key: str = ""
    password: Secret | None = None
    private_key: Secret | None = None
    private_key_passphrase: Secret | None = None
    send_folder: str = "inbound"
    receive_folder: str = "outbound"
    done_folder: str = "outbound/done"
    deduplicates: bool = True
    stable_seconds: float = Field(default=2.0, ge=0)
    page_size: int = Field(default=100, ge=1, le=1000)
    deadline_seconds: float = Field(default=60.0, gt=0)
