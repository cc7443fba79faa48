"""What a YAML file says, as plain dicts and lists that know where each of their entries was written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

Steps = Sequence[int | str]
"""The way from a document's root to one of its entries: keys and positions."""


class Mark(NamedTuple):
    """Where an entry was written; line and column count from 1. ``text`` is a number, truth or null as written there,
    empty for everything else."""

    path: Path
    line: int
    column: int
    text: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class YamlMap(dict[str, Any]):
    """A mapping; ``marks`` holds the place of each key. Entries made by a program have none."""

    __slots__ = ("marks",)

    def __init__(self) -> None:
        super().__init__()
        self.marks: dict[str, Mark] = {}

    def put(self, key: str, value: Any, mark: Mark | None) -> None:
        """Set ``key``, written at ``mark``."""
        self[key] = value
        if mark is not None:
            self.marks[key] = mark


class YamlList(list[Any]):
    """A sequence; ``marks`` holds the place of each item."""

    __slots__ = ("marks",)

    def __init__(self) -> None:
        super().__init__()
        self.marks: list[Mark] = []


def mark_of(node: Any, step: int | str) -> Mark | None:
    """Where ``node`` has its entry ``step``; None where it has none, or knows no places."""
    if isinstance(node, YamlMap) and isinstance(step, str):
        return node.marks.get(step)
    if isinstance(node, YamlList) and isinstance(step, int) and step < len(node.marks):
        return node.marks[step]
    return None


def has(node: Any, step: int | str) -> bool:
    """Whether ``node`` is a mapping with that key, or a sequence with that position."""
    if isinstance(node, dict):
        return step in node
    return isinstance(node, list) and isinstance(step, int) and step < len(node)


def deepest_mark(document: Any, steps: Steps) -> Mark | None:
    """Where the last of ``steps`` that is in the document was written; steps that are not in it are passed over."""
    node, found = document, None
    for step in steps:
        # Else it is the kind of one of several forms, and no step in the document.
        if has(node, step):
            found = mark_of(node, step) or found
            node = node[step]
    return found


def place_of(document: Any, steps: Steps, path: Path) -> str:
    """``file:line:column`` of the deepest of ``steps`` that is in the document; ``path`` where none is."""
    return str(deepest_mark(document, steps) or Mark(path, 1, 1))
