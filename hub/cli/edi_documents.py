"""Documents as JSON to interchanges: what ``hub edi generate`` reads and writes. No I/O, the clock is given."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from hub.edi.documents.registry import X12Document, document_from_json, write_document
from hub.edi.envelope import GROUP_OF_SET
from hub.edi.interchange import TradingId
from hub.edi.write import OutboundEnvelope, OutboundSet, control_number, write_interchange
from hub.errors import DataError

_LINE_BREAK = "\n"
_BLANKS = " \t\r\n"


def documents_of(data: bytes, name: str) -> tuple[list[X12Document], int]:
    """The documents of a JSON text, and how many sets of it have none.

    The text holds objects or lists of them, one after the other: documents as `document_json` makes them, or
    interchanges as `hub edi inspect --json` prints them. Raises DataError ``x12.json-invalid`` with its place, and as
    `document_from_json` does.
    """
    found: list[X12Document] = []
    without = 0
    for number, given in enumerate(_objects(_values(data, name)), 1):
        if given is None:
            without += 1
            continue
        try:
            found.append(document_from_json(given))
        except DataError as error:
            error.path = f"{name}, document {number}: {error.path}".rstrip(": ")
            raise
    return found, without


def _values(data: bytes, name: str) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_json(f"{name}, byte {error.start + 1}") from None
    place = _skipped(text, 0)
    while place < len(text):
        try:
            value, end = decoder.raw_decode(text, place)
        except (json.JSONDecodeError, RecursionError) as error:
            at = error if isinstance(error, json.JSONDecodeError) else None
            raise _not_json(f"{name}:{at.lineno}:{at.colno}" if at else name) from None
        yield value
        place = _skipped(text, end)


def _skipped(text: str, place: int) -> int:
    while place < len(text) and text[place] in _BLANKS:
        place += 1
    return place


def _not_json(place: str) -> DataError:
    return DataError(
        "The input is no JSON.",
        code="x12.json-invalid",
        cure="Give documents as `hub edi inspect --json` prints them.",
        path=place,
    )


def _objects(values: Iterator[Any]) -> Iterator[Any]:
    """Each document, and None for each set without one."""
    for value in values:
        if isinstance(value, list):
            yield from _objects(iter(value))
        elif isinstance(value, Mapping) and "groups" in value:
            yield from _documents_of_interchange(value)
        else:
            yield value


def _documents_of_interchange(value: Mapping[str, Any]) -> Iterator[Any]:
    for group in _listed(value, "groups"):
        for item in _listed(group, "sets"):
            yield item.get("document") if isinstance(item, Mapping) else item


def _listed(value: Any, key: str) -> list[Any]:
    found = value.get(key) if isinstance(value, Mapping) else None
    return found if isinstance(found, list) else []


def write_documents(
    documents: Sequence[X12Document],
    parties: tuple[TradingId, TradingId],
    version: str,
    usage: str,
    first: int,
    created: datetime,
) -> list[tuple[str, int, bytes]]:
    """(set ids, control number, bytes) of one interchange per kind of group, in the order the kinds first come.

    ``parties`` are sender and receiver. Raises DataError as `write_interchange` does.
    """
    kinds: dict[str, list[OutboundSet]] = {}
    for place, document in enumerate(documents, 1):
        try:
            item = write_document(document)
        except DataError as error:
            error.path = f"document {place}: {error.path}".rstrip(": ")
            raise
        kinds.setdefault(GROUP_OF_SET[item.id], []).append(item)
    numbers = (control_number(each) for each in count(first))
    written = []
    for functional_id, items in kinds.items():
        number = next(numbers)
        envelope = OutboundEnvelope(
            sender=parties[0],
            receiver=parties[1],
            group_sender=parties[0].id,
            group_receiver=parties[1].id,
            functional_id=functional_id,
            version=version,
            control_number=number,
            group_control_number=number,
            created=created,
            usage=usage,
            line_break=_LINE_BREAK,
        )
        ids = " ".join(dict.fromkeys(item.id for item in items))
        written.append((ids, number, write_interchange(envelope, items)))
    return written
