"""What could not be used, in the SDK's words."""

from __future__ import annotations

from hub.errors import DataError
from hub.mapping.codebook import Codebook, PartnerItem
from hub.sdk.capabilities import Problem

_OF_THE_MAP = frozenset({"data.unmapped-sku", "data.item-conflict"})


def item_of_article(article: str, codebook: Codebook, path: str) -> PartnerItem:
    """Our item for an article number. Raises DataError ``data.unmapped-sku``, ``data.item-conflict`` at ``path``."""
    try:
        found = codebook.item_named(article)
    except DataError as error:
        error.path, error.value = path, article
        raise
    if found is not None:
        return found
    raise DataError(
        f"Article {article} has no SKU.",
        code="data.unmapped-sku",
        cure=f"Add it to mappings/partners/{codebook.partner}/items.csv; its documents are then read again.",
        path=path,
        value=article,
    )


def problem(error: DataError) -> Problem:
    """An error of one part of a document, told beside the parts that could be used."""
    waits_for = (("", error.value),) if error.code in _OF_THE_MAP else ()
    return Problem(error.path, error.code, error.message, error.cure, error.value, waits_for)
