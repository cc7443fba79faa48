"""Why is this order not here, or not further? The questions a person would ask, in their order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from hub.model.fulfilment import FulfilmentRequest, Negotiation
from hub.model.identity import OrderId, Sku
from hub.model.network import Network
from hub.model.order import OrderRecord, OrderStatus
from hub.model.queue import ConnectionState, OutboxState
from hub.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason with its cure; ``code`` is stable, ``refs`` names documents, requests or lines."""

    code: str
    words: str
    cure: str = ""
    refs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MissingReport:
    """``order_id`` is None where no order matches; ``findings``, the most telling first, may be empty: all is well."""

    text: str
    order_id: OrderId | None
    status: OrderStatus | None
    findings: tuple[Finding, ...]


def explain_missing(uow: UnitOfWork, network: Network, text: str) -> MissingReport:
    """Look for an order by its hub id, the channel's id or its number, and say what it waits for."""
    record = uow.orders.get(OrderId(text)) or _by_external_id(uow, network, text)
    record = record or next(iter(uow.orders.page(text=text, limit=1)), None)
    if record is None:
        return MissingReport(text, None, None, tuple(_not_here(uow, network)))
    return MissingReport(text, record.order_id, record.status, tuple(_findings(uow, record)))


def _by_external_id(uow: UnitOfWork, network: Network, text: str) -> OrderRecord | None:
    found = (uow.orders.find(channel.channel, text) for channel in network.channels)
    return next((record for record in found if record is not None), None)


def _not_here(uow: UnitOfWork, network: Network) -> list[Finding]:
    """Nothing of that name was taken: is it stuck between the channel and us?"""
    findings: list[Finding] = []
    health = uow.connections.health()
    backlog = uow.inbox.backlog()
    for connection in dict.fromkeys(channel.connection for channel in network.channels):
        note = health.get(connection)
        if note is not None and note.state is not ConnectionState.OK:
            findings.append(
                Finding(
                    "connection-down",
                    f"{connection} is {note.state.value} since {note.since.isoformat()}: {note.message}",
                    "See `hub doctor`.",
                )
            )
        if backlog.get(connection):
            findings.append(
                Finding("waiting-in-inbox", f"{backlog[connection]} documents of {connection} are not applied yet.")
            )
        findings.extend(
            Finding(
                "quarantined-document",
                f"{entry.code}: {entry.message}",
                entry.cure,
                {"document": entry.document, "quarantine": str(entry.id)},
            )
            for entry in uow.quarantine.open(connection=connection)
            if entry.order_id is None
        )
    nothing = Finding("never-received", "No channel has sent it.", "Check it in the channel, then refetch.")
    return findings or [nothing]


def _findings(uow: UnitOfWork, record: OrderRecord) -> list[Finding]:
    findings: list[Finding] = []
    if record.hold:
        findings.append(Finding("held", record.hold, "Decide, then `hub order release`."))
    for line in record.order.lines:
        count = record.counters[line.line_id]
        if line.sku is None and count.outstanding > 0:
            words = f"Line {line.line_id}: the channel's item {line.channel_item} has no SKU."
            findings.append(Finding("unmapped-line", words, "Map the item and reprocess the order's document."))
    if any(record.counters[line.line_id].open > 0 for line in record.order.lines if line.sku is not None):
        plans = uow.requests.plans(record.order_id)
        unrouted = plans[-1].unrouted if plans else ()
        findings.extend(Finding(each.code, each.reason, each.cure, {"line": each.line_id}) for each in unrouted)
        findings.extend(_outlook_findings(uow, {each.sku for each in unrouted if each.sku is not None}))
        if not unrouted:
            findings.append(Finding("to-be-routed", "Its open units are about to be routed."))
    for request in uow.requests.for_order(record.order_id):
        findings.extend(_request_findings(uow, request))
    return findings


def _outlook_findings(uow: UnitOfWork, skus: Collection[Sku]) -> Iterator[Finding]:
    """What partners say of the future of items that are waited for."""
    for outlook in uow.outlooks.of(skus):
        sku, location = outlook.said.sku, outlook.said.location
        refs = {"sku": sku, "location": location, "document": outlook.document or ""}
        if outlook.said.discontinued:
            since = outlook.as_of.date().isoformat()
            yield Finding("discontinued", f"{location} has given up {sku}, it said as of {since}.", "", refs)
        for each in outlook.said.expected:
            units = "some" if each.quantity is None else f"{each.quantity:f}"
            yield Finding(
                "supply-expected", f"{location} expects {units} of {sku} on {each.day.isoformat()}.", "", refs
            )


def _request_findings(uow: UnitOfWork, request: FulfilmentRequest) -> list[Finding]:
    if request.finished or request.outstanding == 0:
        return []
    refs = {"request": request.request_id, "location": request.location}
    if request.negotiation is Negotiation.UNSUBMITTED:
        item = uow.outbox.get(f"fulfilment:{request.request_id}")
        state = item.state if item is not None else OutboxState.FAILED
        note = f" ({item.note})" if item is not None and item.note else ""
        words = f"{request.request_id} to {request.location} is {state.value}{note}."
        for_a_person = state in {OutboxState.WAITING, OutboxState.FAILED}
        cure = f"Ask the partner, then see `hub request show {request.request_id}`." if for_a_person else ""
        return [Finding("not-sent", words, cure, refs)]
    if request.negotiation is Negotiation.SUBMITTED:
        by = request.acknowledge_by.isoformat() if request.acknowledge_by else "some day"
        words = f"{request.location} has {request.request_id} and answers by {by}."
        return [Finding("not-acknowledged", words, "", refs)]
    waiting = f"{request.location} owes {request.outstanding:f} units of {request.request_id}."
    return [Finding("not-shipped", waiting, "", refs)]
