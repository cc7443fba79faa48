"""Every error code has its entry in docs/reference/errors, and every entry a code that can be raised."""

from __future__ import annotations

import re
from functools import cache

from tests.architecture.error_codes import error_codes, is_error_code
from tests.architecture.source_tree import ROOT, markdown_pages, shipped_modules

ERROR_PAGES = ROOT / "docs" / "reference" / "errors"
HEADING = re.compile(r"^#+\s.*?`([a-z0-9.-]+)`", re.MULTILINE)


@cache
def raised_codes() -> frozenset[str]:
    found: set[str] = set()
    for path in shipped_modules():
        found |= error_codes(path.read_text(), is_fault_table=path.stem == "faults")
    return frozenset(found)


def documented_codes() -> frozenset[str]:
    """Codes that stand, in backticks, in a heading of a page below docs/reference/errors."""
    pages = [path for path in markdown_pages() if path.is_relative_to(ERROR_PAGES)]
    headings = (code for page in pages for code in HEADING.findall(page.read_text()))
    return frozenset(code for code in headings if is_error_code(code))


def test_codes_are_found_however_they_are_written() -> None:
    source = """
class LostError(DataError):
    default_code = "data.lost"
def find(what, code="data.found", *, other=None):
    raise DataError("x", code="data.left" if what else "data.right")
carrier = Service(code="ups.ground")
"""
    assert error_codes(source) == {"data.lost", "data.found", "data.left", "data.right"}


def test_codes_of_a_fault_table_are_found() -> None:
    source = 'TABLE = {"THROTTLED": (TransientError, "partner.throttled"), "x": "hub_shopify.plugin"}'
    assert error_codes(source, is_fault_table=True) == {"partner.throttled"}


def test_every_error_code_has_its_entry() -> None:
    assert sorted(raised_codes() - documented_codes()) == []


def test_every_entry_is_of_a_code_that_can_be_raised() -> None:
    assert sorted(documented_codes() - raised_codes()) == []
