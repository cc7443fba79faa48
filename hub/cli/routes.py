"""``hub route``: why each location won or lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from hub.cli.orders import Reference, found_order, show_expected
from hub.cli.session import Result, Session, command
from hub.cli.tables import say, show_table

if TYPE_CHECKING:
    from rich.console import Console

app = typer.Typer(no_args_is_help=True, help="Routing decisions.")


@command(app, "explain", "route-explain")
def explain(session: Session, reference: Reference) -> Result:
    """Show every routing decision of an order: who could ship it, for what cost, who was chosen and why."""
    from hub.flows.work import Work
    from hub.web import shapes
    from hub.web.expectations import expectations

    hub = session.hub
    with hub.storage.read() as uow:
        record = found_order(session, uow, reference)
        plans = [shapes.plan(each, hub.setup.network.currency) for each in uow.requests.plans(record.order_id)]
        expected = expectations(Work(uow, hub.setup.network, hub.clock()), record)

    def show(console: Console) -> None:
        if not plans:
            say(console, "It was not routed yet: " + session.next(f"hub order why-missing {record.order_id}"))
        for each in plans:
            say(console, f"{each['decided_at']}  {each['summary']}", "bold")
            show_table(
                console,
                ("location", "verdict", "cost alone", "why", "available"),
                [
                    (
                        one["location"],
                        one["code"],
                        f"{one['cost']} {each['currency']}" if one["cost"] is not None else "",
                        one["reason"],
                        " ".join(f"{sku}:{units}" for sku, units in one["available"].items()),
                    )
                    for one in each["candidates"]
                ],
            )
            for one in each["assignments"]:
                say(console, f"  {one['quantity']} x {one['sku']} from {one['location']}")
            for one in each["unrouted"]:
                say(console, f"  {one['quantity']} x {one['sku']} from nowhere: {one['reason']} {one['cure']}".rstrip())

        show_expected(console, expected)

    return Result({"order_id": record.order_id, "plans": plans, "expected": expected}, show)
