"""The events of a YAML parser put together to YamlMaps, YamlLists and plain values, within limits.

Values are read by the core schema of YAML 1.2: ``no`` and dates are text. Tags are refused, so that nothing is ever
made but these. ``<<`` merges mappings, as in YAML 1.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from hub.errors import ConfigurationError
from hub.mapping.faults import Faults
from hub.mapping.yaml_nodes import Mark, YamlList, YamlMap

MAX_DEPTH = 40
MAX_ENTRIES = 250_000
"""Keys and values that a file may hold with every alias written out; hub.yaml of 200 partners has some 10,000."""
TEXT_OF_AN_ENTRY = 64

_MOST_SHOWN = 60
_CORE = "tag:yaml.org,2002:"
_TEXT_TAGS = frozenset({"!", f"{_CORE}str"})
NULLS = frozenset({"~", "null", "Null", "NULL"})
_CONSTANTS = {
    **dict.fromkeys(("", *NULLS), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]{1,100}|0o[0-7]{1,100}|0x[0-9a-fA-F]{1,100}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_NUMBER_STARTS = frozenset("+-.0123456789")


def plain_value(text: str) -> Any:
    """What an unquoted scalar is: None, a bool, an int, a float, else its text."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in _NUMBER_STARTS:
        return text
    if _INTEGER.fullmatch(text):
        # Leading zeros count for nothing, and so would be lost from an identifier.
        return int(text, 0) if text[:2] in {"0o", "0x"} else int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return float(text.replace(".", "", 1)) if _NO_NUMBER.fullmatch(text) else text


class Composer:
    """Puts one document together. ``faults``: keys that are no text or stand twice; the rest is read all the same."""

    def __init__(self, events: Iterator[Event], path: Path) -> None:
        self._events = events
        self._path = path
        self.faults = Faults()
        self._anchors: dict[str, tuple[Any, int, int]] = {}
        self._entries = 0
        self._deepest = 0

    def document(self) -> Any:
        """The only document; None where there is none.

        Raises ConfigurationError ``configuration.tag``, ``configuration.too-large``, ``configuration.yaml``, and what
        the parser raises.
        """
        for event in self._events:
            if isinstance(event, StreamEndEvent):
                return None
            if isinstance(event, DocumentStartEvent):
                break
        found = self._node(next(self._events), 1)
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                raise self._fault("A second document starts here.", event, "configuration.yaml", "Keep one per file.")
        return found

    def _node(self, event: Event, depth: int) -> Any:
        entries, deepest = self._entries, self._deepest
        self._count(event)
        if depth > MAX_DEPTH:
            raise self._too_large(event)
        if isinstance(event, AliasEvent):
            return self._alias(event, depth)
        if event.anchor is None:
            self._deepest = max(self._deepest, depth)
            return self._content(event, depth)
        self._deepest = depth
        found = self._content(event, depth)
        self._anchors[event.anchor] = (found, self._entries - entries, self._deepest - depth)
        self._deepest = max(deepest, self._deepest)
        return found

    def _count(self, event: Event) -> None:
        """A long text weighs as much as several entries: it, too, can be written out again and again."""
        self._entries += 1 + (len(event.value) // TEXT_OF_AN_ENTRY if isinstance(event, ScalarEvent) else 0)
        if self._entries > MAX_ENTRIES:
            raise self._too_large(event)

    def _alias(self, event: AliasEvent, depth: int) -> Any:
        if event.anchor not in self._anchors:
            cure = "Write the anchor (&) before the alias, and not around it."
            raise self._fault(f"Nothing is named {_shown(event.anchor)} here.", event, "configuration.yaml", cure)
        found, entries, height = self._anchors[event.anchor]
        self._entries += entries
        self._deepest = max(self._deepest, depth + height)
        if self._entries > MAX_ENTRIES or self._deepest > MAX_DEPTH:
            raise self._too_large(event)
        return found

    def _content(self, event: Event, depth: int) -> Any:
        tag = event.tag
        if tag is not None and (tag not in _TEXT_TAGS or not isinstance(event, ScalarEvent)):
            cure = "Remove it: a value is text, a number, true, false, null, a list or a mapping."
            raise self._fault(
                f"The tag {_shown(tag.replace(_CORE, '!!'))} means nothing here.", event, "configuration.tag", cure
            )
        if isinstance(event, MappingStartEvent):
            return self._mapping(depth)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(depth)
        return plain_value(event.value) if _is_plain(event) else event.value

    def _sequence(self, depth: int) -> YamlList:
        found = YamlList()
        for event in self._events:
            if isinstance(event, SequenceEndEvent):
                break
            found.append(self._node(event, depth + 1))
            found.marks.append(self._mark(event, found[-1], event))
        return found

    def _mapping(self, depth: int) -> YamlMap:
        found, merged = YamlMap(), list[YamlMap]()
        for event in self._events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._key(event)
            value_event = next(self._events)
            value = self._node(value_event, depth + 1)
            if key == "<<" and _is_plain(event):
                merged.extend(self._merged(value, event))
            elif key in found:
                cure = f"It stands in line {found.marks[key].line} already: keep one of them."
                self.faults.add(
                    self._fault(f"The key {_shown(key)} stands twice.", event, "configuration.duplicate-key", cure)
                )
            else:
                found.put(key, value, self._mark(event, value, value_event))
        for base in merged:
            for key, value in base.items():
                if key not in found:
                    found.put(key, value, base.marks.get(key))
        return found

    def _key(self, event: Event) -> str:
        """The key as it is written. One that is no text is a fault: unquoted, 04 would be 4, which is another code."""
        self._count(event)
        if not isinstance(event, ScalarEvent):
            raise self._fault("A key is no text.", event, "configuration.yaml", "Write a name before the colon.")
        if _is_plain(event) and not isinstance(plain_value(event.value), str):
            self.faults.add(
                self._fault(
                    f"The key {_shown(event.value) or 'null'} is no text.",
                    event,
                    "configuration.invalid",
                    f'Quote it: "{_shown(event.value)}". Identifiers are text.',
                )
            )
        return str(event.value)

    def _merged(self, value: Any, event: Event) -> list[YamlMap]:
        given = value if isinstance(value, YamlList) else [value]
        if not all(isinstance(each, YamlMap) for each in given):
            raise self._fault("<< merges mappings only.", event, "configuration.yaml", "Name anchors of mappings.")
        return given

    def _mark(self, event: Event, value: Any, written: Event) -> Mark:
        is_other = isinstance(value, str | YamlMap | YamlList) or not isinstance(written, ScalarEvent)
        start = event.start_mark
        return Mark(self._path, start.line + 1, start.column + 1, "" if is_other else written.value)

    def _too_large(self, event: Event) -> ConfigurationError:
        words = f"The file nests deeper than {MAX_DEPTH} levels or holds more than {MAX_ENTRIES} entries."
        cure = "Split it, and write out less by aliases."
        return self._fault(words, event, "configuration.too-large", cure)

    def _fault(self, words: str, event: Event, code: str, cure: str) -> ConfigurationError:
        return ConfigurationError(words, code=code, cure=cure, place=str(self._mark(event, "", event)))


def _is_plain(event: ScalarEvent) -> bool:
    return bool(event.implicit[0]) and event.tag is None


def _shown(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."
