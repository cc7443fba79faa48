"""A big 846 to rows: items of the usual shape by a short way, all others as `stock.line_rows` reads them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from hub.edi.documents.inventory import parse_inventory, stock_line
from hub.edi.documents.reading import Reading
from hub.edi.feed import FeedBatch
from hub.edi.segment import Segment
from hub.errors import DataError
from hub.mapping.codebook import Codebook, PartnerItem
from hub.model.identity import LocationId, Sku
from hub.model.network import PARTS
from hub.model.stock import CountBasis, FeedRow, ItemOutlook, StockBatch, StockFeed
from hub.sdk.capabilities import Problem
from hub.sdk.problem_tally import MOST_PROBLEMS, ProblemTally
from hub.sdk.x12.translate.outlooks import outlooks
from hub.sdk.x12.translate.reading import EACHES, book_of, earliest, profile_of, units_each
from hub.sdk.x12.translate.sites import header_locations, site_of_feed, spoken_for, storable
from hub.sdk.x12.translate.stock import line_rows

_DIGITS = 12
"""Whole numbers that long are looked at more closely: they may be more than the ledger can keep."""

_MOST_FIGURES = 20_000
_LIN_PARTS = 3
_SILENT = frozenset({"PID", "PO4", "MEA", "CTP"})
"""Segments of an item that say nothing of its stock and change the meaning of nothing after them."""

_ONE = Decimal(1)

_PlainFigure = tuple[CountBasis, Decimal, str, Decimal]
_Figure = tuple[CountBasis | None, Decimal, str]


class FeedReader:
    """One feed's items to rows. ``number`` counts the feeds of the document from 1, ``file`` is the name it came
    under."""

    def __init__(
        self, first: FeedBatch, number: int, codebook: Codebook, received: dt.datetime, file: str = ""
    ) -> None:
        header = first.header
        self._advice = parse_inventory(header)
        codebook = book_of(self._advice.date, codebook, received)
        self.number = number
        self._separator = first.separator
        self.error: DataError | None = None
        self._problems = ProblemTally(MOST_PROBLEMS, place="846/LIN", parts="lines")
        self.rows_read = 0
        self._header, self._codebook, self._received = header, codebook, received
        self._profile = profile_of(codebook)
        self._mode = self._profile.feed_mode(file, self._advice.report_type, self._advice.purpose)
        self._locations: dict[LocationId, None] = {}
        self._site: LocationId | None = None
        self._plain: dict[str, _PlainFigure] = {}
        self._preferred = self._profile.item_ids[0] if self._profile.item_ids else ""
        self._singles = codebook.single_units(self._preferred)
        self._identity = codebook.identity and not codebook.items
        self._one_id = codebook.first_decides or {name for name, _ in codebook.items_by_id} <= {self._preferred}
        self._eaches = EACHES - set(self._profile.units)
        self._items = 0
        marked = any(mark.startswith("PID*") for mark in self._profile.discontinued)
        self._silent = _SILENT - {"PID"} if marked else _SILENT
        self._outlooks: list[ItemOutlook] = []
        try:
            self._locations = header_locations(self._advice, codebook)
            self._site = codebook.location_for(site_of_feed(self._advice, self._profile))
        except DataError as error:
            self.error = error

    def read(self, batch: FeedBatch) -> StockBatch:
        """What the batch says; nothing once the feed has an error that forbids using any of it."""
        self._outlooks = []
        rows = self._rows(batch)
        return StockBatch(self.number, rows, self._outlooks if self.error is None else [])

    def _rows(self, batch: FeedBatch) -> list[FeedRow]:
        rows: list[FeedRow] = []
        for number in self._usual(batch, rows) if self._site is not None else range(len(batch)):
            loop = batch.loop_of(number)
            if not self._short(loop, batch.component, rows):
                self._long(loop, batch.position_of(number), self._items + number + 1, batch.component, rows)
            if self.error is not None:
                return []
        self._items += len(batch)
        self.rows_read += len(rows)
        if rows and self._site is not None:
            self._locations[self._site] = None
        return rows

    def _usual(self, batch: FeedBatch, rows: list[FeedRow]) -> Iterator[int]:
        """Take the items that one look tells what they are and another what is said of them; yields the others in
        turn, so that rows keep the feed's order."""
        if not batch.usual or len(batch.usual[0]) != _LIN_PARTS + 1:
            yield from range(len(batch))
            return
        location, figures, singles = self._site, self._plain, self._singles
        start = self._preferred + self._separator
        identity, known, cut = self._identity, self._codebook.known_skus, len(start)
        compared = {} if self._one_id else self._codebook.written_pairs(self._separator)
        for number, (_, pair, others, quantity) in enumerate(batch.usual):
            sku: Any = None
            if pair.startswith(start):
                value = pair[cut:]
                sku = value if identity and (not known or value in known) else singles.get(value)
            if compared and others and compared.get(others) != sku and not self._agree(sku, others):
                sku = None
            figure = figures.get(quantity) or self._plain_figure(quantity, batch.component)
            if sku is not None and figure is not None and location is not None:
                rows.append((sku, location, *figure))
            else:
                yield number

    def feed(self, reference: str) -> StockFeed:
        """The header, once all items were read. Raises DataError as `stock.stock_report` does."""
        if self.error is not None:
            raise self.error
        return StockFeed(
            connection=self._codebook.connection,
            reference=reference,
            as_of=earliest(self._advice.date, self._advice.time, self._profile.timezone, self._received),
            mode=self._mode,
            locations=spoken_for(self._locations, self._codebook),
            number=self.number,
            rows=self.rows_read,
        )

    def told(self) -> list[Problem]:
        """The problems, those beyond the first as one each kind."""
        return list(self._problems.told())

    def _short(self, loop: list[Sequence[str]], component: str, rows: list[FeedRow]) -> bool:
        """An item with a listed id and plain quantities at the feed's own site; False where it is anything else."""
        location, item = self._site, self._item(loop[0])
        if item is None or location is None:
            return False
        found: list[FeedRow] = []
        for segment in loop[1:]:
            name = segment[0]
            if name == "QTY":
                figure = self._figure(segment, component)
                if figure is None:
                    return False
                basis, amount, unit = figure
                if basis is None:
                    continue
                each = units_each(unit, item, self._profile)
                if (
                    each is None
                    or not storable(amount, each)
                    or (basis in PARTS and basis in {row[2] for row in found})
                ):
                    return False
                found.append((item.sku, location, basis, amount, unit, each))
            elif name not in self._silent:
                return False
        rows += found
        return True

    def _item(self, lin: Sequence[str]) -> PartnerItem | None:
        """The item by the first id the profile prefers; None where it takes more to tell."""
        by_id = self._codebook.items_by_id
        if not by_id and len(lin) > 3 and lin[2] == self._preferred:
            sku = self._named(lin[3])
            return PartnerItem(sku, {}) if sku is not None else None
        for name in self._profile.item_ids:
            for place in range(2, len(lin) - 1, 2):
                if lin[place] == name:
                    # Not found: blanks around it, or an item by another id. Both are looked at with more care.
                    found = by_id.get((name, lin[place + 1]))
                    return found if found is None or self._one_id or self._all_are(found.sku, lin[2:]) else None
        return None

    def _agree(self, sku: Sku | None, others: str) -> bool:
        """Whether no other id of an item (``*UP*0123``) is listed as another SKU than the preferred one."""
        return sku is not None and self._all_are(sku, others.split(self._separator)[1:])

    def _all_are(self, sku: Sku, pairs: Sequence[str]) -> bool:
        """Whether pairs of qualifier and value are this SKU as far as they are listed."""
        for name, value in zip(pairs[::2], pairs[1::2], strict=False):
            item = self._codebook.listed(name, value)
            if item is not None and item.sku != sku:
                return False
        return True

    def _named(self, value: str) -> Sku | None:
        """Our SKU by the id the profile prefers, for an item counted one by one."""
        if not self._identity:
            return self._singles.get(value)
        known = self._codebook.known_skus
        return Sku(value) if value and value == value.strip() and (not known or value in known) else None

    def _figure(self, segment: Sequence[str], component: str) -> _Figure | None:
        """A QTY as basis, amount and unit; None for one that cannot be used as it is."""
        found = Segment(tuple(segment), 0, 0, component)
        amount = Reading(self._header, "846").decimal(found, 2)
        if amount is None or not storable(amount, _ONE):
            return None
        basis, unit = self._profile.quantities.get(found.get(1)), found.components(3)[0]
        if basis is not None and unit in self._eaches and len(self._plain) < _MOST_FIGURES:
            self._plain[self._separator.join(segment)] = (basis, amount, unit, _ONE)
        return basis, amount, unit

    def _long(self, loop: list[Sequence[str]], position: int, number: int, component: str, rows: list[FeedRow]) -> None:
        start = self._header.segments[0].position + position - 1
        segments = tuple(Segment(tuple(elements), start + place, 0, component) for place, elements in enumerate(loop))
        line = stock_line(segments, Reading(self._header, "846"), self._header)
        try:
            for row in line_rows(line, self._advice, self._codebook, f"846/LIN {number}"):
                if isinstance(row, Problem):
                    self._problems.note(row)
                else:
                    self._locations[row[1]] = None
                    rows.append(row)
            self._outlooks += outlooks(line, self._advice, self._codebook)
        except DataError as error:
            self.error = error

    def _plain_figure(self, quantity: str, component: str) -> _PlainFigure | None:
        """A whole number of eaches, the usual QTY; None for any other."""
        _, qualifier, amount, *unit = quantity.split(self._separator)
        basis = self._profile.quantities.get(qualifier)
        if basis is None or not amount.isdecimal() or len(amount) > _DIGITS or len(unit) != 1:
            return None
        if unit[0] not in self._eaches or component in unit[0]:
            return None
        figure = (basis, Decimal(amount), unit[0], _ONE)
        if len(self._plain) < _MOST_FIGURES:
            self._plain[quantity] = figure
        return figure
