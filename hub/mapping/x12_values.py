"""What may stand in single settings of an x12.yaml: set ids, releases, time zones, encodings, names of files."""

from __future__ import annotations

import codecs
from typing import Annotated

from pydantic import AfterValidator, Field

from hub.model.canonical import ZoneName

_PLACEHOLDERS = {"set": "850", "number": "000000001", "us": "HUB", "partner": "THEM", "date": "20260101", "usage": "P"}


def _known_encoding(name: str) -> str:
    try:
        readable = not name or "ISA*".encode(name) == b"ISA*"
    except LookupError:
        readable = False
    if not readable:
        raise ValueError(f"{name} cannot be the encoding of X12; write one such as utf-8, cp1252 or latin-1")
    return codecs.lookup(name).name if name else ""


def _known_pattern(pattern: str) -> str:
    try:
        found = pattern.format(**_PLACEHOLDERS)
        counted = found != pattern.format(**{**_PLACEHOLDERS, "number": "000000002"})
    except (LookupError, ValueError, AttributeError):
        raise ValueError(f"only {', '.join(f'{{{name}}}' for name in _PLACEHOLDERS)} may stand in braces") from None
    if not counted:
        raise ValueError("it must hold {number}, so that no two files have one name")
    if not found or any(mark in found for mark in "/\\\0") or found.startswith("."):
        raise ValueError("a file's name holds no folder and does not start with a dot")
    return pattern


SetId = Annotated[str, Field(pattern=r"^\d{3}$")]
Release = Annotated[str, Field(pattern=r"^00\d{4}[A-Z0-9]{0,6}$")]
_NAME = r"[A-Z][A-Z0-9]{1,2}"
_SEGMENT = rf"{_NAME}(\*[^*|\s]+)?"
Need = Annotated[str, Field(pattern=rf"^({_NAME}\d\d|{_SEGMENT}(\|{_SEGMENT})*)$")]
Mark = Annotated[str, Field(pattern=r"^(PID\*[^*\s]+|REF\*[^*\s]+\*[^*]+|DTM\*\d{3})$")]
Shape = Annotated[str, Field(pattern=r"^S[OPTI]+$")]
Zone = ZoneName
Encoding = Annotated[str, AfterValidator(_known_encoding)]
FileName = Annotated[str, AfterValidator(_known_pattern)]
