"""A count read again changes nothing, but where it is configured otherwise now; what it then gives is booked once."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.flows.reread_counts import Reread, Said, book_proposals, reread_counts
from hub.model.identity import LocationId, OrderId, Sku
from hub.model.ledger import Cause
from hub.model.network import CountingRule, MissingMeans, NetOf
from hub.model.stock import CountBasis, FeedMode, StockReport
from tests.builders import Desk, a_location, a_network, a_report, a_shipment, an_ack, at

ACME = LocationId("acme")
AS_IT_IS = CountingRule(basis=CountBasis.AVAILABLE)
NET_OF_SENT = CountingRule(basis=CountBasis.AVAILABLE, net_of=NetOf.SENT)
NET_OF_ACKNOWLEDGED = CountingRule(basis=CountBasis.AVAILABLE, net_of=NetOf.ACKNOWLEDGED)
ZERO_IF_MISSING = CountingRule(basis=CountBasis.AVAILABLE, missing=MissingMeans.ZERO)


def desk_by(rule: CountingRule) -> Desk:
    return Desk(a_network(a_location("acme", counting=rule)))


def report(when: datetime, *, units_each: int = 1, mode: FeedMode = FeedMode.DELTA, **figures: int) -> StockReport:
    return a_report("acme", dict(figures), as_of=when, basis=CountBasis.AVAILABLE, units_each=units_each, mode=mode)


def count(desk: Desk, minutes: float, document: str, said: StockReport) -> StockReport:
    desk.now = at(minutes)
    desk.receive(said, "acme", document)
    return said


def sent(desk: Desk, number: int, minutes: float, **lines: int) -> OrderId:
    desk.now = at(minutes)
    order_id = desk.place(number, **lines)
    desk.send()
    return order_id


def reread(desk: Desk, document: str, *reports: StockReport) -> Reread:
    location = desk.network.location(ACME)
    assert location is not None
    said = [
        Said(
            each.model_copy(update={"rows": ()}),
            {row.sku: [other for other in each.rows if other.sku == row.sku] for row in each.rows},
        )
        for each in reports
    ]
    return reread_counts(desk.work(), location, desk.stored[document], said)


def proposed(found: Reread) -> dict[str, int]:
    return {str(each.sku): int(each.units) for each in found.proposals}


def now_by(desk: Desk, rule: CountingRule) -> None:
    desk.network = a_network(a_location("acme", counting=rule))


@pytest.fixture
def misread() -> tuple[Desk, StockReport]:
    """Forty-five counted with five of ours open, by a rule that adds none back."""
    desk = desk_by(AS_IT_IS)
    count(desk, 0, "first", report(at(0), A=50, B=50))
    sent(desk, 1, 10, A=5)
    return desk, count(desk, 60, "second", report(at(60), A=45, B=50))


def test_count_that_was_read_as_it_is_configured_proposes_nothing(misread: tuple[Desk, StockReport]) -> None:
    found = reread(misread[0], "second", misread[1])
    assert (2, [], []) == (found.items, found.proposals, found.unclear)


def test_count_read_by_another_rule_proposes_what_was_not_added_back(misread: tuple[Desk, StockReport]) -> None:
    desk, said = misread
    now_by(desk, NET_OF_SENT)
    found = reread(desk, "second", said)
    assert ({"A": 5}, 2) == (proposed(found), found.items)
    [proposal] = found.proposals
    assert (Decimal(45), at(60), desk.stored["second"]) == (proposal.on_hand, proposal.as_of, proposal.document)
    assert proposal.on_hand + proposal.units == sum((term.quantity for term in proposal.terms), Decimal(0))


def test_proposal_is_booked_once_with_its_reason_and_settled_by_the_next_count(
    misread: tuple[Desk, StockReport],
) -> None:
    desk, said = misread
    now_by(desk, NET_OF_SENT)
    proposals = reread(desk, "second", said).proposals
    [first], [again] = book_proposals(desk.work(), proposals), book_proposals(desk.work(), proposals)
    assert (False, True, Decimal(50)) == (first.known, again.known, desk.balance("A", "acme").on_hand)
    [row] = [row for row in desk.uow.ledger.movements(Sku("A")) if row.cause is Cause.ADJUSTMENT]
    document = desk.stored["second"]
    assert f"count read again: {document} gives 50, the books had 45 (test)" == row.reference
    assert [] == reread(desk, "second", said).proposals
    count(desk, 120, "third", report(at(120), A=44))
    assert Decimal(49) == desk.balance("A", "acme").on_hand


def test_pack_that_is_known_now_is_taken(misread: tuple[Desk, StockReport]) -> None:
    desk, _ = misread
    assert {"A": 495, "B": 550} == proposed(reread(desk, "second", report(at(60), units_each=12, A=45, B=50)))


def test_only_items_whose_newest_count_it_is_are_read_again(misread: tuple[Desk, StockReport]) -> None:
    desk, said = misread
    count(desk, 120, "third", report(at(120), A=45))
    now_by(desk, NET_OF_SENT)
    assert ({}, 1) == (proposed(reread(desk, "second", said)), reread(desk, "second", said).items)


def test_what_moved_since_is_no_difference(misread: tuple[Desk, StockReport]) -> None:
    desk, said = misread
    desk.now = at(90)
    request = desk.requests(OrderId("shop-5001"))[0]
    desk.receive(a_shipment(request, "S1", {1: 5}, shipped_at=at(70)), "acme")
    assert {} == proposed(reread(desk, "second", said))
    now_by(desk, NET_OF_SENT)
    assert {"A": 5} == proposed(reread(desk, "second", said))


def test_item_that_a_full_report_leaves_out_is_none() -> None:
    desk = desk_by(ZERO_IF_MISSING)
    count(desk, 0, "first", report(at(0), A=50, B=50, C=50))
    said = count(desk, 60, "second", report(at(60), mode=FeedMode.FULL, A=50, B=50))
    found = reread(desk, "second", said)
    assert (3, {}) == (found.items, proposed(found))


def test_units_given_up_since_lay_there_then() -> None:
    desk = desk_by(NET_OF_SENT)
    count(desk, 0, "first", report(at(0), A=50))
    order_id = sent(desk, 1, 10, A=5)
    said = count(desk, 60, "second", report(at(60), A=45))
    desk.now = at(90)
    desk.receive(an_ack(desk.request(order_id).request_id, "K1", at(80), one=(1, "rejected", 5)), "acme")
    found = reread(desk, "second", said)
    assert ([], [], 1) == (found.proposals, found.unclear, found.items)


def test_figure_of_none_is_left_to_the_next_count_where_requests_wait() -> None:
    desk = desk_by(AS_IT_IS)
    count(desk, 0, "first", report(at(0), A=5))
    sent(desk, 1, 10, A=5)
    said = count(desk, 60, "second", report(at(60), A=0))
    now_by(desk, NET_OF_SENT)
    found = reread(desk, "second", said)
    assert ([], [Sku("A")]) == (found.proposals, found.unclear)


moves = st.lists(
    st.tuples(
        st.sampled_from(["count", "late count", "order", "ship", "late ship", "ack", "reject", "late reject"]),
        st.integers(1, 9),
    ),
    max_size=14,
)


@settings(max_examples=25, deadline=None)
@given(moves, st.sampled_from([AS_IT_IS, NET_OF_SENT, NET_OF_ACKNOWLEDGED]))
def test_newest_count_read_again_by_the_same_rule_never_proposes_anything(
    history: list[tuple[str, int]], rule: CountingRule
) -> None:
    # What is read again is what was counted, whatever is promised meanwhile.
    desk = desk_by(rule.model_copy(update={"doubt_after_shortage": False}))
    newest = ("first", count(desk, 0, "first", report(at(0), A=90)))
    waiting: list[OrderId] = []
    for number, (kind, units) in enumerate(history, start=1):
        desk.now = at(number * 10)
        past = desk.now - timedelta(minutes=15 if "late" in kind else 0)
        if "count" in kind:
            said = count(desk, number * 10, f"count {number}", report(past, A=90 - units))
            newest = max(newest, (f"count {number}", said), key=lambda each: each[1].as_of)
        elif kind == "order":
            waiting.append(sent(desk, number, number * 10, A=units))
        elif waiting and kind == "ack":
            request = desk.request(waiting[-1])
            answer = (1, "accepted", int(request.lines[0].quantity))
            desk.receive(an_ack(request.request_id, f"K{number}", past, one=answer), "acme")
        elif waiting and "reject" in kind:
            request = desk.request(waiting.pop())
            answer = (1, "rejected", int(request.lines[0].quantity))
            desk.receive(an_ack(request.request_id, f"K{number}", past, one=answer), "acme")
        elif waiting:
            request = desk.request(waiting.pop(0))
            wanted = {1: int(request.lines[0].quantity)}
            desk.receive(a_shipment(request, f"S{number}", wanted, shipped_at=past), "acme")
    found = reread(desk, *newest)
    assert (1, []) == (found.items, found.proposals)
