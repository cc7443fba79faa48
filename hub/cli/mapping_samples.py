"""Partners' samples against what their mappings make of them, for ``hub mapping``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hub.cli.exits import NotThereError
from hub.errors import HubError
from hub.mapping.fields.coverage import Coverage, coverage
from hub.mapping.fields.reading import Said, TableReader, TreeReader, about_of
from hub.mapping.partner import Partner, load_partner
from hub.mapping.records.tables import open_table
from hub.mapping.records.trees import open_tree
from hub.mapping.shipped import mapping_folders
from hub.model.identity import ConnectionId, PartnerId
from hub.sdk.capabilities import Parsed, Source
from hub.sdk.mapped.samples import RECEIVED, Sample, as_document, as_json, find_samples, parsed_sample, written_sample

if TYPE_CHECKING:
    from hub.bootstrap import Hub
    from hub.mapping.codebook import Codebook
    from hub.mapping.fields.compile import CompiledMapping
    from hub.model.document import Document

_SHOWN = 10
_SUFFIXES = {"fixed": "txt"}


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a sample. ``state``: ``right``, ``different``, ``new`` (nothing is expected yet), ``unusable``, or
    ``unread`` where no connection of the set-up reads its stream. ``words`` say what differs."""

    partner: str
    sample: Sample
    state: str
    words: tuple[str, ...] = ()
    said: bytes = b""

    @property
    def good(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.state in {"right", "new", "unread"}


@dataclass
class Desk:
    """One partner with what reads its documents."""

    hub: Hub
    partner: Partner

    @property
    def folders(self) -> list[Path]:
        """Its folders, the user's first."""
        return [each / "partners" / self.partner.partner for each in mapping_folders(self.hub.setup.mappings)]

    @property
    def codebook(self) -> Codebook:
        """Its crosswalk, as its first connection has it."""
        return self.partner.codebook(self._connection or ConnectionId(self.partner.partner))

    @property
    def samples(self) -> list[Sample]:
        """Its samples."""
        return [self._named(each) for each in find_samples(self.folders)]

    def check(self, sample: Sample) -> Checked:
        """What comes of a sample, beside what is expected."""
        name = str(self.partner.partner)
        try:
            said = self._said(sample)
        except HubError as error:
            return Checked(name, sample, "unusable", (f"{error.message} {error.cure}".rstrip(),))
        if said is None:
            return Checked(name, sample, "unread", (f"No connection of the set-up reads {sample.stream} of {name}.",))
        if not sample.expected.is_file():
            return Checked(name, sample, "new", ("Nothing is expected of it yet.",), said)
        expected = sample.expected.read_bytes()
        if said == expected:
            return Checked(name, sample, "right", (), said)
        differences = tuple(_differences(expected, said))
        return Checked(name, sample, "different" if differences else "right", differences, said)

    def mapping(self, stream: str) -> CompiledMapping:
        """One of its mappings. Raises NotThereError."""
        found = self.partner.mappings.get(stream)
        if found is None:
            known = ", ".join(sorted(self.partner.mappings)) or "none"
            raise NotThereError(
                f"{self.partner.partner} has no mapping {stream}.", code="cli.unknown-mapping", cure=f"Known: {known}."
            )
        return found

    def coverage(self, stream: str) -> Coverage:
        """What the mapping uses of its samples."""
        mapping = self.mapping(stream)
        found = coverage(mapping)
        for sample in self.samples:
            if sample.stream == stream and mapping.file.reads:
                with suppress(HubError):  # Of a sample that cannot be read it is told why where it is checked.
                    about = _environment(sample)
                    found.take_whole(about_of(mapping, about))
                    for record, said in _records(mapping, sample, about):
                        found.take(record, said)
        return found

    def _named(self, sample: Sample) -> Sample:
        """What is expected of a file that we write is kept as such a file."""
        mapping = self.partner.mappings.get(sample.stream)
        if mapping is None or mapping.file.reads or sample.expected.is_file():
            return sample
        kind = mapping.file.format.kind
        return replace(sample, expected=sample.expected.with_suffix(f".{_SUFFIXES.get(kind, kind)}"))

    def parsed(self, sample: Sample) -> tuple[Document, Parsed] | None:
        """The sample as if it had just come in, and what it says; None where nothing of the set-up reads its stream.

        Raises HubError where it cannot be read."""
        mapping = self.partner.mappings.get(sample.stream)
        if mapping is not None:
            return parsed_sample(sample, mapping, self.codebook)
        if self._connection is None:
            return None
        live = self.hub.connection(self._connection)
        try:
            source = next((each for each in live.objects.values() if isinstance(each, Source)), None)
            document = as_document(sample, live.codebook, sample.stream)
            return (document, source.parse(document, live.codebook)) if source is not None else None
        finally:
            live.close()

    def _said(self, sample: Sample) -> bytes | None:
        mapping = self.partner.mappings.get(sample.stream)
        if mapping is not None and not mapping.file.reads:
            return written_sample(sample, mapping, self.codebook)
        found = self.parsed(sample)
        return as_json(found[1]) if found is not None else None

    @property
    def _connection(self) -> ConnectionId | None:
        connections = self.hub.setup.config.connections
        return next((name for name, each in connections.items() if each.partner == self.partner.partner), None)


def desks(hub: Hub, only: str = "") -> Iterator[Desk]:
    """Every partner of the set-up and of the user's folder, or the one. Raises NotThereError."""
    names = dict.fromkeys(map(str, hub.setup.partners))
    folders = [each / "partners" for each in mapping_folders(hub.setup.mappings)]
    names |= dict.fromkeys(each.parent.name for each in sorted(folders[0].glob("*/partner.yaml")))
    if only and only not in names and not any((folder / only / "partner.yaml").is_file() for folder in folders):
        raise NotThereError(
            f"There is no partner {only}.",
            code="cli.unknown-partner",
            cure=f"Known: {', '.join(sorted(names)) or 'none'}.",
        )
    for name in [only] if only else sorted(names):
        known = hub.setup.partners.get(PartnerId(name))
        yield Desk(hub, known if known is not None else load_partner(PartnerId(name), folders))


def _environment(sample: Sample) -> dict[str, object]:
    """What expressions may name of a sample's file."""
    return {"file": {"name": sample.path.name, "at": RECEIVED}, "partner": ""}


def _records(
    mapping: CompiledMapping, sample: Sample, about: Mapping[str, object]
) -> Iterator[tuple[Any, Said | None]]:
    """Each record of a sample with what was made of it; rows by the names of their columns."""
    form, body = mapping.file.format, sample.path.read_bytes()
    if not mapping.is_table:
        for place, tree in open_tree(form, sample.path.name, body):
            yield tree, next(TreeReader(mapping).read([(place, tree)], about), None)
        return
    table = open_table(form, sample.path.name, body)
    reader = TableReader(mapping, table.columns)
    read = reader.grouped if mapping.file.lines else reader.read
    for batch in table.batches():
        for numbered in zip(batch.numbers, batch.rows, strict=True):
            yield dict(zip(table.columns, numbered[1], strict=False)), next(iter(read([numbered], about)), None)


def _differences(expected: bytes, said: bytes) -> Iterator[str]:
    """In what they differ, by the place in JSON, else by line; nothing where they mean the same."""
    try:
        found = list(_differing("", json.loads(expected), json.loads(said)))
    except ValueError:
        found = list(_by_line(expected, said))
    yield from found[:_SHOWN]
    if len(found) > _SHOWN:
        yield f"and {len(found) - _SHOWN} more"


def _differing(place: str, expected: Any, said: Any) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(said, dict):
        for name in dict.fromkeys((*expected, *said)):
            yield from _differing(f"{place}.{name}" if place else name, expected.get(name), said.get(name))
    elif isinstance(expected, list) and isinstance(said, list):
        if len(expected) != len(said):
            yield f"{place or 'the whole'}: {len(expected)} expected, {len(said)} found"
        for number, (one, other) in enumerate(zip(expected, said, strict=False)):
            yield from _differing(f"{place}[{number}]", one, other)
    elif expected != said:
        one, other = (json.dumps(each, ensure_ascii=False) for each in (expected, said))
        yield f"{place}: {one} expected, {other} found"


def _by_line(expected: bytes, said: bytes) -> Iterator[str]:
    lines = expected.split(b"\n"), said.split(b"\n")
    for number, (one, other) in enumerate(zip(*lines, strict=False), start=1):
        if one != other:
            yield f"line {number}: {one.decode(errors='replace')!r} expected, {other.decode(errors='replace')!r} found"
    if len(lines[0]) != len(lines[1]):
        yield f"{len(lines[0])} lines expected, {len(lines[1])} found"
