"""Which fields of records a mapping uses, and which of its own it ever fills."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.mapping.fields.compile import CompiledMapping
from hub.mapping.fields.paths import Path
from hub.mapping.fields.reading import Said


@dataclass
class Coverage:
    """``seen``: how many records had something at a place of theirs; ``used``: places that the mapping takes from;
    ``filled``: how many records filled a field of ours, of those about a whole document how many documents."""

    used: frozenset[str]
    seen: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    records: int = 0

    @property
    def unused(self) -> list[str]:
        """Places that had something and that nothing was taken from."""
        return sorted(place for place in self.seen if not self._is_used(place))

    @property
    def missing(self) -> list[str]:
        """Places that the mapping takes from and that no record had."""
        return sorted(
            place for place in self.used if not any(each == place or _within(each, place) for each in self.seen)
        )

    def take_whole(self, said: Said) -> None:
        """Count what was said once of a whole document."""
        self.filled.update(list(said.fields))

    def take(self, record: Any, said: Said | None) -> None:
        """Count one more record and what was made of it."""
        self.records += 1
        self.seen.update(set(places(record)))
        for one in [said, *said.lines] if said is not None else []:
            self.filled.update(list(one.fields))

    def _is_used(self, place: str) -> bool:
        return any(place == each or _within(place, each) for each in self.used)


def coverage(mapping: CompiledMapping) -> Coverage:
    """Nothing counted yet."""
    return Coverage(frozenset(_used(mapping)))


def places(record: Any, above: str = "") -> Iterator[str]:
    """Every place of a record that has something, lists without their numbers: ``items.sku``."""
    if isinstance(record, Mapping):
        for name, value in record.items():
            yield from places(value, f"{above}.{name}" if above else str(name))
    elif isinstance(record, list):
        for value in record:
            yield from places(value, above)
    elif record not in (None, ""):
        yield above


def _used(mapping: CompiledMapping) -> Iterable[str]:
    lines = mapping.file.lines
    for part, each in mapping.all_fields:
        prefix = lines.each if part == "lines" and lines is not None and lines.each else ""
        for source in each.sources:
            if isinstance(source, Path):
                yield _place(source, prefix)
            else:
                yield from _read(source.reads, lines.each if lines else "")
        if each.when is not None:
            yield from _read(each.when.reads, lines.each if lines else "")
    if mapping.skip is not None:
        yield from _read(mapping.skip.reads, "")
    yield from lines.by if lines else ()


def _place(path: Path, prefix: str) -> str:
    names = [str(step) for step in path.steps if isinstance(step, str)]
    return ".".join(names if path.from_record or not prefix else [prefix, *names])


def _read(reads: Iterable[tuple[str, ...]], lines: str) -> Iterator[str]:
    for root, *names in reads:
        if root == "row" and names:
            yield ".".join(names)
        elif root == "line" and names:
            yield ".".join([lines, *names] if lines else names)


def _within(place: str, above: str) -> bool:
    return place.startswith(f"{above}.")
