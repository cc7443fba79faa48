"""What the demo writes as its configuration is read as it was meant."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.cli.demo.partners import write_yaml
from hub.mapping.yaml_file import read_yaml

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
SCALARS = st.none() | st.booleans() | st.integers(-(10**6), 10**6) | TEXTS
NAMES = st.text("abcdefgh_", min_size=1, max_size=6)
DOCUMENTS = st.dictionaries(
    NAMES, SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(NAMES, SCALARS, max_size=3)
)


@given(document=DOCUMENTS)
def test_what_is_written_is_read_as_it_was(tmp_path_factory: pytest.TempPathFactory, document: dict[str, Any]) -> None:
    path = tmp_path_factory.mktemp("written") / "hub.yaml"
    write_yaml(path, document)
    assert document == read_yaml(path)


@pytest.mark.parametrize(
    "text", ["0101", "08", "1e3", "0o17", ".5", "-7", "no", "null", "12:30", "2026-11-20", "~", ""]
)
def test_text_that_looks_like_something_else_stays_text(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("written") / "hub.yaml"
    write_yaml(path, {"id": text, "ids": [text]})
    assert {"id": text, "ids": [text]} == read_yaml(path)
