"""Removing a ship order: allowed until picking begins, and looked up where the answer is lost."""

from __future__ import annotations

import ongoing_builders as builders
import pytest

from hub.errors import UncertainOutcomeError
from hub.model.document import Document
from hub.sdk.capabilities import Outcome
from hub_ongoing.connector import ShipOrderRemovals, ShipOrders
from hub_ongoing.simulator import OngoingSimulator
from hub_ongoing.simulator_records import Status
from hub_ongoing.simulator_server import Trouble


def document_of(sink: ShipOrders) -> Document:
    (document,) = sink.render([builders.envelope(builders.request())], builders.codebook(), builders.stamp())
    return document


def removal_of(sink: ShipOrderRemovals) -> Document:
    (document,) = sink.render([builders.envelope(builders.cancellation())], builders.codebook(), builders.stamp())
    return document


def test_lookup_tells_an_order_that_the_warehouse_cancelled(simulator: OngoingSimulator) -> None:
    context = builders.context(simulator)
    sink, removals = ShipOrders(context), ShipOrderRemovals(context)
    document = document_of(sink)
    sink.send(document)
    removals.send(removal_of(removals))
    found = sink.lookup(document)
    assert found is not None
    assert (Outcome.REFUSED, "ongoing.cancelled") == (found.results[0].outcome, found.results[0].code)


def test_order_is_removed_before_picking(simulator: OngoingSimulator) -> None:
    context = builders.context(simulator)
    sink, removals = ShipOrders(context), ShipOrderRemovals(context)
    sink.send(document_of(sink))
    (result,) = removals.send(removal_of(removals)).results
    assert (Outcome.ACCEPTED, True) == (result.outcome, result.accepts)
    assert Status.CANCELLED is simulator.warehouse.book.orders["P00000042"].status


def test_removal_is_refused_once_picking_has_begun(simulator: OngoingSimulator) -> None:
    context = builders.context(simulator)
    sink, removals = ShipOrders(context), ShipOrderRemovals(context)
    sink.send(document_of(sink))
    simulator.warehouse.start_picking("P00000042")
    document = removal_of(removals)
    (result,) = removals.send(document).results
    assert (Outcome.REFUSED, "ongoing.already-picking") == (result.outcome, result.code)
    found = removals.lookup(document)
    assert found is not None
    assert (result.outcome, result.code) == (found.results[0].outcome, found.results[0].code)


def test_lost_removal_is_looked_up(simulator: OngoingSimulator) -> None:
    context = builders.context(simulator)
    sink, removals = ShipOrders(context), ShipOrderRemovals(context)
    sink.send(document_of(sink))
    document = removal_of(removals)
    assert removals.lookup(document) is None
    simulator.server.misbehave(Trouble.DROPPED_AFTER)
    with pytest.raises(UncertainOutcomeError):
        removals.send(document)
    found = removals.lookup(document)
    assert found is not None
    assert Outcome.ACCEPTED is found.results[0].outcome


def test_removal_of_an_order_never_booked_is_done(simulator: OngoingSimulator) -> None:
    removals = ShipOrderRemovals(builders.context(simulator))
    found = removals.lookup(removal_of(removals))
    assert found is not None
    assert Outcome.ACCEPTED is found.results[0].outcome
