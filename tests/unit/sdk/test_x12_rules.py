"""A profile's strictness, severities and agreement as the readers of X12 take them."""

from __future__ import annotations

from typing import Any

import pytest

from hub.edi.findings import Severity
from hub.errors import ConfigurationError
from hub.mapping.x12_profile import X12Party, X12Profile
from hub.sdk.x12.rules import rules_of


def profile(**changes: Any) -> X12Profile:
    return X12Profile(us=X12Party(id="TOYHUB"), partner=X12Party(id="NORTHWIND"), **changes)


def test_profile_without_words_on_it_reads_by_the_book() -> None:
    found = rules_of(profile())
    assert ({}, None) == (found.severities, found.encoding)
    assert found.agreement is not None
    assert (None, {}) == (found.agreement.receives, found.agreement.needs)


def test_single_severities_go_over_strictness() -> None:
    found = rules_of(profile(strictness="strict", severities={"x12.element-date": "off", "x12.element-code": "reject"}))
    assert (Severity.OFF, Severity.REJECT, Severity.REJECT) == tuple(
        found.severities[code] for code in ("x12.element-date", "x12.element-code", "x12.element-time")
    )


def test_agreement_is_what_the_profile_says() -> None:
    found = rules_of(profile(receives=("846",), needs={"846": ("DTM",)}, encoding="CP1252"))
    assert found.agreement is not None
    assert (frozenset({"846"}), {"846": ("DTM",)}, "cp1252") == (
        found.agreement.receives,
        found.agreement.needs,
        found.encoding,
    )


@pytest.mark.parametrize(("code", "cure"), [("x12.se-cuont", "x12.se-count"), ("strange", "x12.md")])
def test_code_of_no_finding_is_a_matter_of_configuration(code: str, cure: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        rules_of(profile(severities={code: "off"}))
    assert "configuration.unknown-finding" == caught.value.code
    assert cure in caught.value.cure
