"""Random transaction sets: mostly in the set's own order, with values good and bad, from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator

from hub.edi.interchange import TransactionSet
from hub.edi.segment import Segment
from hub.edi.spec.elements import RELEASES, ElementType, element_types
from hub.edi.spec.segments import Position, segment_specs
from hub.edi.spec.sets import Loop, SetSpec, Stage, members, set_specs

_ODD = ["", " ", "a b ", "é", "x" * 60, "1", "^", "-", "10.", "-5", "1.5", "20241301", "20240229", "240101", "1799"]
_ODDER = ["2530", "1200", "123456", "12:3", "A>B", ">", ">>", "\x07", "\x1d", "  ", " x", "\u0663", "-0", "+1", ".5"]
_STRANGERS = ["QQQ", "ZZ", "SE", "LX", "N1", "HL", "LIN", "", "po1", "PO1 "]
_KINDS = element_types(RELEASES[0])


def random_set(seed: int) -> TransactionSet:
    """A set of one of the kinds the hub knows; the same for the same seed."""
    rng = random.Random(seed)
    spec = rng.choice(list(set_specs().values()))
    names = list(_names(spec.stages))
    count = rng.randint(1, 12)
    picked = sorted(rng.choices(range(len(names)), k=count)) if rng.random() < 0.7 else None
    chosen = [names[place] for place in picked] if picked else rng.choices(names, k=count)
    if rng.random() < 0.5:
        chosen.insert(rng.randrange(len(chosen) + 1), rng.choice(_STRANGERS))
    rows = [["ST", spec.id, "0001"], *(_segment(rng, name) for name in chosen)]
    if rng.random() < 0.9:
        rows.append(["SE", str(len(rows) + 1), "0001"])
    return _set(spec, rows, rng.choice([*RELEASES, "004010VICS", "005010UCS", "003060"]))


def _set(spec: SetSpec, rows: list[list[str]], version: str) -> TransactionSet:
    segments = tuple(Segment(tuple(row), number) for number, row in enumerate(rows, 1))
    return TransactionSet(spec.id, "0001", "XX", version, segments)


def _names(stages: tuple[Stage, ...]) -> Iterator[str]:
    for stage in stages:
        for member in members(stage):
            if isinstance(member, Loop):
                yield member.head
                yield from _names(member.stages)
            else:
                yield member.id


def _segment(rng: random.Random, name: str) -> list[str]:
    if name == "HL":
        return ["HL", str(rng.randint(1, 9)), rng.choice(["", "1"]), rng.choice(["S", "O", "T", "P", "I", "X", ""])]
    spec = segment_specs().get(name)
    positions = spec.positions if spec else ()
    full = len(positions)
    count = rng.choice([full, rng.randint(0, full), rng.randint(0, min(6, full)), full + rng.randint(0, 2)])
    found = [_element(rng, positions[number]) if number < full else "X" for number in range(count)]
    return [name, *found]


def _element(rng: random.Random, position: Position) -> str:
    if not position.parts:
        return _value(rng, _KINDS[position.element])
    count = rng.randint(1, len(position.parts))
    parts = [_value(rng, _KINDS[part]) for part in position.parts[:count]]
    return ">".join(parts) + rng.choice(["", "", ">", ">>>>>>>>"])


def _value(rng: random.Random, kind: ElementType) -> str:
    if rng.random() < 0.2:
        return rng.choice(_ODD + _ODDER)
    if kind.kind in ("DT", "TM"):
        return "20240105" if kind.kind == "DT" else "1230"
    letters = "0123456789" if kind.kind[0] in "NR" else "ABCDEFG012"
    return "".join(rng.choices(letters, k=rng.randint(kind.shortest, min(kind.longest, kind.shortest + 11))))
