"""Transfers are announced once, receipts move the ledger once, and counts that know of them are not moved twice."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import DataError
from hub.flows.announce_transfer import Consignment, announce_transfer
from hub.flows.answer import Answer, Verdict
from hub.model.identity import ConnectionId, LocationId, Sku
from hub.model.network import CountingRule
from hub.model.stock import CountBasis, StockReport
from hub.model.transfer import GoodsReceipt, ReceivedLine, StockTransfer, TransferState
from tests.builders import Desk, a_location, a_network, a_report, at, broken_laws


@pytest.fixture
def desk() -> Desk:
    return Desk(a_network(a_location("acme"), a_location("bolt")))


def sent_off(desk: Desk, when: datetime, origin: str | None = None, **lines: int) -> StockTransfer:
    goods = Consignment(
        {Sku(sku): Decimal(units) for sku, units in lines.items()},
        when,
        origin=LocationId(origin) if origin else None,
    )
    return announce_transfer(desk.work(), LocationId("acme"), goods)


def arrived(when: datetime, number: str = "R1", transfer: str = "", unavailable: int = 0, **lines: int) -> GoodsReceipt:
    return GoodsReceipt(
        receipt_id=number,
        connection=ConnectionId("acme"),
        location=LocationId("acme"),
        received_at=when,
        transfer=transfer,
        lines=tuple(
            ReceivedLine(number=number, sku=Sku(sku), quantity=Decimal(units), unavailable=Decimal(unavailable))
            for number, (sku, units) in enumerate(lines.items(), start=1)
        ),
    )


def shelf(desk: Desk, sku: str) -> tuple[Decimal, Decimal]:
    """On hand, and how many of it unavailable."""
    balance = desk.balance(sku, "acme")
    return balance.on_hand, balance.unavailable


def on_hand(desk: Desk, sku: str, location: str = "acme") -> Decimal:
    return desk.balance(sku, location).on_hand


def test_goods_received_are_on_hand_once(desk: Desk) -> None:
    desk.stock("acme", A=5)
    desk.receive(arrived(at(1), A=7), "acme")
    desk.receive(arrived(at(1), A=7), "acme", "the same in another file")
    assert Decimal(12) == on_hand(desk, "A")
    assert [] == desk.uow.ledger.drift()


def test_an_order_that_waited_for_the_goods_is_routed(desk: Desk) -> None:
    desk.stock("acme", A=0, B=1)
    order_id = desk.place(A=3)
    assert [] == desk.requests(order_id)
    desk.receive(arrived(at(1), A=3), "acme")
    desk.tick()
    assert "acme" == desk.request(order_id).location


def test_of_two_orders_that_waited_the_older_one_gets_the_goods(desk: Desk) -> None:
    """Their ids sort the other way round: ``shop-10001`` stands before ``shop-9999``."""
    desk.stock("acme", A=0, B=1)
    desk.now = at(6_000)
    older, newer = desk.place(4_999, A=3), desk.place(5_001, A=3)
    assert newer < older
    desk.receive(arrived(at(5_999), A=3), "acme")
    desk.tick(1)
    assert (1, 0) == (len(desk.requests(older)), len(desk.requests(newer)))


def test_goods_that_a_later_count_has_seen_do_not_count_twice(desk: Desk) -> None:
    desk.stock("acme", as_of=at(10), A=12)
    desk.receive(arrived(at(5), A=7), "acme")
    assert Decimal(12) == on_hand(desk, "A")
    desk.receive(arrived(at(11), "R2", A=1), "acme")
    assert Decimal(13) == on_hand(desk, "A")


def test_a_count_taken_before_the_goods_came_leaves_them_there(desk: Desk) -> None:
    desk.receive(arrived(at(5), A=7), "acme")
    desk.stock("acme", as_of=at(4), A=12)
    assert Decimal(19) == on_hand(desk, "A")


def test_units_that_arrived_unavailable_are_there_and_not_promised(desk: Desk) -> None:
    order_id = desk.place(B=1)
    desk.receive(arrived(at(1), unavailable=2, A=7), "acme")
    desk.receive(arrived(at(1), "R2", unavailable=4, B=4), "acme")
    desk.tick()
    assert [(Decimal(7), Decimal(2)), (Decimal(4), Decimal(4))] == [shelf(desk, sku) for sku in "AB"]
    assert [] == desk.requests(order_id)
    assert [] == broken_laws(desk)


RULES = {
    "on hand": CountingRule(),
    "on hand with its damaged units": CountingRule(contains=(CountBasis.UNAVAILABLE,)),
    "on hand without damaged units": CountingRule(contains=()),
    "available": CountingRule(basis=CountBasis.AVAILABLE),
}


@pytest.mark.parametrize("minute", [5, 15], ids=["before the count", "after the count"])
@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_damaged_goods_and_a_count_give_the_same_shelf_in_either_order(rule: CountingRule, minute: int) -> None:
    """Of ten units seven can be sold; what is damaged among them is said as the rule has it."""
    goods, report = arrived(at(minute), unavailable=3, A=10), seen(rule, of_goods=minute < 10)
    shelves = []
    for first, second in ((goods, report), (report, goods)):
        desk = Desk(a_network(a_location("acme", counting=rule)), now=at(20))
        desk.receive(first, "acme")
        desk.receive(second, "acme")
        shelves.append(shelf(desk, "A"))
        assert [] == broken_laws(desk)
    assert shelves[0] == shelves[1]
    there, held = shelves[0]
    assert Decimal(7) == there - held


def seen(rule: CountingRule, *, of_goods: bool) -> StockReport:
    """What a partner says of the shelf at minute 10, the goods among it or not."""
    sellable, damaged = (7, 3) if of_goods else (0, 0)
    contained = rule.basis is CountBasis.ON_HAND and rule.contains != ()
    report = a_report("acme", {"A": sellable + damaged * contained}, as_of=at(10), basis=rule.basis)
    rows = a_report("acme", {"A": damaged}, basis=CountBasis.UNAVAILABLE).rows
    return report.model_copy(update={"rows": (*report.rows, *(rows if rule.contains else ()))})


def test_a_receipt_number_that_comes_again_with_other_goods_is_held(desk: Desk) -> None:
    desk.receive(arrived(at(1), A=7), "acme")
    with pytest.raises(DataError) as raised:
        desk.receive(arrived(at(1), A=8), "acme")
    assert "transfer.receipt-changed" == raised.value.code
    assert Decimal(7) == on_hand(desk, "A")


def test_lines_that_could_be_read_only_later_are_added(desk: Desk) -> None:
    transfer = sent_off(desk, at(0), A=7, B=2, C=1)
    whole = arrived(at(1), "R1", transfer.transfer_id, A=7, B=2, C=1)
    unmapped = whole.model_copy(update={"lines": (whole.lines[0], whole.lines[2])})
    desk.receive(unmapped, "acme", "doc")
    assert TransferState.PART_RECEIVED is state_of(desk, transfer)
    desk.receive(whole, "acme", "doc")
    desk.receive(whole, "acme", "doc")
    assert [7, 2, 1] == [on_hand(desk, sku) for sku in "ABC"]
    assert TransferState.RECEIVED is state_of(desk, transfer)
    with pytest.raises(DataError, match="came before"):
        desk.receive(unmapped, "acme", "another")


@pytest.mark.parametrize(
    ("connection", "location", "code"),
    [("bolt", "acme", "stock.wrong-partner"), ("acme", "attic", "stock.unknown-location")],
)
def test_a_receipt_is_taken_only_from_whoever_keeps_the_location(
    desk: Desk, connection: str, location: str, code: str
) -> None:
    receipt = arrived(at(1), A=1).model_copy(
        update={"connection": ConnectionId(connection), "location": LocationId(location)}
    )
    with pytest.raises(DataError) as raised:
        desk.receive(receipt, connection)
    assert code == raised.value.code


def test_an_announced_transfer_is_told_to_whoever_receives_it(desk: Desk) -> None:
    transfer = sent_off(desk, at(0), A=10, B=4)
    [item] = desk.pending("transfer")
    assert (f"transfer:{transfer.transfer_id}", ConnectionId("acme")) == (item.key, item.connection)
    assert transfer == StockTransfer.model_validate_json(item.payload)
    assert Decimal(0) == on_hand(desk, "A"), "announced is not there yet"


def test_goods_leave_their_origin_when_they_are_sent_off(desk: Desk) -> None:
    desk.stock("bolt", A=20, B=1)
    sent_off(desk, at(1), "bolt", A=8)
    assert Decimal(12) == on_hand(desk, "A", "bolt")
    desk.stock("bolt", as_of=at(2), A=12)
    assert Decimal(12) == on_hand(desk, "A", "bolt")
    sent_off(desk, at(1), "bolt", A=2)
    assert Decimal(12) == on_hand(desk, "A", "bolt"), "the count of a minute later has seen them go"


def test_receipts_fill_a_transfer_until_nothing_is_open(desk: Desk) -> None:
    transfer = sent_off(desk, at(0), A=10, B=4)
    desk.receive(arrived(at(1), "R1", transfer.transfer_id, A=6), "acme")
    assert (TransferState.PART_RECEIVED, [transfer.transfer_id]) == (
        state_of(desk, transfer),
        [each.transfer_id for each in desk.uow.transfers.page(open_only=True)],
    )
    desk.receive(arrived(at(2), "R2", transfer.transfer_id, A=5, B=4), "acme")
    found = desk.uow.transfers.get(transfer.transfer_id)
    assert found is not None
    assert (TransferState.RECEIVED, [Decimal(11), Decimal(4)]) == (found.state, [line.received for line in found.lines])
    assert [] == desk.uow.transfers.page(open_only=True)


def state_of(desk: Desk, transfer: StockTransfer) -> TransferState:
    found = desk.uow.transfers.get(transfer.transfer_id)
    assert found is not None
    return found.state


def test_a_refused_announcement_is_noted_and_the_goods_stay_on_their_way(desk: Desk) -> None:
    transfer = sent_off(desk, at(0), A=10)
    [item] = desk.pending("transfer")
    desk.settle(item, Answer(Verdict.REFUSED, at(1), code="data.unmapped-sku", message="A is not known there."))
    found = desk.uow.transfers.get(transfer.transfer_id)
    assert found is not None
    assert (TransferState.IN_TRANSIT, "not announced: A is not known there.") == (found.state, found.note)


@pytest.mark.parametrize(
    ("where", "origin", "units", "code"),
    [
        ("attic", None, 1, "transfer.unknown-location"),
        ("acme", "attic", 1, "transfer.unknown-location"),
        ("acme", "acme", 1, "transfer.same-location"),
        ("acme", None, 0, "transfer.empty"),
    ],
)
def test_a_transfer_that_makes_no_sense_is_refused(
    desk: Desk, where: str, origin: str | None, units: int, code: str
) -> None:
    goods = Consignment({Sku("A"): Decimal(units)}, at(0), origin=LocationId(origin) if origin else None)
    with pytest.raises(DataError) as raised:
        announce_transfer(desk.work(), LocationId(where), goods)
    assert code == raised.value.code


Event = tuple[str, int, int]
events = st.lists(
    st.tuples(st.sampled_from(["receipt", "count"]), st.integers(1, 20), st.integers(1, 9)),
    min_size=1,
    max_size=6,
    unique_by=lambda each: each[1],
)


@settings(max_examples=60, deadline=None)
@given(events, st.randoms(use_true_random=False))
def test_receipts_and_counts_give_the_same_stock_in_whatever_order_they_come(
    history: list[Event], chance: object
) -> None:
    """Of the counts only the newest stays; what came after it is added."""
    shuffled = list(history)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    desk = Desk(a_network(a_location("acme")), now=at(60))
    for number, (kind, minute, units) in enumerate(shuffled):
        if kind == "count":
            desk.stock("acme", as_of=at(minute), A=units)
        else:
            desk.receive(arrived(at(minute), f"R{minute}", A=units), "acme", f"doc {number}")
    counts = {minute: units for kind, minute, units in history if kind == "count"}
    newest = max(counts, default=0)
    expected = counts.get(newest, 0) + sum(
        units for kind, minute, units in history if kind == "receipt" and minute > newest
    )
    assert Decimal(expected) == on_hand(desk, "A")
    assert [] == desk.uow.ledger.drift()
