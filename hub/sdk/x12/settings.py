"""Settings of every connection that trades by X12 files: its mailbox and the folders in it."""

from __future__ import annotations

from hub.sdk.mailbox import FilePatterns, MailboxConnectorSettings


class X12MailboxSettings(MailboxConnectorSettings):
    """``receive_pattern`` names the files that are ours to read. ``deduplicates``: the partner drops an interchange
    control number it has seen; where it does not, an uncertain send waits for its acknowledgement instead."""

    receive_pattern: FilePatterns = ("*",)
    deduplicates: bool = True
