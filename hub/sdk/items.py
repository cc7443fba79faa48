"""Which of our items a line of a document is of, or why nobody knows: its line waits until a map says it."""

from __future__ import annotations

from collections.abc import Sequence

from hub.errors import DataError
from hub.mapping.codebook import Codebook, PartnerItem
from hub.mapping.gtin import has_wrong_check_digit
from hub.sdk.capabilities import Problem

Ids = Sequence[tuple[str, str]]
"""(qualifier, value) pairs, as a line names its item."""


def item_at(ids: Ids, codebook: Codebook, path: str, order: Sequence[str] = ()) -> PartnerItem | Problem:
    """Our item, its ids tried in this ``order`` first; a problem at ``path`` where there is none, or not one alone."""
    try:
        found = codebook.item_for(ids, order)
    except DataError as error:
        return Problem(path, error.code, error.message, error.cure, error.value, waits_for=tuple(ids))
    return found or _unmapped(ids, codebook, path)


def _unmapped(ids: Ids, codebook: Codebook, path: str) -> Problem:
    named = ", ".join(f"{name} {value}" for name, value in ids)
    wrong = [f"{name} {value}" for name, value in ids if has_wrong_check_digit(name, value)]
    misread = f" The check digit of {', '.join(wrong)} is wrong." if wrong else ""
    return Problem(
        path=path,
        code="data.unmapped-item",
        message=f"Item {named} of partner {codebook.partner} is not mapped.{misread}",
        cure=f"Add it to mappings/partners/{codebook.partner}/items.csv; its documents are then read again.",
        value=named,
        waits_for=tuple(ids),
    )
