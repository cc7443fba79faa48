"""846 to StockReport. The hub's CountingRule decides later which of the figures counts; here each keeps its basis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from hub.edi.documents.inventory import InventoryAdvice, StockLine
from hub.edi.documents.parts import Party
from hub.errors import DataError
from hub.mapping.codebook import Codebook, PartnerItem
from hub.model.identity import LocationId
from hub.model.stock import CountBasis, StockReport, StockRow
from hub.sdk.capabilities import Problem
from hub_x12_supplier.faults import ASK
from hub_x12_supplier.translate.reading import instant, item_named, profile_of, units_each, unknown_unit, unmapped

Figure = tuple[str, Decimal | None, str, str]
"""QTY01 qualifier, amount (None where it can't be read), unit, site code."""


def stock_report(
    advice: InventoryAdvice, codebook: Codebook, reference: str, received: dt.datetime
) -> tuple[StockReport, list[Problem]]:
    """Every usable figure of the feed, and a problem per line that is not.

    Raises DataError ``data.unknown-site`` where the feed names a site we do not know: with a full feed, taking the
    rest would zero that site's stock.
    """
    profile = profile_of(codebook)
    as_of = instant(advice.date, advice.time, profile.timezone, received)
    rows: list[StockRow] = []
    problems: list[Problem] = []
    locations = dict.fromkeys(_location(site.id, codebook, "846/N1") for site in advice.sites if _is_site(site))
    for number, line in enumerate(advice.lines, start=1):
        path = f"846/LIN {number}"
        item = item_named(line.ids, codebook)
        if item is None:
            problems.append(unmapped(line.ids, codebook, path))
            continue
        for qualifier, amount, unit, site in _figures(line, advice):
            basis = profile.quantities.get(qualifier)
            location = _location(site, codebook, path)
            locations[location] = None
            row = _row(item, location, basis, amount, unit, path)
            if isinstance(row, StockRow):
                rows.append(row)
            elif row is not None:
                problems.append(row)
    report = StockReport(
        connection=codebook.connection,
        reference=reference,
        as_of=as_of,
        mode=profile.feed,
        locations=tuple(locations) or tuple(filter(None, (codebook.default_location,))),
        rows=tuple(rows),
    )
    return report, problems


def _figures(line: StockLine, advice: InventoryAdvice) -> Iterator[Figure]:
    """Present quantities only: one with a date of its own is future stock, which a StockReport does not carry."""
    header_site = next((site.id for site in advice.sites if _is_site(site)), "")
    line_site = next((site.id for site in line.sites if _is_site(site)), header_site)
    for quantity in line.quantities:
        if not quantity.dates:
            yield quantity.qualifier, quantity.amount, quantity.unit, quantity.site.id if quantity.site else line_site
    for pair in line.site_quantities:
        yield "33", pair.amount, pair.unit, pair.site


def _row(
    item: PartnerItem, location: LocationId, basis: CountBasis | None, amount: Decimal | None, unit: str, path: str
) -> StockRow | Problem | None:
    if basis is None:
        return None
    if amount is None:
        return Problem(path, "x12.incomplete-item", "The line's quantity cannot be read.", ASK)
    each = units_each(unit, item)
    if each is None:
        return unknown_unit(unit, path)
    return StockRow(sku=item.sku, location=location, basis=basis, quantity=amount, unit=unit, units_each=each)


def _is_site(party: Party) -> bool:
    return party.entity in {"WH", "SF"}


def _location(site: str, codebook: Codebook, path: str) -> LocationId:
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
