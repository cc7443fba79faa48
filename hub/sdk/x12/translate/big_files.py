"""A file too big to be read at once: the rows of its 846 sets as they go by, and last what else it says."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping

from hub.edi.feed import FeedBatch, read_feed
from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.stock import StockBatch
from hub.sdk.capabilities import Parsed
from hub.sdk.x12.rules import rules_of
from hub.sdk.x12.translate.feed import FeedReader
from hub.sdk.x12.translate.intake import FileReading
from hub.sdk.x12.translate.reading import profile_of
from hub.sdk.x12.translate.sets import Translator

BIG_FILE_BYTES = 1_000_000
"""From here on a file is read on the way: some 20,000 items."""


def fed(document: Document, codebook: Codebook, translators: Mapping[str, Translator]) -> Iterator[StockBatch | Parsed]:
    """See FeedSource. Raises DataError as `intake.parsed` does."""
    rules = rules_of(profile_of(codebook))
    reading = FileReading(document, codebook, rules, translators)
    file = document.meta.get("file", "")
    source = io.BytesIO(document.body)
    feeds: dict[int, FeedReader] = {}
    count = 0
    for piece in read_feed(source, severities=rules.severities, agreement=rules.agreement, encoding=rules.encoding):
        if not isinstance(piece, FeedBatch):
            reading.take(piece, feeds)
            feeds = {}
            continue
        start = piece.header.segments[0].position
        if start not in feeds:
            count += 1
            feeds[start] = FeedReader(piece, count, codebook, document.at, file)
        said = feeds[start].read(piece)
        if said.rows or said.outlooks:
            yield said
    yield reading.parsed()
