"""The documents a simulated supplier writes: 997, 855, 856, 846 and 810 as interchanges of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from hub.edi.acks import acknowledge_group
from hub.edi.documents.functional import render_functional
from hub.edi.interchange import Delimiters, Group, TradingId
from hub.edi.write import OutboundEnvelope, OutboundSet, Row, write_interchange
from hub_x12_supplier.simulator_books import BookedLine, BookedOrder, SupplierBooks
from hub_x12_supplier.simulator_scenario import Counting, SimulatedItem, SupplierScenario

GROUPS = {"997": "FA", "855": "PR", "856": "SH", "846": "IB", "810": "IN"}
_MARKS = Delimiters(element="*", component=">", terminator="~")


def interchange(
    scenario: SupplierScenario, set_id: str, sets: Sequence[Sequence[Row]], number: int, at: dt.datetime
) -> bytes:
    """One group of one kind of set."""
    envelope = OutboundEnvelope(
        sender=TradingId("ZZ", scenario.own_id),
        receiver=TradingId("ZZ", scenario.us),
        group_sender=scenario.own_id,
        group_receiver=scenario.us,
        functional_id=GROUPS[set_id],
        version=scenario.version,
        control_number=number,
        group_control_number=number,
        created=at,
        usage=scenario.usage,
        delimiters=_MARKS,
        substitute=" ",
        line_break="\n",
    )
    return write_interchange(envelope, [OutboundSet(set_id, tuple(rows)) for rows in sets])


def acknowledgement_of(group: Group) -> Sequence[Row]:
    """The 997 for a group of the hub's; nothing for a group of 997s."""
    answer = acknowledge_group(group)
    return render_functional(answer).rows if answer is not None else ()


def order_answer(order: BookedOrder, at: dt.datetime) -> Iterable[Row]:
    """855: what happens to each line, several ACK where it is split."""
    rejected = all(line.rejected == line.asked for line in order.lines)
    changed = any(line.accepted != line.asked for line in order.lines)
    yield ("BAK", "00", "RD" if rejected else "AC" if changed else "AD", order.number, _date(at), "", "", "")
    for line in order.lines:
        each, unit = line.units_each, line.unit
        yield ("PO1", line.number, _number(line.asked / each), unit, "", "", "VN", line.item.item)
        for code, quantity in (("IA", line.accepted), ("IB", line.backordered), ("IR", line.rejected)):
            if quantity > 0:
                later = ("068", _date(at + dt.timedelta(days=2))) if code == "IB" else ()
                yield ("ACK", code, _number(quantity / each), unit, *later)
    yield ("CTT", str(len(order.lines)))


def ship_notice(
    scenario: SupplierScenario, order: BookedOrder, leaving: Sequence[tuple[BookedLine, Decimal, bool]], at: dt.datetime
) -> Iterable[Row]:
    """856: shipment, order, pack, items; one parcel per notice."""
    identity = f"{scenario.own_id}-{order.number}-{order.shipments}"
    yield ("BSN", "00", identity, _date(at), _time(at), "0001")
    yield ("HL", "1", "", "S")
    yield ("TD5", "", "2", "UPSN", "", "UPS GROUND")
    yield ("DTM", "011", _date(at), _time(at))
    yield ("HL", "2", "1", "O")
    yield ("PRF", order.number)
    yield ("HL", "3", "2", "P")
    yield ("MAN", "GM", "00" + sscc(order.number, order.shipments), "", "CP", f"1Z{identity.replace('-', '')}")
    for index, (line, quantity, closed) in enumerate(leaving, start=4):
        status = ("", "", "", "", "CP" if line.shipped < line.asked else "CC") if closed else ()
        yield ("HL", str(index), "3", "I")
        yield ("LIN", line.number, "VN", line.item.item)
        yield ("SN1", line.number, _number(quantity / line.units_each), line.unit, *status)
    yield ("CTT", str(3 + len(leaving)))


def invoice(
    scenario: SupplierScenario, order: BookedOrder, leaving: Sequence[tuple[BookedLine, Decimal, bool]], at: dt.datetime
) -> Iterable[Row]:
    """810 for what one notice shipped."""
    yield ("BIG", _date(at), f"INV-{order.number}-{order.shipments}", _date(at), order.number)
    total = Decimal(0)
    for line, quantity, _ in leaving:
        price = scenario.unit_price * line.units_each
        total += price * quantity / line.units_each
        yield (
            "IT1",
            line.number,
            _number(quantity / line.units_each),
            line.unit,
            str(price),
            "",
            "VN",
            line.item.item,
        )
    yield ("TDS", str(int(total * 100)))
    yield ("CTT", str(len(leaving)))


def stock_feed(books: SupplierBooks, at: dt.datetime, *, broken: bool = False) -> Iterable[Row]:
    """846 the way this supplier counts, as of ``at``."""
    scenario = books.scenario
    yield ("BIA", "00", "SI", f"{scenario.own_id}-{at:%H%M%S%f}", _date(at), _time(at))
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
        pairs = [part for site in item.stock for part in (site, _number(books.on_hand[site, item.item]))]
        yield ("SDQ", "EA", "92", *pairs)
        return
    site = next(iter(item.stock))
    held = books.on_hand[site, item.item]
    if style is Counting.ON_HAND:
        yield ("QTY", "17", _number(held), "EA")
    elif style is Counting.ON_HAND_CASES:
        yield ("QTY", "17", _number(held / item.units_each), item.unit)
    elif style is Counting.AVAILABLE_NET:
        yield ("QTY", "33", _number(held - books.committed.get((site, item.item), Decimal(0))), "EA")
    elif style is Counting.AVAILABLE_GROSS:
        yield ("QTY", "33", _number(held), "EA")
    elif style is Counting.MISSING_MEANS_ZERO:
        if held:
            yield ("QTY", "33", _number(held), "EA")
    elif style is Counting.LATE_DELTA:
        yield ("QTY", "17", _number(books.on_hand_at((site, item.item), at)), "EA")


def sscc(order: str, shipment: int) -> str:
    """An 18-digit serial shipping container code with its GS1 check digit, from the order and shipment number."""
    digits = "".join(character for character in order if character.isdigit())[-12:]
    stem = f"00614{digits:0>10}"[-15:] + f"{shipment % 100:02d}"
    weighted = sum(int(digit) * (3 if index % 2 == 0 else 1) for index, digit in enumerate(stem))
    return stem + str(-weighted % 10)


def _number(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _date(at: dt.datetime) -> str:
    return f"{at:%Y%m%d}"


def _time(at: dt.datetime) -> str:
    return f"{at:%H%M%S}{at.microsecond // 10_000:02d}"
