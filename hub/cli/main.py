"""The ``hub`` command. Importing it costs Typer only; every command imports what it needs when it runs."""

from __future__ import annotations

import typer

from hub.cli import (
    configuration,
    connectors,
    doctor,
    documents,
    edi,
    exchanges,
    items,
    mappings,
    orders,
    prices,
    proving,
    quarantine,
    requests,
    routes,
    rules,
    run,
    starting,
    status,
    stock,
    toyshop,
    transfers,
)

app = typer.Typer(
    name="hub",
    help="Crossdock: orders in, stock told truthfully, the cheapest feasible plan out.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _top in (starting, toyshop, proving, doctor, run, status):
    _top.register(app)
for _name, _noun in {
    "order": orders,
    "request": requests,
    "stock": stock,
    "route": routes,
    "rule": rules,
    "transfer": transfers,
    "item": items,
    "price": prices,
    "document": documents,
    "edi": edi,
    "quarantine": quarantine,
    "exchange": exchanges,
    "connector": connectors,
    "mapping": mappings,
    "config": configuration,
}.items():
    app.add_typer(_noun.app, name=_name, rich_help_panel="Look and act")


def _show_version(wanted: bool) -> None:
    if wanted:
        from hub import __version__

        typer.echo(f"crossdock {__version__}")
        raise typer.Exit


@app.callback()
def hub(
    version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="Show the version."),
) -> None:
    """Crossdock: orders in, stock told truthfully, the cheapest feasible plan out."""


if __name__ == "__main__":
    app()
