"""Kits whose components a location sells in lots only: whole sets in whole lots, or nothing."""

from __future__ import annotations

from decimal import Decimal

from hub.flows.publish_quantities import channel_quantities
from hub.inventory.kits import kit_lot
from hub.model.identity import Sku
from hub.model.lot import Lot
from hub.model.network import ItemLimits
from tests.builders import SHOP, Desk, a_kit, a_location, a_network, with_kits

SHELF = a_kit("SHELF", BOLT=2, PLATE=1)
BOLTS_BY_SIX = {Sku("BOLT"): (Lot(multiple=Decimal(6)),)}


def a_desk(*, separable: bool = False, multiple: int = 1) -> Desk:
    """One location with 20 bolts, which it sells by six, and 9 plates."""
    location = a_location("acme").model_copy(update={"lots": BOLTS_BY_SIX})
    network = with_kits(a_network(location), SHELF.model_copy(update={"separable": separable}))
    items = {SHELF.sku: ItemLimits(multiple=Decimal(multiple))}
    shop = network.channels[0].model_copy(update={"items": items})
    desk = Desk(network.model_copy(update={"channels": (shop,)}))
    desk.stock("acme", BOLT=20, PLATE=9)
    desk.tick()
    return desk


def asked(desk: Desk, sets: int) -> dict[str, Decimal]:
    """What is asked of the location for an order of so many sets."""
    requests = desk.requests(desk.place(SHELF=sets))
    return {line.sku: line.quantity for request in requests for line in request.lines}


def shown(desk: Desk) -> Decimal:
    shop = desk.network.channel(SHOP)
    assert shop is not None
    return channel_quantities(desk.work(), shop, [SHELF.sku])[SHELF.sku].quantity


def test_lot_of_sets_is_what_every_component_is_sold_by() -> None:
    lots = {Sku("BOLT"): Lot(multiple=Decimal(6)), Sku("PLATE"): Lot(minimum=Decimal(4))}
    lot = kit_lot(SHELF, lots)
    assert (Decimal(3), Decimal(4)) == (lot.multiple, lot.minimum)


def test_sets_that_break_a_lot_are_asked_of_nobody() -> None:
    assert {} == asked(a_desk(), 2)
    assert {"BOLT": 12, "PLATE": 6} == asked(a_desk(), 6)


def test_order_for_more_than_whole_lots_is_shipped_as_far_as_they_go() -> None:
    assert {"BOLT": 6, "PLATE": 3} == asked(a_desk(), 5)


def test_channel_that_sells_single_sets_is_shown_none() -> None:
    assert shown(a_desk()) == 0


def test_channel_that_sells_sets_by_the_lot_is_shown_whole_lots() -> None:
    assert shown(a_desk(multiple=3)) == 9


def test_parts_that_ship_apart_are_shown_by_their_own_lots() -> None:
    assert shown(a_desk(separable=True)) == 0
    assert shown(a_desk(separable=True, multiple=3)) == 9
