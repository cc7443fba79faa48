"""846 to StockReport. The hub's CountingRule decides later which of the figures counts; here each keeps its basis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal

from hub.edi.documents.inventory import InventoryAdvice, StockLine
from hub.mapping.codebook import Codebook, PartnerItem
from hub.model.identity import LocationId
from hub.model.network import PARTS
from hub.model.stock import CountBasis, FeedRow, ItemOutlook, StockReport, StockRow
from hub.sdk.capabilities import Problem
from hub.sdk.x12.translate.faults import ASK
from hub.sdk.x12.translate.outlooks import LEVELS, discontinued, outlooks
from hub.sdk.x12.translate.reading import (
    book_of,
    eaches,
    earliest,
    item_at,
    profile_of,
    units_each,
    unknown_unit,
)
from hub.sdk.x12.translate.sites import (
    header_locations,
    line_site,
    location_code,
    location_of,
    spoken_for,
    storable,
)

Figure = tuple[str, Decimal | None, str, str]
"""QTY01 qualifier, amount (None where it can't be read), unit, site code."""


def stock_report(
    advice: InventoryAdvice, codebook: Codebook, reference: str, received: dt.datetime, file: str = ""
) -> tuple[StockReport, list[Problem]]:
    """Every usable figure of the feed, and a problem per line that is not; ``file`` is the name it came under.

    Raises DataError ``data.unknown-site`` where the feed names a site we do not know: with a full feed, taking the
    rest would zero that site's stock.
    """
    codebook = book_of(advice.date, codebook, received)
    profile = profile_of(codebook)
    rows: list[StockRow] = []
    problems: list[Problem] = []
    told: list[ItemOutlook] = []
    locations = header_locations(advice, codebook)
    for number, line in enumerate(advice.lines, start=1):
        for row in line_rows(line, advice, codebook, f"846/LIN {number}"):
            if isinstance(row, Problem):
                problems.append(row)
                continue
            locations[row[1]] = None
            rows.append(StockRow.of(row))
        told.extend(outlooks(line, advice, codebook))
    report = StockReport(
        connection=codebook.connection,
        reference=reference,
        as_of=earliest(advice.date, advice.time, profile.timezone, received),
        mode=profile.feed_mode(file, advice.report_type, advice.purpose),
        locations=spoken_for(locations, codebook),
        rows=tuple(rows),
        outlooks=tuple(told),
    )
    return report, problems


def line_rows(line: StockLine, advice: InventoryAdvice, codebook: Codebook, path: str) -> Iterator[FeedRow | Problem]:
    """What one item says, ``advice`` being its header.

    Several qualifiers may speak of one kind of units that cannot be sold (QH and QB of unavailable ones): they add up.
    """
    item = item_at(line.ids, codebook, path)
    if isinstance(item, Problem):
        yield item
        return
    profile, counted = profile_of(codebook), False
    parts: dict[tuple[LocationId, CountBasis, str], dict[str, Decimal | None]] = {}
    for qualifier, amount, unit, site in _figures(line, advice, codebook):
        location = location_of(site, codebook, path)
        basis = profile.quantities.get(qualifier)
        if basis in PARTS:
            parts.setdefault((location, basis, unit), {})[qualifier] = amount
        elif basis is not None:
            counted = counted or basis in LEVELS
            yield _row(item, location, basis, amount, unit, path, codebook)
    if not counted and discontinued(line, profile, advice.date):
        yield from _nothing(line, advice, item, codebook)
    for (location, basis, unit), amounts in parts.items():
        yield _row(item, location, basis, _sum(amounts.values()), unit, path, codebook)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Of amounts of which one cannot be read, none can."""
    total = Decimal(0)
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def _nothing(line: StockLine, advice: InventoryAdvice, item: PartnerItem, codebook: Codebook) -> Iterator[FeedRow]:
    """What an item that its partner gives up has left, where it does not say."""
    location = codebook.location_for(line_site(line, advice, profile_of(codebook)))
    if location is not None:
        yield from ((item.sku, location, basis, Decimal(0), "EA", Decimal(1)) for basis in sorted(LEVELS))


def _figures(line: StockLine, advice: InventoryAdvice, codebook: Codebook) -> Iterator[Figure]:
    """Present quantities only: one with a date of its own is future stock, of which there is an outlook. None of an
    item until a day is a present figure too, where no other is given."""
    profile = profile_of(codebook)
    site_of_line = line_site(line, advice, profile)
    present = {(each.qualifier, each.site) for each in line.quantities if not each.dates}
    for quantity in line.quantities:
        none_until = quantity.amount == 0 and (quantity.qualifier, quantity.site) not in present
        if not quantity.dates or none_until:
            site = location_code(quantity.site, profile) if quantity.site else site_of_line
            yield quantity.qualifier, quantity.amount, quantity.unit, site
    for pair in line.site_quantities:
        yield profile.sdq_qualifier, pair.amount, pair.unit, pair.site


def _row(
    item: PartnerItem,
    location: LocationId,
    basis: CountBasis,
    amount: Decimal | None,
    unit: str,
    path: str,
    codebook: Codebook,
) -> FeedRow | Problem:
    each = units_each(unit, item, profile_of(codebook))
    if each is None:
        return unknown_unit(unit, path)
    counted = eaches(amount, unit, item, codebook, path) if amount is not None and storable(amount) else None
    if isinstance(counted, Problem):
        return counted
    if amount is None or counted is None or not storable(counted):
        return Problem(path, "x12.incomplete-item", "The line's quantity cannot be read.", ASK)
    return item.sku, location, basis, amount, unit, each
