"""``hub mapping new``: a partner's folder drafted from a file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.exits import NotThereError
from hub.cli.session import Result, Session, command
from hub.cli.tables import say, show_table
from hub.errors import ConfigurationError

if TYPE_CHECKING:
    from rich.console import Console

    from hub.sdk.mapped.drafting import Draft, Question


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "new", "mapping-new")(draft_mapping)


def draft_mapping(
    session: Session,
    file: Annotated[Path, typer.Option("--from", exists=True, dir_okay=False, help="A file of the partner's.")],
    partner: Annotated[str, typer.Option(help="The partner's folder; made where it is not there.")],
    document: Annotated[str, typer.Option(help="What the file is: stock, prices, orders, shipments or invoices.")],
    name: Annotated[str, typer.Option(help="What the mapping is called [like the document].")] = "",
    answer: Annotated[list[str] | None, typer.Option(help="KEY=VALUE: answers a question before it is asked.")] = None,
    force: Annotated[bool, typer.Option(help="Write over files that are there.")] = False,
) -> Result:
    """Draft a mapping, and for stock a counting contract, from a real file; what a file cannot say is asked.

    The file is kept as the mapping's first sample. Nothing is used before you put it into hub.yaml."""
    from hub.mapping.fields.shapes import READ, SHAPES
    from hub.mapping.partner import check_partner_name
    from hub.sdk.mapped.draft_files import drafted_files
    from hub.sdk.mapped.drafting import answerable, draft, questions
    from hub.sdk.mapped.sniffing import sniffed

    check_partner_name(partner)
    readable = [each.name for each in READ]
    if document not in readable:
        raise NotThereError(
            f"There is no document {document}.", code="cli.unknown-shape", cure=f"Choose one of {', '.join(readable)}."
        )
    body, called = file.read_bytes(), name or document
    made = draft(sniffed(file.name, body), SHAPES[document])
    _tell(session, made)
    answers = _asked(list(questions(made)), list(answerable(made)), answer or [])
    folder = session.hub.setup.mappings / "partners" / partner
    written = _write(folder, drafted_files(made, answers, partner, called, file.name), called, force=force)
    sample = folder / "samples" / called / file.name
    sample.parent.mkdir(parents=True, exist_ok=True)
    sample.write_bytes(body)
    data = {"files": [*map(str, written), str(sample)], "answers": answers}

    def show(console: Console) -> None:
        for each in (*written, sample):
            say(console, f"Wrote {each}.")
        if not (folder / "items.csv").exists():
            say(console, f"Now name its items in {folder / 'items.csv'}: sku,VN,unit,units_each")
        say(
            console,
            "Then see what it says: " + session.next(f"hub mapping test {called}/{file.name} --partner {partner}"),
        )

    return Result(data, show)


def _tell(session: Session, made: Draft) -> None:
    """What was guessed, before anything is asked."""
    if session.as_json:
        return
    from hub.cli.session import console

    show_table(
        console(stderr=True),
        ("field", "from", "for example"),
        [(name, place, _example(made, place)) for name, place in {**made.fields, **made.lines}.items()],
        title="The columns seem to be",
    )


def _example(made: Draft, place: str) -> str:
    texts = made.sniffed.columns.get(place) or made.sniffed.line_columns.get(place) or ()
    return next((text for text in texts if text.strip()), "")


def _asked(asked: Sequence[Question], every: Sequence[Question], given: Sequence[str]) -> dict[str, str]:
    """Answers to what is ``asked``, and those that were ``given`` to ``every`` other question."""
    from hub.sdk.mapped.draft_files import checked_answer

    answers = dict(each.partition("=")[::2] for each in given)
    known = {each.key for each in every} | {"name", "location"}
    odd = next((key for key in answers if key not in known), None)
    if odd is not None:
        raise NotThereError(
            f"Nothing asks for {odd}.", code="cli.unknown-answer", cure=f"Known: {', '.join(sorted(known))}."
        )
    for each in every:
        if each.key in answers:
            checked_answer(each, answers[each.key])
    for each in asked:
        if each.key in answers:
            continue
        if sys.stdin.isatty():
            choices = f" ({', '.join(each.choices)})" if each.choices else ""
            said = typer.prompt(f"{each.words}{choices}", default=each.proposed or None, err=True)
            answers[each.key] = checked_answer(each, str(said).strip())
        elif each.proposed:
            answers[each.key] = each.proposed
        else:
            checked_answer(each, "")
    return answers


def _write(folder: Path, files: dict[str, str], called: str, *, force: bool) -> list[Path]:
    """Write what is not there yet. partner.yaml and counting.yaml of a known partner stay as they are."""
    own = f"documents/{called}.yaml"
    if (folder / own).exists() and not force:
        raise ConfigurationError(
            f"{folder / own} is there already.",
            code="cli.file-exists",
            cure="Give another --name, or --force to write over it.",
            place=str(folder / own),
        )
    written = []
    for name, text in files.items():
        path = folder / name
        if name == own or force or not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written
