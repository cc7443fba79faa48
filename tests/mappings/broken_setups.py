"""Broken configurations as data: each file of ``broken/`` holds cases by their names.

A case says how it differs from a set-up that works: ``files`` written whole, ``append``ed text, ``replace`` (a text of
a file and what stands for it instead) and ``links``. ``faults`` are what `hub config validate` must say of it: code,
place (file:line:column from hub.yaml's folder), and words of message or cure.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.mapping.yaml_file import read_yaml

CASES = Path(__file__).parent / "broken"
WORKING = {
    "hub.yaml": """\
connections:
  booth:
    connector: booth
    partner: booth
    settings: {token: "${env:BOOTH_TOKEN}"}
locations:
  booth: {kind: warehouse, connection: booth}
channels:
  shop: {connection: booth, sells_from: [booth]}
""",
    "mappings/partners/booth/partner.yaml": "name: Booth\nlocation: booth\n",
    "mappings/partners/booth/items.csv": "sku,VN\nKITE,B-1\n",
}


def cases() -> Iterator[Any]:
    """Every case as a parameter of a test."""
    for path in sorted(CASES.glob("*.yaml")):
        for name, case in read_yaml(path).items():
            yield pytest.param(case, id=f"{path.stem}: {name}")


def write(folder: Path, case: Any) -> None:
    """The working set-up with what the case changes."""
    texts = {**WORKING, **case.get("files", {})}
    for name, (old, new) in case.get("replace", {}).items():
        assert old in texts[name]
        texts[name] = texts[name].replace(old, new)
    for name, more in case.get("append", {}).items():
        texts[name] += more
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for name, target in case.get("links", {}).items():
        outside = folder / target
        if not outside.exists():
            outside.write_text("rule: {basis: on_hand}\n")
        (folder / name).symlink_to(outside)
