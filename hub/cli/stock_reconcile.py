"""``hub stock reconcile``: why partners' counts differed from the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.arguments import back_to, chosen_locations, require_known
from hub.cli.session import Result, Session, command
from hub.cli.stock_corrections import Corrections
from hub.cli.tables import say, show_table

if TYPE_CHECKING:
    from decimal import Decimal

    from rich.console import Console

    from hub.flows.reconcile_stock import Reconciliation
    from hub.inventory.drift import Difference
    from hub.inventory.drift_findings import Finding
    from hub.inventory.drift_history import DriftCause, Evidence, Explanation
    from hub.mapping.table_file import Cell

_SECOND = 19
_COLUMNS = (
    "location",
    "sku",
    "as_of",
    "recorded_at",
    "document",
    "believed",
    "counted",
    "difference",
    "unexplained",
    "causes",
    "evidence",
    "others",
    "unit_cost",
    "currency",
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "reconcile", "stock-reconcile")(reconcile)


def reconcile(
    session: Session,
    location: Annotated[str, typer.Option(help="Only this location.")] = "",
    sku: Annotated[list[str] | None, typer.Option(help="Only this SKU; may be given again.")] = None,
    since: Annotated[str, typer.Option(help="Counts as of then or later: 12h, 7d, 2w, or a moment with zone.")] = "7d",
    limit: Annotated[int, typer.Option(min=0, max=1000, help="Of each location at most so many differences.")] = 10,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write every difference there, too (.csv or .xlsx).")
    ] = None,
    propose: Annotated[
        bool, typer.Option("--propose", help="Read the newest counts again as configured now, and propose corrections.")
    ] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Propose corrections and book them.")] = False,
) -> Result:
    """Show why partners' counts differed from the ledger, by location, with what explains each difference."""
    from hub.flows.reconcile_stock import Reconciliation
    from hub.flows.work import Work
    from hub.mapping.table_file import write_rows
    from hub.model.identity import Sku

    hub = session.hub
    start = back_to(since, hub.clock())
    places, wanted = chosen_locations(session, location), [Sku(each) for each in sku or ()]
    require_known(session, wanted)
    with hub.storage.read() as uow:
        work = Work(uow, hub.setup.network, hub.clock())
        found = [
            Reconciliation(
                work,
                place,
                start,
                packs=hub.setup.partners[place.partner].packs(hub.clock().date()),
                skus=frozenset(wanted) or None,
                keep=limit,
            )
            for place in places
        ]
        rows = _rows(found)
        written = write_rows(csv, _COLUMNS, rows) if csv is not None else sum(1 for _ in rows)
    shown = [each for each in found if each.items or each.tally.differences]
    data: dict[str, Any] = {"since": start, "locations": [_location(each) for each in shown]}
    if csv is not None:
        data |= {"file": csv, "rows": written}
    corrections = Corrections(session, apply) if propose or apply else None
    if corrections is not None:
        corrections.find(places, start, wanted)
        data["corrections"] = corrections.data

    def show(console: Console) -> None:
        _show(console, session, data)
        if corrections is not None:
            corrections.show(console)

    return Result(data, show)


def _rows(reconciled: Sequence[Reconciliation]) -> Iterator[Sequence[Cell]]:
    for each in reconciled:
        for difference in each.differences():
            yield _row(difference)


def _row(difference: Difference) -> Sequence[Cell]:
    parts, cost = difference.explanations, difference.unit_cost
    return (
        difference.location,
        difference.sku,
        difference.as_of.isoformat(),
        difference.recorded_at.isoformat(),
        difference.document,
        difference.believed,
        difference.counted,
        difference.quantity,
        difference.unexplained,
        "; ".join(f"{part.cause} {part.quantity:f}" for part in parts),
        "; ".join(_said(fact) for part in parts for fact in part.evidence),
        "; ".join(each.cause for each in difference.candidates[1:]),
        cost.amount if cost else None,
        cost.currency if cost else None,
    )


def _location(reconciled: Reconciliation) -> dict[str, Any]:
    from hub.web.shapes import amount

    tally = reconciled.tally
    return {
        "location": reconciled.location.location,
        "partner": reconciled.location.partner,
        "items": reconciled.items,
        "equal": max(0, reconciled.items - tally.items),
        "differing": tally.items,
        "differences": tally.differences,
        "plus": amount(tally.plus),
        "minus": amount(tally.minus),
        "on_hand": amount(reconciled.on_hand),
        "net_percent": _percent(tally.net, reconciled.on_hand),
        "absolute_percent": _percent(tally.absolute, reconciled.on_hand),
        "explained": {cause.value: amount(units) for cause, units in sorted(tally.explained.items(), key=_most)},
        "unexplained": amount(tally.unexplained),
        "unexplained_cost": [{"amount": f"{each.amount:f}", "currency": each.currency} for each in tally.costs()],
        "undone": tally.undone,
        "findings": [_finding(each, reconciled) for each in tally.findings()],
        "largest": [_difference(each) for each in reconciled.largest],
    }


def _most(explained: tuple[DriftCause, Decimal]) -> tuple[Decimal, str]:
    return -explained[1], explained[0].value


def _percent(units: Any, of: Any) -> str | None:
    return f"{100 * units / of:.2f}" if of > 0 else None


