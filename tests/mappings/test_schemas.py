"""Editors get the schemas that the hub checks by, and an independent validator reads them as the hub does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from hub.mapping.schema import FILES, json_schema, schema_files
from hub.mapping.shipped import mapping_folders, shipped_mappings
from hub.mapping.yaml_file import read_yaml
from tests.mappings.broken_setups import WORKING, cases, write

SCHEMAS = shipped_mappings() / "schemas"
SHIPPED = sorted(path for folder in mapping_folders() for path in folder.rglob("*.yaml") if "samples" not in path.parts)

UNSEEN = {
    **dict.fromkeys(
        ("leading zero unquoted in a key", "SKU unquoted", "component unquoted", "truth as a key", "null as a key"),
        "JSON has no keys but text",
    ),
    "number that is none": "a decimal may be text",
    "required key left out": "it may stand in the file below",
    "null where text is wanted": "it may take away what the file below says",
    "null that takes nothing away": "it may take away what the file below says",
    "infinite number": "JSON has none",
    "unit that is no ratio": "a rule of the model",
    "unit that holds nothing": "a rule of the model",
    "setting of the connector misspelt": "settings are the connector's own",
}
"""What a schema cannot know of a file by itself."""


def validator(file: str) -> Draft202012Validator:
    return Draft202012Validator(json_schema(file))


def faults(file: str, path: Path) -> Any:
    return best_match(validator(file).iter_errors(read_yaml(path)))


def kind_of(path: Path) -> str:
    return {"x12": "x12", "documents": "document"}.get(path.parent.name, path.stem)


@pytest.mark.parametrize("file", sorted(FILES))
def test_schema_is_a_json_schema_and_every_key_says_what_it_means(file: str) -> None:
    schema = json_schema(file)
    Draft202012Validator.check_schema(schema)
    assert [key for key, entry in schema["properties"].items() if not entry.get("description")] == []


def test_schemas_for_editors_are_those_the_hub_checks_by() -> None:
    kept = {path.name: json.loads(path.read_text()) for path in SCHEMAS.glob("*.json")}
    assert schema_files() == kept, "Run hub config schema FILE -o mappings/schemas/FILE.schema.json"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: "/".join(path.parts[-3:]))
def test_shipped_file_leads_editors_to_its_schema_and_fits_it(path: Path) -> None:
    found = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text())
    assert found is not None
    assert (SCHEMAS / f"{kind_of(path)}.schema.json").resolve() == (path.parent / found[1]).resolve()
    assert faults(kind_of(path), path) is None


def broken_files() -> Iterator[Any]:
    """Each case that is about words and kinds of one file that can be read."""
    for one in cases():
        group, _, name = str(one.id).partition(": ")
        [case] = one.values
        codes = {code for code, _, _ in case["faults"]}
        if group in {"words", "types"} and codes == {"configuration.invalid"} and name not in UNSEEN:
            yield pytest.param(case, id=name)


@pytest.mark.parametrize("case", list(broken_files()))
def test_what_the_hub_refuses_the_schema_refuses(tmp_path: Path, case: Any) -> None:
    write(tmp_path, case)
    path = tmp_path / case["faults"][0][1].partition(":")[0]
    assert faults(kind_of(path), path) is not None


def test_what_the_hub_takes_the_schema_takes(tmp_path: Path) -> None:
    write(tmp_path, {})
    taken = [path for path in (tmp_path / name for name in WORKING) if path.suffix == ".yaml"]
    assert [None] * 2 == [faults(path.stem, path) for path in taken]


@pytest.mark.parametrize("file", sorted(FILES))
def test_null_may_take_any_key_away(file: str) -> None:
    assert [] == list(validator(file).iter_errors(dict.fromkeys(json_schema(file)["properties"])))


def test_what_a_list_needs_is_still_needed() -> None:
    assert [] == list(validator("counting").iter_errors({"examples": [{"on_hand": 5}]}))
    [fault] = validator("counting").iter_errors({"examples": [{"quantity": 5}]})
    assert "'on_hand' is a required property" in [each.message for each in fault.context or ()]
