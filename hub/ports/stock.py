"""Stores of stock: the ledger, what channels show of it, feeds on their way in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from hub.model.identity import ChannelId, DocumentId, LineId, LocationId, OrderId, RequestId, Sku, SoftHoldKey
from hub.model.ledger import Balance, Cause, Commitment, Departure, GivenUp, HeldEntry, Movement, Reservation
from hub.model.queue import Publication, PublicationState
from hub.model.returns import Return
from hub.model.soft_hold import SoftHold
from hub.model.stock import BulkCount, CountBasis, FeedRow, ItemOutlook, Outlook


class LedgerStore(Protocol):
    """The stock ledger (domain.md 1.2). Every write is keyed; the same key again changes nothing."""

    def move(self, movements: Sequence[Movement]) -> int:
        """Append movements and add them to the balances; returns how many were new."""

    def reserve(
        self,
        reservations: Sequence[Reservation],
        floors: Mapping[tuple[Sku, LocationId], Decimal],
        *,
        hold: SoftHoldKey | None = None,
    ) -> list[str]:
        """Promise stock, all or nothing, guarded in the statement itself.

        A promise is kept only where on hand - unavailable - reserved - softly held - floor covers it (``floors``:
        Decimal per SKU and location, 0 where not named). Units of ``hold`` count as free and are taken out of it first;
        as many as it keeps are promised before those of other holds (``inventory.atp.Atp.for_holder``). Returns the
        keys that were not covered; then nothing was written.
        """

    def release(self, reservations: Sequence[Reservation]) -> int:
        """Append negative reservations. Raises InvariantError where more would be released than is held."""

    def held(self, request_id: RequestId) -> dict[tuple[LineId, Sku, LocationId], Decimal]:
        """Units (Decimal) still reserved for a request, by line."""

    def balances(
        self, skus: Iterable[Sku] | None = None, locations: Iterable[LocationId] | None = None
    ) -> list[Balance]:
        """Balances, all where a filter is None. Pairs never moved have none."""

    def lock(self, location: LocationId, skus: Iterable[Sku], *, others: bool = False) -> dict[Sku, Balance]:
        """Balances of these SKUs there, and with ``others`` of every other one there, held until the transaction ends:
        nobody moves them or counts them meanwhile. One that never moved is held too, and has a balance of zero."""

    def counted(self, skus: Sequence[Sku], location: LocationId, as_of: datetime, document: DocumentId | None) -> None:
        """Note that a count of these items as of then has been applied."""

    def note_shortage(self, skus: Iterable[Sku], location: LocationId, at: datetime, request_id: RequestId) -> None:
        """Note that of these items the location had not what this request asked for; a later shortage known stays."""

    def count_times(self, location: LocationId, since: datetime, skus: Iterable[Sku]) -> dict[Sku, list[datetime]]:
        """As-of times from ``since`` on of the counts of these items there that moved them, and of the newest one, each
        once and oldest first; no entry where there is none."""

    def freshness(self, locations: Iterable[LocationId] | None = None) -> dict[LocationId, datetime]:
        """As-of time of the newest count applied at each location; one never counted has no entry."""

    def arrivals(self, location: LocationId, since: datetime, skus: Iterable[Sku] | None = None) -> list[Movement]:
        """Movements that are neither counts nor shipments, observed after ``since``."""

    def commitments(self, location: LocationId, skus: Iterable[Sku] | None = None) -> list[Commitment]:
        """Outstanding request lines at a location."""

    def backordered(
        self, skus: Iterable[Sku], locations: Iterable[LocationId]
    ) -> dict[tuple[Sku, LocationId], Decimal]:
        """Units that locations accepted for later and still owe, by SKU and location; pairs without any are left
        out."""

    def departures(self, location: LocationId, since: datetime, skus: Iterable[Sku] | None = None) -> list[Departure]:
        """Shipments from a location that left after ``since``."""

    def give_up(self, rows: Sequence[GivenUp]) -> None:
        """Note units that a location will not ship; a key seen before changes nothing."""

    def given_up(self, location: LocationId, since: datetime, skus: Iterable[Sku] | None = None) -> list[GivenUp]:
        """Units a location has given up after ``since``."""

    def movements(self, sku: Sku, location: LocationId | None = None, *, limit: int = 100) -> list[Movement]:
        """Newest first."""

    def reservations(self, sku: Sku, location: LocationId | None = None, *, limit: int = 100) -> list[Reservation]:
        """Newest first."""

    def held_entries(self, sku: Sku, location: LocationId | None = None, *, limit: int = 100) -> list[HeldEntry]:
        """What soft holds kept and gave back; newest first."""

    def as_of(
        self,
        moment: datetime,
        known: datetime,
        skus: Iterable[Sku] | None = None,
        locations: Iterable[LocationId] | None = None,
    ) -> list[Balance]:
        """What was there at ``moment``, as far as it was written down at ``known``, both included.

        All where a filter is None. Pairs without any such row have no balance.

        A promise is our own act: it happens when we write it down, so it counts from then on in both axes. Of counts
        only the newest is kept, so ``counted_at`` is None.
        """

    def drift(self) -> list[str]:
        """Balances that differ from the sums of their rows, in words; empty where the ledger is true."""


class SoftHoldStore(Protocol):
    """Soft holds, their units a term of the balances. Held units are promised to nobody but who names the hold."""

    def place(self, hold: SoftHold, floors: Mapping[tuple[Sku, LocationId], Decimal]) -> list[tuple[Sku, LocationId]]:
        """Keep its units, all or nothing, behind the guard of ``LedgerStore.reserve``.

        Returns the pairs that do not cover them; then nothing was written. A key that is known changes nothing.
        """

    def get(self, key: SoftHoldKey, *, lock: bool = False) -> SoftHold | None:
        """The hold of that key, ended ones too; ``lock`` holds its row until the transaction ends."""

    def page(self, *, live_only: bool = True, limit: int = 50) -> list[SoftHold]:
        """By the moment they expire."""

    def extend(self, key: SoftHoldKey, expires_at: datetime) -> None:
        """Let it end then."""

    def claim(self, key: SoftHoldKey, order_id: OrderId) -> None:
        """From now on it is that order's."""

    def give_back(
        self, key: SoftHoldKey, units: Mapping[tuple[Sku, LocationId], Decimal], cause: Cause, at: datetime
    ) -> None:
        """Keep so many units fewer. Raises InvariantError where it does not keep as many."""

    def of_orders(self, skus: Iterable[Sku]) -> dict[tuple[OrderId, Sku, LocationId], Decimal]:
        """Units of these SKUs that holds keep for orders that named them."""


