"""What the books know of one item at one location, for whoever asks why a count differed from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from hub.inventory.ledger import is_count, mends_count, undoing
from hub.model.identity import DocumentId, LocationId, Sku
from hub.model.ledger import Commitment, Departure, GivenUp, Movement
from hub.model.money import Money
from hub.model.network import CountingRule


class DriftCause(StrEnum):
    """Why a count differed from the ledger, the most certain first: the first two are facts, the others fit exactly."""

    LATE_NEWS = "late_news"
    LATE_ANSWER = "late_answer"
    CROSSED = "crossed"
    NETTING = "netting"
    CLOCK = "clock"
    GIVEN_BACK = "given_back"
    NOT_SHOWN = "not_shown"
    SHIPMENT_UNTOLD = "shipment_untold"
    SHIPPED_AFTER_CANCEL = "shipped_after_cancel"
    RETURN_UNTOLD = "return_untold"
    RECEIPT_UNTOLD = "receipt_untold"
    PACK = "pack"
    CAME_BACK = "came_back"
    LEFT_OUT = "left_out"
    UNEXPLAINED = "unexplained"

    @property
    def words(self) -> str:
        """The cause for people."""
        return _WORDS[self]


_WORDS = {
    DriftCause.LATE_NEWS: "told after the count, which had seen it",
    DriftCause.LATE_ANSWER: "answered before the count, told after it",
    DriftCause.CROSSED: "moved within minutes of the count: the two crossed",
    DriftCause.NETTING: "the figure leaves out other requests of ours than its rule says",
    DriftCause.CLOCK: "the figure is of another moment than it says",
    DriftCause.GIVEN_BACK: "the count before had not seen it after all",
    DriftCause.NOT_SHOWN: "the figure does not show it yet",
    DriftCause.SHIPMENT_UNTOLD: "shipped without a word",
    DriftCause.SHIPPED_AFTER_CANCEL: "shipped although rejected or cancelled",
    DriftCause.RETURN_UNTOLD: "put back without a word",
    DriftCause.RECEIPT_UNTOLD: "received without a word",
    DriftCause.PACK: "packs counted as pieces, or pieces as packs",
    DriftCause.CAME_BACK: "came back by itself",
    DriftCause.LEFT_OUT: "counted as none, or left out of a full report",
    DriftCause.UNEXPLAINED: "unexplained",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """A fact that an explanation rests on: signed eaches, when it happened, when we wrote it down (None: it is no row
    of the ledger) and the document that told us, where one did."""

    words: str
    quantity: Decimal
    at: datetime
    recorded_at: datetime | None = None
    document: DocumentId | None = None

    @classmethod
    def of(cls, row: Movement, words: str = "") -> Evidence:
        """A row of the ledger, in its own words where there are no others."""
        said = words or f"{row.cause.value} {row.reference}".strip()
        return cls(said, row.quantity, row.observed_at, row.recorded_at, row.document)


@dataclass(frozen=True, slots=True)
class Explanation:
    """``quantity`` eaches (signed) of a difference and what they come from. ``cure``: what would end differences of
    this kind, in the words of the configuration; empty where nothing in it would."""

    cause: DriftCause
    quantity: Decimal
    evidence: tuple[Evidence, ...] = ()
    cure: str = ""


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """Units that the books expect at the location and that are not on its shelf by them: of a return that was not put
    back yet, or of a transfer that was not received. ``at``: since when they may be there."""

    reference: str
    sku: Sku
    quantity: Decimal
    at: datetime


@dataclass(frozen=True)
class History:
    """One item at one location. ``movements`` are its on-hand rows as they were written, oldest first, without a gap up
    to now; ``on_hand`` is what the books have now; ``pack`` how many eaches the partner's unit holds, where known."""

    sku: Sku
    location: LocationId
    on_hand: Decimal
    movements: Sequence[Movement]
    rule: CountingRule = field(default_factory=CountingRule)
    commitments: Sequence[Commitment] = ()
    departures: Sequence[Departure] = ()
    given_up: Sequence[GivenUp] = ()
    returns: Sequence[OnItsWay] = ()
    transfers: Sequence[OnItsWay] = ()
    pack: Decimal | None = None
    unit_cost: Money | None = None


@dataclass(frozen=True)
class CountRow:
    """One row by which a count moved the ledger, among all rows of its item: ``place`` is its index there."""

    history: History = field(repr=False)
    place: int
    opening: Decimal
    """On hand by the books before this row was written."""

    @property
    def row(self) -> Movement:
        """The count's own movement."""
        return self.history.movements[self.place]

    @property
    def as_of(self) -> datetime:
        """When the figure was true, as the partner says."""
        return self.row.observed_at

    @cached_property
    def believed(self) -> Decimal:
        """What the books had for ``as_of`` when the count was read."""
        since = (row.quantity for row in self.written_before if row.observed_at > self.as_of)
        return self.opening - sum(since, Decimal(0))

    @property
    def written_before(self) -> Sequence[Movement]:
        """Rows that were there when the count was read."""
        return self.history.movements[: self.place]

    @property
    def written_after(self) -> Sequence[Movement]:
        """Rows that came later."""
        return self.history.movements[self.place + 1 :]


def count_rows(history: History) -> list[CountRow]:
    """The counts that moved the ledger, oldest first, each with what was there before it."""
    found: list[CountRow] = []
    here = history.on_hand - sum((row.quantity for row in history.movements), Decimal(0))
    for place, row in enumerate(history.movements):
        if is_count(row):
            found.append(CountRow(history, place, here))
        here += row.quantity
    return found


def seen_by_counts(history: History) -> list[Movement]:
    """Movements told after a count that had seen them: each stands in the books beside a row that undoes it."""
    keys = {row.key for row in history.movements}
    return [row for row in history.movements if undoing(row.key) in keys]


def mended_by_answers(history: History) -> list[Movement]:
    """Rows that mend a count by an answer to a request of ours, which was given before it and told later."""
    return [row for row in history.movements if mends_count(row)]
