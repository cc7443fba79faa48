"""What a stored document says by one set-up, place by place, to compare set-ups by; nothing is recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import BaseModel

from hub.errors import HubError
from hub.inventory.counting import Known, count_location
from hub.model.document import Document
from hub.model.identity import LocationId
from hub.model.network import Network
from hub.model.party import Address
from hub.model.queue import InboxEntry
from hub.model.stock import StockFeed, StockReport, StockRow
from hub.sdk.capabilities import Item, Parsed
from hub.sync.connections import LiveConnection
from hub.sync.rereading import pieces_of
from hub.sync.retry import as_hub_error

PERSONAL = "***"
"""Stands for a person's data: that it differs may be said, never what it is."""

_IDENTITIES = ("external_id", "shipment_id", "invoice_id", "receipt_id", "return_id", "reference", "request_id")
_PARTS = ("line_id", "sku", "number", "tracking_number", "day")


@dataclass(frozen=True, slots=True)
class Difference:
    """``kind``: ``field``, ``quantity`` (eaches), ``quarantined`` or ``released``. ``old`` and ``new`` are None where
    nothing is said."""

    kind: str
    place: str
    old: str | None
    new: str | None


@dataclass(slots=True)
class Meaning:
    """``fields`` by place; ``counts`` in eaches by location and SKU, as the location's rule counts them; ``problems``
    by place, with their codes."""

    fields: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, Decimal] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


def meaning_of(connection: LiveConnection, network: Network, entry: InboxEntry, document: Document) -> Meaning:
    """What the document says. A document that cannot be read is one problem, at the place of the whole."""
    found = Meaning()
    try:
        parsed, rows = _parsed(connection, entry, document)
        for problem in parsed.problems:
            found.problems[problem.path] = problem.code
        for number, item in enumerate(parsed.items):
            _take(found, network, item, number, rows)
    except Exception as error:  # noqa: BLE001  whatever a connector raises is what it says of the document
        known: HubError = as_hub_error(error)
        found.problems[getattr(known, "path", "") or "the whole document"] = known.code
    return found


def differences(old: Meaning, new: Meaning) -> Iterator[Difference]:
    """In what ``new`` is not ``old``."""
    for place, (one, other) in _unequal(old.fields, new.fields):
        personal = isinstance(one, Address) or isinstance(other, Address)
        yield Difference("field", place, *(_text(each, personal=personal) for each in (one, other)))
    for place, (one, other) in _unequal(old.counts, new.counts):
        yield Difference("quantity", place, _text(one), _text(other))
    for place, (one, other) in _unequal(old.problems, new.problems):
        yield Difference("quarantined" if other is not None else "released", place, one, other)


def _unequal(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Any, Any]]]:
    for place in dict.fromkeys((*old, *new)):
        both = old.get(place), new.get(place)
        if both[0] != both[1]:
            yield place, both


def _text(value: Any, *, personal: bool = False) -> str | None:
    if value is None:
        return None
    if personal:
        return PERSONAL
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value.value if isinstance(value, Enum) else value)


def _parsed(
    connection: LiveConnection, entry: InboxEntry, document: Document
) -> tuple[Parsed, Mapping[int, list[StockRow]]]:
    """What it says, and the rows of each of its feeds."""
    rows: dict[int, list[StockRow]] = defaultdict(list)
    said = Parsed()
    for piece in pieces_of(connection, entry, document):
        if isinstance(piece, Parsed):
            said = piece
        else:
            rows[piece.feed] += map(StockRow.of, piece.rows)
    return said, rows


def _take(found: Meaning, network: Network, item: Item, number: int, rows: Mapping[int, list[StockRow]]) -> None:
    name = f"{type(item).__name__} {_identity(item) or number + 1}"
    if isinstance(item, StockFeed):
        item = StockReport(
            **{each: getattr(item, each) for each in ("connection", "reference", "as_of", "mode", "locations")},
            rows=tuple(rows[item.number]),
        )
    if isinstance(item, StockReport):
        for where in item.locations:
            _count(found, network, item, where)
        found.fields.update(_bases(name, item))
        item = item.model_copy(update={"rows": ()})
    found.fields.update(_fields(item, name))


def _count(found: Meaning, network: Network, report: StockReport, where: LocationId) -> None:
    location = network.location(where)
    if location is not None:
        for each in count_location(location.counting, report, where, Known({})).decisions:
            found.counts[f"{each.sku} at {where}"] = each.counted


def _bases(name: str, report: StockReport) -> dict[str, str]:
    """What the figures of each item are of: another basis can mean other stock by the same number."""
    bases: dict[str, set[str]] = defaultdict(set)
    for row in report.rows:
        bases[f"{name}.rows[{row.sku} at {row.location}].basis"].add(row.basis.value)
    return {place: ", ".join(sorted(each)) for place, each in bases.items()}


def _identity(item: BaseModel) -> str:
    return next((str(found) for name in _IDENTITIES if (found := getattr(item, name, None))), "")


def _fields(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Every value in a model by its place; what a person is stays whole."""
    if isinstance(value, BaseModel) and not isinstance(value, Address):
        for name in type(value).model_fields:
            yield from _fields(getattr(value, name), f"{place}.{name}")
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _fields(each, f"{place}.{name}")
    elif isinstance(value, tuple):
        for number, each in enumerate(value):
            named = next((str(found) for part in _PARTS if (found := getattr(each, part, None))), str(number))
            yield from _fields(each, f"{place}[{named}]")
    elif value is not None:
        yield place, value
