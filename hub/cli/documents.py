"""``hub document``: what partners sent and what we sent them."""

from __future__ import annotations

import base64
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.edi_files import Output, write_output
from hub.cli.exits import NotThereError
from hub.cli.lock import daemon_runs
from hub.cli.session import Result, Session, command
from hub.cli.tables import age, say, show_facts, show_table

if TYPE_CHECKING:
    from rich.console import Console

app = typer.Typer(no_args_is_help=True, help="Documents as partners sent them, and as we did.")

Id = Annotated[str, typer.Argument(metavar="DOCUMENT", help="Its id, such as D000000042.")]


@command(app, "list", "document-list")
def list_documents(
    session: Session,
    connection: Annotated[str, typer.Option(help="Only of this connection.")] = "",
    before: Annotated[str, typer.Option(help="Only older than this document.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
) -> Result:
    """List documents, newest first."""
    from hub.model.identity import ConnectionId, DocumentId
    from hub.web import shapes

    with session.hub.storage.read() as uow:
        documents = uow.documents.page(
            connection=ConnectionId(connection) if connection else None,
            after=DocumentId(before) if before else None,
            limit=limit,
        )
        rows = [shapes.document(each, uow.inbox.entry(each.id)) for each in documents]
    following = rows[-1]["document"] if len(rows) == limit else None

    def show(console: Console) -> None:
        if not rows:
            say(console, "No documents here. `hub status` says how the connections do.")
            return
        show_table(
            console,
            ("document", "connection", "direction", "kind", "bytes", "age", "state", "source id"),
            [
                (
                    row["document"],
                    row["connection"],
                    row["direction"],
                    row["kind"],
                    row["bytes"],
                    age(row["at"]),
                    row["state"],
                    row["source_id"],
                )
                for row in rows
            ],
        )
        if following:
            say(console, "More: " + session.next(f"hub document list --before {following}"))

    return Result({"documents": rows, "next": following}, show)


@command(app, "show", "document-show")
def show_document(
    session: Session,
    document: Id,
    raw: Annotated[bool, typer.Option("--raw", help="The body's bytes as they are; they may hold addresses.")] = False,
) -> Result:
    """Show where a document came from, what became of it, and with --raw its body."""
    from hub.model.identity import DocumentId
    from hub.web import shapes

    with session.hub.storage.read() as uow:
        found = uow.documents.get(DocumentId(document))
        if found is None:
            raise _unknown(document)
        data = shapes.document(found, uow.inbox.entry(found.id), uow.documents.orders(found.id))
        data["quarantine"] = [shapes.quarantined(each) for each in uow.quarantine.open(document=found.id)]
    if raw and not session.as_json:
        sys.stdout.buffer.write(found.body)
        sys.stdout.buffer.flush()
        return Result(None)
    if raw:
        data["body_base64"] = base64.b64encode(found.body).decode()

    def show(console: Console) -> None:
        facts = ("document", "connection", "direction", "kind", "source_id", "at", "media_type", "bytes", "sha256")
        show_facts(
            console,
            [
                *((name.replace("_", " "), data[name]) for name in facts),
                ("state", data["state"]),
                ("attempts", data["attempts"]),
                ("note", data["note"]),
                *((f"meta {name}", value) for name, value in data["meta"].items()),
                ("orders", " ".join(data["orders"])),
                ("outbox items", " ".join(data["items"])),
            ],
        )
        for entry in data["quarantine"]:
            say(console, f"In quarantine: {entry['path'] or 'the whole document'}: {entry['message']}")
            say(console, "  " + session.next(f"hub quarantine show {entry['id']}"))
        say(console, "Its body: " + session.next(f"hub document show {document} --raw"))

    return Result(data, show)


@command(app, "reprocess", "document-reprocess")
def reprocess(session: Session, document: Id) -> Result:
    """Parse and record a stored document again, for example after a mapping was corrected."""
    from hub.model.identity import DocumentId
    from hub.sync.quarantine import reprocess as again

    hub = session.hub
    with hub.storage.read() as uow:
        if uow.documents.get(DocumentId(document)) is None:
            raise _unknown(document)
    if not again(hub.storage, DocumentId(document)):
        raise NotThereError(
            f"Document {document} is one we sent; only received documents are parsed.",
            code="cli.not-inbound",
            cure=f"See `hub document show {document}`.",
        )
    running = daemon_runs(hub.setup.path)

    def show(console: Console) -> None:
        say(console, f"{document} is parsed again " + ("now." if running else "once `hub run` is started."))
        say(console, "What became of it: " + session.next(f"hub document show {document}"))

    return Result({"document": document, "state": "stored", "daemon": running}, show)


@command(app, "rejects", "document-rejects")
def rejects(session: Session, document: Id, output: Output = None) -> Result:
    """Give back what of a received file can't be used, with reasons, in a file to be mended and sent again.

    By the mapping and the items of now: what was mapped meanwhile is not in it."""
    from hub.model.identity import DocumentId
    from hub.sdk.capabilities import RejectSource
    from hub.sync.applying import source_of

    with session.hub.storage.read() as uow:
        stored = uow.documents.get(DocumentId(document))
        entry = uow.inbox.entry(stored.id) if stored is not None else None
    if stored is None:
        raise _unknown(document)
    live = session.hub.connection(stored.connection)
    source = source_of(live, entry) if entry is not None else None
    if source is None or not isinstance(source, RejectSource):
        raise NotThereError(
            f"Document {document} is no file whose rows could be given back.",
            code="cli.no-rejects",
            cure=f"See `hub document show {document}`; only files received by a mapping have rejects.",
        )
    found = source.rejects(stored, live.codebook)
    if found is not None and not session.as_json:
        write_output(found.body, output)
    data = {
        "document": document,
        "records": found.records if found else 0,
        "file": found.name if found else None,
        "body_base64": base64.b64encode(found.body).decode() if found else None,
    }

    def show(console: Console) -> None:
        if found is None:
            say(console, "All of it can be used. What was quarantined before: " + session.next("hub quarantine list"))
        elif output is not None:
            say(console, f"{found.records} to be mended in {output}.")

    return Result(data, show)


def _unknown(document: str) -> NotThereError:
    return NotThereError(
        f"There is no document {document}.", code="cli.unknown-document", cure="See `hub document list`."
    )
