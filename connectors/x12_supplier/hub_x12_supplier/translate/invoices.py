"""810 to Invoice, in eaches and the price of one each."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hub.edi.documents import invoice as x12
from hub.errors import DataError
from hub.mapping.codebook import Codebook
from hub.model.identity import RequestId
from hub.model.money import Money
from hub.model.purchase import Invoice, InvoiceLine
from hub.sdk.capabilities import Item, Problem
from hub.sdk.x12.translate.faults import ASK
from hub.sdk.x12.translate.price_basis import each_price
from hub.sdk.x12.translate.reading import (
    book_of,
    currency_of,
    eaches,
    instant,
    item_at,
    profile_of,
    units_each,
    unknown_unit,
)


def invoice(document: x12.Invoice, codebook: Codebook, received: dt.datetime) -> tuple[list[Item], list[Problem]]:
    """The claim, or nothing but problems where a line can't be read: a part of an invoice is no invoice.

    In the units of the day of our order where it repeats that (BIG03), else of its own.

    Raises DataError ``x12.incomplete-invoice`` without lines, order number or total, or in no currency.
    """
    codebook = book_of(document.purchase_order_date or document.date, codebook, received)
    currency = currency_of(document.currency, "810", "x12.incomplete-invoice")
    lines: list[InvoiceLine] = []
    problems: list[Problem] = []
    for index, line in enumerate(document.lines, start=1):
        found = _line(line, codebook, currency, f"810/IT1 {index}")
        if isinstance(found, Problem):
            problems.append(found)
        else:
            lines.append(found)
    if problems:
        return [], problems
    if not lines or not document.purchase_order_number or document.total is None:
        raise DataError(
            "The invoice names no purchase order, no line or no total.",
            code="x12.incomplete-invoice",
            cure="Ask the partner for a corrected invoice.",
            path="810/BIG",
        )
    claim = Invoice(
        invoice_number=document.number,
        request_id=RequestId(document.purchase_order_number),
        partner=codebook.partner,
        invoiced_at=instant(document.date, None, profile_of(codebook).timezone, received),
        lines=tuple(lines),
        charges=_charges(document, currency),
        total=Money(amount=document.total, currency=currency),
    )
    return [claim], []


def _line(line: x12.InvoiceLine, codebook: Codebook, currency: str, path: str) -> InvoiceLine | Problem:
    item = item_at(line.ids, codebook, path)
    if isinstance(item, Problem):
        return item
    each = units_each(line.unit, item, profile_of(codebook))
    if each is None:
        return unknown_unit(line.unit, path)
    if line.quantity is None or line.quantity <= 0 or line.price is None:
        return Problem(path, "x12.incomplete-item", "The line has no quantity above zero or no price.", ASK)
    quantity = eaches(line.quantity, line.unit, item, codebook, path)
    if isinstance(quantity, Problem):
        return quantity
    price = each_price(line.price, line.price_basis, each)
    if price is None:
        return Problem(path, "x12.incomplete-item", "The line's price is by weight.", ASK)
    return InvoiceLine(
        number=int(line.number) if line.number.isascii() and line.number.isdigit() else None,
        sku=item.sku,
        quantity=quantity,
        unit_price=Money(amount=price, currency=currency),
    )


def _charges(document: x12.Invoice, currency: str) -> Money | None:
    signs = {"C": 1, "N": 1, "A": -1}
    amounts = [item.amount * signs.get(item.indicator, 0) for item in document.allowances if item.amount is not None]
    amounts += [item.amount for item in document.taxes if item.amount is not None]
    return Money(amount=sum(amounts, Decimal(0)), currency=currency) if amounts else None