class DriftStore(Protocol):
    """What is asked of the ledger to explain why counts differed from it; changes nothing."""

    def counted(self, location: LocationId, since: datetime) -> tuple[int, Decimal]:
        """Items whose newest count is as of ``since`` or later, and how many units of them are on hand."""

    def recounted(self, location: LocationId, since: datetime) -> list[Sku]:
        """Items that a count as of ``since`` or later moved, other than by the first row of theirs, by SKU."""

    def moved(self, location: LocationId, skus: Iterable[Sku], since: datetime) -> list[Movement]:
        """On-hand movements of these written down at ``since`` or later, in the order in which they were."""

    def returned(self, location: LocationId, skus: Iterable[Sku]) -> list[tuple[Sku, LineId, Return]]:
        """Returns of the orders for which stock of these was promised there, with the order's line of each SKU."""


class PublicationStore(Protocol):
    """What each channel shows, and which SKUs must be looked at again."""

    def touch(self, skus: Iterable[Sku]) -> None:
        """Say that the sellable quantity of these may have changed, for every channel."""

    def touch_stocked(self, location: LocationId) -> list[Sku]:
        """The same of everything in stock at a location; gives those SKUs of it that open order lines ask for."""

    def touched(self, channel: ChannelId, limit: int) -> list[Sku]:
        """SKUs touched since ``settled`` for this channel, oldest first; settled can be what was shown in a writing
        transaction."""

    def settled(self, channel: ChannelId, skus: Iterable[Sku]) -> None:
        """These have been looked at."""

    def rules(self, channel: ChannelId) -> str | None:
        """The rules (``Network.publishing_rules``) by which SKUs were settled; None before the first."""

    def start_over(self, channel: ChannelId, rules: str) -> None:
        """Nothing is settled any more: whatever was ever touched is looked at again, by these rules."""

    def current(self, channel: ChannelId, skus: Iterable[Sku], *, lock: bool = False) -> dict[Sku, Publication]:
        """What we know the channel shows; ``lock`` holds the rows until the transaction ends."""

    def save(self, publication: Publication) -> None:
        """Insert or replace."""

    def page(
        self,
        channel: ChannelId,
        *,
        state: PublicationState | None = None,
        after: Sku | None = None,
        limit: int = 50,
    ) -> list[Publication]:
        """What was decided last for each SKU of the channel, by SKU."""

    def unsettled(self) -> dict[ChannelId, dict[PublicationState, int]]:
        """How many publications of each channel are PENDING or ended in ERROR."""

    def waiting(self, channel: ChannelId, before: datetime) -> list[Sku]:
        """SKUs whose publications wait since before that moment."""

    def resume(self, channel: ChannelId, before: datetime) -> list[Sku]:
        """Let publications that wait since before that moment wait no longer; returns their SKUs."""


