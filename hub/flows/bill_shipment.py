"""Bill an order's channel for what left: one invoice per shipment, at the prices the order names."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from hub.flows.answer import Answer
from hub.flows.requests import hold_order
from hub.flows.telling import settle_told
from hub.flows.work import Work
from hub.model.events import EventKind
from hub.model.identity import LineId, LocationId
from hub.model.network import Channel
from hub.model.order import OrderRecord
from hub.model.queue import OutboxItem
from hub.model.sale import BilledLine, CustomerInvoice, total_of
from hub.model.shipment import Shipment
from hub.orders.kits import sold_lines


def bill_shipment(
    work: Work, record: OrderRecord, shipment: Shipment, location: LocationId, units: Mapping[LineId, Decimal]
) -> None:
    """Queue the invoice for ``units`` per line as sold, where the channel is billed by us; numbers have no gaps.

    A shipment is billed once. Where a line has no price, or the prices are in several currencies, nothing is billed
    and the order is held.
    """
    channel = work.network.channel(record.order.channel)
    sold = {line.line_id: line for line in sold_lines(record.order)}
    left = [(sold[line_id], count) for line_id, count in units.items() if count > 0 and line_id in sold]
    if channel is None or not channel.invoice or not left or shipment.channel == channel.channel:
        return
    key = f"invoice:{shipment.connection}:{shipment.shipment_id}:{record.order_id}"
    if work.uow.outbox.get(key) is not None:
        return
    lines = tuple(
        BilledLine(line_id=line.line_id, sku=line.sku, quantity=count, unit_price=line.unit_price, title=line.title)
        for line, count in left
        if line.sku is not None and line.unit_price is not None
    )
    shipping = None if _billed_before(work, record, channel) else record.order.shipping_charge
    currencies = {line.unit_price.currency for line in lines} | ({shipping.currency} if shipping else set())
    if len(lines) < len(left) or len(currencies) > 1:
        words = f"Shipment {shipment.shipment_id} can't be billed: a line has no price, or two currencies are named."
        work.keep(hold_order(work, record, "order.price-missing", words))
        return
    invoice = CustomerInvoice(
        key=key,
        invoice_number=f"I{work.uow.sequences.next('invoice'):08d}",
        order_id=record.order_id,
        channel=channel.channel,
        connection=channel.connection,
        order_external_id=record.order.external_id,
        placed_at=record.order.placed_at,
        location=location,
        shipment=shipment.shipment_id,
        shipped_at=shipment.shipped_at,
        invoiced_at=work.now,
        lines=lines,
        shipping=shipping,
        total=total_of(lines, shipping),
        ship_to_site=record.order.ship_to.site if record.order.ship_to else "",
    )
    _queue(work, record, invoice)


def settle_bill(work: Work, invoice: CustomerInvoice, answer: Answer) -> None:
    """After a refusal goods left and nobody has been asked to pay."""
    settle_told(
        work,
        invoice.order_id,
        answer,
        EventKind.SHIPMENT_BILLED,
        hold="order.invoice-refused",
        words=f"{invoice.channel} refused the invoice {invoice.invoice_number}",
        invoice=invoice.invoice_number,
        total=f"{invoice.total.amount:f} {invoice.total.currency}",
    )


def _billed_before(work: Work, record: OrderRecord, channel: Channel) -> bool:
    return work.uow.refs.theirs("invoice", record.order_id, channel.connection) is not None


def _queue(work: Work, record: OrderRecord, invoice: CustomerInvoice) -> None:
    work.uow.refs.put("invoice", record.order_id, invoice.connection, invoice.invoice_number)
    work.uow.outbox.add(
        OutboxItem(
            key=invoice.key,
            connection=invoice.connection,
            kind="invoice",
            payload=invoice.model_dump_json(),
            created_at=work.now,
            order_id=record.order_id,
            subject=f"invoice {invoice.invoice_number} for {record.order.number}",
        )
    )
