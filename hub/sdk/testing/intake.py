"""The hub's side of a Source on paper: fetch, store, settle, and a way to be killed between any two of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.sdk.capabilities import Page, Parsed, Source


class Step(StrEnum):
    """The steps of one page; the hub may die after any of them."""

    FETCH = "fetch"
    STORE = "store"
    SETTLE = "settle"


@dataclass
class Intake:
    """What survives a crash: the stored documents by source id, and the cursor as JSON text."""

    documents: dict[str, Document] = field(default_factory=dict)
    cursor: str = "null"
    pages: list[Page] = field(default_factory=list)
    ended: bool = False

    def run(self, source: Source, most_pages: int, killed_after: tuple[Step, int] | None = None) -> None:
        """Fetch until the source has no more, or ``most_pages``, or the kill: a step of that page, from 1."""
        for number in range(1, most_pages + 1):
            if self.turn(source, killed_after[0] if killed_after and killed_after[1] == number else None):
                return

    def turn(self, source: Source, killed_after: Step | None = None) -> bool:
        """One page. True where there is nothing to go on with: the source has no more, or we were killed."""
        page = source.fetch(json.loads(self.cursor))
        self.pages.append(page)
        if killed_after is Step.FETCH:
            return True
        for document in page.documents:
            self.documents.setdefault(document.source_id, document)
        self.cursor = json.dumps(page.cursor)
        if killed_after is Step.STORE:
            return True
        source.settle(page)
        self.ended = not page.more
        return self.ended or killed_after is Step.SETTLE

    def run_restarted(self, restart: Callable[[], Source], most_pages: int) -> None:
        """Fetch with a new source for every page, as if the hub were restarted after each."""
        for _ in range(most_pages):
            if self.turn(restart()):
                return

    def parsed(self, source: Source, codebook: Codebook) -> list[Parsed]:
        """Everything stored, parsed."""
        return [source.parse(document, codebook) for document in self.documents.values()]
