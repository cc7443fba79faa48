"""A store's inventory levels to ``StockReport``: every figure under its own count basis."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal

from hub.errors import DataError
from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.identity import LocationId
from hub.model.stock import CountBasis, FeedMode, StockReport, StockRow
from hub.sdk.capabilities import Parsed, Problem
from hub_shopify.wire import GraphLevel, StoreCounts, read

COUNTS_KIND = "shopify-store-counts"

# Shopify's named states by what they count; unavailable units are within on hand.
_BASES = {
    CountBasis.ON_HAND: ("on_hand",),
    CountBasis.AVAILABLE: ("available",),
    CountBasis.COMMITTED: ("committed",),
    CountBasis.UNAVAILABLE: ("reserved", "damaged", "quality_control", "safety_stock"),
}


def parse_counts(document: Document, codebook: Codebook) -> Parsed:
    """One full report of one location. Items Shopify does not track have no count and are left out."""
    counts = read(StoreCounts, document.body)
    location = codebook.location_for(counts.location)
    if location is None:
        raise DataError(
            f"Shopify location {counts.location} is no location of ours.",
            code="data.unmapped-location",
            cure=f"Add it under sites in mappings/partners/{codebook.partner}/partner.yaml.",
            path="location",
            value=counts.location,
        )
    rows: list[StockRow] = []
    problems: list[Problem] = []
    for place, level in enumerate(counts.levels):
        if level.item.tracked:
            found, problem = _rows(level, place, location, codebook)
            rows.extend(found)
            problems.extend(problem)
    as_of = counts.as_of.astimezone(UTC)
    report = StockReport(
        connection=document.connection,
        reference=document.source_id,
        as_of=as_of,
        mode=FeedMode.FULL,
        locations=(location,),
        rows=tuple(rows),
    )
    return Parsed(items=(report,), problems=tuple(problems))


def _rows(
    level: GraphLevel, place: int, location: LocationId, codebook: Codebook
) -> tuple[list[StockRow], list[Problem]]:
    sku = level.item.sku or ""
    item = codebook.item_for([("sku", sku)]) if sku else None
    if item is None:
        cure = f"Add it to mappings/partners/{codebook.partner}/items.csv, or stop stocking it there."
        code = "data.unmapped-sku" if sku else "data.missing-sku"
        path = f"levels[{place}].item.sku"
        waits_for = (("sku", sku),) if sku else ()
        return [], [Problem(path, code, "A counted item is not mapped.", cure, sku, waits_for)]
    figures = {quantity.name: quantity.quantity for quantity in level.quantities}
    rows = [
        StockRow(
            sku=item.sku,
            location=location,
            basis=basis,
            quantity=Decimal(sum(figures.get(name, 0) for name in names)),
            unit=item.unit,
            units_each=item.units_each,
        )
        for basis, names in _BASES.items()
        if any(name in figures for name in names)
    ]
    return rows, []
