"""``hub config``: is it right, and what may stand in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli import config_apply, config_diff
from hub.cli.exits import Exit, NotThereError
from hub.cli.session import Result, Session, command
from hub.cli.setup_checks import check_setup
from hub.cli.tables import say
from hub.errors import ConfigurationError
from hub.mapping.faults import Faults

if TYPE_CHECKING:
    from rich.console import Console

    from hub.mapping.config import Setup
    from hub.mapping.overlay import Entry

_WIDEST = 60
_COUNTED = ("connections", "locations", "channels")

app = typer.Typer(no_args_is_help=True, help="The configuration: hub.yaml and the mappings.")
config_diff.register(app)
config_apply.register(app)


@command(app, "validate", "config-validate")
def validate(
    session: Session,
    secrets: Annotated[bool, typer.Option(help="Whether a secret that leads nowhere is a fault.")] = True,
) -> Result:
    """Check hub.yaml, every partner's mappings and every connection's settings; exit code 3 where one is wrong.

    The worked examples of every counting.yaml are counted and those of rules judged, too. Items in which partners
    contradict each other are warnings, as `hub item conflicts` lists them."""
    session.require_config()
    faults = Faults()
    with faults.collected():
        check_setup(session.hub, faults)
    problems = [_problem(each) for each in faults if secrets or each.code != "configuration.missing-secret"]
    setup = None if problems else session.hub.setup
    counts = {what: len(getattr(setup.config, what)) if setup else 0 for what in _COUNTED}
    tables = _tables(setup)
    warnings = list(_warnings(setup)) if setup else []
    data = {
        "config": str(session.config_path),
        "valid": not problems,
        "problems": problems,
        "warnings": warnings,
        **counts,
        **tables,
    }

    def show(console: Console) -> None:
        for each in problems:
            say(console, f"{each['place']}: {each['message']} {each['cure']}".rstrip(), "red")
            say(console, f"  {each['code']}")
        for each in warnings:
            say(console, f"{each['place']}: {each['message']} {each['cure']}", "yellow")
        if not problems:
            there = counts | {what: count for what, count in tables.items() if count}
            found = ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in there.items())
            say(console, f"{data['config']} is valid: {found}.")

    return Result(data, show, Exit.CONFIGURATION if problems else Exit.OK)


def _tables(setup: Setup | None) -> dict[str, int]:
    """How many rows the merchant's tables come to."""
    if setup is None:
        return dict.fromkeys(("kits", "items", "rate_tables", "zone_rows"), 0)
    network = setup.network
    charts = (rows for chart in network.tariffs.zones.values() for rows in chart.values())
    return {
        "kits": len(network.kits),
        "items": len(network.items),
        "rate_tables": len(network.tariffs.rates),
        "zone_rows": sum(map(len, charts)),
    }


def _warnings(setup: Setup) -> Iterator[dict[str, str]]:
    """What partners' items contradict each other in."""
    from hub.mapping.item_conflicts import item_conflicts

    for each in item_conflicts(setup.partners.values()):
        places = ", ".join(row.place for row in each.rows)
        yield {"kind": each.kind, "message": each.message, "cure": each.cure, "place": places}


def _problem(error: ConfigurationError) -> dict[str, str]:
    return {"place": error.place, "code": error.code, "message": error.message, "cure": error.cure}


@command(app, "show", "config-show")
def show_partner(
    session: Session, partner: Annotated[str, typer.Argument(help="The name of the partner's folder.")]
) -> Result:
    """Print a partner's files as they are in effect, each key with the file and line it comes from.

    Of contacts and secrets only that they are there."""
    from hub.mapping.overlay import entries
    from hub.model.identity import PartnerId

    found = session.hub.setup.partners.get(PartnerId(partner))
    if found is None:
        known = ", ".join(sorted(session.hub.setup.partners)) or "none"
        raise NotThereError(
            f"The set-up has no partner {partner}.", code="cli.unknown-partner", cure=f"Known: {known}."
        )
    files = {name: list(entries(document)) for name, document in found.documents.items()}
    data = {name: [_row(each) for each in rows] for name, rows in files.items()}

    def show(console: Console) -> None:
        for name, rows in files.items():
            say(console, f"# {name}", "bold")
            width = max((len(_line(each)) for each in rows), default=0)
            for each in rows:
                say(console, f"{_line(each):<{min(width, _WIDEST)}}  # {each.mark or 'the hub'}")

    return Result({"partner": partner, "files": data}, show)


def _line(entry: Entry) -> str:
    value = "" if entry.opens else f" {json.dumps(_shown(entry), ensure_ascii=False)}"
    return f"{'  ' * (len(entry.steps) - 1)}{entry.steps[-1]}:{value}"


def _row(entry: Entry) -> dict[str, Any]:
    place = {"file": str(entry.mark.path), "line": entry.mark.line} if entry.mark else {}
    return {"key": list(entry.steps), "value": _shown(entry), **place}


def _shown(entry: Entry) -> Any:
    from hub.mapping.inline_secrets import shown_value

    return shown_value(entry.steps, entry.value)


@command(app, "schema", "config-schema")
def schema(
    _session: Session,
    file: Annotated[str, typer.Argument(help="hub, partner, counting, x12, document or rules.")] = "hub",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write it there instead.")] = None,
) -> Result:
    """Print the JSON Schema of a configuration file, for editors."""
    from hub.mapping.schema import FILES, json_schema

    if file not in FILES:
        raise NotThereError(
            f"There is no schema for {file}.",
            code="cli.unknown-schema",
            cure=f"Choose one of: {', '.join(sorted(FILES))}.",
        )
    found: dict[str, Any] = json_schema(file)
    if output is not None:
        output.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")

    def show(console: Console) -> None:
        if output is not None:
            say(console, f"Wrote {output}.")
        else:
            typer.echo(json.dumps(found, indent=2))

    return Result({"file": file, "json_schema": found}, show)
