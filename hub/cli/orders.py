"""``hub order``: find one, follow it, ask why it is not further."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.exits import NotThereError
from hub.cli.session import Result, Session, command
from hub.cli.tables import age, say, show_facts, show_table

if TYPE_CHECKING:
    from rich.console import Console

    from hub.model.order import OrderRecord
    from hub.ports import UnitOfWork

app = typer.Typer(no_args_is_help=True, help="Customers' orders.")

Reference = Annotated[str, typer.Argument(metavar="ORDER", help="The hub's id, or the channel's id or number.")]


def found_order(session: Session, uow: UnitOfWork, reference: str) -> OrderRecord:
    """The order of that id or number. Raises NotThereError ``cli.unknown-order``."""
    from hub.model.identity import OrderId

    record = uow.orders.get(OrderId(reference))
    for channel in session.hub.setup.network.channels:
        record = record or uow.orders.find(channel.channel, reference)
    record = record or next(iter(uow.orders.page(text=reference, limit=1)), None)
    if record is None:
        raise NotThereError(
            f"There is no order {reference}.",
            code="cli.unknown-order",
            cure=f"Ask `hub order why-missing {reference}`, or see `hub order list`.",
        )
    return record


@command(app, "list", "order-list")
def list_orders(
    session: Session,
    status: Annotated[str, typer.Option(help="Only orders in this status.")] = "",
    text: Annotated[str, typer.Option(help="Only orders whose id or number holds this.")] = "",
    after: Annotated[str, typer.Option(help="Go on after this order id.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
) -> Result:
    """List orders by id, a page at a time."""
    from hub.model.identity import OrderId
    from hub.model.order import OrderStatus
    from hub.web import shapes

    if status and status not in set(OrderStatus):
        raise NotThereError(
            f"There is no order status {status}.",
            code="cli.unknown-status",
            cure=f"Choose one of: {', '.join(OrderStatus)}.",
        )
    with session.hub.storage.read() as uow:
        records = uow.orders.page(
            status=OrderStatus(status) if status else None,
            text=text,
            after=OrderId(after) if after else None,
            limit=limit,
        )
    rows = [shapes.order_row(record) for record in records]
    following = rows[-1]["order_id"] if len(rows) == limit else None

    def show(console: Console) -> None:
        if not rows:
            say(console, "No orders here. `hub status` says how the channels' connections do.")
            return
        show_table(
            console,
            ("order", "number", "status", "units", "shipped", "placed", "hold"),
            [
                (r["order_id"], r["number"], r["status"], r["units"], r["shipped"], age(r["placed_at"]), r["hold"])
                for r in rows
            ],
        )
        if following:
            say(console, "More: " + session.next(f"hub order list --after {following}"))

    return Result({"orders": rows, "next": following}, show)


@command(app, "show", "order-show")
def show_order(session: Session, reference: Reference) -> Result:
    """Show an order: lines and their counters, requests, shipments."""
    from hub.flows.work import Work
    from hub.web import shapes
    from hub.web.expectations import expectations

    hub = session.hub
    with hub.storage.read() as uow:
        record = found_order(session, uow, reference)
        found = shapes.order(uow, record)
        found["expected"] = expectations(Work(uow, hub.setup.network, hub.clock()), record)

    def show(console: Console) -> None:
        show_facts(
            console,
            [
                ("order", found["order_id"]),
                ("number", found["number"]),
                ("channel", found["channel"]),
                ("status", found["status"]),
                ("placed", found["placed_at"]),
                ("hold", found["hold"]),
            ],
        )
        counters = ("ordered", "open", "reserved", "allocated", "backordered", "shipped", "cancelled", "returned")
        show_table(
            console,
            ("line", "sku", *counters),
            [
                (each["line_id"], name, *(each[counter] for counter in counters))
                for line in found["lines"]
                for each, name in (
                    (line, line["sku"] or f"({line['channel_item']})"),
                    *((part, f"- {part['sku']}") for part in line["parts"]),
                )
            ],
        )
        show_expected(console, found["expected"])
        _show_requests(console, found["requests"])
        _show_shipments(console, found["shipments"])
        say(console, "Its story: " + session.next(f"hub order trace {found['order_id']}"))

    return Result({"order": found}, show)


def show_expected(console: Console, rows: list[dict[str, Any]]) -> None:
    """What an order that waits may expect."""
    from hub.web.expectations import words

    for row in rows:
        say(console, f"  {words(row)}")


def _show_requests(console: Console, requests: list[dict[str, Any]]) -> None:
    if requests:
        show_table(
            console,
            ("request", "location", "work", "answer", "partner's reference", "outstanding"),
            [
                (
                    each["request_id"],
                    each["location"],
                    each["execution"],
                    each["negotiation"],
                    each["partner_ref"],
                    " ".join(f"{line['sku']}:{line['outstanding']}" for line in each["lines"]),
                )
                for each in requests
            ],
        )


def _show_shipments(console: Console, shipments: list[dict[str, Any]]) -> None:
    if shipments:
        show_table(
            console,
            ("shipment", "from", "shipped", "tracking"),
            [
                (
                    each["shipment_id"],
                    each["connection"],
                    each["shipped_at"],
                    " ".join(f"{parcel['carrier']} {parcel['tracking_number']}".strip() for parcel in each["parcels"]),
                )
                for each in shipments
            ],
        )


@command(app, "trace", "order-trace")
def trace(session: Session, reference: Reference) -> Result:
    """Show everything that happened to an order, who did it, and which document led to it."""
    from hub.web import shapes

    with session.hub.storage.read() as uow:
        record = found_order(session, uow, reference)
        data: dict[str, Any] = {
            "order": shapes.order_row(record),
            "events": [shapes.event(each) for each in uow.orders.timeline(record.order_id)],
            "documents": [
                shapes.document(each, uow.inbox.entry(each.id)) for each in uow.documents.for_order(record.order_id)
            ],
            "requests": [shapes.request(each) for each in uow.requests.for_order(record.order_id)],
            "shipments": [shapes.shipment(each) for each in uow.requests.shipments(record.order_id)],
        }

    def show(console: Console) -> None:
        say(console, f"{record.order_id} ({record.order.number}): {record.status.value}")
        show_table(
            console,
            ("when", "what", "who", "document", "facts"),
            [
                (
                    each["at"],
                    each["kind"],
                    each["actor"],
                    each["cause"],
                    " ".join(f"{name}={value}" for name, value in each["data"].items()),
                )
                for each in data["events"]
            ],
        )
        show_table(
            console,
            ("document", "connection", "direction", "kind", "when", "state"),
            [
                (each["document"], each["connection"], each["direction"], each["kind"], each["at"], each["state"])
                for each in data["documents"]
            ],
        )
        _show_requests(console, data["requests"])
        _show_shipments(console, data["shipments"])
        say(console, "A document:  " + session.next("hub document show DOCUMENT"))
        say(console, "Its routing: " + session.next(f"hub route explain {record.order_id}"))

    return Result(data, show)


@command(app, "why-missing", "order-why-missing")
def why_missing(session: Session, reference: Reference) -> Result:
    """Say why an order is not here, or what it waits for."""
    from hub.flows.explain_missing import explain_missing

    with session.hub.storage.read() as uow:
        report = explain_missing(uow, session.hub.setup.network, reference)
    findings = [
        {"code": each.code, "words": each.words, "cure": each.cure, "refs": dict(each.refs)} for each in report.findings
    ]
    data = {
        "reference": reference,
        "order_id": report.order_id,
        "status": report.status.value if report.status else None,
        "findings": findings,
    }

    def show(console: Console) -> None:
        if report.order_id is None:
            say(console, f"No order {reference} is here.")
        else:
            say(console, f"{report.order_id} is here: {data['status']}.")
        for each in report.findings:
            say(console, f"- {each.words}")
            if each.cure:
                say(console, f"  {each.cure}")
            if "quarantine" in each.refs:
                say(console, "  " + session.next(f"hub quarantine show {each.refs['quarantine']}"))
        if report.order_id is not None:
            if not report.findings:
                say(console, "It waits for nothing.")
            say(console, "Its story: " + session.next(f"hub order trace {report.order_id}"))

    return Result(data, show)


@command(app, "release", "order-release")
def release(session: Session, reference: Reference) -> Result:
    """Let a held order go on."""
    from hub.flows.release_order import release_order
    from hub.sync.marks import working

    hub = session.hub
    with hub.storage.read() as uow:
        order_id = found_order(session, uow, reference).order_id
    with working(hub.storage, hub.setup.network, hub.clock, actor="operator") as work:
        released = release_order(work, order_id)

    def show(console: Console) -> None:
        say(console, f"{order_id} goes on." if released else f"{order_id} was not held.")

    return Result({"order_id": order_id, "released": released}, show)


@command(app, "separate", "order-separate")
def separate(
    session: Session, reference: Reference, line: Annotated[str, typer.Argument(help="The kit's line, as sold.")]
) -> Result:
    """Let the parts of a sold kit ship from different locations; they look for one at once."""
    from hub.flows.separate_kit import separate_kit
    from hub.model.identity import LineId
    from hub.sync.marks import working

    hub = session.hub
    with hub.storage.read() as uow:
        record = found_order(session, uow, reference)
    kits = [sold.line.line_id for sold in record.order.kits]
    if line not in kits:
        raise NotThereError(
            f"The order {record.order_id} has no kit on a line {line}.",
            code="cli.unknown-kit-line",
            cure=f"Its kits' lines: {', '.join(kits) or 'none'}.",
        )
    with working(hub.storage, hub.setup.network, hub.clock, actor="operator") as work:
        separated = separate_kit(work, record.order_id, LineId(line))

    def show(console: Console) -> None:
        say(
            console,
            f"The parts of line {line} ship apart." if separated else f"The parts of {line} shipped apart before.",
        )
        say(console, "Where they go: " + session.next(f"hub route explain {record.order_id}"))

    return Result({"order_id": record.order_id, "line": line, "separated": separated}, show)
