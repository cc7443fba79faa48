"""Records of invoices: what a partner bills us."""

from __future__ import annotations

from hub.mapping.fields.reading import Said
from hub.model.identity import RequestId
from hub.model.money import Money
from hub.model.purchase import Invoice, InvoiceLine
from hub.model.quantity import amount_of_each
from hub.sdk.capabilities import Parsed
from hub.sdk.mapped.intake import Intake
from hub.sdk.mapped.shipments import line_number, names_item


def invoices(intake: Intake) -> Parsed:
    """Every invoice all of whose lines can be used: a part of one would not match its total."""
    found = tuple(each for said in intake.records() if (each := _invoice(intake, said)) is not None)
    return Parsed(found, intake.problems)


def _invoice(intake: Intake, said: Said) -> Invoice | None:
    currency = said.fields.get("currency")
    lines = [_line(intake, line, currency) for line in intake.lines(said)]
    good = tuple(line for line in lines if line is not None)
    if not good or len(good) < len(said.lines):
        if not said.lines:
            intake.refuse(said, "lines", "The invoice has no line.")
        return None
    total = intake.money(said, "total", currency)
    if total is None:
        return None
    return Invoice(
        invoice_number=str(said.fields["invoice_number"]),
        request_id=RequestId(str(said.fields["request_id"])),
        partner=intake.codebook.partner,
        invoiced_at=intake.moment(said.fields.get("invoiced_at")),
        lines=good,
        charges=intake.money(said, "charges", currency),
        total=total,
    )


def _line(intake: Intake, said: Said, currency: object) -> InvoiceLine | None:
    number = line_number(intake, said)
    item = intake.item(said) if number is None or names_item(said) else None
    if item is None and number is None:
        return None
    size = intake.eaches_of(said, item)
    quantity = intake.eaches(said, "quantity", size[1]) if size is not None else None
    price = intake.money(said, "unit_price", currency)
    if size is None or quantity is None or price is None:
        return None
    if quantity <= 0:
        intake.refuse(said, "quantity", "An invoice bills more than none.")
        return None
    return InvoiceLine(
        number=number,
        sku=item.sku if item is not None else None,
        quantity=quantity,
        unit_price=Money(amount=amount_of_each(price.amount, size[1]), currency=price.currency),
    )
