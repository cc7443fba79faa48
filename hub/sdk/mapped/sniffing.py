"""What kind of file this is, as far as its bytes tell: where ``hub mapping new`` begins. A mapping never guesses; who
drafts one is shown what was guessed, and decides."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePath
from typing import Any

from hub.errors import DataError
from hub.mapping.fields.coverage import places
from hub.mapping.fields.paths import getter
from hub.mapping.records.format import TABLES, Kind, RecordFormat
from hub.mapping.records.layout import Column
from hub.mapping.records.tables import open_table
from hub.mapping.records.trees import open_tree

_KINDS: Mapping[str, Kind] = {
    ".tsv": "tsv",
    ".tab": "tsv",
    ".xlsx": "xlsx",
    ".json": "json",
    ".ndjson": "json",
    ".xml": "xml",
}
_LOOKED_AT = 200
_HEAD = 65_536


@dataclass(frozen=True)
class Sniffed:
    """``form``: how the file seems to be laid out; ``columns``: its columns, or places in its records, with the texts
    that some records have there. ``lines``: the place of what each record has several of, empty where there is none."""

    form: RecordFormat
    columns: Mapping[str, Sequence[str]]
    lines: str = ""
    line_columns: Mapping[str, Sequence[str]] = field(default_factory=dict)


def sniffed(name: str, body: bytes) -> Sniffed:
    """What the file seems to be. Raises DataError ``records.*`` for one that can't be read at all."""
    plain = PurePath(name.removesuffix(".gz")).suffix.lower()
    archive = "gzip" if body[:2] == b"\x1f\x8b" else "zip" if body[:4] == b"PK\x03\x04" and plain != ".xlsx" else "none"
    kind = _KINDS.get(plain) or _by_bytes(body)
    if kind in TABLES:
        return _table(name, body, kind, archive)
    form = RecordFormat.model_validate({"kind": kind, "archive": archive, **_records(kind, body)})
    trees = [tree for _, tree in islice(open_tree(form, name, body), _LOOKED_AT)]
    lines = _lines_of(trees)
    get = getter(lines.split(".")) if lines else None
    below = [line for tree in trees if get for line in _many(get(tree))]
    above = {place: texts for place, texts in _texts(trees).items() if not lines or not _within(place, lines)}
    return Sniffed(form, above, lines, _texts(below))


def _by_bytes(body: bytes) -> Kind:
    start = body[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] in (b"{", b"["):
        return "json"
    return "xml" if start[:1] == b"<" else "csv"


def _table(name: str, body: bytes, kind: Kind, archive: str) -> Sniffed:
    head = body[:_HEAD]
    known: dict[str, Any] = {"kind": kind, "archive": archive}
    if kind != "xlsx" and archive == "none":
        known |= _text_facts(head, kind)
    form = RecordFormat.model_validate(known)
    table = open_table(form, name, body)
    rows = list(islice((row for batch in table.batches() for row in batch.rows), _LOOKED_AT))
    columns = {column: [row[at] for row in rows] for at, column in enumerate(table.columns)}
    declared = {column: Column() for column in table.columns}
    return Sniffed(form.model_copy(update={"columns": declared}), columns)


def _text_facts(head: bytes, kind: Kind) -> dict[str, Any]:
    encoding = "utf-8-sig"
    try:
        # The last character may be cut in the middle.
        text = head.decode(encoding, errors="strict") if len(head) < _HEAD else head[:-4].decode(encoding)
    except UnicodeDecodeError:
        encoding = "cp1252"
        text = head.decode(encoding, errors="replace")
    lines = [line for line in text.splitlines()[:40] if line.strip()]
    facts: dict[str, Any] = {"encoding": encoding}
    if kind == "csv":
        facts["delimiter"] = _delimiter(lines)
    first = lines[0].split(facts.get("delimiter", "\t")) if lines else []
    if first and any(re.fullmatch(r"[\s\"']*-?[\d.,]+[\s\"']*", cell) for cell in first):
        facts["heading"] = 0
    return facts


def _delimiter(lines: Sequence[str]) -> str:
    """The mark that stands in most lines equally often."""

    def evenness(mark: str) -> tuple[int, int]:
        counts = Counter(line.count(mark) for line in lines)
        count, often = max(counts.items(), key=lambda each: (each[0] > 0, each[1], each[0]), default=(0, 0))
        return (often if count else 0, count)

    return max(",;\t|", key=evenness)


def _records(kind: Kind, body: bytes) -> dict[str, Any]:
    """Where the records of a tree stand: the list, or the element, that repeats most."""
    if kind == "xml":
        return {"records": _repeated_element(body)}
    text = body.decode("utf-8-sig", errors="replace")
    try:
        tree = json.loads(text)
    except ValueError:
        return {"lines": True}
    lists = sorted(_lists(tree, ""), key=lambda each: (each[0].count("."), -each[1]))
    return {"records": lists[0][0]} if isinstance(tree, dict) and lists else {}


def _lists(node: Any, above: str) -> Iterator[tuple[str, int]]:
    """Lists of objects with their paths, no deeper than through objects."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _lists(value, f"{above}.{name}" if above else name)
    elif isinstance(node, list) and any(isinstance(each, dict) for each in node) and above:
        yield above, len(node)


def _repeated_element(body: bytes) -> str:
    from lxml import etree

    counts: Counter[str] = Counter()
    way: list[str] = []
    parser = etree.XMLPullParser(("start", "end"), resolve_entities=False, no_network=True, load_dtd=False)
    try:
        parser.feed(body[: 4 * _HEAD])
        for event, element in parser.read_events():
            if event == "start":
                way.append(etree.QName(element).localname)
                counts["/" + "/".join(way)] += 1
            else:
                way.pop()
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DataError(
            f"It is no XML that can be read ({type(error).__name__}).",
            code="records.unreadable",
            cure="Have it sent again.",
        ) from None
    repeated = [path for path, count in counts.items() if count > 1]
    return min(repeated, key=lambda path: (path.count("/"), -counts[path]), default=next(iter(counts), "/"))


def _lines_of(trees: Sequence[Any]) -> str:
    """The place of the first list of objects in the records; of XML also of an element that is there several times."""
    found = (path for tree in trees for path, _ in _lists(tree, ""))
    return next(found, "")


def _texts(trees: Sequence[Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for tree in trees:
        for place in dict.fromkeys(places(tree)):
            value = getter(place.split("."))(tree)
            if not isinstance(value, list | dict):
                found.setdefault(place, []).append(str(value))
    return found


def _many(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _within(place: str, above: str) -> bool:
    return place == above or place.startswith(f"{above}.")
