"""Files made to fill memory or to lead astray, and a process of its own in which they are opened."""

from __future__ import annotations

import gzip
import io
import json
import stat
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.unit.mapping.records.reading import book, zipped

MEGABYTE = 1024 * 1024
_BLANKS = b" " * MEGABYTE


@dataclass(frozen=True)
class Bomb:
    """A hostile body, the format it is opened by, and the code it must be refused with."""

    name: str
    layout: dict[str, Any]
    body: bytes
    code: str


def bombs() -> Iterator[Bomb]:
    """Every kind we know."""
    for kind, start in (("csv", b""), ("json", b"["), ("xml", b"<a>")):
        layout = {"kind": kind, "records": "/a/b"} if kind == "xml" else {"kind": kind}
        yield Bomb(f"gzip {kind}", {**layout, "archive": "gzip"}, _gzip(start, 50), "records.too-big")
        yield Bomb(f"zip {kind}", {**layout, "archive": "zip"}, _zip(20), "records.too-big")
    yield Bomb("zip that lies of its size", {"kind": "csv", "archive": "zip"}, _lying(), "records.unreadable")
    yield Bomb("zip of many members", {"kind": "csv", "archive": "zip"}, _crowd(), "records.too-big")
    yield from _tricks()
    yield from _workbooks()
    yield from _texts()


def _gzip(start: bytes, megabytes: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return packer.compress(start) + b"".join(packer.compress(_BLANKS) for _ in range(megabytes)) + packer.flush()


def _zip(megabytes: int) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.csv", "w") as member:
        for _ in range(megabytes):
            member.write(_BLANKS)
    return kept.getvalue()


def _lying() -> bytes:
    """A member of 20 MB that says it has a thousand bytes."""
    body = bytearray(_zip(20))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<L", body, body.find(mark) + at, 1_000)
    return bytes(body)


def _crowd() -> bytes:
    return zipped({f"{number}.csv": b"" for number in range(25_000)}, zipfile.ZIP_STORED)


def _tricks() -> Iterator[Bomb]:
    layout = {"kind": "csv", "archive": "zip"}
    for name in ("../a.csv", "/etc/a.csv", "C:/a.csv", "a/../../b.csv", "..\\a.csv", "a\x01.csv"):
        yield Bomb(f"a member {name!r}", layout, zipped({name: b"sku\n"}), "records.archive")
    yield Bomb("an archive in an archive", layout, zipped({"a.zip": zipped({"a.csv": b"sku\n"})}), "records.archive")
    yield Bomb("gzip in an archive", layout, zipped({"a.csv.gz": gzip.compress(b"sku\n")}), "records.archive")
    yield Bomb("a member packed with lzma", layout, zipped({"a.csv": b"sku\n"}, zipfile.ZIP_LZMA), "records.archive")
    yield Bomb("a link", layout, _link(), "records.archive")
    locked = bytearray(zipped({"a.csv": b"sku\n"}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.find(mark) + at] |= 1
    yield Bomb("a member with a password", layout, bytes(locked), "records.archive")
    yield Bomb("an archive without files", layout, zipped({}), "records.member")
    yield Bomb("an archive of two files", layout, zipped({"a.csv": b"", "b.csv": b""}), "records.member")
    yield Bomb("an archive that was cut", layout, zipped({"a.csv": b"sku\n"})[:-30], "records.truncated")
    layout = {"kind": "csv", "archive": "gzip"}
    yield Bomb("a gzip file that was cut", layout, gzip.compress(b"sku\n")[:-6], "records.truncated")
    yield Bomb("no gzip file", layout, b"sku\nA\n", "records.unreadable")


def _link() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        member = zipfile.ZipInfo("a.csv")
        member.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(member, "/etc/passwd")
    return kept.getvalue()


def _workbooks() -> Iterator[Bomb]:
    layout = {"kind": "xlsx"}
    yield Bomb("a workbook that unpacks to much", layout, _zip(20), "records.too-big")
    small = book(("A", [(0, 0, "sku"), (1, 1, "x")]))
    corner = _replaced(small, b'r="B2"', b'r="XFD1048576"')
    yield Bomb("a workbook with one far cell", layout, corner, "records.too-big")
    echo = book(("A", [(row, column, "x" * 30_000) for row in range(4_000) for column in range(4)]))
    yield Bomb("a workbook with one text in every cell", layout, echo, "records.too-big")
    yield Bomb("a workbook that is no archive", layout, b"PK\x03\x04" + bytes(1000), "records.truncated")
    yield Bomb("a workbook that is empty", layout, zipped({}), "records.unreadable")


def _replaced(body: bytes, old: bytes, new: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(body)) as source:
        return zipped({name: source.read(name).replace(old, new) for name in source.namelist()})


def _texts() -> Iterator[Bomb]:
    big = {"max_bytes": 10**9}
    entities = "".join(f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 10))
    laughs = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a0 "ha">{entities}]><a><b>&a9;</b></a>'
    xml = {"kind": "xml", "records": "/a/b", "limits": big}
    yield Bomb("a billion laughs", xml, laughs.encode(), "records.doctype")
    outside = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><b>&x;</b></a>'
    yield Bomb("an entity from a file", xml, outside.encode(), "records.doctype")
    yield Bomb("a text of 40 MB in XML", xml, b"<a><b>" + b"x" * (40 * MEGABYTE), "records.too-big")
    attributes = b"".join(b'a%d="" ' % number for number in range(10**6))
    yield Bomb("a tag of a million attributes", xml, b"<a " + attributes, "records.too-big")
    yield Bomb("a million elements in a record", xml, b"<a><b>" + b"<c/>" * 10**6, "records.too-big")
    names = b"".join(b"<n%d/>" % number for number in range(10**6))
    yield Bomb("a million names", xml, b"<a>" + names, "records.too-big")
    # The parser itself ends at 256, before it tells of the first.
    yield Bomb("XML of great depth", xml, b"<a>" * 10**6, "records.syntax")
    json_layout = {"kind": "json", "limits": big}
    yield Bomb("JSON of great depth", json_layout, b"[" * (10 * MEGABYTE), "records.too-deep")
    yield Bomb("an endless text in JSON", json_layout, b'["' + b"x" * (40 * MEGABYTE), "records.too-big")
    yield Bomb("an endless record in JSON", json_layout, b"[[" + b"1," * (20 * MEGABYTE), "records.too-big")
    yield Bomb("a number of a million digits", json_layout, b"[" + b"9" * MEGABYTE + b"]", "records.syntax")
    yield Bomb("an endless line in JSON", {**json_layout, "lines": True}, b" " * (40 * MEGABYTE), "records.too-big")
    yield Bomb("a key for every byte", {**json_layout, "records": "z"}, _keys(), "records.too-big")
    csv_layout = {"kind": "csv", "limits": big}
    yield Bomb("an endless line in CSV", csv_layout, b"," * (40 * MEGABYTE), "records.too-big")
    yield Bomb("a row over all lines in CSV", csv_layout, b'sku\n"' + b'\n","' * (10 * MEGABYTE), "records.too-big")
    yield Bomb("an endless line of fixed width", _fixed(big), b"x" * (40 * MEGABYTE), "records.too-big")
    yield Bomb("a heading of a million columns", csv_layout, b"a," * 10**6 + b"\n", "records.too-big")


