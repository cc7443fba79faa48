"""Texts that a spreadsheet would run as a formula (OWASP, CSV injection), made harmless and turned back."""

from __future__ import annotations

# A text that begins so is run by one spreadsheet or another; full-width forms too.
DANGEROUS = frozenset("=+-@\t\r\0＝＋－＠")
_QUOTE = "'"


def quoted(text: str) -> str:
    """With a ``'`` before it where it might be run, or where it would be taken for one that has one."""
    return _QUOTE + text if text[:1] in DANGEROUS or text[:1] == _QUOTE else text


def unquoted(text: str) -> str:
    """What ``quoted`` was given."""
    return text[1:] if text[:1] == _QUOTE and (text[1:2] in DANGEROUS or text[1:2] == _QUOTE) else text
