"""Why a count differed: what is explained always adds up, and a planted cause is always among those named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.inventory.drift import Difference, explain_drift
from hub.inventory.drift_history import DriftCause, History, OnItsWay
from hub.inventory.ledger import beside_count
from hub.model.identity import DocumentId, LocationId, RequestId, Sku
from hub.model.ledger import Cause, Commitment, Departure, GivenUp, Movement
from hub.model.network import CountingRule, MissingMeans, NetOf
from hub.model.stock import CountBasis
from tests.builders import at

KITE, HERE = Sku("KITE"), LocationId("depot")
LONG_AGO = at(-100_000)
NET_OF_SENT = CountingRule(basis=CountBasis.AVAILABLE, net_of=NetOf.SENT)


def moved(cause: Cause, units: int, happened: float, told: float | None = None, name: str = "") -> Movement:
    """A row of the ledger: when it happened and when we wrote it, in minutes."""
    told = happened if told is None else told
    named = name or f"{cause}-{happened}-{told}-{units}"
    return Movement(f"row:{named}", KITE, HERE, Decimal(units), cause, at(happened), at(told), reference=named)


def counted(units: int, happened: float, told: float | None = None) -> Movement:
    row = moved(Cause.COUNT, units, happened, told)
    return replace(row, key=f"count:D1:{row.key}", document=DocumentId(f"D{happened:g}"))


def late(row: Movement, count: datetime) -> list[Movement]:
    """The row as it is written where a count of then has seen it."""
    return beside_count(row, count)


def history(*rows: Movement, **more: object) -> History:
    written = sorted(rows, key=lambda row: row.recorded_at)
    total = sum((row.quantity for row in rows), Decimal(0))
    return replace(History(KITE, HERE, total, written), **more)  # type: ignore[arg-type]


def differences(found: History) -> list[Difference]:
    return explain_drift(found, LONG_AGO)


def only(found: History) -> Difference:
    [one] = differences(found)
    return one


def causes(found: Difference) -> list[DriftCause]:
    return [each.cause for each in found.candidates]


def opened(units: int, sent: float, acknowledged: float | None = None, name: str = "P1") -> Commitment:
    known = at(acknowledged) if acknowledged is not None else None
    return Commitment(RequestId(name), KITE, HERE, Decimal(units), at(sent), known)


def lost(units: int, given_up: float, sent: float) -> GivenUp:
    return GivenUp("P1:1:K1", KITE, HERE, Decimal(units), at(given_up), RequestId("P1"), at(sent), None)


OPENING = counted(50, 0)


def test_first_figure_of_an_item_is_no_drift() -> None:
    assert [] == differences(history(OPENING))


def test_difference_of_which_nothing_is_known_is_unexplained() -> None:
    found = only(history(OPENING, counted(-7, 60)))
    assert [50, 43, -7, -7] == list(map(int, (found.believed, found.counted, found.quantity, found.unexplained)))
    assert [(DriftCause.UNEXPLAINED, Decimal(-7))] == [(each.cause, each.quantity) for each in found.explanations]


def test_shipment_heard_of_after_the_count_that_had_seen_it_is_a_fact() -> None:
    news = late(moved(Cause.SHIPMENT, -5, 50, 90, "S1"), at(60))
    found = only(history(OPENING, counted(-7, 60), *news))
    assert [(DriftCause.LATE_NEWS, Decimal(-5)), (DriftCause.UNEXPLAINED, Decimal(-2))] == [
        (each.cause, each.quantity) for each in found.explanations
    ]
    [evidence] = found.facts[0].evidence
    assert ("shipment S1", at(50), at(90)) == (evidence.words, evidence.at, evidence.recorded_at)


def test_late_news_belongs_to_the_first_count_that_had_seen_it() -> None:
    news = late(moved(Cause.SHIPMENT, -5, 50, 150, "S1"), at(120))
    first, second = differences(history(OPENING, counted(-5, 60), counted(-2, 120), *news))
    assert (Decimal(0), Decimal(-2)) == (first.unexplained, second.unexplained)
    assert ((), 1) == (second.facts, len(first.facts))


def test_acknowledgement_heard_late_is_a_fact() -> None:
    credit = replace(moved(Cause.COUNT, 4, 60, 90), key="known:P1:KITE:1", reference="left out P1")
    found = only(history(OPENING, counted(-4, 60), credit))
    assert [(DriftCause.LATE_ANSWER, Decimal(-4))] == [(each.cause, each.quantity) for each in found.explanations]


def test_what_was_told_late_of_one_count_is_one_fact() -> None:
    news = [
        row for number in (1, 2) for row in late(moved(Cause.SHIPMENT, -number, 50 + number, 90, f"S{number}"), at(60))
    ]
    found = only(history(OPENING, counted(-3, 60), *news))
    [fact] = found.facts
    assert (Decimal(-3), ["shipment S1", "shipment S2"]) == (fact.quantity, [each.words for each in fact.evidence])


def test_request_that_grew_between_two_counts_shows_by_its_growth_only() -> None:
    promised = [opened(5, 30), opened(3, 90, name="P2")]
    found = differences(history(OPENING, counted(-5, 60), counted(-3, 120), commitments=promised))
    assert [DriftCause.NETTING] * 2 == [causes(each)[0] for each in found]
    assert ["basis: available, net_of: sent"] * 2 == [each.candidates[0].cure for each in found]
    assert [["request P1"], ["request P2"]] == [[each.words for each in one.candidates[0].evidence] for one in found]


def test_units_added_back_that_the_partner_had_not_left_out_are_netting_too() -> None:
    found = only(history(OPENING, counted(5, 60), rule=NET_OF_SENT, commitments=[opened(5, 30)]))
    assert (DriftCause.NETTING, "basis: on_hand") == (found.candidates[0].cause, found.candidates[0].cure)


def test_figure_that_is_acknowledged_only_is_told_from_one_that_is_sent() -> None:
    promised = [opened(5, 30, 40), opened(3, 30, name="P2")]
    rule = CountingRule(basis=CountBasis.AVAILABLE, net_of=NetOf.ACKNOWLEDGED)
    found = only(history(OPENING, counted(-3, 60), rule=rule, commitments=promised))
    assert "basis: available, net_of: sent" == found.candidates[0].cure


def test_units_given_up_since_were_open_then() -> None:
    gone = lost(5, 90, 30)
    found = only(history(OPENING, counted(-5, 60), given_up=[gone]))
    assert DriftCause.NETTING is causes(found)[0]


def test_difference_that_the_next_count_undoes_is_recognised() -> None:
    first, second = differences(history(OPENING, counted(-4, 60), counted(4, 120)))
    assert ([DriftCause.CAME_BACK], [DriftCause.CAME_BACK]) == (causes(first), causes(second))
    assert first.undone is not None
    assert (at(120), None) == (first.undone.at, second.undone)


def test_two_causes_that_only_add_up_together_are_not_claimed() -> None:
    back = moved(Cause.RESTOCK, 3, 30)
    found = only(history(OPENING, back, counted(-7, 60), commitments=[opened(4, 30)]))
    assert ((), Decimal(-7)) == (found.candidates, found.unexplained)


def test_only_counts_of_the_time_asked_for_are_explained() -> None:
    found = history(OPENING, counted(-4, 60), counted(-3, 120))
    assert [Decimal(-3)] == [each.quantity for each in explain_drift(found, at(100))]


def test_what_left_after_the_figures_moment_is_not_in_what_the_books_had_then() -> None:
    found = only(history(OPENING, moved(Cause.SHIPMENT, -6, 90), counted(-2, 60, 100)))
    assert (Decimal(50), Decimal(48)) == (found.believed, found.counted)


units = st.integers(1, 40)
minutes = st.integers(1, 600)
Plant = Callable[[int, int], History]


def _late_shipment(size: int, gap: int) -> History:
    return history(OPENING, counted(-size, 700), *late(moved(Cause.SHIPMENT, -size, 700 - gap, 800), at(700)))


def _netted(size: int, gap: int) -> History:
    return history(OPENING, counted(-size, 700), commitments=[opened(size, 700 - gap)])


def _netted_and_shipped(size: int, gap: int) -> History:
    gone = Departure(KITE, HERE, Decimal(size), at(700 + gap), RequestId("P1"), at(10), None)
    row = moved(Cause.SHIPMENT, -size, 700 + gap)
    return history(OPENING, counted(-size, 700), row, departures=[gone])


def _stamped_too_early(size: int, gap: int) -> History:
    return history(OPENING, moved(Cause.SHIPMENT, -size, 715 + gap), counted(-size, 700, 1400))


def _stamped_too_late(size: int, gap: int) -> History:
    return history(OPENING, moved(Cause.SHIPMENT, -size, 685 - gap), counted(size, 700))


def _crossed(size: int, gap: int) -> History:
    return history(OPENING, moved(Cause.SHIPMENT, -size, 701 + gap % 15), counted(-size, 700, 1400))


def _given_back(size: int, gap: int) -> History:
    news = late(moved(Cause.SHIPMENT, -size, -gap, 10), at(0))
    return history(OPENING, *news, counted(-size, 700))


def _not_shown(size: int, gap: int) -> History:
    return history(OPENING, moved(Cause.RESTOCK, size, gap), counted(-size, 2000))


def _untold_shipment(size: int, gap: int) -> History:
    return history(OPENING, counted(-size, 700), commitments=[opened(size, 700 - gap), opened(41, 1, name="P2")])


def _cancelled(size: int, gap: int) -> History:
    gone = lost(size, 700 - gap, -10)
    return history(OPENING, counted(-size, 700), given_up=[gone])


def _returned(size: int, gap: int) -> History:
    return history(OPENING, counted(size, 700), returns=[OnItsWay("R1", KITE, Decimal(size), at(700 - gap))])


def _received(size: int, gap: int) -> History:
    return history(OPENING, counted(size, 700), transfers=[OnItsWay("T1", KITE, Decimal(size), at(700 - gap))])


def _packs(size: int, gap: int) -> History:
    return history(OPENING, counted(50 * size, 700 + gap), pack=Decimal(size + 1))


def _pieces(size: int, gap: int) -> History:
    there = counted(size * 12, 0)
    return history(there, counted(size - size * 12, 700 + gap), pack=Decimal(12))


def _came_back(size: int, gap: int) -> History:
    return history(OPENING, counted(-size, 700), counted(size, 700 + gap), counted(1, 2000))


def _left_out(size: int, gap: int) -> History:
    rule = CountingRule(missing=MissingMeans.ZERO)
    return history(counted(size, 0), counted(-size, gap), rule=rule)


@pytest.mark.parametrize(
    ("plant", "cause"),
    [
        (_late_shipment, DriftCause.LATE_NEWS),
        (_netted, DriftCause.NETTING),
        (_netted_and_shipped, DriftCause.NETTING),
        (_crossed, DriftCause.CROSSED),
        (_stamped_too_early, DriftCause.CLOCK),
        (_stamped_too_late, DriftCause.CLOCK),
        (_given_back, DriftCause.GIVEN_BACK),
        (_not_shown, DriftCause.NOT_SHOWN),
        (_untold_shipment, DriftCause.SHIPMENT_UNTOLD),
        (_cancelled, DriftCause.SHIPPED_AFTER_CANCEL),
        (_returned, DriftCause.RETURN_UNTOLD),
        (_received, DriftCause.RECEIPT_UNTOLD),
        (_packs, DriftCause.PACK),
        (_pieces, DriftCause.PACK),
        (_came_back, DriftCause.CAME_BACK),
        (_left_out, DriftCause.LEFT_OUT),
    ],
)
@given(size=units, gap=minutes)
def test_planted_cause_is_among_those_named(plant: Plant, cause: DriftCause, size: int, gap: int) -> None:
    found = differences(plant(size, gap))[0]
    assert cause in [*causes(found), *(each.cause for each in found.facts)]
    assert Decimal(0) == found.unexplained


rows = st.lists(
    st.tuples(
        st.sampled_from([Cause.COUNT, Cause.SHIPMENT, Cause.RESTOCK, Cause.RECEIPT, Cause.ADJUSTMENT]),
        st.integers(-9, 9).filter(bool),
        st.integers(0, 2000),
        st.integers(0, 600),
        st.booleans(),
    ),
    max_size=12,
)
promises = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 2000)), max_size=4)


def _random(found: Sequence[tuple[Cause, int, int, int, bool]], asked: Sequence[tuple[int, int]]) -> History:
    written: list[Movement] = []
    for number, (cause, size, happened, delay, seen) in enumerate(found):
        row = moved(cause, size, happened, happened + delay, str(number))
        if cause is Cause.COUNT:
            written.append(replace(row, key=f"count:{number}"))
        else:
            written += late(row, at(happened)) if seen else [row]
    open_requests = [opened(size, sent, name=f"P{number}") for number, (size, sent) in enumerate(asked)]
    return history(*written, commitments=open_requests, pack=Decimal(3))


@given(rows, promises)
def test_explanations_add_up_exactly_to_the_difference(
    found: list[tuple[Cause, int, int, int, bool]], asked: list[tuple[int, int]]
) -> None:
    for each in differences(_random(found, asked)):
        assert each.quantity == sum((part.quantity for part in each.explanations), Decimal(0))
        assert all(candidate.quantity == each.rest for candidate in each.candidates)
        assert all(part.evidence for part in (*each.facts, *each.candidates))
        assert each.quantity == each.counted - each.believed
