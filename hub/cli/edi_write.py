"""``hub edi ack`` and ``hub edi generate``: interchanges written by hand, outside any connection's number series."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.edi_files import (
    File,
    Output,
    PartnerName,
    is_big,
    open_file,
    partner_rules,
    read_file,
    require_files,
    shown_name,
    write_output,
)
from hub.cli.exits import Exit, NotThereError
from hub.cli.session import Result, Session, command

if TYPE_CHECKING:
    from rich.console import Console

    from hub.edi.documents.registry import X12Document
    from hub.edi.interchange import TradingId


class Usage(StrEnum):
    """ISA15."""

    PRODUCTION = "P"
    TEST = "T"


FirstNumber = Annotated[
    int, typer.Option("--control-number", min=1, max=999_999_999, help="ISA13 of the first interchange written.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""

    @command(app, "ack", "edi-ack")
    def ack(
        session: Session,
        file: File,
        out: Output = None,
        control_number: FirstNumber = 1,
        partner: PartnerName = "",
    ) -> Result:
        """Write the answer to a received file: a 997 for every group, a TA1 where asked for or the envelope failed.

        The hub answers by itself what its connections receive; this is for files that come another way, and for tests.
        """
        from hub.cli.edi_answers import answers, received

        require_files([file])
        rules = partner_rules(session, partner)
        with open_file(file) as stream:
            found = answers(received(stream, rules, big=is_big(stream)), control_number, datetime.now(UTC))
        if not found.written and found.refused:
            raise found.refused[0]
        if not found.written:
            raise NotThereError(
                "There is nothing to answer: the file holds acknowledgements only.", code="cli.nothing-to-answer"
            )
        for error in found.refused:
            session.note(f"Not answered: {error.path}: {error.message}")
        written = [(one.kind, one.control_number, one.data) for one in found.written]
        unanswered = [{"place": one.path, "code": one.code, "message": one.message} for one in found.refused]
        result = _written(session, written, out, unanswered=unanswered)
        return replace(result, exit=Exit.PARTLY if unanswered else Exit.OK)

    @command(app, "generate", "edi-generate")
    def generate(
        session: Session,
        files: Annotated[list[Path], typer.Argument(metavar="JSON...", help="Documents as JSON; - is standard input.")],
        sender: Annotated[str, typer.Option("--from", metavar="QUAL:ID", help="Who sends, such as ZZ:NORTHWIND.")],
        receiver: Annotated[str, typer.Option("--to", metavar="QUAL:ID", help="Who receives.")],
        version: Annotated[str, typer.Option(help="GS08.")] = "004010",
        usage: Annotated[Usage, typer.Option(help="P production, T test.")] = Usage.PRODUCTION,
        control_number: FirstNumber = 1,
        out: Output = None,
    ) -> Result:
        """Write documents as X12, from JSON as `hub edi inspect --json` prints it: documents, or its whole output.

        Documents of one kind share a group; each kind has an interchange of its own.
        """
        from hub.cli.edi_documents import documents_of, write_documents
        from hub.cli.edi_text import counted, finding_line

        parties = (trading_id(sender, "--from"), trading_id(receiver, "--to"))
        require_files(files)
        documents: list[X12Document] = []
        for path in files:
            found, without = documents_of(read_file(path), shown_name(path))
            documents += found
            if without:
                session.note(f"{shown_name(path)}: left out, for they have no document: {counted(without, 'set')}.")
        if not documents:
            raise NotThereError(
                "The input holds no document.",
                code="cli.no-document",
                cure="Give JSON as `hub edi inspect --json` prints it.",
            )
        created = datetime.now(UTC)
        written = write_documents(documents, parties, version, usage.value, control_number, created)
        told = _told(written)
        for one in told:
            session.note(finding_line(one, about=f"interchange {one['interchange']}, set {one['set']}").plain)
        return _written(session, written, out, findings=told)


def trading_id(text: str, option: str) -> TradingId:
    """``ZZ:NORTHWIND`` as a trading id. Raises NotThereError ``cli.trading-id``."""
    from hub.edi.interchange import TradingId

    qualifier, colon, name = text.partition(":")
    if not colon or len(qualifier) != 2 or not 0 < len(name) <= 15:
        raise NotThereError(
            f"{option} is no qualifier of two characters, a colon and an id of up to 15.",
            code="cli.trading-id",
            cure="Write it as ZZ:NORTHWIND.",
        )
    return TradingId(qualifier, name)


def _told(written: Sequence[tuple[str, int, bytes]]) -> list[dict[str, Any]]:
    """What a partner may find wrong with what was written: the input may hold what X12 cannot carry."""
    from hub.cli import edi_shapes
    from hub.edi.inspection import inspect_interchanges

    found = (each for _, _, body in written for each in inspect_interchanges(body))
    return [
        {"interchange": each.interchange.control_number, **one} for each in found for one in edi_shapes.findings(each)
    ]


def _written(session: Session, written: Sequence[tuple[str, int, bytes]], out: Path | None, **more: Any) -> Result:
    """The interchanges to their place, and what is told of them; ``more`` is for the JSON only."""
    data = b"".join(body for _, _, body in written)
    shape: dict[str, Any] = {
        "file": str(out) if out else None,
        "interchanges": [{"kind": kind, "control_number": f"{number:09}"} for kind, number, _ in written],
        **more,
    }
    if not (session.as_json and out is None):
        write_output(data, out)
    if session.as_json and out is None:
        shape["x12"] = data.decode("utf-8")
    if out is None and not session.as_json:
        return Result(None)
    return Result(shape, lambda console: _show(console, out, shape["interchanges"]))


def _show(console: Console, out: Path | None, interchanges: Iterable[dict[str, Any]]) -> None:
    from hub.cli.tables import say

    for each in interchanges:
        say(console, f"wrote {each['kind']} in interchange {each['control_number']} to {out}")
