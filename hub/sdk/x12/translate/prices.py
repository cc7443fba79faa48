"""832 to PriceList: what one each of an item costs, from how many on and in which time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from hub.edi.documents.parts import DateReference, ItemDescription, ProductIds
from hub.edi.documents.price_catalogue import CatalogueLine, CataloguePrice, PriceCatalogue, parse_catalogue
from hub.edi.interchange import TransactionSet
from hub.errors import DataError
from hub.mapping.codebook import Codebook
from hub.model.identity import Sku
from hub.model.money import Money
from hub.model.price import ItemPrice, PriceList
from hub.model.quantity import Units, amount_of_unit
from hub.model.stock import FeedMode
from hub.sdk.capabilities import Item, Problem
from hub.sdk.x12.translate.faults import ASK
from hub.sdk.x12.translate.price_basis import each_price
from hub.sdk.x12.translate.reading import (
    book_of,
    currency_of,
    date_named,
    instant,
    item_at,
    item_named,
    local_date,
    profile_of,
    units_each,
    unknown_unit,
)
from hub.sdk.x12.translate.sets import Received, Translation

_INCOMPLETE = "x12.incomplete-item"
_MODES = {
    "": FeedMode.FULL,
    "00": FeedMode.FULL,
    "05": FeedMode.FULL,
    "02": FeedMode.DELTA,
    "04": FeedMode.DELTA,
}
"""BCT10: original and replacement say everything, addition and change what they name."""
_CREATED, _EFFECTIVE = ("097", "043"), ("007",)
_FROM, _UNTIL = ("007", "196"), ("197", "036")
_LIMIT = Decimal(10) ** 12
"""Amounts and quantities from here on are mistakes, and would not fit into the hub's tables."""
_PLACES = 6

