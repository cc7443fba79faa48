"""What a retailer is told: quantities, ship notices, and what can't be told."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from retailer import (
    NOW,
    codebook,
    confirmation,
    connection,
    profile,
    rendered,
    sets_of,
    simulator,
    update,
)

from hub.edi.documents.inventory import InventoryAdvice, parse_inventory
from hub.edi.documents.ship_notice import ShipNotice, parse_ship_notice
from hub.errors import ConfigurationError, DataError, InvariantError, UncertainOutcomeError
from hub.model.identity import LineId, LocationId
from hub.model.shipment import ConfirmedLine, Parcel
from hub.model.stock import QuantityUpdate
from hub.sdk.capabilities import Envelope, Outcome, RepeatSafety, Stamp
from hub_x12_retailer.connector import X12Retailer
from hub_x12_retailer.translate import stock

BOX = Parcel(tracking_number="1Z0001", carrier="UPSN", sscc="006141411234567890")


def advice(connector: X12Retailer, *told: Envelope, **changes: Any) -> InventoryAdvice:
    [found] = sets_of(rendered(connector, *told, book=codebook(x12=profile(**changes))))
    return parse_inventory(found)


def notice(connector: X12Retailer, told: Envelope, **changes: Any) -> ShipNotice:
    book = codebook(**{"x12": profile(), **changes})
    [found] = sets_of(rendered(connector, told, book=book))
    return parse_ship_notice(found)


def refusal(connector: X12Retailer, told: Envelope, **changes: Any) -> str:
    with pytest.raises((DataError, ConfigurationError)) as caught:
        rendered(connector, told, book=codebook(x12=profile(**changes)))
    return caught.value.code


def nesting(found: ShipNotice) -> str:
    return "".join(level.code for level in found.levels())


def test_quantities_of_a_batch_stand_in_one_set_as_changes(connector: X12Retailer) -> None:
    document = rendered(connector, update(1, "MUG-BLUE", 5), update(2, "TEA-TIN", 30))
    [found] = map(parse_inventory, sets_of(document))
    assert ("04", "SI", "000000005") == (found.purpose, found.report_type, found.number)
    assert [
        ((("SK", "70001"), ("UP", "012345678905")), "33", Decimal(5), "EA"),
        ((("SK", "70002"),), "33", Decimal(2), "CA"),
    ] == [(line.ids, each.qualifier, each.amount, each.unit) for line in found.lines for each in line.quantities]
    assert ("inventory:brightmart:MUG-BLUE:1", "inventory:brightmart:TEA-TIN:2") == document.item_keys
    assert {"846/5/0001"} == {document.meta[f"set:{key}"] for key in document.item_keys}


@given(units=st.integers(min_value=0, max_value=10**6))
def test_never_more_is_told_than_there_is_and_never_a_whole_pack_less(units: int) -> None:
    told = update(1, "TEA-TIN", units).item
    assert isinstance(told, QuantityUpdate)
    [line] = stock.advice([told], codebook(), "000000001", NOW).lines
    [quantity] = line.quantities
    assert quantity.amount is not None
    assert 0 <= units - quantity.amount * 12 < 12


def test_nothing_left_is_told_as_zero(connector: X12Retailer) -> None:
    [line] = advice(connector, update(1, "MUG-BLUE", 0)).lines
    assert Decimal(0) == line.quantities[0].amount


def test_moment_is_in_the_retailers_time(connector: X12Retailer) -> None:
    found = advice(connector, update(1, "MUG-BLUE", 5), timezone="America/New_York")
    assert ("2026-11-22", "07:00:00") == (str(found.date), str(found.time))


def test_everything_in_one_parcel_is_packed(connector: X12Retailer) -> None:
    found = notice(connector, confirmation("4500000101", ("10", "MUG-BLUE", 3), ("20", "TEA-TIN", 24), parcels=(BOX,)))
    assert ("SOPII", "0001") == (nesting(found), found.structure)
    [first, second] = found.items()
    assert ("10", Decimal(3), "EA") == (first.line.line_number, first.line.quantity, first.line.unit)
    assert ("20", Decimal(2), "CA") == (second.line.line_number, second.line.quantity, second.line.unit)
    assert (("00006141411234567890",), ("1Z0001",)) == (first.marks("GM"), first.marks("CP"))
    assert () == found.findings


def test_what_is_in_which_of_several_parcels_is_not_said(connector: X12Retailer) -> None:
    parcels = (BOX, Parcel(tracking_number="1Z0002", carrier="Fast Freight"))
    found = notice(connector, confirmation("4500000101", ("10", "MUG-BLUE", 3), parcels=parcels))
    assert ("SOI", "0004") == (nesting(found), found.structure)
    [shipment] = found.roots
    assert ["1Z0001", "1Z0002"] == [each.value for each in shipment.references if each.qualifier == "CN"]
    assert [("2", "UPSN", ""), ("", "", "Fast Freight")] == [
        (each.id_qualifier, each.id, each.routing) for each in shipment.carriers
    ]
    assert Decimal(2) == shipment.ladings[0].packages


def test_notice_names_order_release_places_and_moment(connector: X12Retailer) -> None:
    told = confirmation("4500000100 release 7", ("1", "MUG-BLUE", 3), ship_to_site="0042")
    found = notice(
        connector,
        told,
        x12=profile(timezone="America/New_York"),
        sites={"E1": LocationId("east")},
    )
    [item] = found.items()
    assert item.order is not None
    assert ("4500000100", "7") == (item.order.number, item.order.release)
    [shipment] = found.roots
    assert [("SF", "92", "E1"), ("ST", "92", "0042")] == [
        (each.entity, each.id_qualifier, each.id) for each in shipment.parties
    ]
    assert [("011", "2026-11-22", "07:00:00")] == [
        (each.qualifier, str(each.date), str(each.time)) for each in shipment.dates
    ]


def test_carrier_goes_by_the_retailers_code(connector: X12Retailer) -> None:
    parcel = Parcel(tracking_number="9", carrier="Fast Freight")
    told = confirmation("4500000101", ("10", "MUG-BLUE", 3), parcels=(parcel,))
    found = notice(connector, told, tables={"carriers": {"FFRT": "Fast Freight"}})
    assert ["FFRT"] == [each.id for each in found.roots[0].carriers]


def test_broken_pack_is_counted_in_eaches(connector: X12Retailer) -> None:
    [item] = notice(connector, confirmation("4500000101", ("20", "TEA-TIN", 18))).items()
    assert (Decimal(18), "EA") == (item.line.quantity, item.line.unit)


def test_same_shipment_has_the_same_name_however_often_it_is_told(connector: X12Retailer) -> None:
    told = confirmation("4500000101", ("10", "MUG-BLUE", 3))
    [first], [again] = (sets_of(rendered(connector, told, number=number)) for number in (5, 6))
    other = notice(connector, confirmation("4500000101", ("10", "MUG-BLUE", 3), number=2))
    assert parse_ship_notice(first).shipment_id == parse_ship_notice(again).shipment_id
    assert parse_ship_notice(first).shipment_id != other.shipment_id


def test_notice_that_was_not_agreed_is_not_made(connector: X12Retailer) -> None:
    several = confirmation("4500000101", ("10", "MUG-BLUE", 3), parcels=(BOX, BOX))
    bare = confirmation("4500000101", ("10", "MUG-BLUE", 3), parcels=(Parcel(tracking_number="1Z"),))
    assert "x12.ship-notice-shape" == refusal(connector, several, ship_notice_shapes=("SOPI",))
    assert "x12.ship-notice-shape" == refusal(connector, bare, ship_notice_shapes=("SOTPI",))
    assert "x12.label-needed" == refusal(connector, bare, labels_required=True)
    assert "x12.set-not-sent" == refusal(connector, bare, sends=("846",))


def test_packed_goods_are_told_loose_where_that_was_agreed(connector: X12Retailer) -> None:
    told = confirmation("4500000101", ("10", "MUG-BLUE", 3), parcels=(BOX,))
    assert "SOI" == nesting(notice(connector, told, x12=profile(ship_notice_shapes=("SOI",))))


def test_line_without_a_sku_is_no_item_of_the_retailers(connector: X12Retailer) -> None:
    line = ConfirmedLine(line_id=LineId("10"), quantity=Decimal(3))
    assert "x12.incomplete-item" == refusal(connector, confirmation("4500000101", lines=(line,)))


def test_quantities_and_notices_do_not_go_together(connector: X12Retailer) -> None:
    mixed = [confirmation("4500000101", ("10", "MUG-BLUE", 3)), update(1, "MUG-BLUE", 5)]
    with pytest.raises(InvariantError):
        connector.render(mixed, codebook(), Stamp(NOW, "stamp", (5, 6)))


def test_file_still_lying_there_has_arrived_and_one_that_is_gone_is_uncertain(
    connector: X12Retailer, tmp_path: Path
) -> None:
    document = rendered(connector, update(1, "MUG-BLUE", 5))
    connector.send(document)
    receipt = connector.lookup(document)
    assert receipt is not None
    assert [Outcome.ACCEPTED] == [each.outcome for each in receipt.results]
    (tmp_path / "inbound" / document.meta["file"]).unlink()
    with pytest.raises(UncertainOutcomeError):
        connector.lookup(document)


def test_repeat_is_safe_where_the_retailer_drops_numbers_it_has_seen(tmp_path: Path) -> None:
    partner = simulator(tmp_path)
    assert RepeatSafety.DEDUPE_BY_CONTROL_NUMBER is connection(partner).repeat_safety
    assert RepeatSafety.NONE is connection(partner, deduplicates=False).repeat_safety
