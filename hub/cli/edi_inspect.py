"""``hub edi inspect`` and ``hub edi validate``: what a file holds, and what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.edi_files import Files, PartnerName, inspected, open_file, partner_rules, require_files, shown_name
from hub.cli.exits import Exit
from hub.cli.session import Result, Session, command, console
from hub.errors import DataError

if TYPE_CHECKING:
    from rich.console import Console

    from hub.edi.inspection import Inspected
    from hub.sdk.x12.rules import X12Rules


def register(app: typer.Typer) -> None:
    """Add the commands."""

    @command(app, "inspect", "edi-inspect")
    def inspect(
        session: Session,
        files: Files,
        partner: PartnerName = "",
        documents: Annotated[
            bool | None,
            typer.Option("--documents/--no-documents", help="The sets' documents [unless a file is over 16 MB]."),
        ] = None,
    ) -> Result:
        """Show interchanges, groups, sets, findings and documents. With --json one object per interchange and line.

        Documents hold what the file holds, names and addresses too. Exit code 1 where a file holds no interchange.
        """
        require_files(files)
        rules = partner_rules(session, partner)
        failed = False
        for path in files:
            failed |= _inspect(session, path, rules, documents=documents)
        return Result(None, exit=Exit.INTERNAL if failed else Exit.OK)

    @command(app, "validate", "edi-validate")
    def validate(
        session: Session,
        files: Files,
        partner: PartnerName = "",
        strict: Annotated[bool, typer.Option("--strict", help="Warnings count as well.")] = False,
    ) -> Result:
        """Show what is wrong, and nothing else. Exit code 1 where a file, or a part of one, would be rejected."""
        require_files(files)
        rules = partner_rules(session, partner)
        checked = [_validated(path, rules) for path in files]
        counted = {"reject", "warning"} if strict else {"reject"}
        valid = not any(one["severity"] in counted for each in checked for one in each["findings"])
        data = {"valid": valid, "strict": strict, "files": checked}
        return Result(data, lambda shown: _show_validated(shown, checked), Exit.OK if valid else Exit.INTERNAL)


def _inspect(session: Session, path: Path, rules: X12Rules, *, documents: bool | None) -> bool:
    """Print one file; whether it holds no readable interchange at all."""
    shown = documents is not False
    with open_file(path) as stream:
        found = _Found(lambda: inspected(stream, rules, documents=documents))
        if session.as_json:
            for shape in _shapes(found, documents=shown):
                typer.echo(session.redacted(json.dumps(shape, ensure_ascii=False)))
        else:
            _show_file(path, found, documents=shown)
    return found.error is not None


class _Found:
    """The interchanges of one file as they are read; ``error`` is why there are none, once they were asked for."""

    def __init__(self, read: Callable[[], Iterator[Inspected]]) -> None:
        self._read = read
        self.error: DataError | None = None

    def __iter__(self) -> Iterator[Inspected]:
        try:
            yield from self._read()
        except DataError as error:
            self.error = error


def _shapes(found: _Found, *, documents: bool) -> Iterator[dict[str, Any]]:
    from hub.cli import edi_shapes

    for each in found:
        yield edi_shapes.interchange(each, documents=documents)
    if found.error is not None:
        yield edi_shapes.unreadable(found.error)


def _show_file(path: Path, found: _Found, *, documents: bool) -> None:
    from rich.text import Text
    from rich.tree import Tree

    from hub.cli.edi_shapes import unreadable_finding
    from hub.cli.edi_text import finding_line, interchange_tree

    tree = Tree(Text(shown_name(path), style="bold"))
    for each in found:
        interchange_tree(tree, each, documents=documents)
    if found.error is not None:
        tree.add(finding_line(unreadable_finding(found.error)))
    console().print(tree)


def _validated(path: Path, rules: X12Rules) -> dict[str, Any]:
    from hub.cli import edi_shapes

    told: list[dict[str, Any]] = []
    count = 0
    with open_file(path) as stream:
        found = _Found(lambda: inspected(stream, rules))
        for each in found:
            count += 1
            told += ({"interchange": each.interchange.control_number, **one} for one in edi_shapes.findings(each))
    if found.error is not None:
        told.append({"interchange": "", **edi_shapes.unreadable_finding(found.error)})
    return {"file": shown_name(path), "interchanges": count, "findings": told}


def _show_validated(shown: Console, checked: list[dict[str, Any]]) -> None:
    from hub.cli.edi_text import counted, finding_home, finding_line
    from hub.cli.tables import say

    for each in checked:
        told = each["findings"]
        rejects = sum(one["severity"] == "reject" for one in told)
        warnings = len(told) - rejects
        verdict = f"{counted(rejects, 'rejection')}, {counted(warnings, 'warning')}" if told else "nothing wrong"
        say(shown, f"{each['file']}: {verdict}", "bold red" if rejects else "bold")
        several = each["interchanges"] > 1
        for one in told:
            about = f"interchange {one['interchange']}, {finding_home(one)}" if several else finding_home(one)
            line = finding_line(one, about=about)
            line.pad_left(2)
            shown.print(line)
