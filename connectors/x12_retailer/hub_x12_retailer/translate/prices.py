"""PriceList to 832: what we ask for our items, in the retailer's own units."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from hub.edi.documents.parts import DateReference, ItemDescription
from hub.edi.documents.price_catalogue import CatalogueLine, CataloguePrice, PriceCatalogue, render_catalogue
from hub.errors import DataError
from hub.mapping.codebook import Codebook, PartnerItem
from hub.model.document import Document
from hub.model.identity import Sku
from hub.model.price import ItemPrice, PriceList
from hub.model.stock import FeedMode
from hub.sdk.capabilities import Stamp
from hub.sdk.x12.translate.envelopes import SentSet
from hub.sdk.x12.translate.interchanges import interchange_of
from hub.sdk.x12.translate.ordered import counted, in_eaches, one_unit, product_ids
from hub.sdk.x12.translate.reading import profile_of

PRICE_SET = "832"
_CATALOGUE, _COST = "PC", "UCP"
"""BCT01, CTP02."""
_ACTIONS = {FeedMode.FULL: "05", FeedMode.DELTA: "04"}
"""BCT10: in place of what was said before, or a change of it."""
_ISSUED, _SINCE, _UNTIL = "097", "196", "197"
_NAME = ("F", "08")


def catalogues(told: Sequence[tuple[str, PriceList]], codebook: Codebook, stamp: Stamp) -> Document:
    """One interchange with an 832 per price list."""
    sets = [
        (SentSet(PRICE_SET, key, prices.catalogue), render_catalogue(catalogue(prices, codebook)))
        for key, prices in told
    ]
    return interchange_of(PRICE_SET, sets, codebook, stamp)


def catalogue(told: PriceList, codebook: Codebook) -> PriceCatalogue:
    """A line per item with all its prices, each from so many on, for its own days and in the unit of the first.

    Raises DataError ``data.unmapped-sku`` for an item the retailer does not know, ``x12.not-writable`` for prices in
    several currencies.
    """
    issued = told.issued_at.astimezone(ZoneInfo(profile_of(codebook).timezone))
    codebook = codebook.on(issued.date())
    by_item: dict[Sku, list[ItemPrice]] = {}
    for each in told.lines:
        by_item.setdefault(each.sku, []).append(each)
    return PriceCatalogue(
        purpose=_CATALOGUE,
        number=told.catalogue,
        action=_ACTIONS[told.mode],
        currency=_currency(told),
        dates=(DateReference(_ISSUED, issued.date(), issued.time().replace(microsecond=0)),),
        lines=tuple(_line(str(place), prices, codebook) for place, prices in enumerate(by_item.values(), start=1)),
    )


def _line(number: str, prices: Sequence[ItemPrice], codebook: Codebook) -> CatalogueLine:
    item = codebook.item_of(prices[0].sku)
    title = next((each.title for each in prices if each.title), "")
    dated = [(each, codebook.on(each.since).item_of(each.sku) if each.since else item) for each in prices]
    splits = any(_within_first_pack(each, sold) for each, sold in dated)
    return CatalogueLine(
        number=number,
        ids=product_ids(item, codebook),
        descriptions=(ItemDescription(*_NAME, text=title),) if title else (),
        prices=tuple(_price(each, sold, splits=splits) for each, sold in dated),
    )


def _price(price: ItemPrice, item: PartnerItem, *, splits: bool) -> CataloguePrice:
    """Of the retailer's unit; of one each where it begins in the midst of a pack, or where the first pack ``splits``:
    else the price of one pack would be taken for that of all its eaches."""
    begins = max(price.from_quantity, Decimal(1))
    by_the_pack = one_unit(item) if begins == 1 else counted(begins, item)
    first = begins <= max(item.units_each, Decimal(1))
    told = in_eaches(begins) if first and splits else by_the_pack
    dates = ((_SINCE, price.since), (_UNTIL, price.until))
    return CataloguePrice(
        qualifier=_COST,
        amount=told.price(price.unit_price),
        unit=told.unit,
        quantity=told.quantity,
        dates=tuple(DateReference(qualifier, date) for qualifier, date in dates if date is not None),
    )


def _within_first_pack(price: ItemPrice, item: PartnerItem) -> bool:
    return 1 < price.from_quantity <= item.units_each


def _currency(told: PriceList) -> str:
    first, *others = dict.fromkeys(each.unit_price.currency for each in told.lines)
    if others:
        raise DataError(
            f"The price list has prices in {first} and {others[0]}; an 832 is in one currency.",
            code="x12.not-writable",
            cure="Send a list for each currency.",
            path="832/CUR",
        )
    return first
