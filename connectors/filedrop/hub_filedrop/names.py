"""What files of ours are called."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from string import Formatter
from typing import Annotated

from pydantic import AfterValidator

from hub.transport.mail_names import is_offered
from hub_filedrop.translate import file_name

_WIDTH = re.compile(r"(?:0(?:[1-9]|1[0-9]))?")
_WORDS = ("number", "date", "time")
_LONGEST_NUMBER = 10**18


def checked_template(template: str) -> str:
    """The template itself. Raises ValueError for one that holds anything else than {number}, {date} and {time}, that
    does not give each file a name of its own, or whose names could not lie in a folder."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        raise ValueError(f"it is no template: {error}") from None
    words = [word for _, word, _, _ in parts if word is not None]
    for _, word, width, conversion in parts:
        allowed = _WIDTH if word == "number" else re.compile("")
        if word is not None and (word not in _WORDS or conversion or not allowed.fullmatch(width or "")):
            raise ValueError("write {number}, {number:06}, {date} and {time} in it, and nothing else in braces")
    if "number" not in words:
        raise ValueError("put {number} in it: two files of the same moment would have the same name")
    if not is_offered(file_name(template, _LONGEST_NUMBER, datetime(9999, 12, 31, tzinfo=UTC))):
        raise ValueError("write a plain file name: no folders, no dot in front, no ending such as .part")
    return template


NameTemplate = Annotated[str, AfterValidator(checked_template)]
"""A settings field for the names of our files: ``requests_{number:06}.csv``."""
