"""The reference of the X12 profile is what the model and the templates are."""

from __future__ import annotations

import re

from hub.mapping.schema import json_schema
from tests.architecture.x12_profile_page import PAGE, page


def test_reference_of_the_x12_profile_is_made_from_it() -> None:
    assert page() == PAGE.read_text(encoding="utf-8"), "Run python -m tests.architecture.x12_profile_page"


def test_every_setting_says_what_it_is_with_an_example() -> None:
    schema = json_schema("x12")
    models = [schema, *(part for name, part in schema["$defs"].items() if name.startswith("X12"))]
    bare = [
        name
        for model in models
        for name, setting in model["properties"].items()
        if not (setting.get("examples") and re.match(r"\w", setting.get("description", "")))
    ]
    assert [] == [name for name in bare if name != "template"]
