"""GS1 check digits of product ids (GTIN) and of parcel labels (SSCC); a wrong one is a warning, never a loss.

Source: GS1 General Specifications, section 7.9: weights 3, 1, 3 ... from the right, the sum filled up to ten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from hub.edi.documents.reading import Reading
from hub.edi.segment import Segment

GTIN_QUALIFIERS = frozenset({"UP", "EN", "UK", "EO"})
"""Element 235: UPC-A (12 digits), EAN-13, GTIN-14, EAN-8."""
SSCC_QUALIFIERS = frozenset({"GM", "AA"})
"""Element 88: SSCC with its application identifier 00, SSCC."""

_GTIN_LENGTHS = frozenset({8, 12, 13, 14})
_SSCC_LENGTH = 18
_PAIRS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "PO1": tuple(range(6, 26, 2)),
        "IT1": tuple(range(6, 26, 2)),
        "POC": tuple(range(8, 28, 2)),
        "LIN": tuple(range(2, 32, 2)),
        "SLN": tuple(range(9, 29, 2)),
        "ACK": tuple(range(7, 27, 2)),
        "W01": (4, 6, 15, 17),
        "W04": (4, 6),
        "W07": (4, 6, 10),
        "W12": (7, 17),
    }
)
"""Where the qualifiers of product ids stand."""


def check_digit(stem: str) -> str:
    """The digit that belongs behind a GTIN or SSCC without one: ``01234567890`` gives ``5``.

    Raises ValueError where ``stem`` holds anything but ASCII digits.
    """
    if not (stem.isascii() and stem.isdigit()):
        raise ValueError("A check digit is made of digits only.")
    weighted = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(stem)))
    return str(-weighted % 10)


def fits_check_digit(number: str) -> bool:
    """Whether the last digit of a GTIN or SSCC agrees with the digits before it."""
    return len(number) > 1 and number.isascii() and number.isdigit() and check_digit(number[:-1]) == number[-1]


def sscc_of(label: str) -> str:
    """The 18 digits of an SSCC sent plain or with the application identifier 00; empty for anything else.

    The check digit is not looked at: see `fits_check_digit`.
    """
    digits = label[2:] if len(label) == _SSCC_LENGTH + 2 and label.startswith("00") else label
    return digits if len(digits) == _SSCC_LENGTH and digits.isascii() and digits.isdigit() else ""


def is_gtin(number: str) -> bool:
    """Whether these are 8, 12, 13 or 14 digits with a right check digit."""
    return len(number) in _GTIN_LENGTHS and fits_check_digit(number)


def note_check_digits(segments: tuple[Segment, ...], reading: Reading) -> None:
    """Findings ``x12.gtin-check-digit`` and ``x12.sscc-check-digit`` on the segments of a set.

    An id of another length is a partner's own numbering under a borrowed qualifier and no concern here; a
    label under GM or AA has to be an SSCC.
    """
    for segment in segments:
        if segment.id == "MAN":
            for number in _labels(segment):
                text = f"MAN{number:02} is not an SSCC with a right check digit."
                reading.add("x12.sscc-check-digit", segment, text, element=number)
        for place in _PAIRS.get(segment.id, ()):
            if place >= len(segment.elements):
                break
            if segment.get(place) not in GTIN_QUALIFIERS:
                continue
            value = segment.get(place + 1)
            if len(value) in _GTIN_LENGTHS and not is_gtin(value):
                text = f"{segment.id}{place + 1:02} has a wrong check digit."
                reading.add("x12.gtin-check-digit", segment, text, element=place + 1)


def _labels(man: Segment) -> Iterator[int]:
    for number in (2, 5):
        label = man.get(number)
        if label and man.get(number - 1) in SSCC_QUALIFIERS and not fits_check_digit(sscc_of(label)):
            yield number
