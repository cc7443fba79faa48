"""The page of document mappings is made from the code."""

from __future__ import annotations

from tests.architecture.mappings_page import PAGE, page


def test_reference_of_document_mappings_is_made_from_shapes_and_functions() -> None:
    assert page() == PAGE.read_text(encoding="utf-8"), "run python -m tests.architecture.mappings_page"