def _keys() -> bytes:
    return b"{" + b",".join(b'"k%d":1' % number for number in range(10**6))


def _fixed(limits: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "fixed", "columns": {"a": {"start": 1, "width": 3}}, "limits": limits}


def opened_apart(folder: Path, files: list[Bomb]) -> tuple[list[str], float]:
    """What each is refused with when it is opened by a process of its own, and the most memory that took, in MB."""
    for number, bomb in enumerate(files):
        (folder / f"{number}.body").write_bytes(bomb.body)
        (folder / f"{number}.json").write_text(json.dumps(bomb.layout))
    command = [sys.executable, "-m", "tests.unit.mapping.records.bombs", str(folder), str(len(files))]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, timeout=110)
    told = json.loads(answer.stdout)
    return told["codes"], told["peak_mb"]


def main() -> None:
    """Open every file of a folder."""
    import time

    from hub.errors import DataError
    from hub.mapping.records.format import RecordFormat
    from hub.mapping.records.tables import open_table
    from hub.mapping.records.trees import open_tree

    codes, folder = [], Path(sys.argv[1])
    for number in range(int(sys.argv[2])):
        layout = RecordFormat.model_validate_json((folder / f"{number}.json").read_text())
        path, began = folder / f"{number}.body", time.perf_counter()
        code = "read"
        try:
            if layout.kind in {"json", "xml"}:
                for _ in open_tree(layout, "bomb", path):
                    pass
            else:
                for _ in open_table(layout, "bomb", path).batches():
                    pass
        except DataError as error:
            code = error.code
        codes.append(code)
        print(f"{number} {code} {time.perf_counter() - began:.2f} s {_peak_mb():.0f} MB", file=sys.stderr)
    print(json.dumps({"codes": codes, "peak_mb": _peak_mb()}))


def _peak_mb() -> float:
    """Of this process alone: ru_maxrss would tell of the one it was started by, too."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
