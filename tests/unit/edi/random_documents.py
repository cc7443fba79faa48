"""Random documents of every set, every carried field in them, for the round trips.

Most sets follow from their layouts; the 846, 856 and 997 have shapes that their annotations do not tell.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st

from hub.edi.documents.functional import ElementNote, FunctionalAcknowledgement, SegmentNote, SetResult
from hub.edi.documents.inventory import InventoryAdvice, StockLine, StockQuantity
from hub.edi.documents.invoice import Invoice
from hub.edi.documents.layout import At, Counted, LaidField, Many, One, Pairs, layout_of
from hub.edi.documents.parts import DateReference, ItemDescription, Mark, Party, Reference, Schedule, SiteQuantity
from hub.edi.documents.pricing import Price
from hub.edi.documents.registry import X12Document, document_class
from hub.edi.documents.ship_notice import ShipLevel, ShipNotice, ShippedQuantity
from hub.edi.documents.technical import TechnicalAcknowledgement

# Delimiters are among the data, so that the writer has to choose others.
words = st.text("ABCZaz019 .,&'/-*>~:|^éü", min_size=1, max_size=6).map(str.strip).filter(bool)
codes = st.sampled_from(["VN", "UP", "EN", "IN", "ZZ", "GM", "92"])
numbers = st.decimals(min_value=-99999, max_value=999999, places=4)
dates = st.dates(dt.date(1970, 1, 1), dt.date(2069, 12, 31))
times = st.builds(dt.time, st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
counts = st.integers(0, 999999)

_SIMPLE = {str: words, Decimal: numbers, int: counts, dt.date: dates, dt.time: times}


def few(items: st.SearchStrategy[Any], most: int = 2) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, max_size=most).map(tuple)


def pairs(most: int = 3) -> st.SearchStrategy[tuple[tuple[str, str], ...]]:
    return few(st.tuples(codes, words), most)


def laid(kind: type, **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Entries of a laid out class: its first field is never empty, so that its segment is written at all."""
    layout = layout_of(kind)
    chosen = {field.name: _field(kind, field, first=index == 0) for index, field in enumerate(layout.fields)}
    return st.builds(kind, **(chosen | given)).map(_counted)


def _field(kind: type, field: LaidField, *, first: bool) -> st.SearchStrategy[Any]:
    match field.place:
        case At() as place:
            simple = _SIMPLE[field.kind]
            if place.implied:
                simple = st.decimals(min_value=-9999, max_value=99999, places=place.implied)
            empty = st.just("") if field.kind is str else st.none()
            return simple if first or kind is Mark else st.one_of(empty, simple)
        case Pairs(places=places):
            return pairs(len(places) or 3)
        case Many(leaving=leaving):
            entries = laid(field.kind)
            return few(entries.map(lambda entry: replace(entry, references=())) if leaving else entries)
        case One():
            return st.one_of(st.none(), laid(field.kind))
        case Counted():
            return st.none()
    return few(words, 3)


def _counted(item: Any) -> Any:
    """Totals are counted in writing, so only a right one can come back."""
    totals = {
        field.name: len(getattr(item, field.place.of))
        for field in layout_of(type(item)).fields
        if isinstance(field.place, Counted)
    }
    return replace(item, **totals)


@st.composite
def stock_lines(draw: st.DrawFn) -> StockLine:
    sites = draw(st.lists(laid(Party), max_size=2, unique=True))
    amounts = st.builds(StockQuantity, codes, st.none() | numbers, words, st.none(), few(laid(DateReference)))
    quantities = [replace(draw(amounts), site=site) for site in (None, *sites) for _ in range(draw(st.integers(0, 2)))]
    return StockLine(
        number=draw(st.just("") | words),
        ids=draw(st.tuples(st.tuples(codes, words))),
        descriptions=draw(few(words)),
        item_codes=draw(few(laid(ItemDescription, code=words, text=st.just("")))),
        quantities=tuple(quantities),
        site_quantities=draw(few(laid(SiteQuantity))),
        schedules=draw(few(laid(Schedule))),
        dates=draw(few(laid(DateReference))),
        prices=draw(few(laid(Price))),
        references=draw(few(laid(Reference))),
        sites=tuple(sites),
    )


def inventories() -> st.SearchStrategy[InventoryAdvice]:
    found = st.builds(
        InventoryAdvice,
        number=words,
        purpose=words,
        report_type=words,
        date=dates,
        time=st.none() | times,
        action=words,
        references=few(laid(Reference)),
        dates=few(laid(DateReference)),
        sites=few(laid(Party)),
        lines=few(stock_lines(), 3),
    )
    return found.map(lambda advice: replace(advice, lines_claimed=len(advice.lines)))


@st.composite
def ship_notices(draw: st.DrawFn) -> ShipNotice:
    """Any tree: each level hangs under one that stands before it on its own branch, or is a root."""
    items = st.builds(
        ShippedQuantity,
        line_number=words,
        ids=pairs(),
        quantity=st.none() | numbers,
        unit=st.just("") | words,
        ordered=st.none() | numbers,
        ordered_unit=st.just("") | words,
        status=st.just("") | words,
        descriptions=few(words),
    )
    number = iter(range(1, 99))

    def level(parent: str, depth: int) -> ShipLevel:
        own = str(next(number))
        alone: ShipLevel = draw(
            laid(ShipLevel, id=st.just(own), parent_id=st.just(parent), code=st.sampled_from("SOTPI"))
        )
        children = tuple(level(own, depth + 1) for _ in range(draw(st.integers(0, 2 if depth < 2 else 0))))
        items_here: tuple[ShippedQuantity, ...] = draw(few(items))
        return replace(alone, items=items_here, children=children)

    notice = ShipNotice(
        shipment_id=draw(words),
        purpose=draw(words),
        date=draw(st.none() | dates),
        time=draw(st.none() | times),
        structure=draw(words),
        references=draw(few(laid(Reference))),
        dates=draw(few(laid(DateReference))),
        roots=tuple(level("", 0) for _ in range(draw(st.integers(1, 2)))),
    )
    return replace(notice, lines_claimed=sum(len(one.items) for one in notice.levels()))


def functionals() -> st.SearchStrategy[FunctionalAcknowledgement]:
    element = st.builds(
        ElementNote, st.integers(1, 30), words, st.none() | st.integers(1, 9), st.just("") | words, words
    )
    note = st.builds(SegmentNote, words, st.integers(1, 9999), words, words, few(element))
    result = st.builds(SetResult, words, words, words, few(words, 5), few(note))
    return st.builds(FunctionalAcknowledgement, words, words, words, few(result), counts, counts, counts, few(words, 5))


def technicals() -> st.SearchStrategy[TechnicalAcknowledgement]:
    return st.builds(TechnicalAcknowledgement, words, dates, times, words, words)


@cache
def documents(set_id: str) -> st.SearchStrategy[X12Document]:
    """Random documents of one set."""
    shaped: dict[str, st.SearchStrategy[Any]] = {
        "846": inventories(),
        "856": ship_notices(),
        "997": functionals(),
        "810": laid(Invoice, total=st.decimals(min_value=0, max_value=99999, places=2)),
    }
    return shaped[set_id] if set_id in shaped else laid(document_class(set_id))
