"""What must hold of any bytes: typed findings and nothing else, no segment lost, no set half used."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache

from hub.edi.acks import acknowledgement_set, technical_acknowledgement
from hub.edi.check import check_interchange
from hub.edi.documents.registry import document_from_json, document_json, read_document, write_document
from hub.edi.envelope import UNREADABLE, read_interchanges
from hub.edi.feed import FeedBatch, read_feed
from hub.edi.interchange import Interchange, TransactionSet
from hub.errors import DataError
from hub.mapping.codebook import Codebook
from hub.mapping.x12_profile import X12Party, X12Profile
from hub.model.document import Direction, Document
from hub.model.identity import ConnectionId, LocationId, PartnerId
from hub.sdk.capabilities import Parsed
from hub_x12_supplier.translate.sets import fed, parsed
from hub_x12_warehouse.translate.sets import parsed as warehouse

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def broken_laws(data: bytes) -> list[str]:
    """What went wrong with these bytes, in words; empty where all is well."""
    return list(_broken(data))


def unrejected(data: bytes) -> bool:
    """Whether a file that was cut short passes for whole: its last interchange is not rejected, and no rest is told of
    (of an interchange cut within its first three letters nothing more can be said)."""
    try:
        found = read_interchanges(data)
    except DataError:
        return False
    rest_told = any(one.code == "x12.data-outside" for one in found[-1].findings)
    return not found[-1].rejected and not rest_told


def _broken(data: bytes) -> Iterator[str]:
    try:
        found = [check_interchange(one) for one in read_interchanges(data)]
    except DataError:
        found = []
    for one in found:
        yield from _lost(one)
        technical_acknowledgement(one)
        for group in one.groups:
            acknowledgement_set(group)
            for each in group.sets:
                yield from _document(each)
    yield from _feed(data, found)
    yield from _connector(data)


def _lost(found: Interchange) -> Iterator[str]:
    codes = {one.code for one in found.findings}
    if codes & UNREADABLE:
        return
    envelope = 1 if "x12.iea-missing" in codes else 2
    kept = sum(each.size for group in found.groups for each in group.sets)
    groups = sum(1 + (not any(one.code == "x12.ge-missing" for one in group.findings)) for group in found.groups)
    total = envelope + kept + groups + len(found.strays)
    if total != found.segment_count:
        yield f"{found.segment_count} segments came in, {total} are held"


def _document(item: TransactionSet) -> Iterator[str]:
    with suppress(DataError):
        document = read_document(item)
        again = document_from_json(json.loads(json.dumps(document_json(document))))
        if again != document:
            yield f"a {item.id} is another after JSON"
        write_document(document)


def _feed(data: bytes, whole: list[Interchange]) -> Iterator[str]:
    try:
        pieces = list(read_feed(io.BytesIO(data)))
    except DataError:
        pieces = []
    fed_in = [one for one in pieces if not isinstance(one, FeedBatch)]
    if [_told(one) for one in fed_in] != [_told(one) for one in whole]:
        yield "read on the way it tells something else than read at once"


def _told(found: Interchange) -> object:
    sets = [each for group in found.groups for each in group.sets]
    findings = [sorted((one.code, one.position, one.element or 0) for one in each.findings) for each in sets]
    return found.segment_count, sorted(one.code for one in found.findings), [each.size for each in sets], findings


def _connector(data: bytes) -> Iterator[str]:
    document = Document(ConnectionId("east"), Direction.INBOUND, "x12", "1", data, NOW)
    at_once, on_the_way = _said(document, big=False), _said(document, big=True)
    if at_once != on_the_way:
        yield f"read at once a connector says {at_once}, on the way {on_the_way}"
    with suppress(DataError):
        warehouse(document, _codebook())


def _said(document: Document, *, big: bool) -> list[str]:
    """What kinds of items the supplier's connector makes of it, or why it refuses it."""
    try:
        found = [*fed(document, _codebook())][-1] if big else parsed(document, _codebook())
    except DataError as error:
        return [error.code]
    assert isinstance(found, Parsed)
    return [type(item).__name__.replace("StockFeed", "StockReport") for item in found.items]


@cache
def _codebook() -> Codebook:
    return Codebook(
        connection=ConnectionId("east"),
        partner=PartnerId("east"),
        x12=X12Profile(us=X12Party(id="CROSSDOCK"), partner=X12Party(id="NORTHWIND")),
        identity=True,
        default_location=LocationId("east"),
    )
