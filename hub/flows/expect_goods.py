"""When the units that an order waits for are expected, with every order before it told first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from hub.flows.stock_view import read_stock
from hub.flows.work import Work
from hub.inventory.atp import Atp
from hub.inventory.expected import Expected, Told, Waiting, coming, share_out
from hub.model.identity import LocationId, Sku
from hub.model.order import OrderRecord
from hub.model.stock import Outlook


def expect_order(work: Work, record: OrderRecord) -> dict[Sku, tuple[Told, ...]]:
    """What the order's open units may expect, by SKU; free units too, which routing has not asked for yet."""
    skus = {line.sku for line in record.order.lines if line.sku is not None and record.counters[line.line_id].open > 0}
    return {
        sku: tuple(each for each in tell_waiting(work, sku) if each.order_id == record.order_id) for sku in sorted(skus)
    }


def tell_waiting(work: Work, sku: Sku) -> tuple[Told, ...]:
    """What each order that waits for the SKU may expect, wherever it is."""
    where = [each.location for each in work.network.locations]
    view = read_stock(work.uow, work.network, work.now, [sku], where, ahead=True)
    atps = {place: atp for (_, place), atp in view.atps.items()}
    outlooks = work.uow.outlooks.of([sku], where)
    return told_of(work, sku, atps, expected_goods(work, sku, where, outlooks))


def told_of(work: Work, sku: Sku, atps: Mapping[LocationId, Atp], expected: Iterable[Expected]) -> tuple[Told, ...]:
    """The same, with what is there and what is expected."""
    return share_out(_waiting(work, sku), coming(atps, expected, work.now.date()))


def expected_goods(
    work: Work, sku: Sku, where: Sequence[LocationId], outlooks: Iterable[Outlook]
) -> tuple[Expected, ...]:
    """Transfers on their way to these locations, then what their partners said."""
    return (*_on_the_way(work, sku, where), *_said(outlooks))


def _waiting(work: Work, sku: Sku) -> Iterator[Waiting]:
    """Lines with open units, of the oldest order first. A location that had not what a line asked for is not asked for
    it again."""
    for demand in work.uow.orders.unrouted([sku]):
        record, channel = work.uow.orders.get(demand.order_id), work.network.channel(demand.channel)
        if record is None or channel is None:
            continue
        for line in record.order.lines:
            units = record.counters[line.line_id].open
            if line.sku == sku and units > 0:
                may = frozenset(channel.reachable) - record.excluded.get(line.line_id, frozenset())
                yield Waiting(record.order_id, line.line_id, units, may)


def _on_the_way(work: Work, sku: Sku, where: Sequence[LocationId]) -> Iterator[Expected]:
    for transfer in work.uow.transfers.on_the_way(where):
        units = sum((line.open for line in transfer.lines if line.sku == sku), Decimal(0))
        if units:
            yield Expected(transfer.location, units, transfer.expected_on, transfer=transfer.transfer_id)


def _said(outlooks: Iterable[Outlook]) -> Iterator[Expected]:
    for outlook in outlooks:
        for each in outlook.said.expected:
            yield Expected(
                outlook.said.location, each.quantity, each.day, document=outlook.document, as_of=outlook.as_of
            )
