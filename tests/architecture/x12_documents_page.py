"""docs/reference/x12-documents.md, from the document classes: `python -m tests.architecture.x12_documents_page`."""

from __future__ import annotations

import datetime as dt
import inspect
import re
import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from hub.edi.documents.layout import At, Counted, Many, One, Pairs, Texts, layout_of
from hub.edi.documents.registry import document_class, set_ids
from hub.edi.documents.technical import TechnicalAcknowledgement
from tests.architecture.source_tree import ROOT

PAGE = ROOT / "docs" / "reference" / "x12-documents.md"
_INTRODUCTION = """# X12 documents

The typed form of every transaction set, as `hub edi inspect --json` prints it and `hub edi generate` takes it: an
object with `"set"` and the fields below. Numbers are texts (`"12.50"`), dates and times are ISO (`"2026-11-22"`,
`"06:15:00"`), product ids are pairs (`["UP", "012345678905"]`); what is empty is left out. The last column says where
the field stands: `04` is the fourth element of the segment that the class is about, `N4 01` the first of an N4 in the
same loop.

This page is made from the classes by `python -m tests.architecture.x12_documents_page`; do not edit it.
"""
_KINDS = {str: "text", Decimal: "number", int: "whole number", dt.date: "date", dt.time: "time"}


def page() -> str:
    """The whole page."""
    roots = {**{name: document_class(name) for name in set_ids()}, "TA1": TechnicalAcknowledgement}
    found = {name: tuple(dict.fromkeys(_reachable(root))) for name, root in roots.items()}
    uses = Counter(kind for kinds in found.values() for kind in kinds)
    parts = [_INTRODUCTION]
    for name, kinds in found.items():
        parts.append(f"## {name}\n")
        parts.extend(_class(kind) for kind in kinds if uses[kind] == 1)
    parts.append("## Shared by several sets\n")
    parts.extend(
        _class(kind) for kind in sorted((kind for kind in uses if uses[kind] > 1), key=lambda kind: kind.__name__)
    )
    return "\n".join(parts)


def _reachable(kind: type) -> Iterator[type]:
    yield kind
    for hint in get_type_hints(kind).values():
        for part in (get_args(hint) or (hint,))[:1]:
            if is_dataclass(part) and isinstance(part, type) and part is not kind and part.__name__ != "Finding":
                yield from _reachable(part)


def _class(kind: type) -> str:
    places = {field.name: field.place for field in layout_of(kind).fields}
    hints = get_type_hints(kind)
    words = re.sub(r" ?edi\.md [\d.]+", "", inspect.getdoc(kind) or "").replace("``", "`")
    lines = [f"### {kind.__name__}\n", textwrap.fill(" ".join(words.split()), 120) + "\n"]
    lines += ["| field | value | where |", "|---|---|---|"]
    for field in fields(kind):
        if field.compare:
            lines.append(f"| `{field.name}` | {_kind(hints[field.name])} | {_place(places.get(field.name))} |")
    return "\n".join(lines) + "\n"


def _kind(hint: Any) -> str:
    if get_origin(hint) is tuple:
        first = get_args(hint)[0]
        return "list of pairs" if get_origin(first) is tuple else f"list of {_kind(first)}"
    named = [part for part in get_args(hint) if part is not NoneType] or [hint]
    return _KINDS.get(named[0]) or named[0].__name__


def _place(place: Any) -> str:
    match place:
        case At(element=element, segment=segment, implied=implied):
            return f"{segment} {element:02}".strip() + (f", {implied} decimals implied" if implied else "")
        case Pairs(start=start, places=places):
            return ", ".join(f"{number:02}" for number in places) if places else f"from {start:02}"
        case Texts(segment=segment, elements=elements):
            return f"{segment} {' '.join(f'{number:02}' for number in elements)}"
        case Counted(segment=segment):
            return f"{segment} 01, counted when written"
        case Many(segment=segment) | One(segment=segment):
            return str(segment)
    return ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
