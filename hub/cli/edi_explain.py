"""``hub edi explain``: one segment in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from hub.cli.edi_files import File, PartnerName, inspected, open_file, partner_rules, require_files
from hub.cli.exits import NotThereError
from hub.cli.session import Result, Session, command
from hub.errors import DataError

if TYPE_CHECKING:
    from rich.console import Console

    from hub.edi.inspection import Inspected
    from hub.edi.interchange import Interchange


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(app, "explain", "edi-explain")
    def explain(
        session: Session,
        file: File,
        segment: Annotated[int, typer.Option("--segment", "-s", min=1, help="Its number; ISA is 1.")],
        interchange: Annotated[int, typer.Option("--interchange", "-i", min=1, help="Which, if several.")] = 1,
        set_number: Annotated[str, typer.Option("--set", help="Count from ST of the set with this number.")] = "",
        partner: PartnerName = "",
    ) -> Result:
        """Say what a segment is, what its elements mean, where it stands, and what is wrong with it.

        `--set` counts as a 997 does: `hub edi explain FILE --set 0002 --segment 9` for AK2*850*0002 and AK3*PO1*9.
        """
        require_files([file])
        rules = partner_rules(session, partner)
        with open_file(file) as stream:
            found = list(inspected(stream, rules))
            shape = _shape(stream, found, interchange, segment, set_number)
        return Result(shape, lambda console: _show(console, shape))


def _shape(stream: BinaryIO, found: Sequence[Inspected], number: int, segment: int, set_number: str) -> dict[str, Any]:
    """The segment in its JSON shape. Raises NotThereError and DataError for one that is not there."""
    from hub.cli import edi_shapes
    from hub.edi.explain import explain_segment, interchange_segments

    if number > len(found):
        raise NotThereError(
            f"The file has no interchange {number}, its last one is {len(found)}.",
            code="cli.unknown-interchange",
            cure="Choose one of them with --interchange, 1 being the first.",
        )
    chosen = found[number - 1].interchange
    position = _from_isa(chosen, set_number, segment) if set_number else segment
    stream.seek(0)
    return edi_shapes.explained(explain_segment(chosen, interchange_segments(stream, number), position))


def _from_isa(found: Interchange, set_number: str, segment: int) -> int:
    """The position from ISA of a segment counted from ST. Leading zeros of the set's number do not matter.

    Raises NotThereError ``cli.unknown-set`` and DataError ``x12.no-such-segment``.
    """
    items = [item for group in found.groups for item in group.sets]
    wanted = set_number.lstrip("0")
    item = next((one for one in items if one.control_number.lstrip("0") == wanted), None)
    if item is None:
        raise NotThereError(
            f"The interchange has no set {set_number}.",
            code="cli.unknown-set",
            cure="`hub edi inspect FILE --no-documents` lists its sets.",
        )
    if segment > item.size:
        raise DataError(
            f"The set has {item.size} segments.",
            code="x12.no-such-segment",
            cure="Count from ST, which is 1.",
            path=f"segment {segment}",
        )
    return item.segments[0].position + segment - 1


def _show(console: Console, shape: dict[str, Any]) -> None:
    from hub.cli.edi_text import finding_line
    from hub.cli.tables import say, show_table

    name = shape["name"] or "no segment the hub knows"
    say(console, f"{shape['segment']}  {name}", "bold")
    say(console, _place(shape))
    rows = [
        (each["place"], each["name"] or "(not read by the hub)", each["value"].strip(), each["meaning"])
        for each in shape["elements"]
        if each["value"].strip()
    ]
    show_table(console, ("element", "name", "value", "meaning"), rows)
    for one in shape["findings"]:
        console.print(finding_line(one))
    if not shape["findings"]:
        say(console, "Nothing is wrong with it.")


def _place(shape: dict[str, Any]) -> str:
    if shape["set_id"] is None:
        return f"Segment {shape['position']} of the interchange, part of the envelope."
    of_set = f"Segment {shape['set_position']} of {shape['set_id']} {shape['set']}"
    told = f"{of_set}, {shape['position']} of the interchange"
    if shape["loops"] is None:
        return f"{told}; the set has no place for it there."
    loops = ", ".join(f"{_ordinal(each['occurrence'])} {_loop(each)}" for each in shape["loops"])
    return f"{told}; in the {loops}." if loops else f"{told}."


def _loop(each: dict[str, Any]) -> str:
    from hub.edi.spec.meanings import code_meaning
    from hub.edi.spec.names import segment_name

    level = code_meaning("HL", 3, "735", each["level"] or "")
    words = f"level {each['level']}, {level}" if level else segment_name(each["head"])
    return f"{each['head']} loop ({words})" if words else f"{each['head']} loop"


def _ordinal(number: int) -> str:
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if number % 100 in {11, 12, 13} else endings.get(number % 10, 'th')}"
