"""860 to Cancellation; every other change of an order is for a person."""

from __future__ import annotations

from hub.edi.documents.order_change import ChangedLine, PurchaseOrderChange
from hub.errors import DataError
from hub.model.identity import ChannelId, LineId
from hub.model.returns import Cancellation, CancelledLine
from hub.sdk.capabilities import Item, Problem
from hub.sdk.x12.translate.sets import Received, Translation
from hub_x12_retailer.translate.identity import order_reference

_CANCELS, _CHANGES = "01", "04"
_DELETED, _UNCHANGED = "DI", "NC"


def change(document: PurchaseOrderChange, how: Received, channel: ChannelId) -> Translation:
    """A cancellation of the order (BCH01 01) or of the lines that a change (04) deletes (POC02 DI).

    Its other lines are problems: what they ask for can't be told from the 860 alone. Raises DataError
    ``x12.order-change`` for another BCH01, ``x12.incomplete-order`` without a number.
    """
    if not document.number:
        raise DataError(
            "The change names no purchase order.",
            code="x12.incomplete-order",
            cure="Ask the retailer to send it again with the order's number (BCH03).",
            path="860/BCH03",
        )
    reference = order_reference(document.number, document.release)
    if document.purpose == _CANCELS:
        return [Cancellation(channel=channel, external_id=reference, cancelled_at=how.received)], []
    if document.purpose != _CHANGES:
        raise _person("860/BCH01", f"The change's purpose is {document.purpose}.", document.purpose)
    deleted, problems = _read_lines(document)
    if not deleted and not problems:
        raise _person("860/BCH", "The change names no line: it is about the order's header.", document.purpose)
    items: list[Item] = []
    if deleted:
        lines = tuple(CancelledLine(line_id=line_id) for line_id in deleted)
        items.append(Cancellation(channel=channel, external_id=reference, cancelled_at=how.received, lines=lines))
    return items, problems


def _read_lines(document: PurchaseOrderChange) -> tuple[list[LineId], list[Problem]]:
    deleted: dict[LineId, None] = {}
    problems: list[Problem] = []
    for place, line in enumerate(document.lines, start=1):
        path = f"860/POC {place}"
        if line.change == _DELETED and line.number:
            deleted[LineId(line.number)] = None
        elif line.change != _UNCHANGED:
            problems.append(_problem(line, path))
    return list(deleted), problems


def _problem(line: ChangedLine, path: str) -> Problem:
    error = _person(path, f"Line {line.number or 'without a number'} is changed by {line.change or 'no code'}.", "")
    return Problem(path, error.code, error.message, error.cure, line.change)


def _person(path: str, message: str, value: str) -> DataError:
    return DataError(
        f"{message} Only cancellations are taken from an 860.",
        code="x12.order-change",
        cure="Read it and decide; the retailer may send the whole order again as a replacement (850 with BEG01 05).",
        path=path,
        value=value,
    )
