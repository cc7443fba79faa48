"""Where a value stands in a record: ``Qty`` in a table, ``ship_to.city``, ``items[0].sku``, ``@id`` in a tree.

A path that begins with ``/`` is of the whole record, also where lines are mapped. A name that is no plain word is
quoted: ``'Item No.'``, ``order.'ship to'``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_STEP = re.compile(
    r"'(?P<quoted>(?:[^']|'')+)'|(?P<name>[^.'\[\]/\s](?:[^.'\[\]/]*[^.'\[\]/\s])?)|\[(?P<index>\d{1,6})\]", re.ASCII
)

Step = str | int
Get = Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class Path:
    """``steps`` are names and places counted from 0; ``from_record`` where it begins with ``/``."""

    text: str
    steps: tuple[Step, ...]
    from_record: bool = False

    @property
    def name(self) -> str:
        """Its only step's name, empty where it has more than one."""
        return self.steps[0] if len(self.steps) == 1 and isinstance(self.steps[0], str) else ""


def parse_path(text: str) -> Path:
    """The path. Raises ValueError with what is wrong and at which character, counted from 1."""
    place = 1 if text.startswith("/") else 0
    steps: list[Step] = []
    while place < len(text):
        if steps and text[place] == ".":
            place += 1
        elif steps and text[place] != "[":
            raise ValueError(f"a dot or [ is missing at character {place + 1}")
        found = _STEP.match(text, place)
        if found is None:
            raise ValueError(f"a name or a place such as [0] is missing at character {place + 1}")
        if found["index"] is not None:
            steps.append(int(found["index"]))
        else:
            steps.append(found["quoted"].replace("''", "'") if found["quoted"] else found["name"])
        place = found.end()
    if not steps:
        raise ValueError("it is empty")
    return Path(text, tuple(steps), text.startswith("/"))


def getter(steps: Sequence[Step]) -> Get:
    """What gets the value from a tree; None where a step leads nowhere.

    A name of a list's elements is taken of its only element: partners write one thing now as itself, now as a list of
    one. Of several elements it is all of their values.
    """
    if len(steps) == 1 and isinstance(steps[0], str):
        only = steps[0]
        return lambda tree: tree.get(only) if isinstance(tree, Mapping) else _value(tree, only)
    path = tuple(steps)

    def get(tree: Any) -> object:
        for step in path:
            tree = _value(tree, step)
            if tree is None:
                return None
        return tree

    return get


def _value(node: Any, step: Step) -> Any:
    if isinstance(step, int):
        if isinstance(node, list):
            return node[step] if step < len(node) else None
        return node if step == 0 else None
    if isinstance(node, Mapping):
        return node.get(step)
    if isinstance(node, list):
        found = [value for value in (_value(each, step) for each in node) if value is not None]
        return found[0] if len(found) == 1 else found or None
    return None


def put(tree: dict[str, Any], steps: Sequence[Step], value: object) -> None:
    """Set it in a tree, making the way there. Raises ValueError where the way leads through a value."""
    node: Any = tree
    for step, after in zip(steps, [*steps[1:], None], strict=True):
        last = after is None
        if isinstance(step, int):
            if not isinstance(node, list) or step > len(node):
                raise ValueError(f"[{step}] has no place before it")
            if step == len(node):
                node.append(value if last else _empty(after))
            elif last:
                node[step] = value
            node = node[step]
            continue
        if not isinstance(node, dict):
            raise ValueError(f"{step} lies within a value")
        if last:
            node[step] = value
        else:
            node = node.setdefault(step, _empty(after))


def _empty(step: Step | None) -> Any:
    return [] if isinstance(step, int) else {}
