"""What a channel shows of locations that sell by the lot: only what its customers can order there."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.inventory.atp import Atp
from hub.inventory.channels import channel_quantity
from hub.inventory.soft_holds import Shelf, spread
from hub.model.identity import ChannelId, ConnectionId, LineId, LocationId, Sku
from hub.model.lot import Lot
from hub.model.network import Channel
from hub.routing.candidates import Demand, Site
from tests.builders import a_location, a_plan

SKU = Sku("A")
CASES = Lot(multiple=Decimal(6))


def an_atp(location: str, quantity: int) -> Atp:
    units = Decimal(quantity)
    return Atp(SKU, LocationId(location), units, Decimal(0), tuple, shown=units)


def a_channel(*locations: str, multiple: int = 1) -> Channel:
    return Channel(
        channel=ChannelId("shop"),
        connection=ConnectionId("shop"),
        sells_from=tuple(LocationId(each) for each in locations),
        multiple=Decimal(multiple),
    )


def test_cases_are_not_shown_to_who_buys_singly() -> None:
    atps, lots = [an_atp("loose", 2), an_atp("cases", 20)], {LocationId("cases"): CASES}
    shown = channel_quantity(a_channel("loose", "cases"), SKU, atps, Decimal(0), lots=lots)
    assert Decimal(2) == shown.quantity == sum(term.quantity for term in shown.terms)
    assert "cases: sells by 6, the channel by 1" in [term.words for term in shown.terms]


def test_who_buys_by_the_case_is_shown_whole_cases() -> None:
    lots = {LocationId("cases"): CASES}
    for multiple, shown in ((6, 18), (12, 12), (4, 0)):
        channel = a_channel("cases", multiple=multiple)
        assert Decimal(shown) == channel_quantity(channel, SKU, [an_atp("cases", 20)], Decimal(0), lots=lots).quantity


def test_minimum_is_shown_only_to_who_orders_as_many_at_once() -> None:
    lots = {LocationId("bulk"): Lot(minimum=Decimal(6))}
    for multiple, shown in ((1, 0), (6, 18), (7, 14)):
        channel = a_channel("bulk", multiple=multiple)
        assert Decimal(shown) == channel_quantity(channel, SKU, [an_atp("bulk", 20)], Decimal(0), lots=lots).quantity


def test_units_that_a_channel_cannot_sell_are_not_fenced_off_it_too() -> None:
    shop = a_channel("loose", "cases").model_copy(update={"ring_fence": Decimal(10)})
    market = shop.model_copy(update={"channel": ChannelId("market"), "ring_fence": Decimal(0)})
    atps, lots = [an_atp("loose", 15), an_atp("cases", 20)], {LocationId("cases"): CASES}
    shown = channel_quantity(market, SKU, atps, Decimal(0), others=(shop, market), lots=lots)
    assert Decimal(5) == shown.quantity


@settings(max_examples=300)
@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.sampled_from([1, 1, 2, 3, 4, 6]), st.sampled_from([0, 0, 2, 5, 6, 9])),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from([1, 2, 4, 6, 12]),
    st.data(),
)
def test_every_order_of_what_is_shown_can_be_shipped(
    places: list[tuple[int, int, int]], multiple: int, data: st.DataObject
) -> None:
    names = [f"l{place}" for place in range(len(places))]
    lots = {
        LocationId(name): Lot(multiple=Decimal(pack), minimum=Decimal(least))
        for name, (_, pack, least) in zip(names, places, strict=True)
        if pack > 1 or least
    }
    atps = [an_atp(name, units) for name, (units, _, _) in zip(names, places, strict=True)]
    shown = channel_quantity(a_channel(*names, multiple=multiple), SKU, atps, Decimal(0), lots=lots).quantity
    wanted = Decimal(data.draw(st.integers(0, int(shown) // multiple)) * multiple)
    sites = [
        Site(
            a_location(name),
            {SKU: Decimal(units)},
            {SKU: Decimal(pack)},
            minimums={SKU: Decimal(least)},
        )
        for name, (units, pack, least) in zip(names, places, strict=True)
    ]
    assert not a_plan([Demand(LineId("L"), SKU, wanted)], sites).unrouted


def test_fewer_than_a_minimum_are_not_held_where_they_could_not_be_shipped() -> None:
    bulk = Shelf(LocationId("bulk"), {SKU: Decimal(20)}, {SKU: Lot(minimum=Decimal(6))})
    loose = Shelf(LocationId("loose"), {SKU: Decimal(3)}, {})
    assert [LocationId("loose")] == [each.location for each in spread({SKU: Decimal(2)}, [bulk, loose])]
    assert [LocationId("bulk")] == [each.location for each in spread({SKU: Decimal(7)}, [bulk, loose])]
    assert () == spread({SKU: Decimal(5)}, [bulk])
