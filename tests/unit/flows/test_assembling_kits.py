"""Pre-built kits: put together and taken apart, each the other's inverse, never with units somebody has."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.errors import DataError
from hub.flows.assemble_kit import Assembled, Assembly, assemble_kit
from hub.model.identity import LocationId, Sku
from hub.model.kit import KitKind
from hub.model.ledger import Cause
from tests.builders import Desk, a_kit, a_location, a_network, at, broken_laws, with_kits
from tests.unit.flows.test_kits import shown

BOX = a_kit("BOX", kind=KitKind.PREBUILT, LAMP=2, CORD="0.5")
ACME = LocationId("acme")


def a_desk() -> Desk:
    desk = Desk(with_kits(a_network(a_location("acme")), BOX, a_kit("SHELF", BOX=1, BOLT=1)))
    desk.stock("acme", LAMP=10, CORD=5, BOX=1, BOLT=9)
    desk.tick(1)
    return desk


@pytest.fixture
def desk() -> Desk:
    return a_desk()


def move(desk: Desk, sets: int | str, key: str = "K1", sku: str = "BOX", where: str = "acme") -> Assembled:
    return assemble_kit(desk.work(), Assembly(Sku(sku), Decimal(sets), LocationId(where), key, "rush"))


def on_hand(desk: Desk) -> list[Decimal]:
    return [desk.balance(sku, "acme").on_hand for sku in ("BOX", "LAMP", "CORD")]


def test_kits_put_together_take_their_components(desk: Desk) -> None:
    assert not move(desk, 3).known
    assert [Decimal(4), Decimal(4), Decimal("3.5")] == on_hand(desk)
    [row] = [row for row in desk.uow.ledger.movements(Sku("LAMP")) if row.cause is Cause.ASSEMBLY]
    assert (Decimal(-6), "rush (test)") == (row.quantity, row.reference)
    desk.tick()
    assert (Decimal(4), Decimal(4)) == (shown(desk, "BOX"), shown(desk, "SHELF"))
    assert broken_laws(desk) == []


def test_same_key_again_moves_nothing_also_when_the_kit_has_changed(desk: Desk) -> None:
    move(desk, 3)
    desk.network = with_kits(desk.network, a_kit("BOX", kind=KitKind.PREBUILT, LAMP=1, BOLT=1))
    assert move(desk, 3).known
    assert [Decimal(4), Decimal(4), Decimal("3.5")] == on_hand(desk)
    assert Decimal(9) == desk.balance("BOLT", "acme").on_hand


def test_promised_units_are_not_taken(desk: Desk) -> None:
    desk.place(1, LAMP=8)
    with pytest.raises(DataError) as caught:
        move(desk, 2)
    assert ("stock.not-covered", "LAMP") == (caught.value.code, caught.value.value)
    assert [Decimal(1), Decimal(10), Decimal(5)] == on_hand(desk)
    desk.place(2, BOX=1)
    with pytest.raises(DataError) as caught:
        move(desk, -1)
    assert ("stock.not-covered", "BOX") == (caught.value.code, caught.value.value)


def test_order_that_waits_for_kits_gets_those_put_together(desk: Desk) -> None:
    order_id = desk.place(BOX=3)
    assert Decimal(2) == desk.counters(order_id, "BOX").open
    move(desk, 2)
    desk.tick()
    assert Decimal(3) == desk.counters(order_id, "BOX").reserved


def test_later_count_that_has_seen_the_kits_is_not_moved_again(desk: Desk) -> None:
    desk.now = at(10)
    move(desk, 3)
    desk.stock("acme", as_of=at(5), LAMP=10, CORD=5, BOX=1)
    assert [Decimal(4), Decimal(4), Decimal("3.5")] == on_hand(desk)


@pytest.mark.parametrize(
    ("sets", "sku", "where", "code"),
    [
        (1, "BOX", "moon", "stock.unknown-location"),
        (0, "BOX", "acme", "stock.assembly"),
        ("1.5", "BOX", "acme", "stock.assembly"),
        (1, "SHELF", "acme", "stock.not-prebuilt"),
        (1, "LAMP", "acme", "stock.not-prebuilt"),
    ],
)
def test_what_cannot_be_put_together_says_why(desk: Desk, sets: int | str, sku: str, where: str, code: str) -> None:
    with pytest.raises(DataError) as caught:
        move(desk, sets, sku=sku, where=where)
    assert code == caught.value.code


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(-4, 6).filter(bool), min_size=1, max_size=6))
def test_taking_apart_undoes_putting_together_and_components_are_conserved(moves: list[int]) -> None:
    desk = a_desk()
    done: list[int] = []
    for number, sets in enumerate(moves):
        try:
            move(desk, sets, f"K{number}")
        except DataError:
            continue
        done.append(sets)
        boxes, lamps, cords = on_hand(desk)
        assert (Decimal(12), Decimal("5.5")) == (lamps + 2 * boxes, cords + boxes / 2)
        assert min(boxes, lamps, cords) >= 0
    for number, sets in enumerate(reversed(done)):
        move(desk, -sets, f"back {number}")
    assert [Decimal(1), Decimal(10), Decimal(5)] == on_hand(desk)
    assert broken_laws(desk) == []
