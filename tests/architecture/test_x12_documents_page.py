"""The reference of X12 documents is what the classes are."""

from __future__ import annotations

from tests.architecture.x12_documents_page import PAGE, page


def test_reference_of_x12_documents_is_made_from_their_classes() -> None:
    assert page() == PAGE.read_text(encoding="utf-8"), "Run python -m tests.architecture.x12_documents_page"
