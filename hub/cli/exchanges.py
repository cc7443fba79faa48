"""``hub exchange``: numbered envelopes sent and received, what waits for its acknowledgement, what a partner noted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.exits import NotThereError
from hub.cli.session import Result, Session, command
from hub.cli.tables import age, say, show_facts, show_table

if TYPE_CHECKING:
    from rich.console import Console

app = typer.Typer(no_args_is_help=True, help="Interchanges sent and received, and their acknowledgements.")

Id = Annotated[int, typer.Argument(metavar="ID", help="The number in `hub exchange list`.")]


@command(app, "list", "exchange-list")
def list_exchanges(
    session: Session,
    connection: Annotated[str, typer.Option(help="Only of this connection.")] = "",
    direction: Annotated[str, typer.Option(help="Only inbound, or only outbound.")] = "",
    awaiting: Annotated[bool, typer.Option("--awaiting", help="Only what waits for its acknowledgement.")] = False,
    before: Annotated[int, typer.Option(help="Only older than this one.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
) -> Result:
    """List interchanges, newest first."""
    from hub.model.document import Direction
    from hub.model.identity import ConnectionId
    from hub.web import exchange_shapes as shapes

    if direction not in {"", *Direction}:
        raise NotThereError(
            f"There is no direction {direction}.", code="cli.unknown-direction", cure="Say inbound or outbound."
        )
    with session.hub.storage.read() as uow:
        found = uow.exchanges.page(
            connection=ConnectionId(connection) if connection else None,
            direction=Direction(direction) if direction else None,
            awaiting=awaiting,
            after=before or None,
            limit=limit,
        )
    rows = [shapes.exchange_row(each) for each in found]
    following = rows[-1]["id"] if len(rows) == limit else None

    def show(console: Console) -> None:
        if not rows:
            say(console, "Nothing waits for an acknowledgement." if awaiting else "No interchanges here.")
            return
        show_table(
            console,
            ("id", "connection", "direction", "number", "groups", "document", "age", "state", "acknowledge by"),
            [
                (
                    row["id"],
                    row["connection"],
                    row["direction"],
                    row["control_number"],
                    " ".join(f"{each['kind']} {each['control_number']} ({each['state']})" for each in row["groups"]),
                    row["document"],
                    age(row["at"]),
                    row["state"],
                    row["due"] or "",
                )
                for row in rows
            ],
        )
        if following:
            say(console, "More: " + session.next(f"hub exchange list --before {following}"))

    return Result({"exchanges": rows, "next": following}, show)


@command(app, "show", "exchange-show")
def show_exchange(
    session: Session,
    exchange_id: Id,
    segments: Annotated[
        bool, typer.Option("--segments", help="With the text of our segments; it may hold addresses.")
    ] = False,
) -> Result:
    """Show what an interchange carried, how it was answered, and the partner's notes beside our segments."""
    from hub.web import exchange_shapes as shapes

    with session.hub.storage.read() as uow:
        found = uow.exchanges.get(exchange_id)
        if found is None:
            raise NotThereError(
                f"There is no exchange {exchange_id}.", code="cli.unknown-exchange", cure="See `hub exchange list`."
            )
        data = shapes.exchange(uow, found, segments=segments)

    def show(console: Console) -> None:
        show_facts(console, list(_facts(data)))
        noted = False
        for group in data["groups"]:
            say(console, "")
            show_facts(console, list(_group_facts(group)))
            show_table(
                console,
                ("set", "number", "about", "state", "code"),
                [
                    (each["kind"], each["control_number"], each["subject"], each["state"], each["code"])
                    for each in group["messages"]
                ],
            )
            for note in group["notes"]:
                noted = True
                _say_note(console, note)
        if noted and not segments:
            say(console, "Our segments beside it: " + session.next(f"hub exchange show {exchange_id} --segments"))
        say(console, "Its bytes: " + session.next(f"hub document show {data['document']} --raw"))

    return Result(data, show)


def _facts(data: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in ("connection", "direction", "control_number", "sender", "receiver", "usage", "version", "at"):
        yield name.replace("_", " "), data[name]
    for name in ("state", "code", "note", "document", "bytes"):
        yield name, data[name]
    yield "came again", f"{data['repeats']} times" if data["repeats"] else ""


def _group_facts(group: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "group", f"{group['kind']} {group['control_number']}, {group['version']}"
    yield "from", f"{group['sender']} to {group['receiver']}"
    yield "state", group["state"] if group["state"] != "none" else ""
    yield "acknowledge by", group["due"] if group["state"] == "awaited" else ""
    yield "code", group["code"]
    yield "answered in", group["answer"]


def _say_note(console: Console, note: dict[str, Any]) -> None:
    place = f"{note['kind']} {note['control_number']}, segment {note['position']}: {note['segment']}"
    say(console, f"{place}: {note['reason']}", "bold")
    if note.get("text"):
        say(console, f"  {note['text']}")
    for each in note["elements"]:
        value = f": {each['value']}" if each.get("value") else ""
        component = f"-{each['component']}" if each["component"] else ""
        say(console, f"  element {each['element']}{component} {each['reason']}{value}")
