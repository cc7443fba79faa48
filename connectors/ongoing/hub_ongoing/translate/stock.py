"""GetInventoryByQuery as stock reports."""

from __future__ import annotations

from hub.errors import DataError
from hub.mapping.codebook import Codebook
from hub.model.document import Document
from hub.model.identity import LocationId
from hub.model.stock import CountBasis, FeedMode, StockReport, StockRow
from hub.sdk.capabilities import Parsed, Problem
from hub_ongoing import answers, wire
from hub_ongoing.settings import OngoingSettings
from hub_ongoing.translate.problems import item_of_article, problem


def stock_report(document: Document, codebook: Codebook, settings: OngoingSettings) -> Parsed:
    """A page of GetInventoryByQuery as a report of two figures per article: on hand, and available to sell.

    The report is DELTA: a page names only its own articles, and Ongoing lists every article it knows, so that
    a sweep which breaks off never zeroes the rest.
    """
    found = answers.rows(answers.read_result("GetInventoryByQuery", document.body), "InventoryLines", "InventoryLine")
    location = _location(codebook, settings.site)
    stock: list[StockRow] = []
    problems: list[Problem] = []
    for index, row in enumerate(found):
        place = f"InventoryLine[{index}]"
        try:
            stock += _stock_rows(answers.read_as(wire.InventoryLineAnswer, row, place), codebook, location, place)
        except DataError as error:
            problems.append(problem(error))
    report = StockReport(
        connection=document.connection,
        reference=document.source_id,
        as_of=document.at,
        mode=FeedMode.DELTA,
        locations=(location,),
        rows=tuple(stock),
    )
    return Parsed((report,) if stock else (), tuple(problems))


def _stock_rows(line: wire.InventoryLineAnswer, codebook: Codebook, location: LocationId, place: str) -> list[StockRow]:
    item = item_of_article(line.article.article_number, codebook, f"{place}.Article.ArticleNumber")
    figures = {
        CountBasis.ON_HAND: line.number_of_items_decimal,
        CountBasis.AVAILABLE: line.sellable_number_of_items,
    }
    return [
        StockRow(
            sku=item.sku,
            location=location,
            basis=basis,
            quantity=quantity,
            unit=item.unit,
            units_each=item.units_each,
        )
        for basis, quantity in figures.items()
    ]


def _location(codebook: Codebook, site: str) -> LocationId:
    location = codebook.location_for(site)
    if location is None:
        raise DataError(
            f"The warehouse site {site!r} has no location.",
            code="data.unmapped-location",
            cure=f"Name it in mappings/partners/{codebook.partner}/partner.yaml and reprocess.",
            path="site",
            value=site,
        )
    return location
