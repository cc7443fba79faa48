"""850 to Order, in eaches and the price of one each."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hub.edi.documents.parts import DateReference
from hub.edi.documents.purchase_order import PurchaseOrder, PurchaseOrderLine
from hub.errors import DataError
from hub.mapping.codebook import Codebook
from hub.model.identity import ChannelId, LineId
from hub.model.money import Money
from hub.model.order import Order, OrderLine
from hub.model.quantity import Units, amount_of_each
from hub.model.returns import Cancellation
from hub.sdk.capabilities import Problem
from hub.sdk.x12.translate.reading import (
    book_of,
    date_named,
    eaches,
    instant,
    item_at,
    profile_of,
    units_each,
    unknown_unit,
)
from hub.sdk.x12.translate.sets import Received, Translation
from hub_x12_retailer.translate.identity import line_ids, order_reference
from hub_x12_retailer.translate.recipients import recipient
from hub_x12_retailer.translate.services import service

_ORIGINALS = frozenset({"", "00", "06", "07"})
"""BEG01: original, confirmation, duplicate."""
_CANCELS, _REPLACES = "01", "05"
_DELIVER_BY = ("002", "063", "010", "001")
"""DTM01: delivery requested; do not deliver after; ship on; cancel if not shipped by."""


def order(document: PurchaseOrder, how: Received, channel: ChannelId) -> Translation:
    """The order as the retailer sees it, or its cancellation (BEG01 01).

    A line that can't be read is a problem and the rest is taken. A replacement (05) stands or falls as a whole: a line
    it does not name is cancelled. Raises DataError ``x12.order-purpose`` for another BEG01, ``x12.order-per-store``
    for lines that go to several places, ``x12.incomplete-order`` without a number.
    """
    reference = order_reference(document.number, document.release)
    _check(document)
    if document.purpose == _CANCELS:
        return [Cancellation(channel=channel, external_id=reference, cancelled_at=how.received)], []
    codebook = book_of(document.date, how.codebook, how.received)
    problems: list[Problem] = []
    ids = line_ids([line.number for line in document.lines])
    read = [
        _line(line, line_id, document.currency, codebook, f"850/PO1 {place}", problems)
        for place, (line, line_id) in enumerate(zip(document.lines, ids, strict=True), start=1)
    ]
    lines = tuple(line for line in read if line is not None)
    replaces = document.purpose == _REPLACES
    if not lines or (replaces and len(lines) < len(read)):
        return [], problems or [_no_lines()]
    profile = profile_of(how.codebook)
    promised = date_named(document.dates, *_DELIVER_BY)
    taken = Order(
        channel=channel,
        external_id=reference,
        number=document.number,
        placed_at=instant(document.date, None, profile.timezone, how.received),
        revision=_revision(how if replaces else None, len(lines)),
        ship_to=recipient(document.parties, profile.site_qualifier),
        service=service(document.carriers, how.codebook),
        promised_by=_date(promised),
        lines=lines,
    )
    return [taken], problems


def _check(document: PurchaseOrder) -> None:
    if not document.number:
        raise DataError(
            "The purchase order has no number.",
            code="x12.incomplete-order",
            cure="Ask the retailer to send it again with its number (BEG03).",
            path="850/BEG03",
        )
    if document.purpose not in _ORIGINALS | {_CANCELS, _REPLACES}:
        raise DataError(
            f"The purchase order's purpose is {document.purpose}, which is neither an order nor a cancellation.",
            code="x12.order-purpose",
            cure="Read it, and decide with the retailer what becomes of the order.",
            path="850/BEG01",
            value=document.purpose,
        )
    for place, line in enumerate(document.lines, start=1):
        if line.site_quantities or any(party.entity == "ST" for party in line.parties):
            raise DataError(
                "The purchase order spreads its lines over several places; an order here goes to one.",
                code="x12.order-per-store",
                cure="Ask the retailer for one purchase order per place.",
                path=f"850/PO1 {place}",
            )


def _revision(replacement: Received | None, lines: int) -> str:
    """An original that comes again changes nothing, unless more of its lines can be read than before: their items or
    units were mapped meanwhile. A replacement is newer than it and than the replacements before."""
    said = f"{replacement.received.astimezone(dt.UTC).isoformat()} {replacement.reference}" if replacement else "0"
    return f"{said} {lines:06d}"


def _line(
    line: PurchaseOrderLine,
    line_id: LineId,
    currency: str,
    codebook: Codebook,
    path: str,
    problems: list[Problem],
) -> OrderLine | None:
    """The line in eaches, without a SKU where its item is not mapped; None where not even its eaches are known."""
    found = item_at(line.ids, codebook, path)
    item = None if isinstance(found, Problem) else found
    problems.extend([found] if isinstance(found, Problem) else [])
    each = units_each(line.unit, item, profile_of(codebook))
    if each is None:
        if item is not None:
            problems.append(unknown_unit(line.unit, path))
        return None
    if line.quantity is None or line.quantity <= 0:
        problems.append(
            Problem(
                path,
                "x12.incomplete-item",
                "The line has no quantity above zero.",
                "Ask the retailer for a replacement of the order (BEG01 05).",
            )
        )
        return None
    quantity = eaches(line.quantity, line.unit, item, codebook, path)
    if isinstance(quantity, Problem):
        problems.append(quantity)
        return None
    return OrderLine(
        line_id=line_id,
        sku=item.sku if item else None,
        channel_item=" ".join(line.ids[0]) if line.ids else "",
        quantity=quantity,
        unit_price=_price(line.price, each, currency),
        title=line.descriptions[0] if line.descriptions else "",
    )


def _price(price: Decimal | None, each: Units, currency: str) -> Money | None:
    if price is None or price < 0:
        return None
    known = currency.upper() if len(currency) == 3 and currency.isalpha() and currency.isascii() else "USD"
    return Money(amount=amount_of_each(price, each), currency=known)


def _date(found: DateReference | None) -> dt.date | None:
    return found.date if found is not None else None


def _no_lines() -> Problem:
    return Problem(
        "850/PO1", "x12.incomplete-order", "The purchase order has no line.", "Ask the retailer to send it again."
    )
