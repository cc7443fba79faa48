"""Settings of every connection that trades by X12 files: its mailbox and the folders in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from hub.sdk.settings import ConnectorSettings, Secret
from hub.transport.mail_patterns import MarkerPattern, NamePatterns


class X12MailboxSettings(ConnectorSettings):
    """``mailbox`` is ``folder:/path`` or ``sftp://user@host:port/path``; SFTP needs the pinned ``host_key``. One of a
    kind that an installed transport brings is told its ``mailbox_options``.

    ``send_folder`` is where the partner looks for our files, ``receive_folder`` where it puts its own, and
    ``done_folder`` where we move those once they are stored. ``deduplicates``: the partner drops an interchange
    control number it has seen; where it does not, an uncertain send waits for its acknowledgement instead.
    ``stable_seconds``: a file younger than this may still be growing and is left for the next poll.

    ``receive_pattern`` names the files that are ours to read, one pattern or several (``*.edi``). With
    ``receive_marker`` (``{name}.done``, ``{stem}.ok``) a file is read once its marker lies beside it; ``send_marker``
    is put after each file of ours. ``after_reading``: a stored file is moved to ``done_folder``, left where it is
    and remembered, or deleted.
    """

    mailbox: str
    host_key: str = ""
    password: Secret | None = None
    private_key: Secret | None = None
    private_key_passphrase: Secret | None = None
    send_folder: str = "inbound"
    receive_folder: str = "outbound"
    done_folder: str = "outbound/done"
    receive_pattern: Annotated[NamePatterns, Field(min_length=1)] = ("*",)
    receive_marker: MarkerPattern = ""
    send_marker: MarkerPattern = ""
    after_reading: Literal["move", "leave", "delete"] = "move"
    mailbox_options: Mapping[str, str] = Field(default_factory=dict)
    deduplicates: bool = True
    stable_seconds: float = Field(default=2.0, ge=0)
    page_size: int = Field(default=100, ge=1, le=1000)
    deadline_seconds: float = Field(default=60.0, gt=0)
