"""Damaged interchanges from a seed: samples cut, doubled, swapped, spliced and overwritten at every level."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path

SAMPLES = Path(__file__).resolve().parent.parent / "samples" / "x12"
_ODD = [
    b"",
    b"-",
    b"9" * 40,
    b"20261399",
    b"\x1f",
    b"HL",
    b"ISA",
    b"IEA",
    b"SE",
    b"ST",
    b"LIN",
    b"\xff",
    b"\x00",
    b"1E9",
]
_ODDER = [b"~", b"*", b"\r\n", b"\n", b">", b"^", b" ", "é".encode(), b"ISA*00*", b"GE*1*1", b"SDQ*EA*92", b"QTY*33*x"]


@cache
def samples() -> Sequence[bytes]:
    """Every hand-written sample."""
    return tuple(path.read_bytes() for path in sorted(SAMPLES.glob("*/*.edi")))


def mutant(seed: int) -> bytes:
    """One to four damages to a sample; the same for the same seed."""
    rng = random.Random(seed)
    data = rng.choice(samples())
    marks = (data[105:106] or b"~", data[3:4] or b"*", data[104:105] or b">", b"")
    for _ in range(rng.randint(1, 4)):
        data = _damaged(rng, data, rng.choice(marks))
    return data


def truncated(seed: int) -> bytes:
    """A sample that ends somewhere after its first ISA and before its last segment."""
    rng = random.Random(seed)
    data = rng.choice(samples())
    end = max(data.rfind(b"IEA"), 107)
    return data[: rng.randint(106, end)]


def _damaged(rng: random.Random, data: bytes, mark: bytes) -> bytes:
    if not mark:
        return _bytes_damaged(rng, data)
    parts = data.split(mark)
    first, second = rng.randrange(len(parts)), rng.randrange(len(parts))
    match rng.choice(["drop", "double", "swap", "truncate", "splice", "overwrite"]):
        case "splice":
            other = rng.choice(samples()).split(mark)
            cut = rng.randrange(len(other))
            parts[first:first] = other[cut : cut + rng.randint(1, 6)]
        case "overwrite":
            parts[first] = rng.choice(_ODD + _ODDER)
        case kind:
            rearrange(parts, kind, first, second)
    return mark.join(parts)


def rearrange(parts: list[bytes], kind: str, first: int, second: int) -> None:
    """Drop the ``first`` part, double it at the ``second`` place, swap these two, or truncate after the first."""
    match kind:
        case "drop":
            del parts[first]
        case "double":
            parts.insert(second, parts[first])
        case "swap":
            parts[first], parts[second] = parts[second], parts[first]
        case _:
            del parts[first + 1 :]


def _bytes_damaged(rng: random.Random, data: bytes) -> bytes:
    if not data:
        return rng.choice(_ODDER)
    at = rng.randrange(len(data))
    match rng.choice(["flip", "cut", "insert", "join"]):
        case "flip":
            return data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
        case "cut":
            return data[:at] + data[at + rng.randint(1, 30) :]
        case "insert":
            return data[:at] + rng.choice(_ODD + _ODDER) + data[at:]
        case _:
            return data + rng.choice([b"", b"\r\n", b"garbage\n"]) + rng.choice(samples())
