"""945, the warehouse shipping advice, to a Shipment, and to an Acknowledgement for lines of which nothing will come."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hub.edi.documents.parts import Mark
from hub.edi.documents.registry import document_json
from hub.edi.documents.shipping_advice import ShippingAdvice, ShippingAdviceGroup, ShippingAdviceLine
from hub.edi.documents.warehouse import NumberedReference
from hub.errors import DataError
from hub.mapping.codebook import Codebook, PartnerItem
from hub.model.identity import RequestId, ShipmentId
from hub.model.purchase import AcknowledgedLine, Acknowledgement, AcknowledgementOutcome
from hub.model.shipment import Parcel, Shipment, ShippedLine
from hub.sdk.capabilities import Item, Problem
from hub.sdk.x12.translate.reading import (
    book_of,
    eaches,
    instant,
    item_at,
    latest,
    line_number,
    profile_of,
    sscc,
)

_CLOSING = frozenset({"CC", "CL", "CP", "ID", "OS"})
"""W1201: the line is complete, or what is missing of it will not come."""

_OPEN = frozenset({"BK", "BP", "CN", "PR", "SS"})
"""W1201: the rest follows."""

_SUBSTITUTED = "IS"
_EXCEPTIONS_ONLY = "X"
_SHIPPED_ON = "11"
_ASK = "Ask the warehouse for a corrected advice."


@dataclass
class _Told:
    """What an advice says, line by line, in eaches."""

    shipped: list[ShippedLine] = field(default_factory=list)
    refused: list[AcknowledgedLine] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def advised(advice: ShippingAdvice, codebook: Codebook, received: dt.datetime) -> tuple[list[Item], list[Problem]]:
    """The goods that left for one request of ours, and the lines of which nothing left and nothing will.

    A line in several cartons is several shipped lines. One that can't be used is a problem, the rest counts. Raises
    DataError ``x12.incomplete-advice`` where it names no line at all.
    """
    codebook = book_of(advice.date, codebook, received)
    told = _Told()
    request = RequestId(advice.number)
    for group_number, group in enumerate(advice.groups, start=1):
        for number, line in enumerate(group.lines, start=1):
            _read(line, request, codebook, f"945/LX {group_number}/W12 {number}", told)
    if not any(group.lines for group in advice.groups):
        raise DataError("The advice names no line.", code="x12.incomplete-advice", path="945/W12", cure=_ASK)
    if advice.reporting == _EXCEPTIONS_ONLY:
        told.problems.append(
            Problem(
                "945/W06",
                "x12.incomplete-advice",
                "The advice tells exceptions only; what became of the lines it does not name is unknown.",
                "Ask the warehouse for advices in full detail (W0601 F), and settle the other lines by hand.",
            )
        )
    items: list[Item] = []
    if told.shipped:
        items.append(
            Shipment(
                shipment_id=_shipment_id(advice),
                connection=codebook.connection,
                shipped_at=_shipped_at(advice, codebook, received),
                lines=tuple(told.shipped),
                parcels=tuple(dict.fromkeys(_parcels(advice, codebook))),
            )
        )
    if told.refused:
        # By the shipment's id: an advice that comes again under another control number is no other answer.
        answer = Acknowledgement(
            request_id=request,
            reference=f"945 {_shipment_id(advice)}",
            acknowledged_at=received,
            lines=tuple(told.refused),
        )
        items.append(answer)
    return items, told.problems


def _read(line: ShippingAdviceLine, request: RequestId, codebook: Codebook, path: str, told: _Told) -> None:
    item = _unusable(line, path) or item_at(line.ids, codebook, path)
    if isinstance(item, Problem) or line.shipped is None:
        told.problems.extend([item] if isinstance(item, Problem) else [])
        return
    quantity = eaches(line.shipped, line.unit, item, codebook, path)
    if isinstance(quantity, Problem):
        told.problems.append(quantity)
        return
    if line.status not in _CLOSING | _OPEN:
        told.problems.append(_unknown_status(line.status, path))
    number = _line_number(line)
    closes = line.status in _CLOSING
    if line.shipped > 0:
        told.shipped.append(
            ShippedLine(request_id=request, number=number, sku=item.sku, quantity=quantity, closes=closes)
        )
    elif closes:
        told.refused.append(_refused(line, number, item))


def _unusable(line: ShippingAdviceLine, path: str) -> Problem | None:
    if line.status == _SUBSTITUTED:
        message = "The warehouse shipped another item in place of the one that was ordered."
        cure = "Decide with the customer, and record by hand what was shipped."
        return Problem(path, "x12.substitute-shipped", message, cure)
    if line.shipped is None or line.shipped < 0:
        return Problem(path, "x12.incomplete-item", "The line has no quantity shipped.", _ASK)
    return None


def _unknown_status(status: str, path: str) -> Problem:
    return Problem(
        path,
        "data.unknown-code",
        f"W1201 {status[:2]} is not known; the units count, and the line stays open.",
        "Ask the warehouse whether the rest follows.",
        status,
    )


def _refused(line: ShippingAdviceLine, number: int | None, item: PartnerItem) -> AcknowledgedLine:
    return AcknowledgedLine(
        number=number, sku=item.sku, outcome=AcknowledgementOutcome.REJECTED, partner_code=line.status
    )


def _line_number(line: ShippingAdviceLine) -> int | None:
    """Our own number where the warehouse echoes it; LX01 counts cartons as often as lines, so it proves nothing."""
    return next((line_number(each.value) for each in line.references if each.qualifier == "LI"), None)


def _shipment_id(advice: ShippingAdvice) -> ShipmentId:
    """The warehouse's own number, and the request's, as one number may stand for a whole truck.

    Where it gives none, what the advice says: two advices of one day are two shipments, and one that is sent again is
    known by its words.
    """
    own = advice.shipment_id or advice.agent_shipment_id
    if not own:
        words = json.dumps(document_json(advice), sort_keys=True)
        own = hashlib.sha256(words.encode()).hexdigest()[:16]
    return ShipmentId(f"{own}/{advice.number}")


def _shipped_at(advice: ShippingAdvice, codebook: Codebook, received: dt.datetime) -> dt.datetime:
    zone = profile_of(codebook).timezone
    left = next((each for each in advice.dates if each.qualifier == _SHIPPED_ON and each.date), None)
    date, time = (left.date, left.time) if left is not None else (advice.date, None)
    return latest(instant(date, time, zone, received), received)


def _parcels(advice: ShippingAdvice, codebook: Codebook) -> Iterator[Parcel]:
    """One parcel per label or tracking number; the header's numbers where no carton has one of its own."""
    carrier = _carrier(advice, codebook)
    found = False
    for group in advice.groups:
        for label, number in _marks(group):
            found = True
            yield Parcel(tracking_number=number, carrier=carrier, sscc=label)
    if not found:
        for number in (*_values(advice.numbers, "CN", "2I"),) or ("",):
            yield Parcel(tracking_number=number, carrier=carrier)


def _marks(group: ShippingAdviceGroup) -> Iterator[tuple[str, str]]:
    """(SSCC, tracking number) of each carton: labels and numbers that stand side by side belong together."""
    marks: tuple[Mark, ...] = (*group.marks, *(mark for line in group.lines for mark in line.marks))
    references = (*group.references, *(each for line in group.lines for each in line.references))
    labels = list(dict.fromkeys(filter(None, (sscc(each.number) for each in marks if each.qualifier in {"GM", "AA"}))))
    numbers = list(dict.fromkeys(each.number for each in marks if each.qualifier == "CP"))
    numbers = numbers or list(dict.fromkeys(_values(references, "CN", "2I")))
    for index in range(max(len(labels), len(numbers))):
        yield labels[index] if index < len(labels) else "", numbers[index] if index < len(numbers) else ""


def _values(references: Iterable[NumberedReference], *qualifiers: str) -> Iterator[str]:
    return (each.value for each in references if each.qualifier in qualifiers and each.value)


def _carrier(advice: ShippingAdvice, codebook: Codebook) -> str:
    named = next((each.scac or each.routing for each in advice.carriers if each.scac or each.routing), "")
    return (codebook.code("carriers", named) or named) if named else ""
