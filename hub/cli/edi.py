"""``hub edi``: X12 files looked at, checked, explained, answered, written and compared, without a running hub."""

from __future__ import annotations

import typer

from hub.cli import edi_diff, edi_explain, edi_inspect, edi_write

app = typer.Typer(no_args_is_help=True, help="X12 files: read, check, explain, answer, write, compare.")
for _module in (edi_inspect, edi_explain, edi_write, edi_diff):
    _module.register(app)
