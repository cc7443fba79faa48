"""A supplier's claim for money, matched to what it shipped and to the cost it agreed to."""

from __future__ import annotations

from decimal import Decimal

from hub.errors import DataError, TransientError
from hub.flows.requests import advance_purchase, lock_request
from hub.flows.work import Work
from hub.model.events import EventKind
from hub.model.fulfilment import FulfilmentRequest, RequestLine
from hub.model.network import InvoiceTolerance
from hub.model.purchase import Invoice, InvoiceLine, PurchaseOrderState

_ZERO = Decimal(0)


def record_invoice(work: Work, invoice: Invoice) -> None:
    """Store an invoice, ``matched`` or ``disputed`` with reasons; the same again changes nothing.

    Raises DataError ``invoice.unknown-request``, ``invoice.wrong-partner`` and, for a number that stood for another
    claim before, ``invoice.number-reused`` (it is held, the earlier one stands), and TransientError
    ``invoice.before-shipment`` where nothing has shipped yet: files of one partner may overtake each other.
    """
    found = lock_request(work, invoice.request_id)
    if found is None:
        raise DataError(
            f"Invoice {invoice.invoice_number} bills {invoice.request_id}, which we never sent.",
            code="invoice.unknown-request",
            cure="Ask the partner which purchase order it means.",
            value=invoice.request_id,
        )
    record, request = found
    _check_partner(work, request, invoice)
    work.about(record.order_id)
    earlier = work.uow.requests.invoices(request.request_id)
    known = [
        each for each in earlier if (each.partner, each.invoice_number) == (invoice.partner, invoice.invoice_number)
    ]
    if known:
        _check_same(known[0], invoice)
        return
    if all(line.shipped == 0 for line in request.lines):
        raise TransientError(
            f"Invoice {invoice.invoice_number} came before any shipment of {invoice.request_id}.",
            code="invoice.before-shipment",
            cure="It is tried again for a while; reprocess it where the shipment comes later still.",
        )
    location = work.network.location(request.location)
    tolerance = location.invoices if location is not None else InvoiceTolerance()
    reasons = _reasons(request, invoice, tolerance, [line for each in earlier for line in each.lines])
    work.uow.requests.add_invoice(invoice, "disputed" if reasons else "matched")
    billed = sum((line.quantity for each in (*earlier, invoice) for line in each.lines), _ZERO)
    full = billed >= sum((line.shipped for line in request.lines), _ZERO) and request.outstanding == 0
    request = advance_purchase(request, PurchaseOrderState.INVOICED if full else PurchaseOrderState.INVOICED_PART)
    if full and not reasons:
        request = advance_purchase(request, PurchaseOrderState.MATCHED)
    work.uow.requests.save(request)
    facts = {"request": request.request_id, "invoice": invoice.invoice_number, "reasons": "; ".join(reasons)}
    work.tell(record.order_id, EventKind.INVOICE_DISPUTED if reasons else EventKind.INVOICE_RECORDED, **facts)


def _check_same(known: Invoice, invoice: Invoice) -> None:
    if (known.lines, known.charges, known.total) != (invoice.lines, invoice.charges, invoice.total):
        raise DataError(
            f"Invoice {invoice.invoice_number} of {invoice.partner} came before with other lines or amounts.",
            code="invoice.number-reused",
            cure="Ask the partner which of the two counts; a correction needs a number of its own.",
            value=invoice.invoice_number,
        )


def _check_partner(work: Work, request: FulfilmentRequest, invoice: Invoice) -> None:
    location = work.network.location(request.location)
    if location is not None and location.partner != invoice.partner:
        raise DataError(
            f"{invoice.partner} bills {request.request_id}, which was sent to {location.partner}.",
            code="invoice.wrong-partner",
            cure="Check which partner sent this document.",
        )


def _reasons(
    request: FulfilmentRequest, invoice: Invoice, tolerance: InvoiceTolerance, earlier: list[InvoiceLine]
) -> list[str]:
    reasons: list[str] = []
    billed: dict[int, Decimal] = {}
    for line in earlier:
        number = _number(request, line)
        billed[number] = billed.get(number, _ZERO) + line.quantity
    for line in invoice.lines:
        number = _number(request, line)
        asked = _line(request, number)
        if asked is None:
            reasons.append("bills a line that was not ordered")
            continue
        billed[number] = billed.get(number, _ZERO) + line.quantity
        if billed[number] > asked.shipped:
            reasons.append(f"line {number}: bills {billed[number]:f}, shipped {asked.shipped:f}")
        cost = asked.unit_cost
        if cost is not None and line.unit_price.currency != cost.currency:
            reasons.append(f"line {number}: bills in {line.unit_price.currency}, agreed {cost.currency}")
        elif cost is not None and line.unit_price.amount > cost.amount * (1 + tolerance.price_percent / 100):
            reasons.append(f"line {number}: price {line.unit_price.amount:f}, agreed {cost.amount:f}")
    if abs(invoice.computed_total - invoice.total.amount) > tolerance.total_amount:
        reasons.append(f"total {invoice.total.amount:f}, lines and charges make {invoice.computed_total:f}")
    return reasons


def _number(request: FulfilmentRequest, line: InvoiceLine) -> int:
    """The request line's number; 0 where the invoice names none that was ordered."""
    if line.number is not None:
        return line.number
    return next((each.number for each in request.lines if each.sku == line.sku), 0)


def _line(request: FulfilmentRequest, number: int) -> RequestLine | None:
    return next((each for each in request.lines if each.number == number), None)
