"""The gallery: what the shipped partners' samples say, and whether they show every field that can be mapped."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from typer.testing import CliRunner

from hub.cli.main import app
from hub.expressions import Template
from hub.mapping.fields.compile import CompiledMapping
from hub.mapping.fields.paths import Path as Place
from hub.mapping.fields.shapes import READ, WRITTEN, Shape
from hub.mapping.partner import Partner, load_partner
from hub.mapping.shipped import mapping_folders, shipped_mappings
from hub.model.identity import PartnerId
from hub.sdk.mapped.samples import find_samples

PARTNERS = shipped_mappings() / "partners"
GALLERY = sorted(path.parent.name for path in PARTNERS.glob("*/samples"))
X12 = [name for name in GALLERY if (PARTNERS / name / "x12.yaml").is_file()]
FILES = [name for name in GALLERY if name not in X12]


def partner(name: str) -> Partner:
    return load_partner(PartnerId(name), [each / "partners" for each in mapping_folders()])


def page() -> str:
    return (shipped_mappings() / "README.md").read_text()


def mappings() -> Iterator[CompiledMapping]:
    for name in GALLERY:
        yield from partner(name).mappings.values()


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set-up with a connection to each X12 supplier of the gallery."""
    folder = tmp_path_factory.mktemp("gallery")
    connections: dict[str, Any] = {}
    locations: dict[str, Any] = {}
    for name in X12:
        settings = {"mailbox": f"folder:{folder / name}"}
        connections[name] = {"connector": "x12_supplier", "partner": name, "settings": settings}
        known = partner(name).about
        for location in [known.location] if known.location else known.sites.values():
            locations[str(location)] = {"kind": "dropship", "connection": name}
    path = folder / "hub.yaml"
    path.write_text(json.dumps({"connections": connections, "locations": locations}))
    return path


def checked(config: Path, *words: str) -> dict[str, Any]:
    done = CliRunner().invoke(app, ["mapping", "check", "--json", "--config", str(config), *words])
    found = json.loads(done.stdout)
    return dict(found.get("data", found))


def states(found: dict[str, Any]) -> dict[str, tuple[str, list[str]]]:
    return {each["sample"]: (each["state"], each["differences"]) for each in found["samples"]}


def test_samples_of_the_x12_suppliers_say_what_is_expected(config: Path) -> None:
    found = checked(config)
    assert {each["partner"] for each in found["samples"]} == set(X12)
    assert [each for each in found["samples"] if each["state"] != "right"] == []


@pytest.mark.parametrize("name", FILES)
def test_samples_of_a_file_partner_say_what_is_expected(config: Path, name: str) -> None:
    found = checked(config, "--partner", name)
    assert {each: ("right", []) for each in states(found)} == states(found)
    assert {each["mapping"] for each in found["mappings"]} == {each.partition("/")[0] for each in states(found)}
    assert [each for each in found["mappings"] if each["reads"] and each["missing"]] == []


@pytest.fixture
def set_up(tmp_path: Path) -> Path:
    """hub.yaml as the page has it, with keys in a folder of the test's own."""
    [text] = re.findall(r"^```yaml\n(partners: .*?)^```$", page(), re.MULTILINE | re.DOTALL)
    key = asyncssh.generate_private_key("ssh-ed25519")
    for name in FILES:
        about = (PARTNERS / name / "partner.yaml").read_text()
        for path in re.findall(r"/etc/crossdock/([\w.]+)", about):
            kept = key.export_public_key() if path.endswith(".pub") else key.export_private_key()
            (tmp_path / path).write_bytes(kept)
        own = tmp_path / "mappings" / "partners" / name / "partner.yaml"
        own.parent.mkdir(parents=True)
        own.write_text(about.replace("/etc/crossdock", str(tmp_path)))
    (tmp_path / "hub.yaml").write_text(text)
    return tmp_path / "hub.yaml"


def validated(config: Path) -> dict[str, Any]:
    names = {
        name
        for path in FILES
        for name in re.findall(r"\$\{env:(\w+)\}", (PARTNERS / path / "partner.yaml").read_text())
    }
    words = ["config", "validate", "--json", "--config", str(config)]
    return dict(json.loads(CliRunner().invoke(app, words, env=dict.fromkeys(names, "canary")).stdout))


def test_all_partners_that_exchange_files_make_a_set_up_together(set_up: Path) -> None:
    found = validated(set_up)
    assert ([], len(FILES), 1) == (found["problems"], found["connections"], found["channels"])


def test_mapping_that_a_partner_of_the_gallery_lacks_is_told_with_its_place(set_up: Path) -> None:
    about = set_up.parent / "mappings/partners/marlowick/partner.yaml"
    about.write_text(about.read_text().replace("{mapping: requests", "{mapping: request"))
    [problem] = validated(set_up)["problems"]
    assert ("configuration.unknown-mapping", True) == (problem["code"], "Did you mean requests?" in problem["cure"])
    assert f"{about}:17:" in problem["place"]


def test_seventeen_partners_show_every_kind_of_file() -> None:
    assert (7, 10) == (len(X12), len(FILES))
    kinds = {each.file.format.kind for each in mappings()}
    assert {"csv", "tsv", "fixed", "xlsx", "json", "xml"} == kinds
    assert {"none", "gzip", "zip"} == {each.file.format.archive for each in mappings()}


@pytest.mark.parametrize("shape", READ, ids=lambda shape: str(shape.name))
def test_every_field_that_can_be_read_is_read_somewhere(shape: Shape) -> None:
    made = {
        (part, each.name)
        for mapping in mappings()
        if mapping.shape is shape and mapping.file.reads
        for part, each in mapping.all_fields
    }
    wanted = {(part, name) for part in ("about", "fields", "lines") for name in getattr(shape, part)}
    assert wanted - made == set()


@pytest.mark.parametrize("shape", WRITTEN, ids=lambda shape: str(shape.name))
def test_every_field_that_can_be_written_is_written_somewhere(shape: Shape) -> None:
    used = {
        name
        for mapping in mappings()
        if mapping.shape is shape and not mapping.file.reads
        for part, each in mapping.all_fields
        for source in each.sources
        for name in sources(part, source)
    }
    wanted = {f"fields.{name}" for name in shape.fields} | {f"lines.{name}" for name in shape.lines}
    assert wanted - used == set()


def sources(part: str, source: Place | Template) -> Iterator[str]:
    """Our own fields that a value is taken from, each with its part."""
    if isinstance(source, Template):
        for root, *names in source.reads:
            yield f"{'lines' if root == 'line' else 'fields'}.{'.'.join(names)}"
    elif source.text.startswith("line.") or (part == "lines" and not source.from_record):
        yield f"lines.{source.text.removeprefix('line.')}"
    else:
        yield f"fields.{source.text.removeprefix('/')}"


@pytest.mark.parametrize("name", GALLERY)
def test_every_sample_says_where_it_is_from(name: str) -> None:
    told = tomllib.loads((PARTNERS / name / "samples" / "SOURCES.toml").read_text())
    assert set(told) == {each.name for each in find_samples([PARTNERS / name])}
    assert {"written-by-us"} == {each["provenance"] for each in told.values()}


def test_the_page_names_everybody() -> None:
    assert set(re.findall(r"^\| \[`(\w+)`\]", page(), re.MULTILINE)) == set(GALLERY)
