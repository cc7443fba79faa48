"""Text to bytes in the declared character set."""

from __future__ import annotations

import codecs
from typing import Literal

from hub.errors import DataError
from hub.mapping.records.format import RecordFormat
from hub.mapping.records.packing import ByteSink

# In the byte order of this machine Python would write them; a file is the same everywhere.
_BYTE_ORDER = {"utf-16": "utf-16-le", "utf-32": "utf-32-le"}
_MARK = "\ufeff"


class TextSink:
    """Writes text; a byte order mark first where the format wants one, or the character set does."""

    def __init__(
        self, form: RecordFormat, sink: ByteSink, errors: Literal["strict", "replace", "xmlcharrefreplace"] = "strict"
    ) -> None:
        self.encoding = form.encoding.removesuffix("-sig")
        self._sink = sink
        self._encoder = codecs.getincrementalencoder(_BYTE_ORDER.get(self.encoding, self.encoding))(errors)
        if form.bom or self.encoding in _BYTE_ORDER:
            self.write(_MARK)

    def write(self, text: str, place: str = "") -> None:
        """Raises DataError ``records.unencodable``, naming ``place``."""
        try:
            self._sink.write(self._encoder.encode(text))
        except UnicodeEncodeError as error:
            raise DataError(
                f"The character {text[error.start]!a} is not in {self.encoding}.",
                code="records.unencodable",
                cure="Write encoding: utf-8 where the partner reads it, or map the character to another.",
                path=place,
            ) from None
