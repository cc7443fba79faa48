"""Rows of big feeds between being read and being published: staged in file order, taken out SKU by SKU."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from hub.model.identity import DocumentId, LocationId, Sku
from hub.model.quantity import from_scaled, to_base, to_scaled
from hub.model.stock import BulkCount, CountBasis, FeedRow, ItemOutlook
from hub.storage import feed_counts
from hub.storage.dialect import as_numbers, as_rows
from hub.storage.transaction import Transaction

# One JSON parameter stays below a few megabytes.
_CHUNK = 5000

_PLACES = """
    INSERT INTO feed_places (document, feed, location)
    SELECT :document, :feed, r.location FROM {rows location text}
    WHERE true
    ON CONFLICT (document, feed, location) DO NOTHING
"""
_FORMS = """
    INSERT INTO feed_forms (document, feed, basis, unit, units_each)
    SELECT :document, :feed, r.basis, r.unit, r.units_each FROM {rows basis text, unit text, units_each bigint}
    WHERE true
    ON CONFLICT (document, feed, basis, unit, units_each) DO NOTHING
"""
_PLACES_OF = "SELECT id, location FROM feed_places WHERE document = :document AND feed = :feed"
_FORMS_OF = "SELECT id, basis, unit, units_each FROM feed_forms WHERE document = :document AND feed = :feed"
# Plain until ``count`` looks.
_STAGE = """
    INSERT INTO feed_rows (place, sku, number, form, quantity, confirmed)
    SELECT :place, r.name, :number, :form, r.number, 1 FROM {numbers}
"""
_PLACE = f"{_PLACES_OF} AND location = :location"
_LOCATIONS = """
    SELECT location FROM feed_places WHERE document = :document AND feed = :feed
    UNION SELECT location FROM feed_outlooks WHERE document = :document AND feed = :feed
    ORDER BY location
"""
_ROWS = """
    SELECT f.sku, o.basis, f.quantity, o.unit, o.units_each FROM feed_rows f JOIN feed_forms o ON o.id = f.form
    WHERE f.place = :place AND f.confirmed <= :most AND f.sku > :after
          AND f.sku <= (
        SELECT max(sku) FROM (
            SELECT DISTINCT sku FROM feed_rows
            WHERE place = :place AND confirmed <= :most AND sku > :after
            ORDER BY sku LIMIT :limit
        ) AS next
    )
    ORDER BY f.sku, f.number
"""
_UNNAMED = """
    SELECT b.sku FROM balances b
    WHERE b.location = :location AND b.sku > :after AND (b.counted_at IS NOT NULL OR b.on_hand <> 0)
          AND NOT EXISTS (SELECT 1 FROM feed_rows f WHERE f.place = :place AND f.sku = b.sku)
    ORDER BY b.sku LIMIT :limit
"""
_NAMED = """
    SELECT DISTINCT sku FROM feed_rows WHERE place = :place AND sku IN (SELECT sku FROM {rows sku text})
"""
_STAGE_OUTLOOKS = """
    INSERT INTO feed_outlooks (document, feed, location, sku, body)
    SELECT :document, :feed, r.location, r.sku, r.body FROM {rows location text, sku text, body text}
    WHERE true
    ON CONFLICT (document, feed, location, sku) DO UPDATE SET body = excluded.body
"""
_OUTLOOKS = """
    SELECT body FROM feed_outlooks
    WHERE document = :document AND feed = :feed AND location = :location AND sku > :after
    ORDER BY sku LIMIT :limit
