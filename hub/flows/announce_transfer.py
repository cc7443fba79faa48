"""A person says that goods are on their way to a location; whoever receives them there is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from hub.errors import DataError
from hub.flows.answer import Answer, Verdict
from hub.flows.arrivals import move_unless_counted
from hub.flows.work import Work
from hub.inventory import ledger
from hub.model.identity import LocationId, Sku, TransferId
from hub.model.network import Location
from hub.model.queue import OutboxItem
from hub.model.transfer import StockTransfer, TransferLine


@dataclass(frozen=True, slots=True)
class Consignment:
    """What is on its way: eaches by SKU, from where (a location of ours, or None), since when, and how."""

    lines: Mapping[Sku, Decimal]
    shipped_at: datetime
    origin: LocationId | None = None
    expected_on: date | None = None
    purchase_order: str = ""
    carrier: str = ""
    tracking_number: str = ""


def announce_transfer(work: Work, where: LocationId, goods: Consignment) -> StockTransfer:
    """Note the goods as on their way, take them off their origin, and queue the announcement.

    Raises DataError ``transfer.unknown-location`` for either end, ``transfer.empty``, ``transfer.same-location``,
    ``transfer.other-owner``.
    """
    location = work.network.location(where)
    for end in (where, goods.origin):
        if end is not None and work.network.location(end) is None:
            raise DataError(
                f"There is no location {end}.",
                code="transfer.unknown-location",
                cure="Known locations stand in hub.yaml.",
                value=end,
            )
    if where == goods.origin:
        raise DataError("Goods can't be sent from a location to itself.", code="transfer.same-location", value=where)
    origin = work.network.location(goods.origin) if goods.origin is not None else None
    if location is not None and origin is not None and _mixes(origin, location):
        raise DataError(
            f"What lies at {goods.origin} is {_words(origin)}, and {where} is for {_words(location)}.",
            code="transfer.other-owner",
            cure="Goods that change hands are bought: correct both with `hub stock adjust` once they are.",
            value=where,
        )
    if location is None or not goods.lines or any(units <= 0 for units in goods.lines.values()):
        raise DataError("A transfer needs a line, and each more than zero units.", code="transfer.empty")
    transfer = StockTransfer(
        transfer_id=TransferId(f"T{work.uow.sequences.next('transfer'):08d}"),
        location=where,
        connection=location.connection,
        origin=goods.origin,
        shipped_at=goods.shipped_at,
        expected_on=goods.expected_on,
        purchase_order=goods.purchase_order,
        carrier=goods.carrier,
        tracking_number=goods.tracking_number,
        lines=tuple(
            TransferLine(number=number, sku=sku, quantity=units)
            for number, (sku, units) in enumerate(goods.lines.items(), start=1)
        ),
    )
    work.uow.transfers.save(transfer)
    if transfer.origin is not None:
        move_unless_counted(work, [ledger.transfer_movement(transfer, line, work.now) for line in transfer.lines])
        work.touch(goods.lines)
    work.uow.outbox.add(
        OutboxItem(
            key=f"transfer:{transfer.transfer_id}",
            connection=transfer.connection,
            kind="transfer",
            payload=transfer.model_dump_json(),
            created_at=work.now,
            subject=f"{transfer.transfer_id} to {where}",
        )
    )
    return transfer


def _mixes(origin: Location, location: Location) -> bool:
    """Whether goods would change hands at a location that keeps somebody's goods for them. A supplier's goods that are
    sent to us are bought."""
    consigned = bool(origin.owner or location.owner)
    return consigned and origin.stock_owner != location.stock_owner


def _words(location: Location) -> str:
    return f"stock of {location.stock_owner}" if location.stock_owner else "our own stock"


def settle_transfer(work: Work, told: StockTransfer, answer: Answer) -> None:
    """Note where whoever receives the goods would not be told of them: they are on their way all the same."""
    if answer.verdict not in {Verdict.REFUSED, Verdict.STALE}:
        return
    transfer = work.uow.transfers.get(told.transfer_id, lock=True)
    if transfer is not None:
        note = f"not announced: {answer.message or answer.code}"
        work.uow.transfers.save(transfer.model_copy(update={"note": note}))
