"""``hub config``: is it right, and what may stand in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.exits import Exit, NotThereError
from hub.cli.session import Result, Session, command
from hub.cli.tables import say
from hub.errors import ConfigurationError

if TYPE_CHECKING:
    from rich.console import Console

    from hub.mapping.config import Setup

app = typer.Typer(no_args_is_help=True, help="The configuration: hub.yaml and the mappings.")


@command(app, "validate", "config-validate")
def validate(
    session: Session,
    secrets: Annotated[bool, typer.Option(help="Whether a secret that leads nowhere is a fault.")] = True,
) -> Result:
    """Check hub.yaml, every partner's mappings and every connection's settings; exit code 3 where one is wrong.

    The worked examples of every counting.yaml are counted too. Items in which partners contradict each other are
    warnings, as `hub item conflicts` lists them."""
    hub = session.hub
    problems = list(_examples(hub.setup))
    for name, connection in hub.setup.config.connections.items():
        try:
            if connection.enabled:
                hub.connection(name).close()
        except ConfigurationError as error:
            if error.code == "configuration.missing-secret" and not secrets:
                continue
            problems.append(_problem(error))
    config = hub.setup.config
    warnings = list(_warnings(hub.setup))
    data = {
        "config": str(hub.setup.path),
        "valid": not problems,
        "problems": problems,
        "warnings": warnings,
        "connections": len(config.connections),
        "locations": len(config.locations),
        "channels": len(config.channels),
    }

    def show(console: Console) -> None:
        for each in problems:
            say(console, f"{each['place']}: {each['message']} {each['cure']}".rstrip(), "red")
            say(console, f"  {each['code']}")
        for each in warnings:
            say(console, f"{each['place']}: {each['message']} {each['cure']}", "yellow")
        if not problems:
            counts = ", ".join(f"{data[what]} {what}" for what in ("connections", "locations", "channels"))
            say(console, f"{data['config']} is valid: {counts}.")

    return Result(data, show, Exit.CONFIGURATION if problems else Exit.OK)


def _examples(setup: Setup) -> Iterator[dict[str, str]]:
    """Worked examples that do not come out as they are written."""
    from hub.inventory.worked import difference

    for name, partner in setup.partners.items():
        for number, example in enumerate(partner.counting.examples, start=1):
            found = difference(partner.counting.rule_at(example.location), example)
            if found:
                yield {
                    "place": f"mappings/partners/{name}/counting.yaml",
                    "code": "configuration.counting-example",
                    "message": f"Example {number} says {example.on_hand:f} on hand, and its rule makes of it {found}.",
                    "cure": "Correct the rule, or the example, until both say how this partner counts.",
                }


def _warnings(setup: Setup) -> Iterator[dict[str, str]]:
    """What partners' items contradict each other in."""
    from hub.mapping.item_conflicts import item_conflicts

    for each in item_conflicts(setup.partners.values()):
        places = ", ".join(row.place for row in each.rows)
        yield {"kind": each.kind, "message": each.message, "cure": each.cure, "place": places}


def _problem(error: ConfigurationError) -> dict[str, str]:
    return {"place": error.place, "code": error.code, "message": error.message, "cure": error.cure}


@command(app, "schema", "config-schema")
def schema(
    _session: Session,
    file: Annotated[str, typer.Argument(help="hub, partner, counting or x12.")] = "hub",
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
