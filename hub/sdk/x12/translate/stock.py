"""846 to StockReport. The hub's CountingRule decides later which of the figures counts; here each keeps its basis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal

from hub.edi.documents.inventory import InventoryAdvice, StockLine
from hub.edi.documents.parts import Party
from hub.errors import DataError
from hub.mapping.codebook import Codebook, PartnerItem
from hub.mapping.x12_profile import X12Profile
from hub.model.identity import LocationId
from hub.model.network import PARTS
from hub.model.stock import CountBasis, FeedRow, StockReport, StockRow
from hub.sdk.capabilities import Problem
from hub.sdk.x12.translate.faults import ASK
from hub.sdk.x12.translate.reading import earliest, item_named, profile_of, units_each, unknown_unit, unmapped

Figure = tuple[str, Decimal | None, str, str]
"""QTY01 qualifier, amount (None where it can't be read), unit, site code."""

PLACES = 6
"""Decimal places the ledger keeps."""

_LARGEST = Decimal(10) ** 12
"""Quantities from here on are mistakes, and more than the ledger can keep."""


def stock_report(
    advice: InventoryAdvice, codebook: Codebook, reference: str, received: dt.datetime, file: str = ""
) -> tuple[StockReport, list[Problem]]:
    """Every usable figure of the feed, and a problem per line that is not; ``file`` is the name it came under.

    Raises DataError ``data.unknown-site`` where the feed names a site we do not know: with a full feed, taking the
    rest would zero that site's stock.
    """
    profile = profile_of(codebook)
    rows: list[StockRow] = []
    problems: list[Problem] = []
    locations = header_locations(advice, codebook)
    for number, line in enumerate(advice.lines, start=1):
        for row in line_rows(line, advice, codebook, f"846/LIN {number}"):
            if isinstance(row, Problem):
                problems.append(row)
                continue
            locations[row[1]] = None
            rows.append(StockRow.of(row))
    report = StockReport(
        connection=codebook.connection,
        reference=reference,
        as_of=earliest(advice.date, advice.time, profile.timezone, received),
        mode=profile.feed_mode(file, advice.report_type, advice.purpose),
        locations=spoken_for(locations, codebook),
        rows=tuple(rows),
    )
    return report, problems


def header_locations(advice: InventoryAdvice, codebook: Codebook) -> dict[LocationId, None]:
    """The locations the feed's header names. Raises DataError ``data.unknown-site``."""
    return dict.fromkeys(location_of(site, codebook, "846/N1") for site in _sites(advice.sites, codebook))


def spoken_for(named: Iterable[LocationId], codebook: Codebook) -> tuple[LocationId, ...]:
    """The locations a report speaks for: those it names, else the partner's only one."""
    return tuple(named) or tuple(filter(None, (codebook.default_location,)))


def line_rows(line: StockLine, advice: InventoryAdvice, codebook: Codebook, path: str) -> Iterator[FeedRow | Problem]:
    """What one item says, ``advice`` being its header.

    Several qualifiers may speak of one kind of units that cannot be sold (QH and QB of unavailable ones): they add up.
    """
    item = item_named(line.ids, codebook)
    if item is None:
        yield unmapped(line.ids, codebook, path)
        return
    profile = profile_of(codebook)
    parts: dict[tuple[LocationId, CountBasis, str], dict[str, Decimal | None]] = {}
    for qualifier, amount, unit, site in _figures(line, advice, codebook):
        location = location_of(site, codebook, path)
        basis = profile.quantities.get(qualifier)
        if basis in PARTS:
            parts.setdefault((location, basis, unit), {})[qualifier] = amount
        elif basis is not None:
            yield _row(item, location, basis, amount, unit, path, profile)
    for (location, basis, unit), amounts in parts.items():
        yield _row(item, location, basis, _sum(amounts.values()), unit, path, profile)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Of amounts of which one cannot be read, none can."""
    total = Decimal(0)
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def storable(amount: Decimal, each: Decimal) -> bool:
    """Whether so many units of so many eaches are a quantity that the ledger can keep."""
    return max(abs(amount), abs(amount) * each) < _LARGEST and amount == round(amount, PLACES)


def _figures(line: StockLine, advice: InventoryAdvice, codebook: Codebook) -> Iterator[Figure]:
    """Present quantities only: one with a date of its own is future stock, which a StockReport does not carry."""
    profile = profile_of(codebook)
    line_site = next(_sites(line.sites, codebook), site_of_feed(advice, codebook))
    for quantity in line.quantities:
        if not quantity.dates:
            site = _code(quantity.site, profile) if quantity.site else line_site
            yield quantity.qualifier, quantity.amount, quantity.unit, site
    for pair in line.site_quantities:
        yield profile.sdq_qualifier, pair.amount, pair.unit, pair.site


def site_of_feed(advice: InventoryAdvice, codebook: Codebook) -> str:
    """The site code that holds where an item names none, empty where the feed names none either."""
    return next(_sites(advice.sites, codebook), "")


def _sites(parties: Iterable[Party], codebook: Codebook) -> Iterator[str]:
    """The codes of those parties that are sites of the partner."""
    profile = profile_of(codebook)
    return (_code(party, profile) for party in parties if party.entity in profile.site_entities)


def _code(party: Party, profile: X12Profile) -> str:
    return party.name if profile.site_by == "name" else party.id


def _row(
    item: PartnerItem,
    location: LocationId,
    basis: CountBasis,
    amount: Decimal | None,
    unit: str,
    path: str,
    profile: X12Profile,
) -> FeedRow | Problem:
    each = units_each(unit, item, profile)
    if each is None:
        return unknown_unit(unit, path)
    if amount is None or not storable(amount, each):
        return Problem(path, "x12.incomplete-item", "The line's quantity cannot be read.", ASK)
    return item.sku, location, basis, amount, unit, each


def location_of(site: str, codebook: Codebook, path: str) -> LocationId:
    found = codebook.location_for(site)
    if found is None:
        raise DataError(
            f"Site {site or '(none)'} of partner {codebook.partner} is not mapped to a location.",
            code="data.unknown-site",
            cure=f"Add it under sites in mappings/partners/{codebook.partner}/partner.yaml and reprocess.",
            path=path,
            value=site,
        )
    return found
