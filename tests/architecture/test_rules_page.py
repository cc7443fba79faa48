"""The page of rules is made from the code."""

from __future__ import annotations

from tests.architecture.rules_page import PAGE, page


def test_reference_of_rules_is_made_from_facts_and_keys() -> None:
    assert page() == PAGE.read_text(encoding="utf-8"), "run python -m tests.architecture.rules_page"
