"""GTINs of 8 to 14 digits, and UPC-A that lost its first zero, as the fourteen digits by which they are compared.

Source: GS1 General Specifications: 2.1 (data structures), 7.9 (check digits), 1.4 (restricted circulation).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from biip.checksums import gs1_standard_check_digit

GTIN_QUALIFIERS = frozenset({"UP", "UK", "EN", "EO", "UI", "UA", "IB", "gtin", "GTIN-14", "barcode"})
"""Qualifiers whose ids are GTINs: X12's element 235 (UPC-A, GTIN-14, EAN-13, EAN-8, consumer package, case, ISBN), and
names of columns. All of them are one space of numbers: the UP of one document meets the GTIN-14 of items.csv."""

STRICT_QUALIFIERS = frozenset({"gtin", "GTIN-14"})
"""Of those, what may hold nothing else. Under the others some partners send numbers of their own."""

_LENGTHS = frozenset({8, 12, 13, 14})
_WITHOUT_CHECK_DIGIT: Mapping[str, int] = MappingProxyType({"UI": 11, "UA": 12})
"""Codes that element 235 defines without one: UI is 1-5-5, UA is 2-5-5."""
_LOST_ZERO = 11
_LENGTH = 14


def gtin_of(qualifier: str, value: str) -> str | None:
    """The fourteen digits of an id under a GTIN's qualifier; None for what is no GTIN, or has a wrong check digit.

    Blanks and hyphens between digits (ISBN) do not count. Eleven digits get back the zero in front that a spreadsheet
    took, where the check digit is right then: ``12345678905`` gives ``00012345678905``. Zeros only are no GTIN.
    """
    digits = _whole(qualifier, value) if qualifier in GTIN_QUALIFIERS else ""
    return digits.zfill(_LENGTH) if len(digits) in _LENGTHS and _fits(digits) and digits.strip("0") else None


def has_wrong_check_digit(qualifier: str, value: str) -> bool:
    """Whether an id under a GTIN's qualifier has the digits of a GTIN and its last one is wrong."""
    digits = _whole(qualifier, value) if qualifier in GTIN_QUALIFIERS else ""
    return len(digits) in _LENGTHS and not _fits(digits)


def is_restricted(gtin: str) -> bool:
    """Whether fourteen digits are a number of restricted circulation (GS1 prefixes 02, 04 and 20 to 29; of eight
    digits those that begin with 0 or 2): a shop's own, that means something else at every company."""
    from biip.gtin import Gtin
    from biip.rcn import Rcn

    return isinstance(Gtin.parse(gtin), Rcn)


def spellings(qualifier: str, gtin: str) -> Iterator[str]:
    """Every way in which fourteen digits may stand under that qualifier without blanks or hyphens."""
    for start in range(_LENGTH - min(_LENGTHS) + 1):
        if not gtin[:start].strip("0"):
            for text in (gtin[start:], gtin[start:-1]):
                if gtin_of(qualifier, text) == gtin:
                    yield text


def _whole(qualifier: str, value: str) -> str:
    """Its digits, with the check digit or the zero that is missing; empty for what is no number."""
    digits = value.replace("-", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit()):
        return ""
    if len(digits) == _WITHOUT_CHECK_DIGIT.get(qualifier):
        return f"{digits}{gs1_standard_check_digit(digits)}"
    padded = f"0{digits}"
    return padded if len(digits) == _LOST_ZERO and _fits(padded) else digits


def _fits(digits: str) -> bool:
    return gs1_standard_check_digit(digits[:-1]) == int(digits[-1])
