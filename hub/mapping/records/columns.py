"""Columns by their number, by a spreadsheet's letters and by their headings."""

from __future__ import annotations


def column_index(place: int | str) -> int | None:
    """From 0 on: of a number from 1 on (``3``) or of letters (``C``, ``ab``). None where it is neither."""
    if isinstance(place, int):
        return place - 1
    if not (place.isascii() and place.isalpha()):
        return None
    number = 0
    for letter in place.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(index: int) -> str:
    """The letters a spreadsheet shows above the column, which is counted from 0 on: ``A``, ``Z``, ``AA``."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def heading_key(text: str) -> str:
    """What headings are compared by, whatever their capitals and blanks."""
    return " ".join(text.split()).casefold()