class FeedStore(Protocol):
    """Rows of big feeds between being read and being published. ``feed`` is a StockFeed's ``number``."""

    def stage(self, document: DocumentId, feed: int, first: int, rows: Sequence[FeedRow]) -> None:
        """Keep rows, the first of them being number ``first`` of its feed."""

    def locations(self, document: DocumentId, feed: int) -> list[LocationId]:
        """Every location its rows and outlooks name."""

    def count(
        self,
        document: DocumentId,
        feed: int,
        location: LocationId,
        *,
        basis: CountBasis,
        as_of: datetime,
        now: datetime,
    ) -> BulkCount:
        """Count all plain rows at once: move the ledger to their figures, touch what moved, note them as counted.

        Plain is a row in eaches of that basis, the only one of its SKU, of which the figure is the whole story: no open
        request, no departures, arrivals or units given up since ``as_of``, nothing unsellable, no doubt of
        the item (``Balance.doubted``), no count after ``as_of`` and none of that very moment with another figure.
        The books are those that ``inventory.counting`` leads to.
        """

    def rows(
        self, document: DocumentId, feed: int, location: LocationId, after: Sku | None, limit: int, *, left: bool
    ) -> list[FeedRow]:
        """All rows of the next ``limit`` SKUs after that one, by SKU and then as they were staged; with ``left`` only
        those that ``count`` left."""

    def unnamed(
        self, document: DocumentId, feed: int, location: LocationId, after: Sku | None, limit: int
    ) -> list[Sku]:
        """The next SKUs with a count or stock at the location of which the feed has no row."""

    def named(self, document: DocumentId, feed: int, location: LocationId, skus: Sequence[Sku]) -> set[Sku]:
        """Those of these SKUs of which the feed has a row at the location."""

    def stage_outlooks(self, document: DocumentId, feed: int, outlooks: Sequence[ItemOutlook]) -> None:
        """Keep outlooks; the last of an item at a location stands."""

    def outlooks(
        self, document: DocumentId, feed: int, location: LocationId, after: Sku | None, limit: int
    ) -> list[ItemOutlook]:
        """The staged outlooks of the next ``limit`` SKUs after that one."""

    def clear(self, document: DocumentId) -> None:
        """Forget what is staged under a document."""


class OutlookStore(Protocol):
    """What partners say of their items' future, the newest of each item at a location."""

    def save(self, outlooks: Sequence[Outlook]) -> None:
        """Insert or replace, each item at a location once; one that is older than what is known changes nothing."""

    def forget(self, location: LocationId, skus: Sequence[Sku], as_of: datetime) -> None:
        """Drop what was said of these then or before."""

    def of(self, skus: Iterable[Sku] | None = None, locations: Iterable[LocationId] | None = None) -> list[Outlook]:
        """What is known, by SKU and location; all where a filter is None."""

    def page(self, location: LocationId, after: Sku | None, limit: int) -> list[Outlook]:
        """The next so many of a location, by SKU."""
