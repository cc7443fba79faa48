"""``hub edi diff``: what two files say differently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.edi_files import File, read_file, require_files
from hub.cli.session import Result, Session, command

if TYPE_CHECKING:
    from rich.console import Console

_EQUAL, _DIFFERENT = 0, 1
_STYLES = {"removed": "red", "added": "green", "changed": "yellow"}


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(app, "diff", "edi-diff")
    def diff(
        _session: Session,
        before: File,
        after: File,
        envelope: Annotated[
            bool, typer.Option("--envelope", help="Control numbers and dates of the envelope count as well.")
        ] = False,
    ) -> Result:
        """Compare two files set by set, segment by segment, element by element. Exit code 1 where they differ.

        Delimiters, line breaks and padding never count.
        """
        from hub.cli import edi_shapes
        from hub.edi.compare import compare

        require_files([before, after])
        found = compare(read_file(before), read_file(after), envelope=envelope)
        shapes = [edi_shapes.difference(each) for each in found]
        data = {"equal": not shapes, "differences": shapes}
        return Result(data, lambda console: _show(console, shapes), _DIFFERENT if shapes else _EQUAL)


def _show(console: Console, shapes: list[dict[str, Any]]) -> None:
    from hub.cli.tables import say

    if not shapes:
        say(console, "They say the same.")
    home = None
    for each in shapes:
        if _home(each) != home:
            home = _home(each)
            say(console, home, "bold")
        say(console, f"  {_line(each)}", _STYLES[each["change"]])


def _home(each: dict[str, Any]) -> str:
    if each["set_id"] is None:
        return "envelope"
    numbers = dict.fromkeys(number for number in (each["set_before"], each["set_after"]) if number)
    return f"{each['set_id']} {' and '.join(numbers)}"


def _line(each: dict[str, Any]) -> str:
    positions = [str(each[side]) for side in ("position_before", "position_after") if each[side] is not None]
    place = "/".join(dict.fromkeys(positions))
    if each["segment"] is None:
        return f"the set from segment {place} was {each['change']}"
    if each["element"] is None:
        return f"{each['segment']} {place} was {each['change']}"
    before, after = each["before"] or "(empty)", each["after"] or "(empty)"
    return f"{each['segment']}{each['element']:02} {place}: {before} -> {after}"
