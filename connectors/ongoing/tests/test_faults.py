"""The table of the vendor's words."""

from __future__ import annotations

import pytest

from hub.errors import ConfigurationError, HubError, RefusedError, TransientError, UncertainOutcomeError
from hub.transport.soap_faults import SoapFault
from hub_ongoing import faults


def fault(words: str) -> SoapFault:
    return SoapFault("Server", ("Server",), words, {})


@pytest.mark.parametrize(
    ("words", "expected", "code"),
    [
        ("Wrong user name or password.", ConfigurationError, "partner.unauthorised"),
        ("The goods owner was not found.", ConfigurationError, "ongoing.goods-owner"),
        ("Transaction was deadlocked on lock resources", TransientError, "partner.unavailable"),
        ("Order P1 has status 400 and cannot be updated.", RefusedError, "ongoing.already-picking"),
        ("Article X was not found.", RefusedError, "ongoing.unknown-article"),
        ("Order P1 of this goods owner: wrong postcode", RefusedError, "ongoing.refused"),
        ("Address Login Street 1 is too long", RefusedError, "ongoing.refused"),
        ("", RefusedError, "ongoing.refused"),
    ],
)
def test_refusal_gets_its_class(words: str, expected: type[HubError], code: str) -> None:
    error = faults.read_refusal(words)
    assert (expected, code) == (type(error), error.code)


@pytest.mark.parametrize(
    ("words", "safe", "expected"),
    [
        ("Login failed", True, ConfigurationError),
        ("Timeout expired", True, TransientError),
        ("Timeout expired", False, UncertainOutcomeError),
        ("Order P1 cannot be removed", False, RefusedError),
        ("Object reference not set", True, type(None)),
    ],
)
def test_fault_gets_its_class_or_is_left_to_the_transport(words: str, safe: bool, expected: type) -> None:
    assert expected is type(faults.read_fault(fault(words), safe))


def test_words_are_cut() -> None:
    assert 300 == len(faults.read_refusal("x" * 1000).message)
