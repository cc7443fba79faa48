"""The docs say what the code does: commands, words, links, make targets, change fragments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.source_tree import CONNECTORS, ROOT, markdown_pages, shown

# The words of the trade, one per thing (design.md, section 4).
TERMS = [
    "partner", "connector", "connection", "capability", "channel", "location", "document", "codebook",
    "external ref", "count basis", "on hand", "reserved", "available", "movement", "reservation", "ATP", "buffer",
    "cap", "quota", "order", "fulfilment request", "purchase order", "acknowledgement", "receipt", "shipment",
    "parcel", "routing plan", "hold", "quarantine", "inbox", "outbox", "cursor", "settle", "refetch", "reprocess",
]  # fmt: skip
LINK = re.compile(r"(?<!\!)\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|!\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
MAKE_TARGET = re.compile(r"`make ([a-z0-9-]+)")
CHANGE_KINDS = {"added", "changed", "deprecated", "removed", "fixed", "security"}


def commands(command: Any, words: tuple[str, ...] = ("hub",)) -> Iterator[str]:
    """Every command that does something, as typed: ``hub order list``."""
    below = getattr(command, "commands", None)
    if not below:
        yield " ".join(words)
        return
    for name, child in below.items():
        if not child.hidden:
            yield from commands(child, (*words, name))


def test_every_command_is_in_the_command_reference() -> None:
    import typer.main

    from hub.cli.main import app

    page = (ROOT / "docs/reference/cli.md").read_text()
    assert [name for name in commands(typer.main.get_command(app)) if name not in page] == []


def test_every_term_is_in_the_glossary() -> None:
    page = (ROOT / "docs/glossary.md").read_text()
    assert [term for term in TERMS if not re.search(rf"\b{re.escape(term)}\b", page, re.IGNORECASE)] == []


@pytest.mark.parametrize("page", markdown_pages(), ids=shown)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text())
    targets = (first or second for first, second in LINK.findall(text))
    broken = [target for target in targets if is_relative(target) and not leads_somewhere(page, target)]
    assert broken == []


def is_relative(target: str) -> bool:
    return re.match(r"[a-z][a-z0-9+.-]*:", target, re.IGNORECASE) is None


def leads_somewhere(page: Path, target: str) -> bool:
    name, _, anchor = target.partition("#")
    place = (page.parent / name).resolve() if name else page
    if not place.exists():
        return False
    return not anchor or place.suffix != ".md" or anchor in anchors(place.read_text())


def anchors(text: str) -> set[str]:
    """Anchors of a page's headings, as the code host makes them."""
    headings = re.findall(r"^#+\s+(.*?)\s*$", FENCE.sub("", text), re.MULTILINE)
    slugs = (re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)
    return {*slugs, *re.findall(r'<a (?:id|name)="([^"]+)"', text)}


def test_every_make_target_that_the_docs_name_exists() -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {(shown(page), target) for page in markdown_pages() for target in MAKE_TARGET.findall(page.read_text())}
    assert sorted((page, target) for page, target in named if target not in targets) == []


def test_change_fragments_say_what_kind_of_change_they_are() -> None:
    fragments = [path for path in markdown_pages() if path.parent == ROOT / "docs/changes"]
    names = [path.name for path in fragments if path.name != "README.md"]
    assert [name for name in names if name.split(".")[-2] not in CHANGE_KINDS] == []


@pytest.mark.parametrize("connector", CONNECTORS, ids=lambda folder: folder.name)
@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "quality.toml"])
def test_every_connector_has_its_page_history_and_score(connector: Path, name: str) -> None:
    assert (connector / name).is_file()


@pytest.mark.parametrize("connector", CONNECTORS, ids=lambda folder: folder.name)
def test_every_connector_is_in_the_catalogue(connector: Path) -> None:
    assert f"({connector.name}/README.md)" in (ROOT / "connectors/README.md").read_text()
