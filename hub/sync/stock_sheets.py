"""A counted sheet that a person brings: staged and counted as a partner's feed is, all of it or nothing.

Sheets are big (a whole warehouse) and are read row by row; what is wrong with any of them is told to whoever brought
the sheet, at once, and so nothing of it is kept in quarantine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from itertools import islice

from hub.errors import InvariantError
from hub.flows.record_feed import record_feed
from hub.flows.record_stock import Changes
from hub.flows.work import Work
from hub.inventory.counting import CountDecision
from hub.mapping.stock_sheet import Fault, Figure, read_sheet
from hub.model.document import Direction, Document
from hub.model.identity import ConnectionId, DocumentId, LocationId, Sku
from hub.model.network import MissingMeans, Network
from hub.model.stock import CountBasis, FeedMode, FeedRow, StockFeed, StockReport
from hub.ports import Clock, Storage
from hub.sync.marks import working

BATCH = 5_000
"""Rows staged at once."""

MOMENTS = 1_000
"""Of so many different moments a sheet may be: each is counted by itself."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as it was brought. ``as_of`` is when its rows without a moment were counted, None for now; ``full``: it
    speaks of every item of its locations, and one it does not name is counted by the location's rule."""

    name: str
    body: bytes = field(repr=False)
    full: bool = False
    as_of: datetime | None = None

    @property
    def source_id(self) -> str:
        """The same for the same bytes, brought in the same way."""
        said = f":{self.as_of.isoformat()}" if self.as_of else ""
        return f"stock-sheet:{hashlib.sha256(self.body).hexdigest()}{said}{':full' if self.full else ''}"


@dataclass(frozen=True, slots=True)
class Change:
    """What a sheet does to an item: on hand before and after, and to its unavailable units."""

    sku: Sku
    location: LocationId
    before: Decimal
    after: Decimal
    unavailable: Decimal


@dataclass
class Taken:
    """What became of a sheet. With ``faults``, or where it was ``known``, nothing was done.

    ``passed_over``: rows older than the newest count of their item. ``keeping``: locations of a full sheet by whose
    rule an item that it does not name stays as it is.
    """

    documents: list[DocumentId] = field(default_factory=list)
    rows: int = 0
    changes: list[Change] = field(default_factory=list)
    passed_over: list[Figure] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    keeping: set[LocationId] = field(default_factory=set)
    known: bool = False


class _UndoneError(Exception):
    """Leaves the transaction without a trace."""


def import_sheet(
    storage: Storage, network: Network, clock: Clock, sheet: Sheet, *, listed: Collection[Sku], dry_run: bool
) -> Taken:
    """Take the sheet in as counts of its locations, in one transaction; ``dry_run`` only finds out what it would do.

    ``listed``: SKUs that partners' items name; any other must be in stock somewhere. Raises DataError ``stock.sheet``,
    ``table.*`` where it cannot be read at all.
    """
    taken = Taken()
    try:
        with working(storage, network, clock, actor="operator") as work:
            _Import(work, sheet, listed, taken).run()
            if dry_run or taken.faults or taken.known:
                raise _UndoneError
    except _UndoneError:
        pass
    return taken


@dataclass
class _Stage:
    """Rows of one connection and one moment."""

    feed: int
    locations: set[LocationId] = field(default_factory=set)
    rows: int = 0


