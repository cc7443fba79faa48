"""``hub stock reconcile --propose`` and ``--apply``: newest counts read again, and what that corrects."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hub.cli.session import Session
from hub.cli.stock_changes import operator
from hub.cli.tables import say
from hub.errors import HubError

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from hub.flows.reread_counts import Proposal, Said
    from hub.model.identity import DocumentId, LocationId, Sku
    from hub.model.network import Location


@dataclass
class Corrections:
    """What the newest counts would correct, or did. ``unread``: documents that cannot be parsed, and why."""

    session: Session
    apply: bool
    items: int = 0
    proposals: list[Proposal] = field(default_factory=list)
    unclear: list[tuple[LocationId, Sku]] = field(default_factory=list)
    unread: list[tuple[DocumentId, str]] = field(default_factory=list)

    def find(self, places: Iterable[Location], since: datetime, skus: Sequence[Sku]) -> None:
        """Read the newest counts of these locations again; book what they give where that was asked for."""
        from hub.sync.rereading import newest_counts

        for place in places:
            with self.session.hub.storage.read() as uow:
                newest = newest_counts(uow, place.location, since, skus or None)
            for document, counted in sorted(newest.items()):
                said = self._said(document, place.location)
                if said is not None:
                    self._take(place, document, said, counted)

    def _said(self, document: DocumentId, where: LocationId) -> list[Said] | None:
        from hub.sync.rereading import read_again

        hub = self.session.hub
        try:
            with hub.storage.read() as uow:
                entry = uow.inbox.entry(document)
                if entry is None:
                    self.unread.append((document, "no connector has sent it"))
                    return None
                with closing(hub.connection(entry.connection)) as connection:
                    return read_again(uow, connection, entry, where)
        except HubError as error:
            self.unread.append((document, f"{error.code}: {error.message}"))
            return None

    def _take(self, place: Location, document: DocumentId, said: Sequence[Said], counted: Sequence[Sku]) -> None:
        from hub.flows.reread_counts import book_proposals, reread_counts
        from hub.flows.work import Work
        from hub.sync.marks import working

        hub = self.session.hub
        if self.apply:
            with working(hub.storage, hub.setup.network, hub.clock, actor=operator()) as work:
                found = reread_counts(work, place, document, said, counted)
                book_proposals(work, found.proposals)
        else:
            with hub.storage.read() as uow:
                found = reread_counts(Work(uow, hub.setup.network, hub.clock()), place, document, said, counted)
        self.items += found.items
        self.proposals += found.proposals
        self.unclear += [(place.location, sku) for sku in found.unclear]

    @property
    def data(self) -> dict[str, Any]:
        """For ``--json``."""
        from hub.web.shapes import amount

        return {
            "applied": self.apply,
            "items": self.items,
            "proposals": [
                {
                    "location": each.location,
                    "sku": each.sku,
                    "document": each.document,
                    "as_of": each.as_of.isoformat(),
                    "on_hand": amount(each.on_hand),
                    "units": amount(each.units),
                    "terms": [{"words": term.words, "quantity": amount(term.quantity)} for term in each.terms],
                    "command": _command(each),
                }
                for each in self.proposals
            ],
            "unclear": [{"location": where, "sku": sku} for where, sku in self.unclear],
            "unread": [{"document": document, "why": why} for document, why in self.unread],
        }

    def show(self, console: Console) -> None:
        """For people."""
        verb = "were corrected" if self.apply else "would be corrected"
        heading = f"Newest counts read again as configured now: {len(self.proposals)} of {self.items} items {verb}"
        say(console, heading, "bold")
        for each in self.proposals:
            say(console, f"{each.sku} at {each.location}: {each.on_hand:f} by the books, by {each.document}")
            for term in each.terms:
                say(console, f"  {term.quantity:>8f}  {term.words}")
            if not self.apply:
                say(console, f"     {self.session.next(_command(each))}")
        for where, sku in self.unclear:
            say(console, f"{sku} at {where} is left as it is: by that count it has none, and requests may have waited.")
        for why in dict.fromkeys(why for _, why in self.unread):
            documents = ", ".join(document for document, other in self.unread if other == why)
            say(console, f"{documents} could not be read again ({why}).")


def _command(proposal: Proposal) -> str:
    """``hub stock adjust`` that books the same, and the same once only."""
    made = proposal.correction
    words = ["hub", "stock", "adjust", proposal.location, f"{proposal.sku}={proposal.units:+f}"]
    return shlex.join([*words, "--at", made.at.isoformat(), "--reason", made.reason])