"""
_CLEAR = (
    "DELETE FROM feed_rows WHERE place IN (SELECT id FROM feed_places WHERE document = :document)",
    "DELETE FROM feed_places WHERE document = :document",
    "DELETE FROM feed_forms WHERE document = :document",
    "DELETE FROM feed_outlooks WHERE document = :document",
)

_Form = tuple[CountBasis, str, Decimal]
"""Basis, unit and eaches in one of it."""

_NOWHERE = 0
"""Rows are numbered from 1."""


class SqlFeedStore:
    """FeedStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def stage(self, document: DocumentId, feed: int, first: int, rows: Sequence[FeedRow]) -> None:
        """See FeedStore."""
        # All of them first: a figure that cannot be kept leaves nothing half staged.
        sheets = _sheets(rows)
        places = self._places(document, feed, {location for location, _ in sheets})
        forms = self._forms(document, feed, {form for _, form in sheets})
        for (location, form), layers in sheets.items():
            for layer, figures in layers.items():
                row = {"place": places[location], "form": forms[form], "number": first + layer}
                self._transaction.run(_STAGE, {**row, "numbers": as_numbers(figures)})

    def _places(self, document: DocumentId, feed: int, named: Iterable[LocationId]) -> dict[str, int]:
        """Our numbers for these locations and all others of a feed."""
        which = {"document": document, "feed": feed}
        rows = as_rows({"location": location} for location in sorted(named))
        self._transaction.run(_PLACES, {**which, "rows": rows})
        return {row.location: row.id for row in self._transaction.run(_PLACES_OF, which)}

    def _forms(self, document: DocumentId, feed: int, stated: Iterable[_Form]) -> dict[_Form, int]:
        """Our numbers for these ways to state a figure and all others of a feed."""
        which = {"document": document, "feed": feed}
        scaled = {(basis.value, unit, to_scaled(each)): (basis, unit, each) for basis, unit, each in stated}
        rows = as_rows({"basis": basis, "unit": unit, "units_each": each} for basis, unit, each in sorted(scaled))
        self._transaction.run(_FORMS, {**which, "rows": rows})
        found = self._transaction.run(_FORMS_OF, which)
        known = {(row.basis, row.unit, row.units_each): row.id for row in found}
        return {form: known[key] for key, form in scaled.items()}

    def locations(self, document: DocumentId, feed: int) -> list[LocationId]:
        """See FeedStore."""
        found = self._transaction.run(_LOCATIONS, {"document": document, "feed": feed})
        return [LocationId(row.location) for row in found]

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
        """See FeedStore."""
        which = feed_counts.Staged(document, feed, location, self._place(document, feed, location))
        return feed_counts.count(self._transaction, which, basis, as_of, now)

    def rows(
        self, document: DocumentId, feed: int, location: LocationId, after: Sku | None, limit: int, *, left: bool
    ) -> list[FeedRow]:
        """See FeedStore."""
        page = {"place": self._place(document, feed, location), "after": after or "", "limit": limit}
        return [
            (
                Sku(row.sku),
                location,
                CountBasis(row.basis),
                from_scaled(row.quantity),
                row.unit,
                from_scaled(row.units_each),
            )
            for row in self._transaction.run(_ROWS, {**page, "most": 0 if left else 1})
        ]

    def unnamed(
        self, document: DocumentId, feed: int, location: LocationId, after: Sku | None, limit: int
    ) -> list[Sku]:
        """See FeedStore."""
        page = {"location": location, "after": after or "", "limit": limit}
        found = self._transaction.run(_UNNAMED, {**page, "place": self._place(document, feed, location)})
        return [Sku(sku) for sku in found.scalars()]

    def named(self, document: DocumentId, feed: int, location: LocationId, skus: Sequence[Sku]) -> set[Sku]:
        """See FeedStore."""
        which = {"place": self._place(document, feed, location), "rows": as_rows({"sku": sku} for sku in skus)}
        return {Sku(sku) for sku in self._transaction.run(_NAMED, which).scalars()}

    def _place(self, document: DocumentId, feed: int, location: LocationId) -> int:
        """Our number for a location of a feed; one that no row has where it names nothing there."""
        which = {"document": document, "feed": feed, "location": location}
        found = self._transaction.run(_PLACE, which).first()
        return _NOWHERE if found is None else found.id

    def stage_outlooks(self, document: DocumentId, feed: int, outlooks: Sequence[ItemOutlook]) -> None:
        """See FeedStore."""
        # A statement may change a row only once.
        last = list({(each.location, each.sku): each for each in outlooks}.values())
        for start in range(0, len(last), _CHUNK):
            values = as_rows(
                {"location": each.location, "sku": each.sku, "body": each.model_dump_json()}
                for each in last[start : start + _CHUNK]
            )
            self._transaction.run(_STAGE_OUTLOOKS, {"document": document, "feed": feed, "rows": values})

    def outlooks(
        self, document: DocumentId, feed: int, location: LocationId, after: Sku | None, limit: int
    ) -> list[ItemOutlook]:
        """See FeedStore."""
        # No SKU is empty, so all of them come after the empty text.
        page = {"document": document, "feed": feed, "location": location, "after": after or "", "limit": limit}
        found = self._transaction.run(_OUTLOOKS, page)
        return [ItemOutlook.model_validate_json(row.body) for row in found]

    def clear(self, document: DocumentId) -> None:
        """See FeedStore."""
        for statement in _CLEAR:
            self._transaction.run(statement, {"document": document})


def _sheets(rows: Sequence[FeedRow]) -> dict[tuple[LocationId, _Form], dict[int, dict[str, int]]]:
    """Scaled figures by location and form, and then by how often the batch named the SKU there before: a JSON object,
    which is much the fastest way into both databases, names each only once."""
    scaled = lru_cache(maxsize=10_000)(to_scaled)
    times: defaultdict[LocationId, dict[Sku, int]] = defaultdict(dict)
    sheets: dict[tuple[LocationId, _Form], dict[int, dict[str, int]]] = {}
    for (location, basis, unit, each), run in groupby(rows, itemgetter(1, 2, 4, 5)):
        named = times[location]
        kept = each if isinstance(each, Decimal) else Decimal(1)
        layers = sheets.setdefault((location, (basis, unit, kept)), defaultdict(dict))
        for sku, _, _, quantity, _, _ in run if kept is each else map(_in_eaches, run):
            layer = named[sku] = named.get(sku, -1) + 1
            layers[layer][sku] = scaled(quantity)
    return sheets


def _in_eaches(row: FeedRow) -> FeedRow:
    """A figure in a unit of so many thirds is kept as its eaches under the unit's name: columns hold decimals."""
    sku, location, basis, quantity, unit, each = row
    return sku, location, basis, to_base(quantity, each), unit, Decimal(1)
