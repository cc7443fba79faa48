"""The documents a simulated supplier writes: 832, 846, 855, 865, 856 and 810."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from hub.edi.documents.acknowledgement import LineStatus
from hub.edi.documents.change_acknowledgement import ChangeAcknowledgement, render_change_acknowledgement
from hub.edi.documents.order_change import PurchaseOrderChange
from hub.edi.documents.parts import DateReference
from hub.edi.documents.price_catalogue import CatalogueLine, CataloguePrice, PriceCatalogue, render_catalogue
from hub.edi.write import Row
from hub.sdk.x12.desk import date_text, plain, sscc, time_text
from hub_x12_supplier.simulator_books import BookedLine, BookedOrder, SupplierBooks
from hub_x12_supplier.simulator_scenario import Counting, SimulatedItem, SupplierScenario


def order_answer(scenario: SupplierScenario, order: BookedOrder, at: dt.datetime) -> Iterable[Row]:
    """855: what happens to each line, several ACK where it is split. A supplier whose figures leave out what it has
    acknowledged says when that was."""
    rejected = all(line.rejected == line.asked for line in order.lines)
    changed = any(line.accepted != line.asked for line in order.lines)
    yield ("BAK", "00", "RD" if rejected else "AC" if changed else "AD", order.number, date_text(at), "", "", "")
    if scenario.counting is Counting.AVAILABLE_NET:
        yield ("DTM", "097", date_text(at), time_text(at))
    for line in order.lines:
        each, unit = line.units_each, line.unit
        yield ("PO1", line.number, plain(line.asked / each), unit, "", "", "VN", line.item.item)
        for code, quantity in (("IA", line.accepted), ("IB", line.backordered), ("IR", line.rejected)):
            if quantity > 0:
                later = ("068", date_text(at + dt.timedelta(days=2))) if code == "IB" else ()
                yield ("ACK", code, plain(quantity / each), unit, *later)
    yield ("CTT", str(len(order.lines)))


def change_answer(change: PurchaseOrderChange, at: dt.datetime, *, agreed: bool) -> Iterable[Row]:
    """865: the cancellation agreed to (AT, lines ID) or not (RJ, lines IR)."""
    said = LineStatus("ID" if agreed else "IR")
    document = ChangeAcknowledgement(
        change.number,
        "AT" if agreed else "RJ",
        purpose=change.purpose,
        date=change.date,
        acknowledged_on=at.date(),
        lines=tuple(replace(line, statuses=(said,)) for line in change.lines),
    )
    return render_change_acknowledgement(document).rows


def ship_notice(
    scenario: SupplierScenario, order: BookedOrder, leaving: Sequence[tuple[BookedLine, Decimal, bool]], at: dt.datetime
) -> Iterable[Row]:
    """856: shipment, order, pack, items; one parcel per notice."""
    identity = f"{scenario.own_id}-{order.number}-{order.shipments}"
    yield ("BSN", "00", identity, date_text(at), time_text(at), "0001")
    yield ("HL", "1", "", "S")
    yield ("TD5", "", "2", "UPSN", "", "UPS GROUND")
    yield ("DTM", "011", date_text(at), time_text(at))
    yield ("HL", "2", "1", "O")
    yield ("PRF", order.number)
    yield ("HL", "3", "2", "P")
    yield ("MAN", "GM", "00" + sscc(order.number, order.shipments), "", "CP", f"1Z{identity.replace('-', '')}")
    for index, (line, quantity, closed) in enumerate(leaving, start=4):
        status = ("", "", "", "", "CP" if line.shipped < line.asked else "CC") if closed else ()
        yield ("HL", str(index), "3", "I")
        yield ("LIN", line.number, "VN", line.item.item)
        yield ("SN1", line.number, plain(quantity / line.units_each), line.unit, *status)
    yield ("CTT", str(3 + len(leaving)))


def invoice(order: BookedOrder, leaving: Sequence[tuple[BookedLine, Decimal, bool]], at: dt.datetime) -> Iterable[Row]:
    """810 for what one notice shipped."""
    yield ("BIG", date_text(at), f"INV-{order.number}-{order.shipments}", date_text(at), order.number)
    total = Decimal(0)
    for line, quantity, _ in leaving:
        units = quantity / line.units_each
        total += line.price * units
        yield ("IT1", line.number, plain(units), line.unit, _price(line.price), "", "VN", line.item.item)
    yield ("TDS", str(round(total * 100)))
    yield ("CTT", str(len(leaving)))


def price_catalogue(books: SupplierBooks, number: str, at: dt.datetime) -> Iterable[Row]:
    """832: what is asked for one of each item's unit, from now on; it replaces what the catalogue said before."""
    items = [item for item in books.scenario.items if item.item in books.prices]
    document = PriceCatalogue(
        "PC",
        number,
        action="00",
        currency="USD",
        dates=(DateReference("097", at.date(), at.time()),),
        lines=tuple(
            CatalogueLine(
                str(place),
                (("VN", item.item),),
                prices=(CataloguePrice("UCP", books.prices[item.item], item.unit, quantity=Decimal(1)),),
            )
            for place, item in enumerate(items, start=1)
        ),
    )
    return render_catalogue(document).rows


def _price(value: Decimal) -> str:
    """Up to six decimal places, and two at least."""
    cents = round(value, 2)
    return str(cents if cents == round(value, 6) else round(value, 6).normalize())


def stock_feed(books: SupplierBooks, at: dt.datetime, *, broken: bool = False) -> Iterable[Row]:
    """846 the way this supplier counts, as of ``at``."""
    scenario = books.scenario
    yield ("BIA", "00", "SI", f"{scenario.own_id}-{at:%H%M%S%f}", date_text(at), time_text(at))
    if broken:
        yield ("N1", "WH", "Unagreed site", "92", "ANNEX-9")
    count = 0
    for item in scenario.items:
        rows = list(_figures(books, item, at))
        if rows:
            count += 1
            yield ("LIN", str(count), "VN", item.item)
            yield from rows
    yield ("CTT", str(count))


def _figures(books: SupplierBooks, item: SimulatedItem, at: dt.datetime) -> Iterable[Row]:
    style = books.scenario.counting
    if style is Counting.TWO_SITES:
        pairs = [part for site in item.stock for part in (site, plain(books.on_hand[site, item.item]))]
        yield ("SDQ", "EA", "92", *pairs)
        return
    site = next(iter(item.stock))
    held = books.on_hand[site, item.item]
    if style is Counting.ON_HAND:
        yield ("QTY", "17", plain(held), "EA")
    elif style is Counting.ON_HAND_CASES:
        yield ("QTY", "17", plain(held / item.units_each), item.unit)
    elif style is Counting.AVAILABLE_NET:
        yield ("QTY", "33", plain(held - books.acknowledged((site, item.item))), "EA")
    elif style is Counting.AVAILABLE_GROSS:
        yield ("QTY", "33", plain(held), "EA")
    elif style is Counting.MISSING_MEANS_ZERO:
        if held:
            yield ("QTY", "33", plain(held), "EA")
    elif style is Counting.LATE_DELTA:
        yield ("QTY", "17", plain(books.on_hand_at((site, item.item), at)), "EA")
