"""CustomerInvoice to 810: our claim for what left, by the retailer's order and line numbers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from hub.edi.documents import invoice as x12
from hub.edi.documents.parts import DateReference
from hub.edi.documents.pricing import AllowanceCharge
from hub.mapping.codebook import Codebook, PartnerItem
from hub.model.document import Document
from hub.model.money import Money, currency_exponent
from hub.model.sale import BilledLine, CustomerInvoice
from hub.sdk.capabilities import Stamp
from hub.sdk.x12.translate.envelopes import SentSet
from hub.sdk.x12.translate.interchanges import interchange_of
from hub.sdk.x12.translate.ordered import Counted, counted, in_eaches, product_ids
from hub.sdk.x12.translate.parties import site_party
from hub.sdk.x12.translate.reading import profile_of
from hub_x12_retailer.translate.identity import number_and_release

INVOICE_SET = "810"
_CHARGE, _FREIGHT = "C", "D240"
_SHIPPED = "011"


def invoices(told: Sequence[tuple[str, CustomerInvoice]], codebook: Codebook, stamp: Stamp) -> Document:
    """One interchange with an 810 per invoice.

    Raises DataError ``x12.not-writable`` for a total in a currency with coins smaller than a hundredth.
    """
    sets = [
        (SentSet(INVOICE_SET, key, bill.invoice_number), x12.render_invoice(invoice(bill, codebook)))
        for key, bill in told
    ]
    return interchange_of(INVOICE_SET, sets, codebook, stamp)


def invoice(told: CustomerInvoice, codebook: Codebook) -> x12.Invoice:
    """The claim in X12's words and in the units of the order's day; its total is the one we keep, whatever the rounded
    prices of its lines add up to.

    Raises DataError ``data.unmapped-sku`` for an item the retailer does not know.
    """
    profile = profile_of(codebook)
    zone = ZoneInfo(profile.timezone)
    number, release = number_and_release(told.order_external_id)
    shipped = told.shipped_at.astimezone(zone)
    placed = told.placed_at.astimezone(zone).date()
    codebook = codebook.on(placed)
    return x12.Invoice(
        number=told.invoice_number,
        date=told.invoiced_at.astimezone(zone).date(),
        purchase_order_number=number,
        purchase_order_date=placed,
        release=release,
        currency=told.total.currency,
        parties=(
            *site_party("SF", codebook.site_of(told.location), profile),
            *site_party("ST", told.ship_to_site, profile),
        ),
        dates=(DateReference(_SHIPPED, shipped.date()),),
        lines=tuple(_line(line, codebook) for line in told.lines),
        total=told.total.amount,
        allowances=_charges(told.shipping),
    )


def _line(line: BilledLine, codebook: Codebook) -> x12.InvoiceLine:
    item = codebook.item_of(line.sku)
    billed = _counted(line, item)
    return x12.InvoiceLine(
        number=line.line_id,
        quantity=billed.quantity,
        unit=billed.unit,
        price=billed.price(line.unit_price),
        ids=product_ids(item, codebook),
        descriptions=(line.title,) if line.title else (),
    )


def _counted(line: BilledLine, item: PartnerItem) -> Counted:
    """In the unit of the ship notice, unless the rounded price of one each comes nearer to what the line costs."""
    exact = line.unit_price.times(line.quantity).amount

    def error(of: Counted) -> Decimal:
        # To six places: what the price of a pack of twelve loses as a twelfth is not an error.
        return abs(of.quantity * of.price(line.unit_price) - exact).quantize(Decimal("0.000001"))

    return min((counted(line.quantity, item), in_eaches(line.quantity)), key=error)


def _charges(shipping: Money | None) -> tuple[AllowanceCharge, ...]:
    if shipping is None or not shipping.amount:
        return ()
    coin = Decimal(1).scaleb(-currency_exponent(shipping.currency))
    amount = shipping.amount.quantize(coin, ROUND_HALF_UP)
    return (AllowanceCharge(_CHARGE, _FREIGHT, amount, description="Freight"),)
