"""``hub stock export`` and ``hub stock import``: stock as a table that people open in a spreadsheet."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.arguments import MOMENT, owner_of
from hub.cli.exits import Exit
from hub.cli.session import Result, Session, command
from hub.cli.tables import say, show_table

if TYPE_CHECKING:
    from rich.console import Console

    from hub.mapping.stock_sheet import Fault, Figure
    from hub.sync.stock_sheets import Change, Taken

_SHOWN = 50
_COLUMNS = (
    "sku",
    "location",
    "owner",
    "on_hand",
    "unavailable",
    "reserved",
    "soft_held",
    "available",
    "counted_at",
    "counted_document",
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "export", "stock-export")(export)
    command(app, "import", "stock-import")(import_)


def export(
    session: Session,
    file: Annotated[Path, typer.Argument(help="Ends in .csv or .xlsx; one of that name is replaced.")],
    location: Annotated[str, typer.Option(help="Only this location.")] = "",
) -> Result:
    """Write what is on hand, reserved and available to a file."""
    from hub.mapping.table_file import write_rows
    from hub.model.identity import LocationId

    with session.hub.storage.read() as uow:
        balances = uow.ledger.balances(None, [LocationId(location)] if location else None)
    rows = (
        (
            each.sku,
            each.location,
            owner_of(session, each.location),
            each.on_hand,
            each.unavailable,
            each.reserved,
            each.soft_held,
            each.available,
            each.counted_at.isoformat() if each.counted_at else None,
            each.counted_document,
        )
        for each in balances
    )
    written = write_rows(file, _COLUMNS, rows)

    def show(console: Console) -> None:
        say(console, f"{written} rows are in {file}.")

    return Result({"file": file, "rows": written}, show)


def import_(
    session: Session,
    file: Annotated[Path, typer.Argument(help="CSV or XLSX: sku, location, quantity; unit, units_each, ...")],
    full: Annotated[bool, typer.Option("--full", help="It names everything its locations have.")] = False,
    as_of: Annotated[
        datetime | None, typer.Option(formats=MOMENT, help="When it was counted, with zone [now].")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would change.")] = False,
) -> Result:
    """Take a counted sheet in: all of its rows, or none where one cannot be used."""
    from hub.sync.stock_sheets import Sheet, import_sheet

    hub = session.hub
    listed = {item.sku for partner in hub.setup.partners.values() for item in partner.items}
    sheet = Sheet(file.name, file.read_bytes(), full=full, as_of=as_of)
    taken = import_sheet(hub.storage, hub.setup.network, hub.clock, sheet, listed=listed, dry_run=dry_run)
    done = not (taken.faults or taken.known or dry_run)
    data = {
        "file": file,
        "taken": done,
        "known": taken.known,
        "dry_run": dry_run,
        # Of what was undone there is no document.
        "documents": taken.documents if done or taken.known else [],
        "rows": taken.rows,
        "changes": [_change(each) for each in taken.changes] if not taken.faults else [],
        "passed_over": [_figure(each) for each in taken.passed_over],
        "faults": [_fault(each) for each in taken.faults],
    }
    return Result(data, _Shown(session, taken, data).show, Exit.INTERNAL if taken.faults else Exit.OK)


class _Shown:
    """What became of the sheet, for people."""

    def __init__(self, session: Session, taken: Taken, data: dict[str, Any]) -> None:
        self._session, self._taken, self._data = session, taken, data

    def show(self, console: Console) -> None:
        taken, file = self._taken, self._data["file"]
        if taken.faults:
            self._faults(console)
            say(console, f"Nothing of {file} was taken in: {len(taken.faults)} faults have to be cured first.", "bold")
        elif taken.known:
            [document] = taken.documents
            say(console, f"{file} was taken in before, as {document}: nothing was done.")
            say(console, "Where the same figures were counted again: --as-of says when.")
        else:
            self._changes(console)

    def _faults(self, console: Console) -> None:
        shown = self._data["faults"][:_SHOWN]
        rows = [(each["row"] or "", each["column"], each["message"], each["cure"], each["code"]) for each in shown]
        show_table(console, ("row", "column", "what is wrong", "cure", "code"), rows)
        self._rest(console, len(self._taken.faults))

    def _changes(self, console: Console) -> None:
        taken, dry_run = self._taken, self._data["dry_run"]
        changes = self._data["changes"] if dry_run else self._data["changes"][:_SHOWN]
        if changes:
            columns = ("sku", "location", "on hand before", "on hand after", "change", "unavailable")
            show_table(console, columns, [tuple(each.values()) for each in changes])
        if not dry_run:
            self._rest(console, len(taken.changes))
        for each in taken.passed_over[:_SHOWN]:
            say(console, f"Row {each.row} is passed over: {each.sku} at {each.location} was counted later than that.")
        for where in sorted(taken.keeping):
            say(console, f"What the sheet does not name at {where} stays as it is: its counting rule says so.")
        verb = "would be" if dry_run else "are"
        say(console, f"{taken.rows} rows: {len(taken.changes)} figures {verb} changed, the rest {verb} as they were.")
        if dry_run:
            say(console, "Nothing was taken in; without --dry-run it is.")
        for document in self._data["documents"]:
            say(console, "The sheet is kept: " + self._session.next(f"hub document show {document}"))

    def _rest(self, console: Console, all_of_them: int) -> None:
        if all_of_them > _SHOWN:
            say(console, f"... and {all_of_them - _SHOWN} more; --json names all.")


def _change(change: Change) -> dict[str, Any]:
    from hub.web.shapes import amount

    return {
        "sku": change.sku,
        "location": change.location,
        "on_hand_before": amount(change.before),
        "on_hand": amount(change.after),
        "change": amount(change.after - change.before),
        "unavailable_change": amount(change.unavailable),
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {"row": figure.row, "sku": figure.sku, "location": figure.location}


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "row": fault.row or None,
        "column": fault.column,
        "code": fault.code,
        "message": fault.message,
        "cure": fault.cure,
    }
