"""What a partner's documents bring that nothing knew before, and what they stopped bringing.

A document has *traits*: something stands at a place, a word in a coded field, a segment. Those of its newest documents
are compared with what the partner's samples have and its mappings use.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from hub.model.identity import DocumentId

SILENT_DOCUMENTS = 3
"""So many of the newest documents must lack a thing before it counts as stopped, and three times as many as ever
before in a row."""

NEVER_CAME_DOCUMENTS = 10
"""So many documents must lack a thing that only samples have."""

MOST_TRAITS = 2_000
"""So many traits of one stream are kept: a partner that writes ids where others write names has as many as items."""


class TraitKind(StrEnum):
    """``place``: a column or a place in a record; ``code``: a word of a field with a value table, which has it not;
    ``unit`` and ``site``: one that has no size or location; ``segment``: one of X12; ``quantity``: a qualifier of QTY01
    that nobody said the meaning of; ``refused``: why a document was of no use as a whole."""

    PLACE = "place"
    CODE = "code"
    UNIT = "unit"
    SITE = "site"
    SEGMENT = "segment"
    QUANTITY = "quantity"
    REFUSED = "refused"


class Trait(NamedTuple):
    """Something that a document has, whatever its figures are."""

    kind: TraitKind
    name: str


@dataclass(slots=True)
class Came:
    """In how many documents a trait came: first and last of them, how many newer ones lack it (``silent``), the most
    that lacked it in a row between two that had it (``gap``), and how many are newer than the ``first`` (``since``)."""

    documents: int
    first: DocumentId
    last: DocumentId
    silent: int
    since: int
    gap: int = 0


@dataclass
class Seen:
    """The traits of one stream's documents. ``further``: how often a trait came for which there was no room."""

    documents: int = 0
    first: DocumentId = DocumentId("")
    last: DocumentId = DocumentId("")
    traits: dict[Trait, Came] = field(default_factory=dict)
    further: int = 0

    def take(self, document: DocumentId, traits: Collection[Trait]) -> None:
        """The next document, the newest first."""
        self.last = self.last or document
        self.first = document
        for trait in traits:
            came = self.traits.get(trait)
            if came is None:
                if len(self.traits) >= MOST_TRAITS:
                    self.further += 1
                    continue
                self.traits[trait] = Came(1, document, document, self.documents, self.documents)
            else:
                came.gap = max(came.gap, self.documents - came.since - 1)
                came.documents, came.first, came.since = came.documents + 1, document, self.documents
        self.documents += 1

    def new(self, known: Collection[Trait]) -> Iterator[tuple[Trait, Came]]:
        """Traits that are not known, by kind and name."""
        for trait in sorted(self.traits.keys() - set(known)):
            yield trait, self.traits[trait]

    def stopped(self, used: Collection[Trait], sampled: Collection[Trait]) -> Iterator[tuple[Trait, int, Came | None]]:
        """Of what is used, what came regularly, or in samples, and does not any more; with how many documents lack
        it."""
        for trait in sorted(used):
            came = self.traits.get(trait)
            if came is None:
                if trait in sampled and self.documents >= NEVER_CAME_DOCUMENTS:
                    yield trait, self.documents, None
            elif came.silent >= SILENT_DOCUMENTS * max(1, came.gap):
                yield trait, came.silent, came
