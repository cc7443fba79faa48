"""``hub route``: why each location won or lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from hub.cli.orders import Reference, found_order, show_expected
from hub.cli.session import Result, Session, command
from hub.cli.tables import say, show_table

if TYPE_CHECKING:
    from rich.console import Console

_DAYS = (("leaves", "ships_on"), ("delivered", "delivered_on"))

app = typer.Typer(no_args_is_help=True, help="Routing decisions.")


def _show_costs(console: Console, plan: dict[str, Any]) -> None:
    """What each shipment costs by name, what was next best, and what would change the choice."""
    for one in plan["shipments"]:
        costs = ", ".join(f"{name} {cost}" for name, cost in one["costs"].items())
        by = f" by {one['service']}" if one["service"] else ""
        days = "".join(f", {word} {one[key]}" for word, key in _DAYS if one[key])
        say(console, f"  {'/'.join(one['locations'])}{by}: {one['cost']} {plan['currency']} ({costs}){days}")
    for one in plan["alternatives"]:
        say(console, f"  next: {one['why']}")
    for one in plan["counterfactuals"]:
        say(console, f"  {one['words']}")
    for one in plan["shadows"]:
        say(console, f"  draft {one['draft']} would have decided: {one['summary']}")
    if plan["nothing_there"]:
        say(console, f"  nothing there: {', '.join(plan['nothing_there'])}")


@command(app, "explain", "route-explain")
def explain(session: Session, reference: Reference) -> Result:
    """Show every routing decision of an order: who could ship it, at what cost, what was next best, and what would
    change the choice."""
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
            _show_costs(console, each)
            for one in each["unrouted"]:
                say(console, f"  {one['quantity']} x {one['sku']} from nowhere: {one['reason']} {one['cure']}".rstrip())

        show_expected(console, expected)

    return Result({"order_id": record.order_id, "plans": plans, "expected": expected}, show)
