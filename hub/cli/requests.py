"""``hub request``: what became of a request to a location, where only a person can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.exits import NotThereError
from hub.cli.session import Result, Session, command
from hub.cli.tables import age, say, show_facts, show_table

if TYPE_CHECKING:
    from rich.console import Console

    from hub.flows.find_undecided import Undecided

app = typer.Typer(no_args_is_help=True, help="Requests to locations: what only a person can decide.")

Id = Annotated[str, typer.Argument(metavar="REQUEST", help="The hub's id; to a supplier, the purchase order number.")]

_WORDS = {
    "waiting": "It was sent, the answer was lost, and the partner can't be asked by the hub.",
    "unknown": "It was sent, the answer was lost, and the hub still asks the partner.",
    "failed": "The hub gave up after all its attempts.",
    "unacknowledged": "The location has it and did not answer in time.",
}


@command(app, "list", "request-list")
def list_requests(
    session: Session,
    state: Annotated[str, typer.Option(help="Only waiting, unknown, failed or unacknowledged ones.")] = "",
) -> Result:
    """List the requests that wait for a person, or whose outcome is unknown."""
    from hub.flows.find_undecided import Doubt, find_undecided

    if state and state not in set(Doubt):
        raise NotThereError(
            f"There is no state {state} to ask for.",
            code="cli.unknown-status",
            cure=f"Choose one of: {', '.join(Doubt)}.",
        )
    hub = session.hub
    with hub.storage.read() as uow:
        found = find_undecided(uow, hub.clock(), Doubt(state) if state else None)
    rows = [_row(session, each) for each in found]

    def show(console: Console) -> None:
        if not rows:
            say(console, f"No request is {state}." if state else "No request waits for a person.")
            return
        show_table(
            console,
            ("request", "order", "location", "state", "asked", "answer by", "note"),
            [
                (
                    row["request_id"],
                    row["order_id"],
                    row["location"],
                    row["state"],
                    age(row["requested_at"]),
                    row["acknowledge_by"],
                    row["note"],
                )
                for row in rows
            ],
        )
        say(console, "What can be done: " + session.next(f"hub request show {rows[0]['request_id']}"))

    return Result({"requests": rows}, show)


@command(app, "show", "request-show")
def show_request(session: Session, request_id: Id) -> Result:
    """Show a request, the doubt about it, and what a person may do."""
    found, hold = _looked_at(session, request_id)
    row = {**_row(session, found), "hold": hold}
    ways = _ways(found)
    following = [session.next(way) for _, way in ways]

    def show(console: Console) -> None:
        show_facts(
            console,
            [
                ("request", row["request_id"]),
                ("order", row["order_id"]),
                ("location", f"{row['location']} by {row['connection']}"),
                ("work", row["execution"]),
                ("answer", row["negotiation"]),
                ("partner's reference", row["partner_ref"]),
                ("asked", row["requested_at"]),
                ("arrived", row["submitted_at"]),
                ("answer by", row["acknowledge_by"]),
                ("outbox", row["outbox"]),
                ("attempts", row["attempts"]),
                ("note", row["note"]),
                ("document", row["document"]),
                ("hold", hold),
                ("state", _WORDS.get(row["state"] or "", "")),
            ],
        )
        figures = ("quantity", "accepted", "backordered", "rejected", "shipped", "outstanding")
        show_table(
            console,
            ("line", "sku", *figures),
            [(line["number"], line["sku"], *(line[name] for name in figures)) for line in row["lines"]],
        )
        if ways:
            say(console, "Ask the partner, then:")
        for (words, _), way in zip(ways, following, strict=True):
            say(console, f"- {words}: {way}")

    return Result({"request": row, "next": following}, show)


@command(app, "settle", "request-settle")
def settle(
    session: Session,
    request_id: Id,
    accepted: Annotated[bool, typer.Option("--accepted/--refused", help="The partner has it, or will not do it.")],
    reason: Annotated[str, typer.Option(help="How you know; kept with it. No names or addresses.")],
) -> Result:
    """Record what the partner said of a request whose outcome the hub could not learn."""
    from hub.flows.find_undecided import Doubt
    from hub.flows.requests import outbox_key
    from hub.sync.quarantine import settle_by_hand

    hub = session.hub
    found, _ = _looked_at(session, request_id)
    if found.doubt not in {Doubt.WAITING, Doubt.UNKNOWN, Doubt.FAILED}:
        raise _decided(found, "There is nothing to settle")
    key = outbox_key(found.request.request_id)
    settle_by_hand(hub.storage, hub.setup.network, hub.clock, key, accepted=accepted, actor="operator", words=reason)
    outcome = "accepted" if accepted else "refused"
    after = {**_after(session, request_id), "outcome": outcome}

    def show(console: Console) -> None:
        location = found.request.location
        if accepted:
            say(console, f"{request_id} is settled: {location} has it. Its time to acknowledge it runs from now.")
        else:
            say(console, f"{request_id} is settled: {location} refused it. Its units look for another location.")
        _show_hold(session, console, after)

    return Result(after, show)


@command(app, "resend", "request-resend")
def resend(
    session: Session,
    request_id: Id,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask: the partner has not got it.")] = False,
) -> Result:
    """Send a request once more whose answer was lost or whose attempts ran out; the partner may have it already."""
    from hub.flows.find_undecided import Doubt
    from hub.flows.requests import outbox_key
    from hub.sync.quarantine import send_again

    hub = session.hub
    found, _ = _looked_at(session, request_id)
    if found.request.finished or found.doubt not in {Doubt.WAITING, Doubt.FAILED}:
        raise _decided(found, "It is not sent again")
    question = f"{found.request.location} may have {request_id} already and would then ship twice. Send it again?"
    if not yes and not session.confirmed(question):
        raise NotThereError(
            f"{request_id} was not sent again.",
            code="cli.not-confirmed",
            cure="Ask the partner whether it has it; where not, give --yes.",
        )
    if not send_again(hub.storage, outbox_key(found.request.request_id), hub.clock):
        raise _decided(_looked_at(session, request_id)[0], "It is not sent again")
    after = _after(session, request_id)

    def show(console: Console) -> None:
        say(console, f"{request_id} goes to {found.request.location} once more, with the same bytes where it has any.")
        _show_hold(session, console, after)

    return Result(after, show)


@command(app, "reroute", "request-reroute")
def reroute(session: Session, request_id: Id) -> Result:
    """Give a silent location up: its unanswered units go to another one. The first location may still ship."""
    from hub.flows.expire_request import reroute_request
    from hub.sync.marks import working

    hub = session.hub
    found, _ = _looked_at(session, request_id)
    with working(hub.storage, hub.setup.network, hub.clock, actor="operator") as work:
        rerouted = reroute_request(work, found.request.request_id)
    if not rerouted:
        raise _decided(found, "No unit of it is without an answer")
    location = found.request.location
    warning = f"{location} was not told and may still ship: cancel {request_id} with it, or the customer gets it twice."
    after = {**_after(session, request_id), "location": location, "warning": warning}

    def show(console: Console) -> None:
        say(console, f"The unanswered units of {request_id} look for another location than {location}.")
        say(console, warning, "bold yellow")
        _show_hold(session, console, after)

    return Result(after, show)


def _looked_at(session: Session, request_id: str) -> tuple[Undecided, str]:
    """The request and its order's hold. Raises NotThereError ``cli.unknown-request``."""
    from hub.flows.find_undecided import look_at
    from hub.model.identity import RequestId

    hub = session.hub
    with hub.storage.read() as uow:
        found = look_at(uow, RequestId(request_id), hub.clock())
        record = uow.orders.get(found.request.order_id) if found is not None else None
    if found is None:
        raise NotThereError(
            f"There is no request {request_id}.",
            code="cli.unknown-request",
            cure="See `hub request list`, or `hub order show ORDER`.",
        )
    return found, record.hold if record is not None else ""


