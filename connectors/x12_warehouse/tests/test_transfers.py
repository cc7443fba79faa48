"""Goods on their way to a warehouse, as a 943 tells them, and what its 944 says arrived."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warehouse import CONNECTION, NOW, PLACE, codebook, connection, envelope, profile, simulator, stamp, transfer

from hub.edi.documents.parts import party_named
from hub.edi.documents.transfer_advice import TransferAdvice, parse_transfer_advice
from hub.edi.envelope import read_interchanges
from hub.errors import ConfigurationError, DataError
from hub.mapping.codebook import Codebook, PartnerItem
from hub.model.document import Direction, Document
from hub.model.identity import LocationId, Sku, TransferId
from hub.model.quantity import to_base
from hub.model.transfer import GoodsReceipt, StockTransfer, TransferLine
from hub.sdk.capabilities import Parsed
from hub_x12_warehouse.translate.sets import parsed
from hub_x12_warehouse.translate.transfers import transfer_advices

SAMPLES = Path(__file__).parent / "samples" / "in"
CANAL = LocationId("talloak-canal")


def advised(told: StockTransfer, using: Codebook | None = None) -> TransferAdvice:
    document = transfer_advices([(envelope(told).key, told)], using or codebook(), stamp())
    [found] = read_interchanges(document.body)
    assert ("AR", ()) == (found.groups[0].functional_id, found.findings)
    return parse_transfer_advice(found.groups[0].sets[0])


def test_advice_says_what_is_on_its_way_whence_and_since_when() -> None:
    told = advised(
        transfer(
            7,
            ("LAMP-BRASS", 12),
            ("BULB-WARM", 36),
            expected_on=dt.date(2026, 11, 25),
            purchase_order="PO-900",
            carrier="TALO",
            tracking_number="PRO-71",
        )
    )
    assert ("N", "T00000007", "T00000007", "PO-900") == (
        told.reporting,
        told.number,
        told.shipment_id,
        told.purchase_order_number,
    )
    assert [("WH", "TO1")] == [(party.entity, party.id) for party in told.parties]
    assert [("11", dt.date(2026, 11, 22), dt.time(8, 15, 30)), ("17", dt.date(2026, 11, 25), None)] == [
        (each.qualifier, each.date, each.time) for each in told.dates
    ]
    assert [("CN", "PRO-71")] == [(each.qualifier, each.value) for each in told.numbers]
    assert [("M", "TALO", "")] == [(each.method, each.scac, each.routing) for each in told.carriers]
    assert [(Decimal(12), "EA", {"VN": "LAMP-1"}, "1"), (Decimal(3), "CA", {"VN": "BULB-2"}, "2")] == [
        (line.quantity, line.unit, dict(line.ids), line.references[0].value) for line in told.lines
    ]
    assert told.total is not None
    assert 15 == told.total.units


def test_broken_case_is_told_in_eaches() -> None:
    [line] = advised(transfer(1, ("BULB-WARM", 30))).lines
    assert (Decimal(30), "EA") == (line.quantity, line.unit)


def test_day_goods_left_is_the_warehouses() -> None:
    told = advised(
        transfer(shipped_at=dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)),
        codebook(x12=profile(timezone="America/New_York")),
    )
    assert (dt.date(2026, 11, 21), dt.time(22, 0)) == (told.dates[0].date, told.dates[0].time)
    assert dt.date(2026, 11, 21) == told.date


@pytest.mark.parametrize(
    ("origin", "expected"),
    [(None, []), (CANAL, [("", "TO2")]), (LocationId("our-own-depot"), [("our-own-depot", "")])],
)
def test_origin_is_a_site_of_the_warehouses_or_a_name(
    origin: LocationId | None, expected: list[tuple[str, str]]
) -> None:
    using = codebook(sites={"TO1": PLACE, "TO2": CANAL})
    told = advised(transfer(origin=origin), using)
    assert expected == [(party.name, party.id) for party in told.parties if party.entity == "SF"]


@pytest.mark.parametrize(
    ("carrier", "expected"), [("", []), ("Tall Oak Haulage", [("", "Tall Oak Haulage")]), ("haulage", [("TOHA", "")])]
)
def test_carrier_is_a_code_of_the_warehouses_or_a_name(carrier: str, expected: list[tuple[str, str]]) -> None:
    using = codebook(tables={"carriers": {"TOHA": "haulage"}})
    assert expected == [(each.scac, each.routing) for each in advised(transfer(carrier=carrier), using).carriers]


def test_item_of_more_ids_than_there_is_room_for_is_told_by_the_first() -> None:
    lamp = PartnerItem(Sku("LAMP-BRASS"), {"UP": "036000291452", "SK": "L-1", "VN": "LAMP-1"})
    using = codebook(items=(lamp,), x12=profile(item_ids=("VN", "SK", "UP")))
    [line] = advised(transfer(), using).lines
    assert (("VN", "LAMP-1"), ("SK", "L-1")) == line.ids


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"lines": (TransferLine(number=1, sku=Sku("UNKNOWN"), quantity=Decimal(1)),)}, "data.unmapped-sku"),
        ({"purchase_order": "P" * 23}, "x12.not-writable"),
    ],
)
def test_transfer_that_cannot_be_told_is_a_data_error(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(DataError) as caught:
        advised(transfer(**changes))
    assert code == caught.value.code


def test_943_that_is_not_agreed_is_not_sent() -> None:
    with pytest.raises(ConfigurationError) as caught:
        advised(transfer(), codebook(x12=profile(sends=("940",))))
    assert "x12.set-not-sent" == caught.value.code


def test_numbers_are_those_of_943s(tmp_path: Path) -> None:
    connector = connection(simulator(tmp_path))
    _, group = connector.sequences([envelope(transfer())], codebook())
    assert group.startswith("x12/GS/AR/")


WORDS = st.text(alphabet="ABCDEFGHJKLMNPQRSTUVWXYZ0123456789-", min_size=1, max_size=20)
MAYBE = st.just("") | WORDS
LINES = st.lists(st.tuples(st.sampled_from(["LAMP-BRASS", "BULB-WARM"]), st.integers(1, 10_000)), min_size=1)


@given(
    number=st.integers(1, 99_999_999),
    lines=LINES,
    location=st.sampled_from([PLACE, CANAL]),
    after_seconds=st.integers(0, 400_000_000),
    expected_on=st.none() | st.dates(dt.date(2020, 1, 1), dt.date(2035, 1, 1)),
    words=st.tuples(MAYBE, MAYBE, MAYBE),
    origin=st.none() | st.sampled_from([LocationId("depot"), CANAL]),
)
def test_every_carried_field_survives_the_943(
    number: int,
    lines: list[tuple[str, int]],
    location: LocationId,
    after_seconds: int,
    expected_on: dt.date | None,
    words: tuple[str, str, str],
    origin: LocationId | None,
) -> None:
    purchase_order, carrier, tracking_number = words
    using = codebook(sites={"TO1": PLACE, "TO2": CANAL})
    told = transfer(
        number,
        *lines,
        location=location,
        shipped_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=after_seconds),
        expected_on=expected_on,
        purchase_order=purchase_order,
        carrier=carrier,
        tracking_number=tracking_number,
        origin=origin,
    )
    assert told == as_read(advised(told, using), using)


def as_read(told: TransferAdvice, using: Codebook) -> StockTransfer:
    """The transfer as the reader of its 943 understands it."""
    where, origin = party_named(told.parties, "WH"), party_named(told.parties, "SF")
    assert where is not None
    dates: Mapping[str, Any] = {each.qualifier: each for each in told.dates}
    lines = []
    for line in told.lines:
        item = using.item_for(line.ids)
        assert item is not None
        assert line.quantity is not None
        units = to_base(line.quantity, item.units_each) if line.unit == item.unit else line.quantity
        lines.append(TransferLine(number=int(line.references[0].value), sku=item.sku, quantity=units))
    return StockTransfer(
        transfer_id=TransferId(told.number),
        location=using.sites[where.id],
        connection=CONNECTION,
        origin=(using.sites.get(origin.id) or LocationId(origin.name)) if origin else None,
        shipped_at=dt.datetime.combine(dates["11"].date, dates["11"].time, dt.UTC),
        expected_on=dates["17"].date if "17" in dates else None,
        purchase_order=told.purchase_order_number,
        carrier="".join(each.scac or each.routing for each in told.carriers),
        tracking_number="".join(each.value for each in told.numbers),
        lines=tuple(lines),
    )


def read(text: str, using: Codebook | None = None) -> Parsed:
    return parsed(Document(CONNECTION, Direction.INBOUND, "x12", "one", text.encode(), NOW), using or codebook())


def goods(changes: Mapping[str, str], using: Codebook | None = None, name: str = "goods_on_a_day") -> GoodsReceipt:
    """What a sample says after these words in it were replaced."""
    text = (SAMPLES / f"{name}.edi").read_text()
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    [item] = read(text, using).items
    assert isinstance(item, GoodsReceipt)
    return item


def test_receipt_sent_again_under_another_control_number_is_the_same() -> None:
    again = {"IEA*1*000000007": "IEA*1*000000008", "*000000007*0*P": "*000000008*0*P"}
    assert goods({}) == goods(again)


def test_receipt_without_a_number_is_known_by_what_is_in_it() -> None:
    # A receipt needs its number, unless the partner's profile says otherwise.
    lenient = codebook(x12=profile(severities={"x12.element-needed": "warning"}))
    unnamed = {"*R-4*": "**"}
    first = goods(unnamed, lenient)
    assert first == goods(unnamed, lenient)
    assert first.receipt_id != goods({**unnamed, "W07*12*": "W07*13*"}, lenient).receipt_id
    assert first.receipt_id.endswith("/T00000004")


def test_our_number_is_found_where_the_shipments_is_repeated_only() -> None:
    found = goods({"*R-4*T00000004": "*R-4**T00000004"})
    assert ("T00000004", "R-4/T00000004") == (found.transfer, found.receipt_id)


def test_day_of_receipt_begins_when_the_warehouse_says() -> None:
    found = goods({}, codebook(x12=profile(timezone="America/New_York")))
    assert dt.datetime(2026, 11, 21, 5, 0, tzinfo=dt.UTC) == found.received_at


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("G62*09*20261121*8*153012", dt.datetime(2026, 11, 21, 15, 30, 12, tzinfo=dt.UTC)),
        ("G62*09*20261120~\nG62*50*20261121*8*0730", dt.datetime(2026, 11, 21, 7, 30, tzinfo=dt.UTC)),
        ("G62*35*20261120", dt.datetime(2026, 11, 20, tzinfo=dt.UTC)),
        ("G62*11*20261119*8*0800", dt.datetime(2026, 11, 21, tzinfo=dt.UTC)),
        ("G62*09*20261123*8*0800", NOW),
    ],
)
def test_best_moment_of_receipt_counts_and_never_one_to_come(date: str, expected: dt.datetime) -> None:
    row = "T00000004~\n"
    changes = {row: f"{row}{date}~\n", "SE*5*": f"SE*{6 + date.count('~')}*"}
    assert expected == goods(changes).received_at


def test_receipt_without_a_date_counts_from_the_day_it_came() -> None:
    assert NOW.replace(hour=0) == goods({"W17*F*20261121*": "W17*F**"}).received_at


def test_item_is_known_by_the_code_of_its_case() -> None:
    using = codebook(items=(PartnerItem(Sku("LAMP-BRASS"), {"UA": "001234500010"}, unit="CA", units_each=Decimal(12)),))
    [line] = goods({"W07*12*EA**VN*LAMP-1": "W07*2*CA*001234500010"}, using).lines
    assert (Sku("LAMP-BRASS"), Decimal(24)) == (line.sku, line.quantity)


def test_site_is_read_by_name_where_that_is_agreed() -> None:
    using = codebook(sites={"EAST": CANAL}, x12=profile(site_by="name"))
    assert CANAL == goods({"T00000004~\n": "T00000004~\nN1*WH*EAST~\n", "SE*5*": "SE*6*"}, using).location


def test_site_has_to_be_named_where_there_are_several() -> None:
    [problem] = read((SAMPLES / "goods_on_a_day.edi").read_text(), codebook(default_location=None)).problems
    assert "data.unknown-site" == problem.code


def test_unit_of_another_condition_is_not_for_sale() -> None:
    [line] = goods({"W14*12": "W13*4*EA*04~\nW14*12", "SE*5*": "SE*6*"}).lines
    assert (Decimal(12), Decimal(4)) == (line.quantity, line.unavailable)


def test_receipt_that_names_no_line_is_told() -> None:
    text = (SAMPLES / "goods_on_a_day.edi").read_text()
    lenient = codebook(x12=profile(severities={"x12.segment-needed": "warning"}))
    found = read(text.replace("W07*12*EA**VN*LAMP-1~\n", "").replace("SE*5*", "SE*4*"), lenient)
    assert [("x12.incomplete-advice", ())] == [(problem.code, found.items) for problem in found.problems]