class _Import:
    """One sheet on its way in."""

    def __init__(self, work: Work, sheet: Sheet, listed: Collection[Sku], taken: Taken) -> None:
        self._work, self._sheet, self._listed, self._taken = work, sheet, listed, taken
        self._as_of = sheet.as_of or work.now
        self._connections = {each.location: each.connection for each in work.network.locations}
        self._documents: dict[ConnectionId, DocumentId] = {}
        self._stages: dict[tuple[ConnectionId, datetime], _Stage] = {}

    def run(self) -> None:
        """Stage every row, then count where all are good."""
        bases = {each.location: each.counting.basis for each in self._work.network.locations}
        rows = read_sheet(self._sheet.name, self._sheet.body, bases)
        while batch := list(islice(rows, BATCH)):
            self._taken.rows += len(batch)
            self._take([self._checked(each) for each in batch])
            if self._taken.known:
                return
        if not self._taken.rows:
            self._fault(1, "", "The sheet has no row.", "Write one for each item counted.", "stock.sheet")
        if not self._taken.faults:
            self._count()

    def _checked(self, row: Figure | Fault) -> Figure | None:
        if isinstance(row, Fault):
            self._taken.faults.append(row)
            return None
        if self._sheet.full and row.as_of is not None and row.as_of != self._as_of:
            cure = "Give the moment once, with --as-of."
            self._fault(row.row, "as_of", "A full count is of one moment.", cure)
        return row

    def _take(self, batch: Sequence[Figure | None]) -> None:
        """Note what is older than the newest count, refuse what nobody knows, stage the rest."""
        figures = [each for each in batch if each is not None]
        skus = {each.sku for each in figures}
        ledger = self._work.uow.ledger
        places = {each.location for each in figures}
        counted = {(each.sku, each.location): each.counted_at for each in ledger.balances(skus, places)}
        strange = {sku for sku in skus if sku not in self._listed} - {sku for sku, _ in counted}
        strange -= {each.sku for each in ledger.balances(strange)} if strange else set()
        waiting: dict[tuple[ConnectionId, datetime], list[Figure]] = {}
        for each in figures:
            if each.sku in strange:
                what = f"No partner's items name the SKU {each.sku}, and no stock of it is known."
                self._fault(each.row, "sku", what, "Correct it, or add it to a partner's items.csv.", "cli.unknown-sku")
                continue
            as_of = each.as_of or self._as_of
            newest = counted.get((each.sku, each.location))
            if newest is not None and as_of < newest:
                self._taken.passed_over.append(each)
            waiting.setdefault((self._connections[each.location], as_of), []).append(each)
        for (connection, as_of), rows in waiting.items():
            if not self._taken.faults and not self._taken.known:
                self._stage(connection, as_of, rows)

    def _stage(self, connection: ConnectionId, as_of: datetime, figures: Sequence[Figure]) -> None:
        document = self._document(connection)
        if document is None:
            return
        stage = self._stages.setdefault((connection, as_of), _Stage(len(self._stages) + 1))
        if len(self._stages) > MOMENTS:
            what = f"The sheet is of more than {MOMENTS} moments."
            self._fault(figures[0].row, "as_of", what, "Round them, or leave as_of empty and give --as-of.")
            return
        rows = [row for each in figures for row in self._feed_rows(each)]
        self._work.uow.feeds.stage(document, stage.feed, stage.rows + 1, rows)
        stage.rows += len(rows)
        stage.locations.update(each.location for each in figures)

    def _feed_rows(self, figure: Figure) -> Iterator[FeedRow]:
        location = self._work.network.location(figure.location)
        if location is None:
            raise InvariantError("A figure of an unknown location was to be staged.")
        where, pack = figure.location, (figure.unit, figure.units_each)
        yield (figure.sku, where, location.counting.basis, figure.quantity, *pack)
        if figure.unavailable is not None:
            yield (figure.sku, where, CountBasis.UNAVAILABLE, figure.unavailable, *pack)

    def _document(self, connection: ConnectionId) -> DocumentId | None:
        """The sheet as a document of that connection; None where it was brought before."""
        if connection not in self._documents:
            sheet, documents = self._sheet, self._work.uow.documents
            raw = Document(
                connection=connection,
                direction=Direction.INBOUND,
                kind="stock-sheet",
                source_id=sheet.source_id,
                body=sheet.body,
                at=self._work.now,
                meta={"file": sheet.name, "as_of": self._as_of.isoformat()},
            )
            added = documents.add(raw)
            if added is None:
                before = documents.known(connection, Direction.INBOUND, sheet.source_id)
                self._taken.documents = [before] if before else []
                self._taken.known = True
                return None
            self._documents[connection] = added
            self._taken.documents.append(added)
        return self._documents[connection]

    def _count(self) -> None:
        mode = FeedMode.FULL if self._sheet.full else FeedMode.DELTA
        # Oldest first: what is newer corrects it.
        for (connection, as_of), stage in sorted(self._stages.items(), key=lambda each: each[0][1]):
            document = self._documents[connection]
            feed = StockFeed(
                connection=connection,
                reference=self._sheet.name,
                as_of=as_of,
                mode=mode,
                locations=tuple(sorted(stage.locations)),
                number=stage.feed,
                rows=stage.rows,
            )
            work = replace(self._work, cause=document, connection=connection)
            record_feed(work, feed, _Noted(work, self._taken.changes), by_us=True)
            if self._sheet.full:
                self._taken.keeping |= {each for each in stage.locations if self._keeps(each)}
        for document in self._documents.values():
            self._work.uow.feeds.clear(document)
            for entry in self._work.uow.quarantine.open(document=document, limit=10_000):
                self._fault(0, "", entry.message, entry.cure, entry.code)

    def _keeps(self, where: LocationId) -> bool:
        location = self._work.network.location(where)
        return location is not None and location.counting.missing is MissingMeans.UNCHANGED

    def _fault(self, row: int, column: str, message: str, cure: str, code: str = "stock.sheet-row") -> None:
        self._taken.faults.append(Fault(row, column, code, message, cure))


class _Noted(Changes):
    """Keeps what a count changes, for whoever brought it."""

    one_by_one = True

    def __init__(self, work: Work, noted: list[Change]) -> None:
        super().__init__(work)
        self._noted = noted

    def apply(self, report: StockReport, where: LocationId, decisions: Sequence[CountDecision]) -> None:
        """Move the ledger, and note how far."""
        super().apply(report, where, decisions)
        self._noted += [
            Change(each.sku, where, each.on_hand - each.delta, each.on_hand, each.unavailable_delta)
            for each in decisions
            if each.delta or each.unavailable_delta
        ]