def _finding(finding: Finding, reconciled: Reconciliation) -> dict[str, Any]:
    where = reconciled.location
    file = {"netting": "counting.yaml", "clock": "x12.yaml", "pack": "items.csv"}.get(finding.cause.value)
    return {
        "cause": finding.cause.value,
        "words": finding.cause.words,
        "fits": finding.fits,
        "differences": finding.differences,
        "setting": finding.cure,
        "file": f"mappings/partners/{where.partner}/{file}" if file else None,
    }


def _difference(difference: Difference) -> dict[str, Any]:
    from hub.web.shapes import amount

    return {
        "sku": difference.sku,
        "as_of": difference.as_of.isoformat(),
        "recorded_at": difference.recorded_at.isoformat(),
        "document": difference.document,
        "believed": amount(difference.believed),
        "counted": amount(difference.counted),
        "difference": amount(difference.quantity),
        "unexplained": amount(difference.unexplained),
        "explanations": [_explanation(each) for each in difference.explanations],
        "others": [_explanation(each) for each in difference.candidates[1:]],
        "undone_at": difference.undone.at.isoformat() if difference.undone else None,
    }


def _explanation(explanation: Explanation) -> dict[str, Any]:
    from hub.web.shapes import amount

    return {
        "cause": explanation.cause.value,
        "words": explanation.cause.words,
        "quantity": amount(explanation.quantity),
        "setting": explanation.cure,
        "evidence": [
            {
                "words": each.words,
                "quantity": amount(each.quantity),
                "at": each.at.isoformat(),
                "recorded_at": each.recorded_at.isoformat() if each.recorded_at else None,
                "document": each.document,
            }
            for each in explanation.evidence
        ],
    }


def _said(fact: Evidence) -> str:
    told = f", told {fact.recorded_at.isoformat()[:_SECOND]}" if fact.recorded_at else ""
    source = f" in {fact.document}" if fact.document else ""
    return f"{fact.words} ({fact.quantity:+f}) of {fact.at.isoformat()[:_SECOND]}{told}{source}"


def _show(console: Console, session: Session, data: dict[str, Any]) -> None:
    locations = data["locations"]
    if not locations:
        say(console, f"Nothing was counted since {data['since'].isoformat(timespec='seconds')}.")
        return
    names = ("location", "items", "equal", "differing", "plus", "minus", "net_percent", "absolute_percent")
    headings = ("location", "counted", "equal", "differing", "plus", "minus", "net %", "abs. %", "unexplained")
    rows = [(*(each[name] for name in names), each["unexplained"]) for each in locations]
    show_table(console, headings, rows, title=f"Counts as of {data['since'].isoformat(timespec='seconds')} or later")
    for each in locations:
        _show_location(console, session, each)
    if "file" in data:
        say(console, f"{data['rows']} differences are in {data['file']}.")


def _show_location(console: Console, session: Session, found: dict[str, Any]) -> None:
    if found["differences"]:
        _show_causes(console, found)
    for finding in found["findings"]:
        fits = f"{finding['fits']} of {finding['differences']} differences at {found['location']}"
        say(console, f"{fits}: {finding['words']}", "bold")
        if finding["file"]:
            say(console, f"     would be cured in {finding['file']} by {finding['setting']}")
        elif finding["setting"]:
            say(console, f"     look at {finding['setting']}")
    for each in found["largest"]:
        heading = f"{each['sku']} at {found['location']}: {each['difference']}"
        source = f" in {each['document']}" if each["document"] else ""
        counted = f"{each['believed']} by the books, {each['counted']} counted as of {each['as_of'][:_SECOND]}{source}"
        say(console, f"{heading} ({counted})", "bold")
        for part in each["explanations"]:
            _show_part(console, f"{part['quantity']:>8}", part)
        for other in each["others"]:
            _show_part(console, f"{'or':>8}", other)
        if each["undone_at"]:
            say(console, f"{'':>8}  the difference of {each['undone_at'][:_SECOND]} took it back")
    if found["largest"]:
        first = found["largest"][0]["sku"]
        say(console, "     all its rows: " + session.next(f"hub stock history {first} --location {found['location']}"))


def _show_causes(console: Console, found: dict[str, Any]) -> None:
    from hub.inventory.drift_history import DriftCause

    say(console, f"{found['location']}: units by what explains them", "bold")
    for cause, units in found["explained"].items():
        say(console, f"  {units:>8}  {DriftCause(cause).words}")
    cost = ", ".join(f"{each['amount']} {each['currency']}" for each in found["unexplained_cost"])
    say(console, f"  {found['unexplained']:>8}  unexplained{f', worth {cost}' if cost else ''}")
    if found["undone"]:
        say(console, f"  {found['undone']} of {found['differences']} differences came back with the next one.")


def _show_part(console: Console, lead: str, part: dict[str, Any]) -> None:
    say(console, f"{lead}  {part['words']}")
    for fact in part["evidence"]:
        told = f", told {fact['recorded_at'][:_SECOND]}" if fact["recorded_at"] else ""
        source = f" in {fact['document']}" if fact["document"] else ""
        say(console, f"{'':>12}{fact['quantity']:>6}  {fact['words']}, {fact['at'][:_SECOND]}{told}{source}")
