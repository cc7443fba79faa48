"""The reference of file formats is what their model is."""

from __future__ import annotations

import re

from hub.mapping.records.format import RecordFormat
from tests.architecture.file_formats_page import PAGE, page


def test_reference_of_file_formats_is_made_from_the_model() -> None:
    assert page() == PAGE.read_text(encoding="utf-8"), "Run python -m tests.architecture.file_formats_page"


def test_every_key_of_a_format_says_what_it_is_with_an_example() -> None:
    schema = RecordFormat.model_json_schema()
    bare = [
        name
        for model in (schema, *schema["$defs"].values())
        for name, setting in model["properties"].items()
        if not (setting.get("examples") and re.match(r"[\w`]", setting.get("description", "")))
    ]
    assert [] == bare
