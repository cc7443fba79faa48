"""What could not be used, in the SDK's words."""

from __future__ import annotations

from hub.errors import DataError
from hub.mapping.codebook import Codebook
from hub.sdk.capabilities import Problem


def unmapped(article: str, codebook: Codebook, path: str) -> DataError:
    """The error of an article that the mappings do not name."""
    return DataError(
        f"Article {article} has no SKU.",
        code="data.unmapped-sku",
        cure=f"Add it to mappings/partners/{codebook.partner}/items.csv and reprocess.",
        path=path,
        value=article,
    )


def problem(error: DataError) -> Problem:
    """An error of one part of a document, told beside the parts that could be used."""
    return Problem(path=error.path, code=error.code, message=error.message, cure=error.cure, value=error.value)