def _row(session: Session, one: Undecided) -> dict[str, Any]:
    from hub.web import shapes

    item = one.item
    return {
        **shapes.request(one.request),
        "order_id": one.request.order_id,
        "requested_at": one.request.requested_at.isoformat(),
        "submitted_at": one.request.submitted_at.isoformat() if one.request.submitted_at else None,
        "state": one.doubt.value if one.doubt is not None else None,
        "outbox": item.state.value if item is not None else None,
        "attempts": item.attempts if item is not None else None,
        "note": session.redacted(item.note) if item is not None else "",
        "document": item.document if item is not None else None,
    }


def _ways(one: Undecided) -> list[tuple[str, str]]:
    """What a person may do, in words and as commands."""
    from hub.flows.find_undecided import Doubt
    from hub.flows.requests import unanswered

    name, doubt = one.request.request_id, one.doubt
    ways = []
    if doubt in {Doubt.WAITING, Doubt.UNKNOWN, Doubt.FAILED}:
        ways.append(("The partner has it", f'hub request settle {name} --accepted --reason "..."'))
        ways.append(("The partner will not do it", f'hub request settle {name} --refused --reason "..."'))
    if doubt in {Doubt.WAITING, Doubt.FAILED} and not one.request.finished:
        ways.append(("The partner has not got it", f"hub request resend {name}"))
    if doubt is Doubt.UNACKNOWLEDGED:
        ways.append(("The partner will answer: wait anew", f"hub order release {one.request.order_id}"))
    if doubt is not None and unanswered(one.request) > 0:
        ways.append(("Another location is to ship; this one may still", f"hub request reroute {name}"))
    return ways


def _decided(one: Undecided, what: str) -> NotThereError:
    state = one.item.state.value if one.item is not None else "gone"
    over = f", and its work is {one.request.execution.value}" if one.request.finished else ""
    return NotThereError(
        f"{what}: in the outbox {one.request.request_id} is {state}{over}.",
        code="cli.request-decided",
        cure=f"See what can be done: `hub request show {one.request.request_id}`.",
    )


def _after(session: Session, request_id: str) -> dict[str, Any]:
    found, hold = _looked_at(session, request_id)
    return {"request_id": request_id, "order_id": found.request.order_id, "hold": hold}


def _show_hold(session: Session, console: Console, after: dict[str, Any]) -> None:
    if after["hold"]:
        say(console, f"{after['order_id']} is held ({after['hold']})")
        say(console, "To let it go on: " + session.next(f"hub order release {after['order_id']}"))
