"""What a document brings by its traits, and which of them are read: what ``hub mapping drift`` compares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hub.errors import HubError
from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.stock import StockBatch
from hub.sdk.capabilities import Parsed
from hub.sdk.drift import Trait, TraitKind
from hub.sync.retry import as_hub_error

X12 = "x12"
"""The stream of what is told of a whole X12 file; that of a set is ``x12 846``."""

_BY_CODE: Mapping[str, TraitKind] = {"data.unknown-unit": TraitKind.UNIT, "data.unknown-site": TraitKind.SITE}


@dataclass
class Traits:
    """``found``: every trait of a document, or of several; ``read``: those that its mapping, or the hub, reads."""

    found: set[Trait] = field(default_factory=set)
    read: set[Trait] = field(default_factory=set)

    def add(self, other: Traits) -> None:
        """Those of another document of the stream."""
        self.found |= other.found
        self.read |= other.read


def document_traits(
    document: Document, codebook: Codebook, pieces: Iterable[StockBatch | Parsed]
) -> Mapping[str, Traits]:
    """The traits of a document by stream; nothing where neither a mapping nor a profile of X12 reads it.

    ``codebook``: that of the document's day; ``pieces``: what its connector says of it.
    """
    mapping = codebook.mappings.get(document.meta.get("mapping", ""))
    if mapping is not None and mapping.file.reads:
        stream, streams = mapping.name, {mapping.name: Traits()}
    elif codebook.x12 is not None and document.kind == X12:
        stream, streams = X12, {X12: Traits()}
    else:
        return {}
    own = streams[stream]
    try:
        streams |= _x12(document, codebook) if mapping is None else {stream: _mapped(document, codebook)}
        own = streams[stream]
        own.found |= _problems(pieces)
    except Exception as error:  # noqa: BLE001  whatever a connector raises is why the document is of no use
        own.found.add(_refused(as_hub_error(error)))
    return streams


def _mapped(document: Document, codebook: Codebook) -> Traits:
    from hub.sdk.mapped.intake import Intake
    from hub.sdk.mapped.traits import mapped_traits, used_places

    intake = Intake(document, codebook.mappings[document.meta["mapping"]], codebook)
    found = mapped_traits(intake)
    return Traits(found, used_places(intake, found))


def _x12(document: Document, codebook: Codebook) -> Mapping[str, Traits]:
    from hub.sdk.x12.traits import x12_traits

    assert codebook.x12 is not None
    by_set = x12_traits(document.body, codebook.x12)
    return {f"{X12} {name}": Traits(unread | read, read) for name, (unread, read) in by_set.items()}


def _problems(pieces: Iterable[StockBatch | Parsed]) -> set[Trait]:
    said = (each for each in pieces if isinstance(each, Parsed))
    return {
        Trait(_BY_CODE[problem.code], problem.value or "(none)")
        for each in said
        for problem in each.problems
        if problem.code in _BY_CODE
    }


def _refused(error: HubError) -> Trait:
    """A unit or site by its name; anything else by its code, as its value may be a person's."""
    kind = _BY_CODE.get(error.code)
    value = getattr(error, "value", "") or "(none)"
    return Trait(kind, value) if kind is not None else Trait(TraitKind.REFUSED, error.code)
