"""``hub mapping drift``: what partners send that no mapping or sample has seen before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import takewhile
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.exits import Exit
from hub.cli.session import Result, Session, command
from hub.cli.tables import say
from hub.errors import HubError

if TYPE_CHECKING:
    from rich.console import Console

    from hub.bootstrap import Hub
    from hub.cli.mapping_samples import Desk
    from hub.model.identity import ConnectionId
    from hub.sdk.drift import Seen, Trait
    from hub.sync.document_traits import Traits

_WORDS: Mapping[str, tuple[str, str]] = {
    "place": ("nothing is taken from {name}", "map it, or put a sample that has it into samples/{stream}"),
    "code": (
        "a word that its value table has not: {name}",
        "add it to the table, or put a sample that has it into samples/{stream}",
    ),
    "unit": (
        "a unit of unknown size: {name}",
        "give unit and units_each in items.csv, or of X12 units in x12.yaml",
    ),
    "site": ("a site of no location: {name}", "name it under sites in partner.yaml"),
    "segment": (
        "nothing is read from {name}",
        "ask the partner what it says; put a sample that has it into samples/x12",
    ),
    "quantity": ("a quantity passed over: QTY*{name}", "say what it counts under quantities in x12.yaml"),
    "refused": ("of no use as a whole: {name}", "`hub quarantine list` says why and what to do"),
}
_STOPPED = "stopped"
_STOPPED_CURE = "ask the partner; where it means it, give the field a default, or take it out of mapping and samples"


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "drift", "mapping-drift")(drift)


@dataclass(frozen=True, slots=True)
class Finding:
    """``kind`` is that of the trait, or ``stopped``. ``documents`` of the ``of`` that were read have it, or lack it;
    ``first`` and ``last`` are the first and the last that has it: none where only samples have."""

    partner: str
    connection: str
    stream: str
    kind: str
    name: str
    documents: int
    of: int
    first: str | None
    last: str | None
    words: str
    cure: str


@dataclass
class _Stream:
    """``known``: what samples have; ``read``: what is read, of samples and documents."""

    seen: Seen
    known: set[Trait] = field(default_factory=set)
    read: set[Trait] = field(default_factory=set)


def drift(
    session: Session,
    since: Annotated[str, typer.Option(help="How far back: 12h, 7d, 2w, or a moment with its zone.")] = "30d",
    partner: Annotated[str, typer.Option(help="Only this partner.")] = "",
) -> Result:
    """Show what stored documents bring that no mapping uses and no sample has, and what they stopped bringing.

    Exit code 5 where there is such a thing. Names of places, words of codes; no other values."""
    from hub.cli.arguments import back_to
    from hub.cli.mapping_samples import desks

    hub = session.hub
    after = back_to(since, hub.clock())
    findings: list[Finding] = []
    counts = dict.fromkeys(("documents", "unread", "further"), 0)
    for desk in desks(hub, partner):
        for name, config in hub.setup.config.connections.items():
            if config.enabled and config.partner == desk.partner.partner:
                findings += _of_connection(hub, desk, name, after, counts)
    data = {"since": after, **counts, "findings": [asdict(each) for each in findings]}

    def show(console: Console) -> None:
        for each in findings:
            say(console, f"{each.partner} {each.stream}: {each.words}", "yellow")
            say(console, f"  {_when(each)}; {each.cure}")
        if counts["further"]:
            say(console, f"names beyond those, not told: {counts['further']}")
        say(console, f"documents since {after:%Y-%m-%d %H:%M}: {counts['documents']}, findings: {len(findings)}")
        if counts["unread"]:
            say(console, f"documents that no mapping reads: {counts['unread']}")

    return Result(data, show, Exit.DIFFERENCES if findings else Exit.OK)


def _of_connection(
    hub: Hub, desk: Desk, name: ConnectionId, after: datetime, counts: dict[str, int]
) -> Iterator[Finding]:
    from hub.sdk.drift import Seen
    from hub.sync.document_traits import document_traits
    from hub.sync.rereading import pieces_of, stored_documents

    streams: dict[str, _Stream] = {}
    with closing(hub.connection(name)) as live:
        stored = stored_documents(hub.storage, name)
        for document, entry in takewhile(lambda each: each[0].at >= after, stored):
            codebook = live.codebook.on(document.at.date())
            found = document_traits(document, codebook, pieces_of(live, entry, document))
            counts["documents" if found else "unread"] += 1
            for stream, traits in found.items():
                kept = streams.setdefault(stream, _Stream(Seen()))
                kept.seen.take(document.id, traits.found)
                kept.read |= traits.read
    if streams:
        for stream, traits in _sampled(desk).items():
            kept = streams.setdefault(stream, _Stream(Seen()))
            kept.known |= traits.found
            kept.read |= traits.read
    for stream, kept in sorted(streams.items()):
        counts["further"] += kept.seen.further
        yield from _findings(str(desk.partner.partner), name, stream, kept)


def _sampled(desk: Desk) -> dict[str, Traits]:
    """The traits of a partner's samples by stream."""
    from hub.sync.document_traits import Traits, document_traits

    found: dict[str, Traits] = {}
    for sample in desk.samples:
        mapping = desk.partner.mappings.get(sample.stream)
        if mapping is not None and not mapping.file.reads:
            continue
        try:
            parsed = desk.parsed(sample)
        except HubError:
            continue  # `hub mapping check` says why it cannot be read.
        if parsed is not None:
            document, said = parsed
            for stream, traits in document_traits(document, desk.codebook, [said]).items():
                found.setdefault(stream, Traits()).add(traits)
    return found


def _findings(partner: str, connection: str, stream: str, kept: _Stream) -> Iterator[Finding]:
    of = kept.seen.documents
    for trait, came in kept.seen.new(kept.known | kept.read):
        words, cure = (each.format(name=trait.name, stream=stream) for each in _WORDS[trait.kind])
        yield Finding(
            partner, connection, stream, trait.kind, trait.name, came.documents, of, came.first, came.last, words, cure
        )
    for trait, lacking, before in kept.seen.stopped(kept.read, kept.known):
        first, last = (before.first, before.last) if before is not None else (None, None)
        words = f"{trait.name} does not come any more"
        yield Finding(partner, connection, stream, _STOPPED, trait.name, lacking, of, first, last, words, _STOPPED_CURE)


def _when(each: Finding) -> str:
    if each.kind != _STOPPED:
        return f"in {each.documents} of {each.of} documents, {each.first} to {each.last}"
    last = f"last in {each.last}" if each.last else "only samples have it"
    return f"not in the last {each.documents} documents, {last}"
