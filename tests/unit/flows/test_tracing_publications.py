"""What became of each quantity a channel was to be told: queued, sent, replaced, refused, or not worth telling."""

from __future__ import annotations

from decimal import Decimal

from hub.flows.answer import Answer, Verdict
from hub.flows.trace_publications import TracedPublication, trace_publications
from hub.model.identity import Sku
from hub.model.queue import OutboxState, PublicationState
from tests.builders import SHOP, Desk, a_location, a_network


def a_desk() -> Desk:
    desk = Desk(a_network(a_location("acme")))
    desk.stock("acme", A=20, B=7)
    desk.tick()
    return desk


def traced(desk: Desk, *skus: str, state: PublicationState | None = None) -> list[TracedPublication]:
    channel = desk.network.channel(SHOP)
    assert channel is not None
    return trace_publications(desk.uow, channel, [Sku(each) for each in skus], state=state)


def states(desk: Desk) -> dict[str, str]:
    return {each.publication.sku: each.publication.state for each in traced(desk)}


def test_quantity_is_pending_until_the_channel_took_it() -> None:
    desk = a_desk()
    assert {"A": "pending", "B": "pending"} == states(desk)
    desk.send(kinds=("inventory",))
    assert {"A": "sent", "B": "sent"} == states(desk)
    assert [20, 7] == [each.shows for each in traced(desk)]


def test_replaced_quantities_are_kept_with_their_state() -> None:
    desk = a_desk()
    desk.stock("acme", A=25)
    desk.tick()
    desk.send(kinds=("inventory",))
    [found] = traced(desk, "A")
    assert [("A = 25", OutboxState.ACCEPTED), ("A = 20", OutboxState.SUPERSEDED)] == [
        (each.subject, each.state) for each in found.items
    ]
    assert found.items[0].key == found.publication.key


def test_quantity_that_is_shown_already_is_skipped_and_says_so() -> None:
    desk = a_desk()
    desk.send(kinds=("inventory",))
    desk.work().touch([Sku("A")])
    desk.tick()
    [found] = traced(desk, state=PublicationState.SKIPPED)
    assert ("A", "it shows this already") == (found.publication.sku, found.publication.reason)


def test_quantity_that_must_wait_for_orders_says_so() -> None:
    desk = a_desk()
    item = next(each for each in desk.pending("inventory") if each.subject == "A = 20")
    desk.settle(item, Answer(Verdict.STALE, desk.now, observed=Decimal(4)))
    desk.tick()
    [found] = traced(desk, "A")
    assert ("skipped", "waits for the channel's orders") == (found.publication.state, found.publication.reason)


def test_unknown_outcome_is_an_error_until_it_is_known() -> None:
    desk = a_desk()
    item = next(each for each in desk.pending("inventory") if each.subject == "A = 20")
    desk.settle(item, Answer(Verdict.UNCERTAIN, desk.now, code="lost", message="No answer."))
    assert {PublicationState.PENDING: 1, PublicationState.ERROR: 1} == desk.uow.publications.unsettled()[SHOP]
    desk.settle(item, Answer(Verdict.ACCEPTED, desk.now))
    assert "sent" == states(desk)["A"]
