"""X12 files for people: trees, findings and places as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from hub.cli.edi_shapes import finding, technical_acknowledgements

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree

    from hub.edi.findings import Finding
    from hub.edi.inspection import Inspected, InspectedSet
    from hub.edi.interchange import Interchange

_STYLES = {
    "reject": "bold red",
    "warning": "yellow",
    "accepted": "green",
    "accepted_with_findings": "yellow",
    "rejected": "bold red",
}
_USAGES = {"P": "production", "T": "test", "I": "information"}
_NAMED_MARKS = {"\n": "line feed", "\r": "carriage return", "\r\n": "CR LF", "\t": "tab", " ": "blank"}


def interchange_tree(parent: Tree, found: Inspected, *, documents: bool) -> None:
    """An interchange as a branch: groups, sets, findings, and with ``documents`` what the sets say."""
    from rich.text import Text

    head = found.interchange
    sender, receiver = head.sender, head.receiver
    parties = f"{sender.qualifier}:{sender.id} to {receiver.qualifier}:{receiver.id}"
    size = counted(head.segment_count, "segment")
    facts = f"{parties}, {_USAGES.get(head.usage, head.usage)}, {head.version}, {size}, delimiters {_marks(head)}"
    branch = parent.add(Text.assemble((f"interchange {head.control_number}", "bold"), f"  {facts}"))
    _add_findings(branch, head.findings)
    for one in technical_acknowledgements(found):
        branch.add(_technical_line(one))
    for each in found.groups:
        group = each.group
        name = f"group {group.functional_id} {group.control_number}"
        inside = branch.add(Text.assemble((name, "bold"), f"  {group.version}, {counted(len(each.sets), 'set')}"))
        _add_findings(inside, group.findings)
        for item in each.sets:
            _add_set(inside, item, documents)


def _technical_line(one: Mapping[str, Any]) -> Text:
    from rich.text import Text

    from hub.edi.spec.meanings import code_meaning

    verdict = code_meaning("TA1", 4, "", one.get("status", "")) or "no verdict"
    note = one.get("note", "")
    why = f", {code_meaning('TA1', 5, '', note) or f'note {note}'}" if note else ""
    return Text.assemble(("TA1", "bold"), f"  answers interchange {one.get('control_number', '')}: {verdict}{why}")


def _add_set(parent: Tree, one: InspectedSet, documents: bool) -> None:
    from rich.text import Text

    from hub.edi.documents.registry import document_json
    from hub.edi.spec.meanings import code_meaning

    item = one.item
    name = code_meaning("ST", 1, "143", item.id)
    facts = ", ".join(filter(None, (name, counted(item.size, "segment"))))
    status = (one.status.value.replace("_", " "), _STYLES[one.status.value])
    branch = parent.add(Text.assemble((f"{item.id} {item.control_number}", "bold"), f"  {facts}, ", status))
    _add_findings(branch, item.findings)
    if documents and one.document is not None:
        fields = document_json(one.document)
        _add_fields(branch, {key: value for key, value in fields.items() if key != "set"})


def _add_findings(parent: Tree, told: Iterable[Finding]) -> None:
    for one in told:
        parent.add(finding_line(finding(one)))


def finding_line(one: Mapping[str, Any], *, about: str = "") -> Text:
    """A finding: severity, code, place, words, and the value where there is one."""
    from rich.text import Text

    place = f"{one['segment']} {one['position']}" if one["segment"] else ""
    element = f" element {one['element']}" if one["element"] else ""
    value = f" ({one['value']})" if one["value"] else ""
    where = "".join(f"{part}: " for part in (about, f"{place}{element}") if part)
    words = f"  {one['code']}  {where}{one['text']}{value}"
    return Text.assemble((one["severity"], _STYLES[one["severity"]]), words)


def finding_home(one: Mapping[str, Any]) -> str:
    """Which group or set a finding of a flat list stands on."""
    if one["set"] is not None:
        return f"group {one['group']}, set {one['set']}"
    return f"group {one['group']}" if one["group"] is not None else "interchange"


def _add_fields(parent: Tree, fields: Mapping[str, Any]) -> None:
    from rich.text import Text

    for name, value in fields.items():
        shown = name.replace("_", " ")
        if isinstance(value, Mapping):
            _add_fields(parent.add(Text(shown)), value)
        elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
            branch = parent.add(Text(f"{shown} ({len(value)})"))
            for number, one in enumerate(value, 1):
                _add_item(branch, number, one)
        else:
            parent.add(Text(f"{shown}: {_plain(value)}"))


def _add_item(parent: Tree, number: int, item: Any) -> None:
    """One of a list: its plain fields on one line, the others below it."""
    from rich.text import Text

    fields = item if isinstance(item, Mapping) else {"": item}
    below = {key: value for key, value in fields.items() if _has_parts(value)}
    line = ", ".join(f"{key.replace('_', ' ')} {_plain(value)}" for key, value in fields.items() if key not in below)
    _add_fields(parent.add(Text(f"{number}  {line}".rstrip())), below)


def _has_parts(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and any(isinstance(one, Mapping) for one in value))


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(_plain(one) for one in value)
    return str(value)


def counted(number: int, noun: str) -> str:
    """``1 set``, ``2 sets``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _marks(head: Interchange) -> str:
    marks = head.delimiters
    used = (marks.element, marks.component, marks.terminator, marks.repetition)
    return " ".join(_NAMED_MARKS.get(mark) or _visible(mark) for mark in used if mark)


def _visible(mark: str) -> str:
    return mark if mark.isprintable() else " ".join(f"0x{ord(each):02x}" for each in mark)
