"""Where a hold keeps its units, what it gives back, and what its holder may be promised."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from hub.inventory.atp import Atp
from hub.inventory.soft_holds import Shelf, spread, surplus
from hub.model.identity import LocationId, Sku, SoftHoldKey
from hub.model.lot import Lot
from hub.model.soft_hold import HeldUnits, SoftHold
from tests.builders import NOW, at

SKUS = (Sku("A"), Sku("B"))
PLACES = (LocationId("acme"), LocationId("bolt"), LocationId("cork"))

units = st.integers(0, 9).map(Decimal)
wants = st.dictionaries(st.sampled_from(SKUS), st.integers(1, 12).map(Decimal), min_size=1)
lots = st.builds(Lot, minimum=st.integers(0, 6).map(Decimal), multiple=st.integers(1, 4).map(Decimal))
shelves = st.tuples(
    *(
        st.builds(
            Shelf,
            st.just(place),
            st.fixed_dictionaries(dict.fromkeys(SKUS, st.integers(-3, 9).map(Decimal))),
            st.dictionaries(st.sampled_from(SKUS), lots, max_size=1),
        )
        for place in PLACES
    )
)


def a_hold(*held: HeldUnits) -> SoftHold:
    return SoftHold(SoftHoldKey("cart"), held, NOW, at(30))


@given(wanted=wants, there=shelves)
def test_units_are_found_where_they_can_be_shipped_and_never_more_than_wanted(
    wanted: dict[Sku, Decimal], there: tuple[Shelf, ...]
) -> None:
    found = spread(wanted, there)
    by_place = {shelf.location: shelf for shelf in there}
    for each in found:
        shelf = by_place[each.location]
        assert 0 < each.quantity <= shelf.free[each.sku]
        assert each.held == each.quantity
        assert shelf.lots.get(each.sku, Lot()).fits(each.quantity)
    assert len({(each.sku, each.location) for each in found}) == len(found)
    for sku, quantity in wanted.items():
        kept = sum((each.quantity for each in found if each.sku == sku), Decimal(0))
        assert kept <= quantity
        if not any(sku in shelf.lots for shelf in there):
            assert kept == min(quantity, sum((max(Decimal(0), shelf.free[sku]) for shelf in there), Decimal(0)))


@given(wanted=wants, there=shelves)
def test_one_location_that_has_everything_keeps_everything(
    wanted: dict[Sku, Decimal], there: tuple[Shelf, ...]
) -> None:
    able = [shelf.location for shelf in there if all(shelf.gives(sku, each) == each for sku, each in wanted.items())]
    used = {each.location for each in spread(wanted, there)}
    assert not able or used == {able[0]}


@given(held=st.lists(units, min_size=6, max_size=6), needed=st.dictionaries(st.sampled_from(SKUS), units))
def test_what_is_needed_is_kept_and_the_rest_given_back(held: list[Decimal], needed: dict[Sku, Decimal]) -> None:
    pairs = [(sku, place) for sku in SKUS for place in PLACES]
    hold = a_hold(*(HeldUnits(*pair, Decimal(9), kept) for pair, kept in zip(pairs, held, strict=True)))
    back = surplus(hold, needed)
    assert all(0 < quantity <= dict(zip(pairs, held, strict=True))[pair] for pair, quantity in back.items())
    for sku in SKUS:
        given_back = sum((quantity for (which, _), quantity in back.items() if which == sku), Decimal(0))
        assert hold.held[sku] - given_back == min(hold.held[sku], needed.get(sku, Decimal(0)))


@given(free=st.integers(-20, 20).map(Decimal), own=st.integers(1, 9).map(Decimal), others=units)
def test_a_holder_may_be_promised_its_own_as_far_as_it_is_there_and_what_is_free_beside(
    free: Decimal, own: Decimal, others: Decimal
) -> None:
    atp = Atp(SKUS[0], PLACES[0], free, Decimal(0), tuple, soft_held=own + others)
    promised = atp.for_holder(own)
    assert atp.for_holder(Decimal(0)) == free
    there = free + own + others
    assert promised <= max(free, there)
    if free >= 0:
        assert promised == free + own
    elif there >= own:
        assert promised == own
