"""Records out of JSON, one at a time: exact numbers, no key twice, nothing a database would not take."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from hub.errors import DataError
from hub.mapping.records.faults import no_records, too_big, truncated
from hub.mapping.records.format import RecordFormat
from hub.mapping.records.json_text import JsonText, check_depth
from hub.mapping.records.layout import Limits
from hub.mapping.records.lines import Lines
from hub.mapping.records.source import ByteSource
from hub.mapping.records.text import Text, checked_text, not_text
from hub.mapping.records.tree import Tree

_MOST_DIGITS = 40
_LONGEST_NUMBER = 64
_ODD_ESCAPES = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_ODD_CHARACTERS = re.compile("[\0\ud800-\udfff]")


def json_records(form: RecordFormat, source: ByteSource) -> Iterator[tuple[str, Tree]]:
    """Every record with its place: ``feed.products[17]``, counted from 0 on, or ``line 18``.

    Raises DataError ``records.path``, ``records.syntax``, ``records.number``, ``records.key-twice``,
    ``records.too-deep``, ``records.too-big``, ``records.truncated``, ``records.encoding``, ``records.undecodable``.
    """
    if form.lines:
        return _line_records(Text(source, form.encoding), form.limits)
    return _Walk(JsonText(checked_text(source, form.encoding), form.limits), form).records()


def _line_records(text: Text, limits: Limits) -> Iterator[tuple[str, Tree]]:
    lines = Lines(text)
    for number, line in enumerate(lines.each, start=1):
        lines.begin_step()
        if not line.strip():
            continue
        place = f"line {number}"
        json_text = JsonText(iter([line]), limits)
        try:
            if text.undecodable:
                raise not_text()
            yield place, decoded(json_text.value(0), place)
            if json_text.peek():
                raise json_text.wrong("A second value stands on the line.")
        except DataError as error:
            error.path = place
            if error.code == "records.truncated" and line.endswith(("\n", "\r")):
                error.code = "records.syntax"
            raise


class _Walk:
    """The way to the records."""

    def __init__(self, text: JsonText, form: RecordFormat) -> None:
        self._text, self._limits = text, form.limits
        self._steps = form.records.split(".") if form.records else []
        self._found = self._count = 0

    def records(self) -> Iterator[tuple[str, Tree]]:
        if not self._text.peek():
            raise truncated("The file is empty.")
        for record in self._below("", self._steps, 0):
            self._count += 1
            if self._count > self._limits.max_records:
                raise too_big(f"It has more than {self._limits.max_records} records.", record[0])
            yield record
        if self._text.peek():
            raise self._text.wrong("It goes on behind its end.")
        if not self._found:
            raise no_records(".".join(self._steps))

    def _below(self, place: str, steps: Sequence[str], depth: int) -> Iterator[tuple[str, Tree]]:
        first = self._text.peek()
        if first == "[":
            yield from self._elements(place, steps, depth)
        elif steps and first == "{":
            yield from self._key(place, steps, depth)
        else:
            value = decoded(self._text.value(depth), place)
            if value is not None and not isinstance(value, dict):
                raise no_records(place or "the file", "There is a single value")
            self._found += 1
            if value is not None:
                yield place, value

    def _elements(self, place: str, steps: Sequence[str], depth: int) -> Iterator[tuple[str, Tree]]:
        self._text.take("[")
        check_depth(depth + 1, self._limits, place)
        if self._text.peek() == "]":
            self._text.take("]")
            self._found += 1
            return
        index, after = 0, ","
        while after == ",":
            each = f"{place}[{index}]"
            if steps:
                yield from self._below(each, steps, depth + 1)
            else:
                self._found += 1
                yield each, decoded(self._text.value(depth + 1), each)
            index += 1
            after = self._text.take(",]")

    def _key(self, place: str, steps: Sequence[str], depth: int) -> Iterator[tuple[str, Tree]]:
        self._text.take("{")
        check_depth(depth + 1, self._limits, place)
        seen: set[str] = set()
        after = "," if self._text.peek() != "}" else self._text.take("}")
        while after == ",":
            if self._text.peek() != '"':
                raise self._text.wrong("Here a key in quotes is wanted.")
            key = str(decoded(self._text.value(depth + 1), place))
            if key in seen:
                raise _twice(key, place)
            seen.add(key)
            if len(seen) > self._limits.max_columns:
                raise too_big(f"It has more than {self._limits.max_columns} keys.", place)
            self._text.take(":")
            if key == steps[0]:
                yield from self._below(f"{place}.{key}" if place else key, steps[1:], depth + 1)
            else:
                self._text.skip(depth + 1)
            after = self._text.take(",}")


def decoded(text: str, place: str) -> Tree:
    """One value. Raises DataError, naming ``place``."""
    try:
        tree: Tree = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        what = f"It is no JSON: {error.msg}."
        raise DataError(what, code="records.syntax", cure="Have it mended where it is made.", path=place) from None
    except DataError as error:
        error.path = place
        raise
    if _ODD_ESCAPES.search(text) and has_odd_characters(tree):
        raise DataError(
            "A text has a character that no database takes: NUL, or half of one.",
            code="records.undecodable",
            cure="Have it mended where it is made.",
            path=place,
        )
    return tree


def has_odd_characters(tree: Tree) -> bool:
    """Whether a text in it has a character that no database takes: NUL, or half of one."""
    return any(map(_ODD_CHARACTERS.search, _texts(tree)))


def _texts(tree: Tree) -> Iterator[str]:
    match tree:
        case str():
            yield tree
        case list():
            for each in tree:
                yield from _texts(each)
        case dict():
            for key, each in tree.items():
                yield key
                yield from _texts(each)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _twice(next(key for key in keys if keys.count(key) > 1), "")
    return found


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > _MOST_DIGITS:
        raise _number(f"A number has more than {_MOST_DIGITS} digits.")
    return int(text)


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text) if len(text) <= _LONGEST_NUMBER else None
    except ArithmeticError:
        value = None
    if value is None or abs(value.adjusted()) > _MOST_DIGITS:
        raise _number(f"A number has more than {_MOST_DIGITS} digits before or behind its point.")
    return value


def _constant(name: str) -> Any:
    raise _number(f"{name} is no number.")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_decimal, parse_constant=_constant
)


def _number(message: str) -> DataError:
    return DataError(message, code="records.number", cure="Have it mended where it is made.")


def _twice(key: str, place: str) -> DataError:
    return DataError(
        f"The key {key[:80]} stands there twice.",
        code="records.key-twice",
        cure="Have it mended where it is made: nobody can say which of the two counts.",
        path=place,
    )