_Dates = tuple[DateReference, ...]
_Period = tuple[dt.date | None, dt.date | None]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A price of the kind that we pay; ``single``: for one of its unit, no quantity break."""

    amount: Decimal
    start: Decimal
    single: bool
    period: _Period


def prices_of(item: TransactionSet, how: Received) -> Translation:
    """832 to a PriceList."""
    return price_list(parse_catalogue(item), how.codebook, how.received)


def price_list(document: PriceCatalogue, codebook: Codebook, received: dt.datetime) -> tuple[list[Item], list[Problem]]:
    """The prices of every item that can be used, and a problem for each other one; an item counts with all its prices.

    A list with an item of ours that can't be used changes what it names only: that item keeps the prices it has.
    Nothing but problems where no item can be used. Raises DataError ``x12.price-purpose`` for a BCT10 that is neither
    a list nor a change of one, ``x12.incomplete-catalogue`` without any item or in no currency.
    """
    mode = _mode(document.action)
    currency = currency_of(document.currency, "832", "x12.incomplete-catalogue")
    if not document.lines:
        raise DataError("The price catalogue names no item.", code="x12.incomplete-catalogue", cure=ASK, path="832/LIN")
    issued = _issued(document.dates, profile_of(codebook).timezone, received)
    book = book_of(local_date(issued, codebook), codebook, received)
    prices: list[ItemPrice] = []
    problems: list[Problem] = []
    told: dict[tuple[Sku, dt.date | None, Decimal], ItemPrice] = {}
    for number, line in enumerate(document.lines, start=1):
        found = _line(line, document.dates, book, currency, f"832/LIN {number}")
        if not isinstance(found, Problem) and any(_contradicts(each, told) for each in found):
            words = "The item has two prices for the same beginning and quantity."
            found = Problem(f"832/LIN {number}", _INCOMPLETE, words, ASK)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            prices += found
    if not prices:
        return [], problems
    made = PriceList(
        partner=codebook.partner,
        connection=codebook.connection,
        catalogue=document.number or document.purpose or "832",
        issued_at=issued,
        mode=FeedMode.DELTA if any(each.code != "data.unmapped-item" for each in problems) else mode,
        lines=tuple(prices),
    )
    return [made], problems


def _mode(action: str) -> FeedMode:
    if action not in _MODES:
        raise DataError(
            f"The price catalogue's purpose is {action}, which is neither a list of prices nor a change of one.",
            code="x12.price-purpose",
            cure="Ask the partner for a list of its prices (BCT10 00 or 05), or for a change (04).",
            path="832/BCT10",
            value=action,
        )
    return _MODES[action]


def _issued(dates: _Dates, zone: str, received: dt.datetime) -> dt.datetime:
    """When it was made, else since when it holds, and never after it came."""
    said = date_named(dates, *_CREATED) or date_named(dates, *_EFFECTIVE)
    return min(instant(said.date, said.time, zone, received), received) if said else received


def _contradicts(price: ItemPrice, told: dict[tuple[Sku, dt.date | None, Decimal], ItemPrice]) -> bool:
    """Whether another price was told for the same beginning and quantity; the hub could not know which one holds."""
    before = told.setdefault((price.sku, price.since, price.from_quantity), price)
    return (before.unit_price, before.until) != (price.unit_price, price.until)


def _line(
    line: CatalogueLine, header: _Dates, codebook: Codebook, currency: str, path: str
) -> list[ItemPrice] | Problem:
    item = item_at(line.ids, codebook, path)
    if isinstance(item, Problem):
        return item
    kinds = profile_of(codebook).price_qualifiers
    named = _of_first_kind(line.prices, (*kinds, ""))
    if not named:
        own = f"mappings/partners/{codebook.partner}/x12.yaml"
        cure = f"Name its CTP02 under price_qualifiers in {own} and reprocess." if line.prices else ASK
        return Problem(
            path,
            _INCOMPLETE,
            f"The item has no price of a kind that we pay ({', '.join(kinds)}).",
            cure,
            ", ".join(dict.fromkeys(each.qualifier for each in line.prices)),
        )
    asked: list[_Asked] = []
    for price in named:
        found = _asked(price, line.ids, (price.dates, line.dates, header), codebook, path)
        if isinstance(found, Problem):
            return found
        asked.append(found)
    title = _title(line.descriptions)
    return [
        ItemPrice(
            sku=item.sku,
            unit_price=Money(amount=each.amount, currency=currency),
            from_quantity=_start(each, asked),
            since=each.period[0],
            until=each.period[1],
            title=title,
        )
        for each in asked
    ]


def _of_first_kind(prices: Sequence[CataloguePrice], kinds: Sequence[str]) -> list[CataloguePrice]:
    """The prices of the first kind of which there are any."""
    found = ([each for each in prices if each.qualifier == kind] for kind in kinds)
    return next(filter(None, found), [])


def _asked(
    price: CataloguePrice, ids: ProductIds, levels: Sequence[_Dates], codebook: Codebook, path: str
) -> _Asked | Problem:
    """``levels`` are the dates that may hold for it, its own first. It is for a unit of the day from which it holds."""
    period = _period(levels)
    if period is None:
        return Problem(path, _INCOMPLETE, "The time for which a price of the item holds cannot be read.", ASK)
    book = codebook.on(period[0]) if period[0] else codebook
    each = units_each(price.unit, item_named(ids, book), profile_of(codebook))
    if each is None:
        return unknown_unit(price.unit, path)
    amount = _each_price(price, each)
    if amount is None:
        return Problem(path, _INCOMPLETE, "The item has no price above zero for one each.", ASK)
    # A break below one of its unit is none: partners fill CTP04 with zero.
    quantity = price.quantity or Decimal(1)
    start = _sized(amount_of_unit(quantity, each))
    if start is None:
        return Problem(path, _INCOMPLETE, "The quantity from which a price of the item holds cannot be read.", ASK)
    return _Asked(amount, _rounded(start), quantity <= 1, period)


def _each_price(price: CataloguePrice, each: Units) -> Decimal | None:
    amount = price.amount
    if amount is None:
        return None
    if price.multiplier_qualifier == "DIS" and price.multiplier is not None:
        if price.multiplier > 1:
            return None
        amount *= price.multiplier
    found = each_price(amount, price.basis, each)
    return _sized(found) if found is not None else None


def _sized(value: Decimal) -> Decimal | None:
    """None for what is no amount or quantity: zero or as good as zero, less, or beyond all measure."""
    return value if 0 < value < _LIMIT and round(value, _PLACES) > 0 else None


def _rounded(value: Decimal) -> Decimal:
    """To the places that a quantity may have, where it has more."""
    found = round(value, _PLACES)
    return value if found == value else found


def _period(levels: Sequence[_Dates]) -> _Period | None:
    """From when until when; None where a date is unreadable, or the end lies before the beginning."""
    said = [
        next((each for dates in levels for each in dates if each.qualifier in qualifiers), None)
        for qualifiers in (_FROM, _UNTIL)
    ]
    if any(each is not None and each.date is None for each in said):
        return None
    since, until = (each.date if each is not None else None for each in said)
    return None if since and until and until < since else (since, until)


def _start(asked: _Asked, among: Sequence[_Asked]) -> Decimal:
    """The price of one case is that of single eaches too, unless these have their own at that time."""
    lowest = min(each.start for each in among if each.period == asked.period)
    return min(asked.start, Decimal(1)) if asked.single and asked.start == lowest else asked.start


def _title(descriptions: Sequence[ItemDescription]) -> str:
    """The product's name where one is marked so (PID02 08), else the first description in words."""
    said = sorted((each for each in descriptions if each.text), key=lambda each: each.characteristic != "08")
    return said[0].text if said else ""
