"""Stock of several owners at one site: kept apart in every figure, shipped together."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hub.errors import DataError
from hub.flows.announce_transfer import Consignment, announce_transfer
from hub.flows.explain_stock import explain_stock
from hub.model.fulfilment import RequestKind
from hub.model.identity import LocationId, Sku
from hub.model.ledger import Cause
from hub.model.shipment import Shipment, ShippedLine
from hub.model.stock import CountBasis, FeedMode, StockReport, StockRow
from tests.builders import Desk, a_location, a_network, a_report, a_shipment, at, broken_laws

OWN, LENT = LocationId("depot"), LocationId("depot-alder")
A = Sku("A")


@pytest.fixture
def desk() -> Desk:
    """A warehouse with 2 of our own and 3 that belong to alder; a supplier far away has 5, dearer to ask."""
    desk = Desk(
        a_network(
            a_location("depot", kind=RequestKind.WAREHOUSE, per_request="4"),
            a_location(
                "depot-alder",
                kind=RequestKind.WAREHOUSE,
                connection="depot",
                owner="alder",
                site="depot",
                per_request="4",
                per_unit="1",
            ),
            a_location("far", per_request="20"),
            max_splits=1,
        )
    )
    rows = [(OWN, 2), (LENT, 3)]
    desk.receive(
        StockReport(
            connection=desk.network.locations[0].connection,
            reference="both",
            as_of=desk.now,
            mode=FeedMode.FULL,
            locations=(OWN, LENT),
            rows=tuple(
                StockRow(sku=A, location=where, basis=CountBasis.ON_HAND, quantity=Decimal(units))
                for where, units in rows
            ),
        ),
        "depot",
    )
    desk.stock("far", A=5)
    return desk


def test_each_owner_has_figures_of_its_own(desk: Desk) -> None:
    found = explain_stock(desk.work(), A)
    assert {"depot": "", "depot-alder": "alder", "far": "far"} == {str(k): v for k, v in found.owners.items()}
    assert [Decimal(2), Decimal(3)] == [found.atps[where].quantity for where in (OWN, LENT)]


def test_our_own_goes_first_where_the_others_cost_more_and_no_request_mixes_owners(desk: Desk) -> None:
    first = desk.place(1, A=2)
    assert [OWN] == [request.location for request in desk.requests(first)]
    second = desk.place(2, A=1)
    assert [LENT] == [request.location for request in desk.requests(second)]


def test_stock_of_one_site_ships_together_and_counts_as_one_split(desk: Desk) -> None:
    order = desk.place(1, A=5)
    requests = desk.requests(order)
    assert {(OWN, Decimal(2)), (LENT, Decimal(3))} == {(each.location, each.outstanding) for each in requests}
    assert {"depot"} == {str(each.connection) for each in requests}
    plan = desk.uow.requests.plans(order)[-1]
    assert Decimal(7) == plan.cost
    assert broken_laws(desk) == []


def test_a_parcel_of_the_site_takes_from_each_owner_what_was_asked_of_it(desk: Desk) -> None:
    order = desk.place(1, A=5)
    desk.send()
    requests = desk.requests(order)
    parcel = Shipment(
        shipment_id=a_shipment(requests[0], "S1", {1: 1}).shipment_id,
        connection=requests[0].connection,
        location=OWN,
        shipped_at=at(5),
        lines=tuple(ShippedLine(request_id=each.request_id, number=1, quantity=each.outstanding) for each in requests),
    )
    desk.now = at(6)
    desk.receive(parcel, "depot")
    assert [(Decimal(0), Decimal(0))] * 2 == [
        (desk.balance("A", where).on_hand, desk.balance("A", where).reserved) for where in (OWN, LENT)
    ]
    assert "" == desk.order(order).hold
    assert Decimal(5) == desk.counters(order, "A").shipped
    moved = desk.uow.ledger.movements(A, LENT)
    assert [Decimal(-3)] == [row.quantity for row in moved if row.cause is Cause.SHIPMENT]
    assert broken_laws(desk) == []


def test_a_parcel_of_another_site_is_still_shipped_elsewhere(desk: Desk) -> None:
    order = desk.place(1, A=2)
    desk.send()
    parcel = a_shipment(desk.request(order), "S1", {1: 2}, shipped_at=at(5))
    desk.now = at(6)
    desk.receive(parcel.model_copy(update={"location": LocationId("far")}), "depot")
    assert desk.order(order).hold.startswith("order.shipped-elsewhere")
    assert Decimal(3) == desk.balance("A", "far").on_hand


def test_a_count_of_one_owner_says_nothing_of_the_other(desk: Desk) -> None:
    desk.now = at(10)
    report = a_report("depot", {"A": 9}, as_of=at(9), mode=FeedMode.FULL)
    desk.receive(report, "depot")
    assert [Decimal(9), Decimal(3)] == [desk.balance("A", where).on_hand for where in (OWN, LENT)]


def test_a_channel_sells_what_it_lists_and_no_other_owners_stock(desk: Desk) -> None:
    [channel] = desk.network.channels
    ours = desk.network.model_copy(update={"channels": (channel.model_copy(update={"sells_from": (OWN,)}),)})
    shop = Desk(ours, desk.uow)
    order = shop.place(1, A=5)
    assert Decimal(3) == shop.counters(order, "A").open
    assert [OWN] == [each.location for each in shop.requests(order)]


def test_a_suppliers_goods_may_come_to_us_and_those_it_lends_us_to_its_own_place(desk: Desk) -> None:
    goods = Consignment({A: Decimal(1)}, desk.now, LocationId("far"))
    assert OWN == announce_transfer(desk.work(), OWN, goods).location
    [lent] = [each for each in desk.network.locations if each.location == LENT]
    far = lent.model_copy(update={"owner": "far"})
    locations = tuple(far if each.location == LENT else each for each in desk.network.locations)
    lender = Desk(desk.network.model_copy(update={"locations": locations}), desk.uow)
    assert LENT == announce_transfer(lender.work(), LENT, goods).location


@pytest.mark.parametrize(("origin", "to"), [("depot", "depot-alder"), ("depot-alder", "depot"), ("far", "depot-alder")])
def test_a_transfer_does_not_change_whose_goods_they_are(desk: Desk, origin: str, to: str) -> None:
    goods = Consignment({A: Decimal(1)}, desk.now, LocationId(origin))
    with pytest.raises(DataError) as refused:
        announce_transfer(desk.work(), LocationId(to), goods)
    assert refused.value.code == "transfer.other-owner"
    assert [Decimal(2), Decimal(3)] == [desk.balance("A", where).on_hand for where in (OWN, LENT)]
