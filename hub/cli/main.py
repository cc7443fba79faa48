"""The ``hub`` command. Importing it costs Typer only; every command imports what it needs when it runs."""

from __future__ import annotations

import typer

from hub.cli import run

app = typer.Typer(
    name="hub",
    help="Crossdock: orders in, stock told truthfully, the cheapest feasible plan out.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
run.register(app)


@app.callback()
def hub() -> None:
    """Crossdock: orders in, stock told truthfully, the cheapest feasible plan out."""


if __name__ == "__main__":
    app()
