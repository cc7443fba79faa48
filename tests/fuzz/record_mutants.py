"""Damaged files of records from a seed: rows, cells, tags, members and bytes cut, doubled, swapped and overwritten."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from hub.mapping.records.format import Column, Limits, RecordFormat, Trailer
from hub.mapping.records.writing import write_records
from tests.fuzz.mutants import rearrange

_COLUMNS = {"sku": Column(required=True), "name": Column(), "quantity": Column()}
_FIXED = {"sku": Column(start=1, width=8), "name": Column(start=9, width=20), "quantity": Column(start=30, width=6)}
_LIMITS = Limits(max_bytes=4 * 1024 * 1024, max_records=5_000)
_ROWS = [(f"TOY-{number:03d}", f'Kite "{number}", red; {"ö" * (number % 5)}', Decimal(number)) for number in range(40)]
_TREES: list[Any] = [
    {"sku": sku, "name": name, "stock": {"quantity": quantity, "tags": ["a", "b"]}} for sku, name, quantity in _ROWS
]
_ODD = [b"", b'"', b"'", b"\0", b"\xff", b"\r", b"\n", b",", b"[", b"]", b"{", b"}", b"<", b">", b"&#0;", b"&x;"]
_ODDER = [
    b"1e999",
    b"9" * 50,
    b"NaN",
    b"\\ud800",
    b"\\u0000",
    b"]]>",
    b"<![CDATA[",
    b"<?x",
    b"<!DOCTYPE a>",
    b"x" * 5000,
]
_LARGEST = 1024 * 1024
_MARKS = [b"PK\x03\x04", b"\x1f\x8b"]


@dataclass(frozen=True)
class Mutant:
    """A damaged file, and the format it is read by."""

    form: RecordFormat
    body: bytes


@cache
def formats() -> Sequence[RecordFormat]:
    """Every kind, plain and packed."""
    tables: dict[str, Any] = {"columns": _COLUMNS, "limits": _LIMITS}
    plain = (
        RecordFormat(kind="csv", **tables),
        RecordFormat(kind="csv", **tables, delimiter=";", encoding="cp1252", trailer=Trailer(prefix="TRL", count=2)),
        RecordFormat(kind="tsv", **tables, encoding="utf-16", extra="refuse", formula_safe=True),
        RecordFormat(kind="fixed", columns=_FIXED, limits=_LIMITS),
        RecordFormat(kind="xlsx", **tables),
        RecordFormat(kind="xlsx", **tables),
        RecordFormat(kind="json", records="feed.products", limits=_LIMITS),
        RecordFormat(kind="json", lines=True, limits=_LIMITS),
        RecordFormat(kind="xml", records="/feed/product", limits=_LIMITS),
        RecordFormat(kind="xml", records="/feed/product", limits=_LIMITS),
    )
    packed = [one.model_copy(update={"archive": archive}) for one in plain[::3] for archive in ("gzip", "zip")]
    return (*plain, *packed)


def mutant(seed: int) -> Mutant:
    """One to four damages to a sound file, half of those to packed files within the packing; the same for a seed."""
    rng = random.Random(seed)
    index = rng.randrange(len(formats()))
    form, body = formats()[index], _samples()[index]
    damages = [_damage(rng) for _ in range(rng.randint(1, 4))]
    unpack = rng.random() < 0.5

    def damaged(data: bytes) -> bytes:
        for damage in damages:
            data = damage(data)[:_LARGEST]
        return data

    if unpack and (form.kind == "xlsx" or form.archive == "zip"):
        return Mutant(form, _repacked(rng, body, damaged))
    if unpack and form.archive == "gzip":
        return Mutant(form, gzip.compress(damaged(gzip.decompress(body))))
    return Mutant(form, damaged(body))


@cache
def _samples() -> Sequence[bytes]:
    return tuple(_sample(form) for form in formats())


def _sample(form: RecordFormat) -> bytes:
    stream = io.BytesIO()
    write_records(form, _TREES if form.kind in {"json", "xml"} else _ROWS, stream)
    return stream.getvalue()


def _repacked(rng: random.Random, body: bytes, damaged: Callable[[bytes], bytes]) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as source, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        chosen = rng.choice(source.namelist())
        for name in source.namelist():
            archive.writestr(name, damaged(source.read(name)) if name == chosen else source.read(name))
    return kept.getvalue()


def _damage(rng: random.Random) -> Callable[[bytes], bytes]:
    mark = rng.choice([b"\n", b",", b'"', b"<", b">", b"{", b"", b"", b""])
    kind = rng.choice(["drop", "double", "swap", "truncate", "overwrite", "repeat"])
    odd, seed = rng.choice(_ODD + _ODDER + _MARKS), rng.random()

    def damaged(data: bytes) -> bytes:
        places = random.Random(seed)
        if not mark:
            return _bytes_damaged(places, data, kind, odd)
        parts = data.split(mark)
        first, second = places.randrange(len(parts)), places.randrange(len(parts))
        match kind:
            case "repeat":
                parts[first:first] = [parts[first]] * min(300, _LARGEST // (1 + len(parts[first])))
            case "overwrite":
                parts[first] = odd
            case _:
                rearrange(parts, kind, first, second)
        return mark.join(parts)

    return damaged


def _bytes_damaged(places: random.Random, data: bytes, kind: str, odd: bytes) -> bytes:
    at = places.randrange(len(data) + 1)
    match kind:
        case "truncate":
            return data[:at]
        case "drop":
            return data[:at] + data[at + places.randint(1, 30) :]
        case "swap":
            return data[:at] + bytes([places.randrange(256)]) + data[at + 1 :]
        case _:
            return data[:at] + odd + data[at:]
