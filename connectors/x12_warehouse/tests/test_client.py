"""The connector against the simulated warehouse, over a folder."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from warehouse import codebook, connection, envelope, read_until, request, simulator, stamp, transfer

from hub.errors import UncertainOutcomeError
from hub.model.purchase import Acknowledgement, AcknowledgementOutcome, SyntaxReceipt
from hub.model.shipment import Shipment
from hub.model.stock import CountBasis, StockReport
from hub.model.transfer import GoodsReceipt
from hub.sdk.capabilities import Outcome, Parsed, RepeatSafety


def said(found: list[Parsed], kind: type) -> list[Any]:
    return [item for parsed in found for item in parsed.items if isinstance(item, kind)]


def shipped_by(folder: Path, times: int = 1, **changes: Any) -> tuple[list[Parsed], Any]:
    """What a warehouse says of an order of three lamps and two cases of bulbs, and its books."""
    partner = simulator(folder, **changes)
    partner.start()
    try:
        connector = connection(partner)
        asked = request(1, ("LAMP-BRASS", 3), ("BULB-WARM", 24))
        [document] = connector.render([envelope(asked)], codebook(), stamp())
        for _ in range(times):
            connector.send(document)
        wanted = (Shipment, SyntaxReceipt) if changes.get("behaviours") != ["empty"] else (Acknowledgement,)
        found = read_until(
            connector, lambda all_: all(said(all_, kind) for kind in wanted) and bool(said(all_, StockReport))
        )
        if changes.get("behaviours") == ["split"]:
            found += read_until(connector, lambda all_: bool(said([*found, *all_], Shipment)[1:]))
    finally:
        partner.stop()
    assert [] == [problem for parsed in found for problem in parsed.problems]
    return found, partner.book()


def received_by(folder: Path, times: int = 1, **changes: Any) -> tuple[list[Parsed], Any]:
    """What a warehouse says of a dozen lamps and two cases of bulbs on their way to it, and its books."""
    partner = simulator(folder, feed_every=0.1, **changes)
    partner.start()
    try:
        connector = connection(partner)
        announced = envelope(transfer(1, ("LAMP-BRASS", 12), ("BULB-WARM", 24)))
        [document] = connector.render([announced], codebook(), stamp())
        for _ in range(times):
            connector.send(document)
        found = read_until(connector, lambda all_: all(said(all_, kind) for kind in (GoodsReceipt, SyntaxReceipt)))
        found += read_until(connector, lambda all_: bool(said(all_, StockReport)))
    finally:
        partner.stop()
    assert [] == [problem for parsed in found for problem in parsed.problems]
    return found, partner.book()


@pytest.mark.parametrize(
    ("arrival", "lamps", "bulbs"),
    [
        ("whole", (12, 0), (24, 0)),
        ("short", (11, 0), (12, 0)),
        ("damaged", (12, 1), (24, 12)),
        ("over", (13, 0), (36, 0)),
    ],
)
def test_announced_goods_arrive_and_are_read_back(
    tmp_path: Path, arrival: str, lamps: tuple[int, int], bulbs: tuple[int, int]
) -> None:
    found, book = received_by(tmp_path, arrivals=[arrival])
    [receipt] = said(found, GoodsReceipt)
    assert "T00000001" == receipt.transfer
    assert [("LAMP-BRASS", *lamps), ("BULB-WARM", *bulbs)] == [
        (line.sku, line.quantity, line.unavailable) for line in receipt.lines
    ]
    assert all(each.accepted for each in said(found, SyntaxReceipt))
    assert {("TO1", "LAMP-1"): 50 + lamps[0], ("TO1", "BULB-2"): 120 + bulbs[0]} == book.stock
    assert {"LAMP-1": lamps[0], "BULB-2": bulbs[0]} == book.transfers["T00000001"].received
    count = said(found, StockReport)[-1]
    held = [row.quantity * row.units_each for row in count.rows if row.basis is CountBasis.UNAVAILABLE]
    assert [units for units in (lamps[1], bulbs[1]) if units] == held


def test_goods_announced_twice_in_one_interchange_number_arrive_once(tmp_path: Path) -> None:
    _, book = received_by(tmp_path, times=2)
    assert [1] == [booked.times for booked in book.transfers.values()]


def test_order_is_shipped_and_read_back(tmp_path: Path) -> None:
    found, book = shipped_by(tmp_path)
    [shipment] = said(found, Shipment)
    assert [(1, "LAMP-BRASS", 3, True), (2, "BULB-WARM", 24, True)] == [
        (line.number, line.sku, line.quantity, line.closes) for line in shipment.lines
    ]
    [parcel] = shipment.parcels
    assert ("UPSN", 18) == (parcel.carrier, len(parcel.sscc))
    assert parcel.tracking_number.startswith("1Z")
    assert all(receipt.accepted for receipt in said(found, SyntaxReceipt))
    [stock] = said(found, StockReport)
    assert [("LAMP-BRASS", 50, 1), ("BULB-WARM", 10, 12)] == [(r.sku, r.quantity, r.units_each) for r in stock.rows]
    assert {("TO1", "LAMP-1"): Decimal(47), ("TO1", "BULB-2"): Decimal(96)} == book.stock


def test_short_shipment_closes_its_lines(tmp_path: Path) -> None:
    found, _ = shipped_by(tmp_path, behaviours=["short"])
    [shipment] = said(found, Shipment)
    assert [(2, True), (23, True)] == [(line.quantity, line.closes) for line in shipment.lines]


def test_split_shipment_leaves_the_rest_open_until_it_comes(tmp_path: Path) -> None:
    found, _ = shipped_by(tmp_path, behaviours=["split"])
    first, second = said(found, Shipment)
    assert [(1, False), (12, False)] == [(line.quantity, line.closes) for line in first.lines]
    assert [(2, True), (12, True)] == [(line.quantity, line.closes) for line in second.lines]
    assert first.shipment_id != second.shipment_id


def test_empty_shelf_is_a_rejection(tmp_path: Path) -> None:
    found, book = shipped_by(tmp_path, behaviours=["empty"])
    [answer] = said(found, Acknowledgement)
    assert [(1, AcknowledgementOutcome.REJECTED, "OS"), (2, AcknowledgementOutcome.REJECTED, "OS")] == [
        (line.number, line.outcome, line.partner_code) for line in answer.lines
    ]
    assert [] == said(found, Shipment)
    assert {} == book.instructions["P00000001"].shipped


def test_lines_are_known_by_their_item_where_no_number_is_echoed(tmp_path: Path) -> None:
    found, _ = shipped_by(tmp_path, echoes_lines=False)
    [shipment] = said(found, Shipment)
    assert [(None, "LAMP-BRASS"), (None, "BULB-WARM")] == [(line.number, line.sku) for line in shipment.lines]


def test_same_interchange_twice_is_one_order_in_the_partners_book(tmp_path: Path) -> None:
    _, book = shipped_by(tmp_path, times=2)
    assert [1] == [booked.times for booked in book.instructions.values()]


def test_warehouse_that_does_not_deduplicate_is_never_resent_to_blindly(tmp_path: Path) -> None:
    partner = simulator(tmp_path)
    assert RepeatSafety.NONE is connection(partner, deduplicates=False).repeat_safety
    assert RepeatSafety.DEDUPE_BY_CONTROL_NUMBER is connection(partner).repeat_safety


def test_lookup_knows_a_file_that_lies_there_and_doubts_one_that_is_gone(tmp_path: Path) -> None:
    partner = simulator(tmp_path)
    (tmp_path / "inbound").mkdir()
    connector = connection(partner)
    [document] = connector.render([envelope(request())], codebook(), stamp())
    connector.send(document)
    receipt = connector.lookup(document)
    assert receipt is not None
    assert [Outcome.ACCEPTED] == [result.outcome for result in receipt.results]
    (tmp_path / "inbound" / document.meta["file"]).unlink()
    with pytest.raises(UncertainOutcomeError):
        connector.lookup(document)
