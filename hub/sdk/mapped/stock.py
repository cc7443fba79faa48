"""Records of what a partner has, as a report, or as batches where the file is big."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import islice, repeat
from operator import itemgetter

from hub.errors import DataError
from hub.mapping.fields.reading import Said, TableReader
from hub.mapping.records.tables import Batch
from hub.model.identity import LocationId, Sku
from hub.model.quantity import Units, to_base
from hub.model.stock import (
    CountBasis,
    ExpectedSupply,
    FeedMode,
    FeedRow,
    ItemOutlook,
    StockBatch,
    StockFeed,
    StockReport,
    StockRow,
)
from hub.sdk.capabilities import Parsed
from hub.sdk.mapped.intake import LARGEST, Intake

BIG_FILE_BYTES = 1_000_000
"""From here on a table of stock is read on the way."""

FIGURES = tuple(CountBasis)
_KNOWN_TO_BE_OTHERS = frozenset({"data.unmapped-item"})
_PLAIN = frozenset({"site", "unit", *(each.value for each in CountBasis)})


def stock_report(intake: Intake) -> Parsed:
    """The report, and a problem for each record that cannot be used.

    A full report with such records changes what it names only: an item of ours may be among them, and would be taken
    for missing.
    """
    rows: list[StockRow] = []
    outlooks: list[ItemOutlook] = []
    locations: dict[LocationId, None] = {}
    for said in intake.records():
        counted = _counted(intake, said)
        if counted is None:
            continue
        at = said.fields.get("as_of")
        as_of = intake.moment(at) if isinstance(at, datetime) else None
        for figure in _figures(intake, said, counted):
            rows.append(StockRow.of(figure).model_copy(update={"as_of": as_of}))
            locations[figure[1]] = None
        outlooks += _outlook(intake, said, counted)
    if not rows and not outlooks:
        return Parsed((), intake.problems)
    report = StockReport(
        connection=intake.document.connection,
        reference=_reference(intake),
        as_of=intake.moment(intake.about.get("as_of")),
        mode=_mode(intake),
        locations=_spoken_for(intake, locations),
        rows=tuple(rows),
        outlooks=tuple(outlooks),
    )
    return Parsed((report,), intake.problems)


def stock_feed(intake: Intake) -> Iterator[StockBatch | Parsed]:
    """The same, a batch of rows at a time."""
    table = intake.table()
    reader = TableReader(intake.mapping, table.columns)
    locations: dict[LocationId, None] = {}
    count = 0
    for batch in table.batches():
        intake.rejected(batch.rejects)
        made = _fast(intake, reader, batch)
        said = made if made is not None else _slow(intake, reader, batch)
        locations |= dict.fromkeys(map(itemgetter(1), said.rows))
        count += len(said.rows)
        yield said
    problems = intake.problems
    if not count:
        yield Parsed((), problems)
        return
    feed = StockFeed(
        connection=intake.document.connection,
        reference=_reference(intake),
        as_of=intake.moment(intake.about.get("as_of")),
        mode=_mode(intake),
        locations=_spoken_for(intake, locations),
        number=1,
        rows=count,
    )
    yield Parsed((feed,), problems)


def _fast(intake: Intake, reader: TableReader, batch: Batch) -> StockBatch | None:
    """Rows of items named by one number and counted one by one, all of them at once; None where one is not so."""
    ids = [each.name for each in intake.mapping.fields if each.name.startswith("item.")]
    names = {each.name for each in intake.mapping.fields}
    if len(ids) != 1 or not names <= _PLAIN | {ids[0], "title"}:
        return None
    try:
        made = reader.columns(batch.rows)
    except DataError:
        return None
    if made is None:
        return None
    skus = intake.codebook.single_units(ids[0][5:])
    units = set(made.get("unit", ())) - {None, "EA"}
    figures = [basis for basis in FIGURES if basis.value in names]
    if units or not figures or intake.codebook.identity:
        return None
    if "site" in made:
        sites = {site: intake.codebook.location_for(str(site or "")) for site in set(made["site"])}
    else:
        sites = {None: intake.codebook.location_for("")}
    quantities = set().union(*(made[basis.value] for basis in figures))
    if None in sites.values() or not all(map(_can_be_kept, quantities)):
        return None
    try:
        ours = list(map(skus.__getitem__, made[ids[0]]))  # type: ignore[arg-type]
    except KeyError:
        return None
    places = map(sites.__getitem__, made["site"]) if "site" in made else repeat(sites[None])
    where = list(islice(places, len(ours)))
    rows: list[FeedRow] = []
    for basis in figures:
        rows += zip(ours, where, repeat(basis), made[basis.value], repeat("EA"), repeat(Decimal(1)))
    return StockBatch(1, rows)


@lru_cache(maxsize=10_000, typed=True)
def _can_be_kept(quantity: object) -> bool:
    """Whether it is a number of eaches that the hub can store."""
    try:
        return isinstance(quantity, Decimal) and abs(to_base(quantity, Decimal(1))) < LARGEST
    except DataError:
        return False


def _slow(intake: Intake, reader: TableReader, batch: Batch) -> StockBatch:
    rows: list[FeedRow] = []
    outlooks: list[ItemOutlook] = []
    for said in reader.read(zip(batch.numbers, batch.rows, strict=True), intake.environment):
        if said.fault is not None:
            intake.fault(said, said.fault)
            continue
        counted = _counted(intake, said)
        if counted is not None:
            rows += _figures(intake, said, counted)
            outlooks += _outlook(intake, said, counted)
    return StockBatch(1, rows, outlooks)


@dataclass(frozen=True, slots=True)
class _Counted:
    """What a record is about: the item, where it lies, and in which unit of so many eaches."""

    sku: Sku
    location: LocationId
    unit: str
    units_each: Units


def _counted(intake: Intake, said: Said) -> _Counted | None:
    item = intake.item(said)
    where = intake.location(said) if item is not None else None
    size = intake.eaches_of(said, item) if where is not None else None
    if item is None or where is None or size is None:
        return None
    return _Counted(item.sku, where, *size)


def _figures(intake: Intake, said: Said, counted: _Counted) -> Iterator[FeedRow]:
    """Each figure of a record that can be kept."""
    for basis in FIGURES:
        quantity = said.fields.get(basis.value)
        if isinstance(quantity, Decimal) and intake.eaches(said, basis.value, counted.units_each) is not None:
            yield counted.sku, counted.location, basis, quantity, counted.unit, counted.units_each


def _outlook(intake: Intake, said: Said, counted: _Counted) -> Iterator[ItemOutlook]:
    """What a record says of the item's future."""
    day, gone = said.fields.get("expected_on"), said.fields.get("discontinued") is True
    if not isinstance(day, date):
        if gone:
            yield ItemOutlook(sku=counted.sku, location=counted.location, discontinued=True)
        return
    units = intake.eaches(said, "expected", counted.units_each) if "expected" in said.fields else None
    if units is not None and units < 0:
        intake.refuse(said, "expected", "What is expected is no less than nothing.")
        units = None
    supply = ExpectedSupply(day=day, quantity=units)
    yield ItemOutlook(sku=counted.sku, location=counted.location, expected=(supply,), discontinued=gone)


def _mode(intake: Intake) -> FeedMode:
    mode = FeedMode(str(intake.about["mode"]))
    return FeedMode.DELTA if intake.tally.codes - _KNOWN_TO_BE_OTHERS else mode


def _spoken_for(intake: Intake, named: dict[LocationId, None]) -> tuple[LocationId, ...]:
    return tuple(named) or tuple(filter(None, (intake.codebook.default_location,)))


def _reference(intake: Intake) -> str:
    return str(intake.about.get("reference") or intake.file)
