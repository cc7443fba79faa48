"""944, the warehouse stock transfer receipt, to a GoodsReceipt: what arrived, and how much of it can't be sold.

W0701 is read as all units received, W13 as what is to be said of some of them. Units damaged (01), on hold (07) or in
any other condition are a part of W0701 and unavailable; short (02) and over (03) compare with what was announced, and
change nothing. A line with more units in such a condition than received was meant otherwise, and is not used.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from zoneinfo import ZoneInfo

from hub.edi.documents.parts import ProductIds, party_named
from hub.edi.documents.registry import document_json
from hub.edi.documents.transfer_receipt import ReceiptException, TransferReceipt
from hub.edi.documents.transfer_receipt import ReceivedLine as ReadLine
from hub.edi.documents.warehouse import WarehouseDate
from hub.errors import DataError
from hub.mapping.codebook import Codebook, PartnerItem
from hub.mapping.x12_profile import X12Profile
from hub.model.transfer import GoodsReceipt, ReceivedLine
from hub.sdk.capabilities import Item, Problem
from hub.sdk.x12.translate.reading import book_of, eaches, earliest, item_at, profile_of
from hub.sdk.x12.translate.sites import location_of, storable

_DIFFERENCES = frozenset({"02", "03"})
"""W1303: short and over."""

_EXCEPTIONS_ONLY = "X"
_CASE_CODE = "UA"
"""The product id qualifier of a UPC case code, which W0703 gives without one."""

_ARRIVED_ON = ("50", "35", "09")
"""G6201: received, delivered, processed."""

_ASK = "Ask the warehouse for a corrected receipt."


def goods_received(
    receipt: TransferReceipt, codebook: Codebook, received: dt.datetime
) -> tuple[list[Item], list[Problem]]:
    """What arrived, in eaches; nothing where nothing did. A line that can't be used is a problem, the rest counts.

    Raises DataError ``x12.incomplete-advice`` where it names no line at all, ``data.unknown-site`` where the site it
    names is not mapped.
    """
    if not receipt.lines:
        raise DataError("The receipt names no line.", code="x12.incomplete-advice", path="944/W07", cure=_ASK)
    codebook = book_of(receipt.date, codebook, received)
    location = location_of(_site(receipt, profile_of(codebook)), codebook, "944/N1")
    read = [_read(line, number, codebook) for number, line in enumerate(receipt.lines, start=1)]
    problems = [each for each in read if isinstance(each, Problem)]
    problems.extend(_exceptions_only(receipt))
    lines = tuple(each for each in read if isinstance(each, ReceivedLine))
    if not lines:
        return [], problems
    found = GoodsReceipt(
        receipt_id=_receipt_id(receipt),
        connection=codebook.connection,
        location=location,
        received_at=_received_at(receipt, codebook, received),
        transfer=_announced_as(receipt),
        lines=lines,
    )
    return [found], problems


def _read(line: ReadLine, number: int, codebook: Codebook) -> ReceivedLine | Problem | None:
    """None for a line of which nothing arrived."""
    path = f"944/W07 {number}"
    unsellable = [
        (place, each) for place, each in enumerate(line.exceptions, start=1) if each.condition not in _DIFFERENCES
    ]
    if line.quantity == 0 and not unsellable:
        return None
    ids = _ids(line)
    item = item_at(ids, codebook, path)
    if isinstance(item, Problem):
        return item
    arrived = _eaches(line, line.unit, item, codebook, path)
    if isinstance(arrived, Problem):
        return arrived
    unavailable = Decimal(0)
    for place, each in unsellable:
        units = _eaches(each, each.unit or line.unit, item, codebook, f"{path}/W13 {place}")
        if isinstance(units, Problem):
            return units
        unavailable += units
    if unavailable > arrived:
        message = "More units are damaged or on hold than the line says were received."
        return Problem(path, "x12.incomplete-item", message, _ASK)
    if not arrived:
        return None
    return ReceivedLine(number=number, sku=item.sku, quantity=arrived, unavailable=unavailable)


def _eaches(
    told: ReadLine | ReceiptException, unit: str, item: PartnerItem, codebook: Codebook, path: str
) -> Decimal | Problem:
    if told.quantity is None or not storable(told.quantity) or told.quantity < 0:
        return Problem(path, "x12.incomplete-item", "The quantity received cannot be read.", _ASK)
    return eaches(told.quantity, unit, item, codebook, path)


def _ids(line: ReadLine) -> ProductIds:
    return (*line.ids, (_CASE_CODE, line.case_code)) if line.case_code else line.ids


def _exceptions_only(receipt: TransferReceipt) -> Iterator[Problem]:
    if receipt.reporting == _EXCEPTIONS_ONLY:
        yield Problem(
            "944/W17",
            "x12.incomplete-advice",
            "The receipt tells exceptions only; what arrived of the goods it does not name is unknown.",
            "Ask the warehouse for receipts in full detail (W1701 F); its next count tells what is there.",
        )


def _site(receipt: TransferReceipt, profile: X12Profile) -> str:
    """The warehouse's own code: SF names where the goods came from."""
    party = party_named(receipt.parties, "WH")
    if party is None:
        return ""
    return party.name if profile.site_by == "name" else party.id


def _announced_as(receipt: TransferReceipt) -> str:
    """Our number, which the 943 gives in W0602 and in W0604: a warehouse may repeat either."""
    return receipt.number or receipt.shipment_id


def _receipt_id(receipt: TransferReceipt) -> str:
    """The warehouse's own number, and the depositor's, as one number may stand for a whole truck.

    Where it gives none, what the receipt says: one that is sent again is known by its words.
    """
    own = receipt.receipt_number
    if not own:
        words = json.dumps(document_json(receipt), sort_keys=True)
        own = hashlib.sha256(words.encode()).hexdigest()[:16]
    return "/".join(filter(None, (own, _announced_as(receipt))))


def _received_at(receipt: TransferReceipt, codebook: Codebook, received: dt.datetime) -> dt.datetime:
    """The earliest moment that the receipt can mean, never after it came to us."""
    zone = profile_of(codebook).timezone
    dates = [each for name in _ARRIVED_ON for each in receipt.dates if each.qualifier == name and each.date]
    best = next((each for each in dates if each.time), dates[0] if dates else WarehouseDate("", receipt.date))
    day = best.date or received.astimezone(ZoneInfo(zone)).date()
    return min(earliest(day, best.time, zone, received), received)
