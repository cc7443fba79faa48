"""Every error code has its entry in docs/reference/errors, and every entry a code that can be raised."""

from __future__ import annotations

import re
from functools import cache

from tests.architecture.error_codes import codes_given_to_errors, error_codes, family, without_cure
from tests.architecture.source_tree import ROOT, markdown_pages, shipped_modules, shown

ERROR_PAGES = ROOT / "docs" / "reference" / "errors"
# An entry is a heading that holds the code, or a table row that begins with it; in backticks both.
ENTRY = re.compile(r"^(?:#+\s.*?|\|\s*)`([a-z0-9_-]+\.[a-z0-9-]+)`", re.MULTILINE)


@cache
def raised_codes() -> frozenset[str]:
    sources = [path.read_text() for path in shipped_modules()]
    families = {family(code) for source in sources for code in codes_given_to_errors(source)}
    return frozenset().union(*(error_codes(source, families) for source in sources))


def documented_codes() -> frozenset[str]:
    pages = [path for path in markdown_pages() if path.is_relative_to(ERROR_PAGES)]
    return frozenset(code for page in pages for code in ENTRY.findall(page.read_text()))


def test_codes_are_found_however_they_are_written() -> None:
    source = """
class LostError(DataError):
    default_code = "data.lost"
def find(what, code="data.found"):
    raise DataError("x", code="data.left" if what else "data.right")
TABLE = {404: (DataError, "data.gone")}
NOT_CODES = ["hub.model", "hub.connectors", "data.yaml", "hub.log", "data.Upper"]
_log.info("hub.serving", code="data.told")
"""
    assert {"data.lost", "data.found", "data.left", "data.right", "data.gone", "data.told"} == error_codes(
        source, {"data", "hub"}
    )


def test_families_are_found_where_errors_are_made() -> None:
    source = 'raise StrangeError("x", code="newcomer.lost")\nservice = Service(code="ups.ground")'
    assert {"newcomer.lost"} == codes_given_to_errors(source)


def test_every_error_code_has_its_entry() -> None:
    assert sorted(raised_codes() - documented_codes()) == []


def test_every_entry_is_of_a_code_that_can_be_raised() -> None:
    assert sorted(documented_codes() - raised_codes()) == []


def test_every_fault_of_a_configuration_says_what_to_do() -> None:
    assert [1] == without_cure(
        'ConfigurationError("x")\nConfigurationError("x", cure="y")\nDataError("x")', "ConfigurationError"
    )
    found = {shown(path): without_cure(path.read_text(), "ConfigurationError") for path in shipped_modules()}
    assert {} == {path: lines for path, lines in found.items() if lines}
