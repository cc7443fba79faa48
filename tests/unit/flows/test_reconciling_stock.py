"""Stock against what partners counted: each difference is found once, with what the books know of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.flows import reconcile_stock as flow
from hub.flows.reconcile_stock import Reconciliation
from hub.inventory.drift import Difference
from hub.inventory.drift_history import DriftCause
from hub.inventory.ledger import is_count
from hub.model.identity import ConnectionId, LineId, LocationId, OrderId, PartnerId, Sku
from hub.model.money import Money
from hub.model.network import CountingRule, NetOf
from hub.model.price import ItemPrice, PriceList
from hub.model.returns import Custody, Return, ReturnedLine
from hub.model.stock import CountBasis, FeedMode
from hub.model.transfer import StockTransfer, TransferLine
from tests.builders import SHOP, Desk, a_location, a_network, a_report, a_shipment, an_ack, at

ACME = LocationId("acme")
EVER = at(-100_000)


@pytest.fixture
def desk() -> Desk:
    return Desk(a_network(a_location("acme")))


def reconciled(desk: Desk, since: datetime = EVER, **more: object) -> tuple[Reconciliation, list[Difference]]:
    location = desk.network.location(ACME)
    assert location is not None
    made = Reconciliation(desk.work(), location, since, **more)  # type: ignore[arg-type]
    return made, list(made.differences())


def only(desk: Desk) -> Difference:
    [found] = reconciled(desk)[1]
    return found


def causes(difference: Difference) -> list[DriftCause]:
    return [each.cause for each in (*difference.facts, *difference.candidates)]


def counted(desk: Desk, minutes: float, **figures: int) -> None:
    desk.now = at(minutes)
    desk.receive(a_report("acme", dict(figures), as_of=desk.now), "acme")


def sent(desk: Desk, number: int, minutes: float, **lines: int) -> OrderId:
    desk.now = at(minutes)
    order_id = desk.place(number, **lines)
    desk.send(accepts=True)
    return order_id


def test_counts_that_agree_are_no_differences(desk: Desk) -> None:
    counted(desk, 0, A=50, B=7)
    counted(desk, 60, A=50, B=7)
    made, found = reconciled(desk, at(30))
    assert ([], 2, Decimal(57)) == (found, made.items, made.on_hand)


def test_shipment_told_late_explains_what_the_count_had_seen(desk: Desk) -> None:
    counted(desk, 0, A=50)
    order_id = desk.place(A=5)
    desk.send(accepts=True)
    counted(desk, 60, A=43)
    desk.now = at(90)
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 5}, shipped_at=at(50)), "acme", "asn")
    found = only(desk)
    assert [(DriftCause.LATE_NEWS, Decimal(-5)), (DriftCause.UNEXPLAINED, Decimal(-2))] == [
        (each.cause, each.quantity) for each in found.explanations
    ]
    [evidence] = found.facts[0].evidence
    assert ("shipment S1", at(50), at(90), desk.stored["asn"]) == (
        evidence.words,
        evidence.at,
        evidence.recorded_at,
        evidence.document,
    )


def test_acknowledgement_told_late_explains_what_the_count_left_out() -> None:
    rule = CountingRule(basis=CountBasis.AVAILABLE, net_of=NetOf.ACKNOWLEDGED)
    desk = Desk(a_network(a_location("acme", counting=rule)))
    desk.receive(a_report("acme", {"A": 20}, as_of=at(0), basis=CountBasis.AVAILABLE), "acme")
    desk.now = at(1)
    order_id = desk.place(A=5)
    desk.send()
    desk.now = at(60)
    desk.receive(a_report("acme", {"A": 15}, as_of=at(60), basis=CountBasis.AVAILABLE), "acme")
    desk.now = at(70)
    desk.receive(an_ack(desk.request(order_id).request_id, "K1", at(30), one=(1, "accepted", 5)), "acme")
    assert [DriftCause.LATE_ANSWER] == [each.cause for each in only(desk).explanations]


def test_partner_that_nets_although_its_rule_says_otherwise_is_one_finding(desk: Desk) -> None:
    skus = ["A", "B", "C", "D", "E", "F"]
    counted(desk, 0, **dict.fromkeys(skus, 40))
    for number, sku in enumerate(skus, start=1):
        sent(desk, number, 10, **{sku: number})
    counted(desk, 60, **{sku: 40 - number for number, sku in enumerate(skus, start=1)})
    sent(desk, 9, 70, A=2)
    counted(desk, 120, A=37, B=31)
    made, found = reconciled(desk)
    assert 8 == len(found)
    best = made.tally.findings()[0]
    assert (DriftCause.NETTING, "basis: available, net_of: sent", 7, 8) == (
        best.cause,
        best.cure,
        best.fits,
        best.differences,
    )
    assert (6, Decimal(0), Decimal(30), Decimal(7)) == (
        made.tally.items,
        made.tally.plus,
        made.tally.minus,
        made.tally.unexplained,
    )


def test_units_shipped_although_rejected(desk: Desk) -> None:
    counted(desk, 0, A=50)
    desk.now = at(10)
    order_id = desk.place(A=4)
    desk.send()
    desk.receive(an_ack(desk.request(order_id).request_id, "K1", at(20), one=(1, "rejected", 4)), "acme")
    counted(desk, 60, A=46)
    assert DriftCause.SHIPPED_AFTER_CANCEL in causes(only(desk))


def test_goods_that_came_back_without_a_word(desk: Desk) -> None:
    counted(desk, 0, A=50)
    order_id = sent(desk, 1, 10, A=3)
    desk.now = at(20)
    desk.receive(a_shipment(desk.request(order_id), "S1", {1: 3}, shipped_at=at(15)), "acme")
    desk.receive(
        Return(
            return_id="R1",
            channel=SHOP,
            order_external_id="5001",
            lines=(ReturnedLine(line_id=LineId("A"), quantity=Decimal(2)),),
            custody=Custody.IN_TRANSIT,
            at=at(20),
        ),
        "shop",
    )
    counted(desk, 2000, A=49)
    found = only(desk)
    assert [DriftCause.RETURN_UNTOLD] == causes(found)
    assert "return R1: not put back by our books" == found.candidates[0].evidence[0].words


def test_goods_that_arrived_without_a_receipt(desk: Desk) -> None:
    counted(desk, 0, A=50)
    coming = StockTransfer.model_validate(
        {
            "transfer_id": "T1",
            "location": ACME,
            "connection": ConnectionId("acme"),
            "shipped_at": at(5),
            "lines": (TransferLine(number=1, sku=Sku("A"), quantity=Decimal(12)),),
        }
    )
    desk.uow.transfers.save(coming)
    counted(desk, 60, A=62)
    assert [DriftCause.RECEIPT_UNTOLD] == causes(only(desk))


def test_pack_of_an_item_is_taken_from_what_the_partner_sells(desk: Desk) -> None:
    counted(desk, 0, A=24, B=24)
    counted(desk, 60, A=2, B=2)
    _, found = reconciled(desk, packs={Sku("A"): Decimal(12)})
    assert [[DriftCause.PACK], []] == [causes(each) for each in found]


def test_same_factor_at_many_items_is_a_finding_though_nobody_knows_the_pack(desk: Desk) -> None:
    skus = ["A", "B", "C", "D", "E"]
    counted(desk, 0, **dict.fromkeys(skus, 24))
    counted(desk, 60, **dict.fromkeys(skus, 2))
    [finding] = reconciled(desk)[0].tally.findings()
    assert ("unit and units_each 12 in items.csv", 5) == (finding.cure, finding.fits)


def test_unexplained_units_are_valued_where_their_cost_is_known(desk: Desk) -> None:
    counted(desk, 0, A=50, B=50)
    price = ItemPrice(sku=Sku("A"), unit_price=Money(amount=Decimal("2.50"), currency="USD"))
    prices = PriceList(
        partner=PartnerId("acme"),
        connection=ConnectionId("acme"),
        catalogue="C1",
        issued_at=at(0),
        mode=FeedMode.DELTA,
        lines=(price,),
    )
    desk.receive(prices, "acme")
    counted(desk, 60, A=46, B=46)
    assert (Money(amount=Decimal("10.00"), currency="USD"),) == reconciled(desk)[0].tally.costs()


def test_only_the_time_and_the_items_asked_for(desk: Desk) -> None:
    counted(desk, 0, A=50, B=50)
    counted(desk, 60, A=49, B=48)
    counted(desk, 120, A=46)
    assert [Decimal(-3)] == [each.quantity for each in reconciled(desk, at(100))[1]]
    assert [Decimal(-2)] == [each.quantity for each in reconciled(desk, skus=frozenset({Sku("B")}))[1]]


def test_largest_are_kept_the_largest_first(desk: Desk) -> None:
    counted(desk, 0, A=50, B=50, C=50, D=50)
    counted(desk, 60, A=49, B=40, C=55, D=55)
    made, _ = reconciled(desk, keep=3)
    assert ["B", "C", "D"] == [each.sku for each in made.largest]


def test_items_are_taken_in_parts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "PART", 2)
    skus = ["A", "B", "C", "D", "E"]
    counted(desk, 0, **dict.fromkeys(skus, 10))
    counted(desk, 60, **dict.fromkeys(skus, 9))
    assert skus == [each.sku for each in reconciled(desk)[1]]


steps = st.lists(
    st.tuples(st.sampled_from(["count", "order", "ship", "late"]), st.sampled_from("AB"), st.integers(1, 9)),
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(steps)
def test_differences_are_the_counts_rows_and_are_explained_to_the_unit(history: list[tuple[str, str, int]]) -> None:
    desk = Desk(a_network(a_location("acme")))
    counted(desk, 0, A=60, B=60)
    waiting: list[OrderId] = []
    for number, (kind, sku, units) in enumerate(history, start=1):
        desk.now = at(number * 10)
        if kind == "count":
            desk.receive(a_report("acme", {sku: 60 - units}, as_of=desk.now), "acme")
        elif kind == "order":
            waiting.append(desk.place(number, **{sku: units}))
            desk.send(accepts=True)
        elif waiting:
            request = desk.request(waiting.pop(0))
            shipped_at = desk.now - timedelta(minutes=25 if kind == "late" else 1)
            wanted = {1: int(request.lines[0].quantity)}
            desk.receive(a_shipment(request, f"S{number}", wanted, shipped_at=shipped_at), "acme")
    made, found = reconciled(desk)
    rows = [row for sku in "AB" for row in reversed(desk.uow.ledger.movements(Sku(sku))) if is_count(row)]
    assert [row.quantity for row in rows if row.recorded_at > at(0)] == [each.quantity for each in found]
    assert made.tally.net == sum((each.quantity for each in found), Decimal(0))
    for each in found:
        assert each.quantity == sum((part.quantity for part in each.explanations), Decimal(0))
