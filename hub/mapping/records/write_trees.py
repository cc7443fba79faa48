"""Trees written: JSON and XML, record by record, always the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from hub.mapping.records.faults import unwritable
from hub.mapping.records.format import RecordFormat
from hub.mapping.records.json_records import has_odd_characters
from hub.mapping.records.packing import ByteSink
from hub.mapping.records.text_sink import TextSink
from hub.mapping.records.tree import Tree

if TYPE_CHECKING:
    from lxml import etree

_MEND = "Map another value."


def write_json(form: RecordFormat, trees: Iterable[Tree], sink: ByteSink) -> int:
    """The records, one a line: a list at ``form.records``, or bare where lines are records; how many.

    Decimals keep their digits. Raises DataError ``records.unwritable``, ``records.unencodable``.
    """
    steps = form.records.split(".") if form.records else []
    text = TextSink(form, sink)
    count = 0
    if not form.lines:
        text.write("".join(f"{{{json.dumps(step)}:" for step in steps) + "[")
    for count, tree in enumerate(trees, start=1):
        if has_odd_characters(tree):
            raise unwritable("A text has a NUL, or half a character.", _MEND, f"record {count}")
        before = "" if form.lines else "\n" if count == 1 else ",\n"
        text.write(before + _json(tree) + ("\n" if form.lines else ""))
    if not form.lines:
        text.write(f"\n]{'}' * len(steps)}\n")
    return count


def _json(tree: Tree) -> str:
    match tree:
        case Decimal():
            return _number(tree)
        case list():
            return f"[{','.join(map(_json, tree))}]"
        case dict():
            return "{" + ",".join(f"{json.dumps(key)}:{_json(value)}" for key, value in tree.items()) + "}"
        case _:
            return json.dumps(tree)


def write_xml(form: RecordFormat, trees: Iterable[Tree], sink: ByteSink) -> int:
    """The records as elements of the path ``form.records``, one a line; how many.

    The inverse of reading: ``@name`` is an attribute, ``#text`` the text, a list one element for each. Characters that
    the declared encoding has not are written as references. Raises DataError ``records.unwritable``.
    """
    from lxml import etree

    *outer, name = form.records.split("/")[1:]
    text = TextSink(form, sink, "xmlcharrefreplace")
    text.write(f'<?xml version="1.0" encoding="{text.encoding}"?>\n')
    text.write("".join(f"<{step}>" for step in outer))
    count = 0
    for count, tree in enumerate(trees, start=1):
        place = f"record {count}"
        if count > 1 and not outer:
            raise unwritable("The path names the root, and there are several records.", "Name a root.", place)
        element = etree.Element(name)
        try:
            _fill(element, tree, form)
        except (ValueError, TypeError) as error:
            raise unwritable(f"It cannot be written as XML: {error}.", _MEND, place) from None
        text.write("\n" + etree.tostring(element, encoding="unicode"))
    text.write("\n" + "".join(f"</{step}>" for step in reversed(outer)) + "\n")
    return count


def _fill(element: etree._Element, tree: Tree, form: RecordFormat) -> None:
    from lxml import etree

    if not isinstance(tree, dict):
        element.text = _text(tree, form)
        return
    for name, value in tree.items():
        if name == "#text":
            element.text = _text(value, form)
        elif name.startswith("@"):
            element.set(name[1:], _text(value, form))
        else:
            for each in value if isinstance(value, list) else [value]:
                _fill(etree.SubElement(element, name), each, form)


def _text(value: Tree, form: RecordFormat) -> str:
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return (form.locale.true_words if value else form.locale.false_words)[0]
        case Decimal():
            return _number(value).replace(".", form.locale.decimal)
        case int():
            return str(value)
        case _:
            raise ValueError("a list or a mapping stands where a text is wanted")


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise unwritable("A number is not finite.", _MEND)
    return f"{value:f}"
