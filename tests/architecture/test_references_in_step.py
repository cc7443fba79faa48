"""The reference pages name every configuration key, every hold and every dependency of the core, and no others."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from hub.mapping.schema import FILES, json_schema
from tests.architecture.source_tree import ROOT, shipped_modules

HOLD = re.compile(r"order\.[a-z]+(?:-[a-z]+)*")


def keys(schema: dict[str, Any]) -> Iterator[str]:
    for part in (schema, *schema.get("$defs", {}).values()):
        yield from part.get("properties", {})


@pytest.mark.parametrize("file", sorted(FILES))
def test_every_configuration_key_is_in_the_reference(file: str) -> None:
    pages = {
        "x12": ("x12-profile.md",),
        "document": ("document-mappings.md", "file-formats.md"),
        "rules": ("rules.md",),
        "rates": ("rates.md",),
    }
    page = "".join((ROOT / "docs/reference" / name).read_text() for name in pages.get(file, ("configuration.md",)))
    assert [key for key in keys(json_schema(file)) if not re.search(rf"`[^`]*\b{key}\b[^`]*`", page)] == []


def test_every_hold_is_in_the_reference_and_no_other() -> None:
    page = (ROOT / "docs/reference/holds.md").read_text()
    trees = [ast.parse(path.read_text()) for path in shipped_modules() if path.is_relative_to(ROOT / "hub/flows")]
    texts = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    holds = {text for text in texts if isinstance(text, str) and HOLD.fullmatch(text)}
    assert sorted(holds) == sorted(set(re.findall(rf"^\| `({HOLD.pattern})`", page, re.MULTILINE)))


def test_every_dependency_has_its_reason() -> None:
    page = (ROOT / "docs/adr/0010-a-dependency-has-a-reason-on-one-line.md").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {re.match(r"[a-z0-9.-]+", line)[0] for line in project["dependencies"]}  # type: ignore[index]
    rows = re.findall(r"^\| ([a-z0-9][^|]*) \|", page, re.MULTILINE)
    given = {name.strip().partition("[")[0] for row in rows for name in row.split(",")} - {"package"}
    assert sorted(wanted) == sorted(given)
