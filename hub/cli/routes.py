"""``hub route``: why each location won or lost, and whether open orders would better be assigned anew."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.exits import Exit, NotThereError
from hub.cli.orders import Reference, found_order, show_expected
from hub.cli.session import Result, Session, command
from hub.cli.tables import say, show_table

if TYPE_CHECKING:
    from rich.console import Console

    from hub.flows.reoptimise_pool import MoveBundle
    from hub.model.identity import ChannelId

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


@command(app, "reoptimise", "route-reoptimise")
def reoptimise(
    session: Session,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show the moves.")] = False,
    channel: Annotated[list[str] | None, typer.Option(help="Only orders of this channel; may be repeated.")] = None,
    change_fee: Annotated[float, typer.Option(min=0, help="What a move must save beside, in your currency.")] = 1.0,
    churn: Annotated[float, typer.Option(min=0, max=100, help="Percent of the open orders that may move.")] = 2.0,
    seconds: Annotated[float, typer.Option(min=0, help="How long to look for better plans.")] = 60.0,
) -> Result:
    """Assign open orders anew, together, where that is cheaper: those whose requests were not sent yet."""
    import time

    from hub.flows.reoptimise_pool import PoolTerms, find_moves, make_moves
    from hub.flows.work import Work
    from hub.sync.marks import working

    hub = session.hub
    network = hub.setup.network
    terms = PoolTerms(Decimal(str(change_fee)), round(churn * 10), frozenset(_channels(session, channel or ())))
    until = time.monotonic() + seconds
    with hub.storage.read() as uow:
        answer = find_moves(Work(uow, network, hub.clock()), terms, lambda: time.monotonic() < until)
    made = []
    for bundle in answer.bundles if not dry_run else ():
        with working(hub.storage, network, hub.clock, actor="operator") as work:
            made.append(make_moves(work, bundle))
    bundles = [_bundle(each, None if dry_run else made[index]) for index, each in enumerate(answer.bundles)]
    dropped = made.count(False)
    facts = {
        "dry_run": dry_run,
        "orders": answer.orders,
        "before": answer.before,
        "after": answer.after,
        "currency": network.currency,
        "gap_percent": Decimal(answer.gap_ppm) / 10_000,
        "dropped": dropped,
        "bundles": bundles,
    }

    def show(console: Console) -> None:
        say(console, _found(facts), "bold")
        for bundle in bundles:
            say(
                console,
                f"{bundle['saving']} {network.currency} saved{'' if bundle['made'] is not False else ', dropped'}",
            )
            for move in bundle["moves"]:
                say(console, f"  {move['order_id']}: {move['summary']}")
        if dropped:
            say(
                console,
                f"{dropped} dropped: an order, a request or stock had changed meanwhile. The next run looks again.",
            )

    return Result(facts, show, Exit.PARTLY if dropped else Exit.OK)


def _channels(session: Session, names: Sequence[str]) -> list[ChannelId]:
    known = [each.channel for each in session.hub.setup.network.channels]
    for name in names:
        if name not in known:
            raise NotThereError(
                f"There is no channel {name}.",
                code="cli.unknown-channel",
                cure=f"Known: {', '.join(sorted(known)) or 'none'}.",
            )
    return [each for each in known if each in names]


def _found(facts: dict[str, Any]) -> str:
    if not facts["bundles"]:
        return f"{facts['orders']} open orders, {facts['before']} {facts['currency']}: nothing to gain."
    moves = sum(len(bundle["moves"]) for bundle in facts["bundles"])
    found = f"{moves} of {facts['orders']} open orders {'would move' if facts['dry_run'] else 'move'}"
    return (
        f"{found}: {facts['before']} to {facts['after']} {facts['currency']}, "
        f"at most {facts['gap_percent']:f} % above the best there is."
    )


def _bundle(bundle: MoveBundle, made: bool | None) -> dict[str, Any]:
    moves = [
        {
            "order_id": move.order_id,
            "withdraws": [request.request_id for request in move.withdraws],
            "locations": list(move.plan.locations),
            "saving": move.saving,
            "more": move.more,
            "summary": move.plan.summary,
        }
        for move in bundle.moves
    ]
    return {"saving": bundle.saving, "made": made, "moves": moves}
