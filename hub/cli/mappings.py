"""``hub mapping``: whether mappings make of samples what is expected, and how a field came about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli import mapping_draft, mapping_drift
from hub.cli.exits import Exit, NotThereError
from hub.cli.session import Result, Session, command
from hub.cli.tables import say, show_table

if TYPE_CHECKING:
    from rich.console import Console

    from hub.cli.mapping_samples import Checked, Desk
    from hub.mapping.fields.explain import Worked
    from hub.model.document import Document
    from hub.sdk.mapped.explaining import Explained

app = typer.Typer(no_args_is_help=True, help="How partners' documents are mapped, field by field.")

Partner = Annotated[str, typer.Option(help="Only this partner, also one that the set-up does not name.")]
mapping_draft.register(app)
mapping_drift.register(app)
_STYLES = {"right": "green", "different": "red", "unusable": "red", "new": "yellow", "unread": "yellow"}


@command(app, "check", "mapping-check")
def check(session: Session, partner: Partner = "") -> Result:
    """Read every sample of every partner and compare what it says with what is expected; exit code 5 where it differs.

    Also said: mappings without a sample, places of samples that nothing is taken from, and places that mappings take
    from and no sample has."""
    from hub.cli.mapping_samples import desks

    checked: list[Checked] = []
    mappings: list[dict[str, Any]] = []
    for desk in desks(session.hub, partner):
        checked += map(desk.check, desk.samples)
        mappings += [_covered(desk, stream) for stream in desk.partner.mappings]
    bad = [each for each in checked if not each.good]
    data = {"samples": [_sample(each) for each in checked], "mappings": mappings, "wrong": len(bad)}

    def show(console: Console) -> None:
        for each in checked:
            say(console, f"{each.state:<9} {each.partner} {each.sample.name}", _STYLES[each.state])
            for words in each.words:
                say(console, f"          {words}")
        for covered in mappings:
            for note in _notes(covered):
                say(console, f"note      {covered['partner']} {covered['mapping']}: {note}")
        if not checked and not mappings:
            say(console, "No partner has samples or mappings. `hub mapping new --from FILE` drafts one.")
        else:
            say(console, f"{len(checked)} samples, {len(bad)} wrong.", "red" if bad else "green")

    return Result(data, show, Exit.DIFFERENCES if bad else Exit.OK)


@command(app, "test", "mapping-test")
def show_sample(
    session: Session,
    sample: Annotated[str, typer.Argument(help="A sample's name as `hub mapping check` prints it, or its file.")],
    partner: Partner = "",
    write: Annotated[bool, typer.Option("--write", help="Keep what it says as what is expected.")] = False,
) -> Result:
    """Show what a sample says; with --write it is what is expected from then on."""
    from hub.cli.mapping_samples import desks

    found = [
        desk.check(each)
        for desk in desks(session.hub, partner)
        for each in desk.samples
        if sample in {each.name, f"{desk.partner.partner}/{each.name}", str(each.path), each.path.name}
    ]
    if not found:
        raise NotThereError(
            f"There is no sample {sample}.",
            code="cli.unknown-sample",
            cure="`hub mapping check` lists them. They lie in samples/MAPPING/ of a partner's folder.",
        )
    for each in found if write else ():
        if each.said:
            each.sample.expected.write_bytes(each.said)

    def show(console: Console) -> None:
        for each in found:
            say(console, f"{each.partner} {each.sample.name}: {each.state}", _STYLES[each.state])
            for words in each.words:
                say(console, f"  {words}")
            say(console, each.said.decode(errors="replace"))
            if write and each.said:
                say(console, f"Wrote {each.sample.expected}.")

    wrong = any(not each.good for each in found) and not write
    return Result({"samples": [_sample(each) for each in found]}, show, Exit.DIFFERENCES if wrong else Exit.OK)


@command(app, "coverage", "mapping-coverage")
def coverage(session: Session, partner: Partner = "") -> Result:
    """Show, for each mapping, how often samples fill each of its fields, and which of their places nothing uses."""
    from hub.cli.mapping_samples import desks

    found = [_covered(desk, stream) for desk in desks(session.hub, partner) for stream in desk.partner.mappings]

    def show(console: Console) -> None:
        for each in found:
            title = f"{each['partner']} {each['mapping']}: {each['records']} records"
            show_table(console, ("field", "filled"), sorted(each["filled"].items()), title=title)
            for note in _notes(each):
                say(console, f"  {note}")
        if not found:
            say(console, "No partner has mappings.")

    return Result({"mappings": found}, show)


@command(app, "explain", "mapping-explain")
def explain(
    session: Session,
    document: Annotated[str, typer.Argument(help="A document's id, such as D000000042, or a file.")],
    partner: Annotated[str, typer.Option(help="Of a file: whose it is.")] = "",
    mapping: Annotated[str, typer.Option(help="Of a file: the mapping that reads it.")] = "",
    record: Annotated[int, typer.Option(min=1, help="Begin with this record.")] = 1,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="So many records.")] = 3,
) -> Result:
    """Show where each field of a document was taken from, what was done to it, and which line says so."""
    from hub.sdk.mapped.explaining import explained
    from hub.sdk.mapped.intake import Intake

    desk, found = _document(session, document, partner, mapping)
    intake = Intake(found, desk.mapping(found.meta["mapping"]), desk.codebook)
    records = list(explained(intake, first=record, most=limit))

    def show(console: Console) -> None:
        for each in records:
            _show_record(console, each)
        if not records:
            say(console, "There is no such record.")

    return Result({"document": document, "records": [_record(each) for each in records]}, show)


def _document(session: Session, name: str, partner: str, mapping: str) -> tuple[Desk, Document]:
    from hub.cli.mapping_samples import desks
    from hub.model.identity import DocumentId
    from hub.sdk.mapped.samples import Sample, as_document

    if Path(name).is_file():
        if not (partner and mapping):
            raise NotThereError(
                "Nobody knows whose file it is.", code="cli.whose-file", cure="Name --partner and --mapping."
            )
        desk = next(desks(session.hub, partner))
        return desk, as_document(Sample(mapping, Path(name), Path(name)), desk.codebook)
    with session.hub.storage.read() as uow:
        found = uow.documents.get(DocumentId(name))
    if found is None or "mapping" not in found.meta:
        raise NotThereError(
            f"{name} is no document that a mapping reads." if found else f"There is no document {name}.",
            code="cli.unknown-document",
            cure="`hub document list` shows those there are; `hub edi explain` is for X12.",
        )
    return next(desks(session.hub, str(session.hub.setup.config.connections[found.connection].partner))), found


def _show_record(console: Console, found: Explained, depth: int = 0) -> None:
    over = " (passed over)" if found.passed_over else ""
    say(console, f"{'  ' * depth}{found.place}{over}", "bold")
    show_table(console, ("field", "value", "from", "there", "what was done", "rule"), [*map(_cells, found.fields)])
    for line in found.lines:
        _show_record(console, line, depth + 1)


def _cells(field: Worked) -> Sequence[Any]:
    done = ", ".join(f"{words}: {value}" for words, value in field.steps)
    return field.field, field.problem or field.value, field.source, field.raw, done, field.place


def _record(found: Explained) -> dict[str, Any]:
    fields = [
        {
            "field": each.field,
            "value": each.value,
            "source": each.source,
            "raw": each.raw,
            "steps": [{"step": words, "value": value} for words, value in each.steps],
            "problem": each.problem,
            "rule": each.place,
        }
        for each in found.fields
    ]
    lines = [_record(line) for line in found.lines]
    return {"place": found.place, "passed_over": found.passed_over, "fields": fields, "lines": lines}


def _sample(found: Checked) -> dict[str, Any]:
    return {
        "partner": found.partner,
        "sample": found.sample.name,
        "file": found.sample.path,
        "expected": found.sample.expected,
        "state": found.state,
        "differences": found.words,
    }


def _covered(desk: Desk, stream: str) -> dict[str, Any]:
    found = desk.coverage(stream)
    fields = [each.name for _, each in desk.mapping(stream).all_fields]
    samples = [each.name for each in desk.samples if each.stream == stream]
    return {
        "partner": str(desk.partner.partner),
        "mapping": stream,
        "samples": samples,
        "records": found.records,
        "filled": {name: found.filled[name] for name in fields},
        "unused": found.unused,
        "missing": found.missing,
        "reads": desk.mapping(stream).file.reads,
    }


def _notes(covered: dict[str, Any]) -> list[str]:
    if not covered["samples"]:
        return ["it has no sample; put one into samples and run `hub mapping test`"]
    if not covered["reads"]:
        return []
    notes = []
    if covered["unused"]:
        notes.append(f"nothing is taken from {', '.join(covered['unused'])}")
    if covered["missing"]:
        notes.append(f"no sample has {', '.join(covered['missing'])}")
    return notes
