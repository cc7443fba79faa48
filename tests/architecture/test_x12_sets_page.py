"""The reference of X12 sets is what the spec says."""

from __future__ import annotations

from tests.architecture.x12_sets_page import PAGE, page


def test_reference_of_x12_sets_is_made_from_the_spec() -> None:
    assert page() == PAGE.read_text(encoding="utf-8"), "Run python -m tests.architecture.x12_sets_page"
