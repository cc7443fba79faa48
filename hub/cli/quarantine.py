"""``hub quarantine``: what could not be used, kept whole until a person decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.exits import NotThereError
from hub.cli.session import Result, Session, command
from hub.cli.tables import age, say, show_facts, show_table

if TYPE_CHECKING:
    from rich.console import Console

    from hub.model.queue import QuarantineEntry

app = typer.Typer(no_args_is_help=True, help="Documents and lines that could not be used.")

Id = Annotated[int, typer.Argument(metavar="ID", help="The number in `hub quarantine list`.")]


@command(app, "list", "quarantine-list")
def list_entries(
    session: Session,
    connection: Annotated[str, typer.Option(help="Only of this connection.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 100,
) -> Result:
    """List open entries, newest first."""
    from hub.model.identity import ConnectionId
    from hub.web import shapes

    with session.hub.storage.read() as uow:
        entries = uow.quarantine.open(connection=ConnectionId(connection) if connection else None, limit=limit)
    rows = [shapes.quarantined(entry) for entry in entries]

    def show(console: Console) -> None:
        if not rows:
            say(console, "Nothing is in quarantine.")
            return
        show_table(
            console,
            ("id", "connection", "document", "where", "code", "what", "age"),
            [
                (
                    row["id"],
                    row["connection"],
                    row["document"],
                    row["path"] or "whole document",
                    row["code"],
                    row["message"],
                    age(row["at"]),
                )
                for row in rows
            ],
        )
        waiting = sum(1 for row in rows if row["waits_for"])
        if waiting:
            again = "They are read again by themselves once items.csv names it."
            say(console, f"Lines that wait for an item: {waiting}. {again}")
        say(console, "What to do: " + session.next(f"hub quarantine show {rows[0]['id']}"))

    return Result({"entries": rows}, show)


@command(app, "show", "quarantine-show")
def show_entry(session: Session, entry_id: Id) -> Result:
    """Say what is wrong, where, what cures it, and the next command."""
    from hub.web import shapes

    with session.hub.storage.read() as uow:
        entry = uow.quarantine.get(entry_id)
        received = entry is not None and uow.inbox.entry(entry.document) is not None
    if entry is None:
        raise _unknown(entry_id)
    row = {**shapes.quarantined(entry), "released_by": _released_by(session, entry)}
    following = {"Look at it": session.next(f"hub document show {entry.document} --raw")}
    if received:
        following["Once it is cured"] = session.next(f"hub document reprocess {entry.document}")
    following["To leave it at that"] = session.next(f"hub quarantine release {entry.id}")

    def show(console: Console) -> None:
        show_facts(
            console,
            [
                ("what", entry.message),
                ("code", entry.code),
                ("where", f"{entry.document} {entry.path or '(the whole document)'}"),
                ("connection", entry.connection),
                ("order", entry.order_id),
                ("since", row["at"]),
                ("state", row["state"]),
                ("cure", entry.cure),
                ("released by", row["released_by"] or None),
            ],
        )
        if row["state"] == "open":
            say(console, "")
            for why, typed in following.items():
                say(console, f"{why + ':':<20} {typed}")

    return Result({"entry": row, "next": list(following.values())}, show)


@command(app, "release", "quarantine-release")
def release(session: Session, entry_id: Id) -> Result:
    """Close an entry as dealt with; what it is about is not used."""
    from hub.sync.quarantine import release as close

    if not close(session.hub.storage, entry_id):
        raise _unknown(entry_id)

    def show(console: Console) -> None:
        say(console, f"Entry {entry_id} is closed.")

    return Result({"id": entry_id, "state": "released"}, show)


def _released_by(session: Session, entry: QuarantineEntry) -> str:
    """What in which items.csv has the line read again, empty where it waits for something else."""
    from hub.model.queue import ANY_ITEM

    config = session.hub.setup.config.connections.get(entry.connection)
    if not entry.waits_for or config is None:
        return ""
    file = f"mappings/partners/{config.partner}/items.csv"
    if entry.waits_for == ANY_ITEM:
        return f"a row for each of them in {file}"
    ids = [f"{name or 'any id'} {value}" for name, value in entry.waits_for]
    listed = [
        f"line {item.line}: {name} {value} is {item.sku}"
        for item in session.hub.setup.partners[config.partner].items
        for name, value in item.ids.items()
        if any(each in {(name, value), ("", value)} for each in entry.waits_for)
    ]
    told = f" It says now: {'; '.join(listed)}." if listed else ""
    return f"a row in {file} with our SKU and {' or '.join(ids)}.{told}"


def _unknown(entry_id: int) -> NotThereError:
    return NotThereError(
        f"There is no open quarantine entry {entry_id}.",
        code="cli.unknown-entry",
        cure="See `hub quarantine list`.",
    )
