"""Every shipped X12 template holds by itself, and editors get the schema that the hub checks by."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.mapping.overlay import read_overlaid
from hub.mapping.shipped import shipped_mappings
from hub.mapping.x12_profile import X12Profile
from hub.mapping.yaml_file import read_yaml, validate
from hub.sdk.x12.rules import rules_of

TEMPLATES = shipped_mappings() / "templates" / "x12"
NAMES = sorted(path.stem for path in TEMPLATES.glob("*.yaml"))


def made(name: str, folder: Path) -> X12Profile:
    path = folder / "x12.yaml"
    path.write_text(f"template: {name}\nus: {{id: TOYHUB}}\npartner: {{id: NORTHWIND}}\n")
    return validate(X12Profile, read_overlaid(X12Profile, [path], templates=[TEMPLATES]), path)


def test_the_common_styles_are_there() -> None:
    styles = {"dropship-hub", "big-box-vics", "department-store", "grocery-ucs", "marketplace-5010", "small-supplier"}
    assert {*styles, "warehouse-3pl", "retailer-stores", "retailer-dropship"} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_template_holds_once_the_identifiers_are_given(name: str, tmp_path: Path) -> None:
    found = made(name, tmp_path)
    assert rules_of(found).agreement is not None
    assert set(found.needs) <= set(found.receives or ())


@pytest.mark.parametrize("name", NAMES)
def test_template_changes_something_and_names_nobody(name: str, tmp_path: Path) -> None:
    given = read_yaml(TEMPLATES / f"{name}.yaml")
    assert not {"template", "us", "partner", "test", "usage"} & set(given)
    plain = X12Profile.model_validate({"us": {"id": "TOYHUB"}, "partner": {"id": "NORTHWIND"}})
    assert plain != made(name, tmp_path).model_copy(update={"template": ""})
