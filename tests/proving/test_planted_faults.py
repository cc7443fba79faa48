"""Each law can fail: a hub that is broken on purpose is found out within a few hundred steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from hub.errors import DataError
from hub.flows import (
    cancel_order,
    hold_stock,
    publish_quantities,
    record_shipment,
    registry,
    requests,
    route_order,
    stock_view,
)
from hub.flows.stock_view import WaitingDemand
from hub.flows.work import Work
from hub.inventory import atp, showing
from hub.inventory import ledger as ledger_rows
from hub.model.identity import LineId
from hub.model.network import Network
from hub.model.order import OrderRecord
from hub.orders import lifecycle
from hub.orders.demands import open_demands
from hub.orders.kits import parts_of, sold_units
from hub.proving import Failure, Part, Plan, Round, prove, sqlite_files
from hub.routing.candidates import Demand
from hub.storage import ledger, soft_holds
from hub.storage import requests as stored_requests

Break = Callable[[pytest.MonkeyPatch], None]

STEPS = 6_000
LENGTH = 400


def _found(part: Part = Part.HISTORY, seed: int = 1) -> Failure:
    plan = Plan(steps=STEPS, seed=seed, part=part, rounds=1, market=Round(60, 15, 24), length=LENGTH)
    with sqlite_files() as files:
        report = prove(plan, files)
    assert report.failure is not None
    return report.failure


def _counts_are_not_asked(patch: pytest.MonkeyPatch) -> None:
    """What left before a count is taken off again."""
    patch.setattr(record_shipment, "left_out_by_count", lambda *_: False)


def _counts_are_believed_too_much(patch: pytest.MonkeyPatch) -> None:
    """What left is never taken off once there was a count."""
    patch.setattr(record_shipment, "left_out_by_count", lambda rule, counted_at, departure: counted_at is not None)


def _nothing_is_released(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(record_shipment, "release_units", lambda *_: None)


def _cancelled_stock_stays_held(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(cancel_order, "release_units", lambda *_: None)


def _promises_are_not_guarded(patch: pytest.MonkeyPatch) -> None:
    """The guard of a reservation lets everybody through, and routing believes in more than there is."""
    patch.setattr(ledger, "_PROMISE", ledger._PROMISE.replace("- :floor", "- :floor + 1000000000"))
    _more_is_seen_than_there_is(patch)


def _more_is_seen_than_there_is(patch: pytest.MonkeyPatch) -> None:
    seen = atp.available_to_promise

    def generous(*given: Any, **named: Any) -> Any:
        right = seen(*given, **named)
        return right._replace(quantity=right.quantity + 20)

    patch.setattr(stock_view, "available_to_promise", generous)


def _shortages_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(stock_view, "_believed", lambda *_: {})


def _a_balance_forgets(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        ledger,
        "_ADD_TO_BALANCES",
        ledger._ADD_TO_BALANCES.replace("balances.on_hand + excluded.on_hand", "balances.on_hand"),
    )


def _rows_are_dated_back(patch: pytest.MonkeyPatch) -> None:
    written = ledger_rows.shipment_movements

    def early(*given: Any, **named: Any) -> Any:
        return [replace(row, recorded_at=row.observed_at) for row in written(*given, **named)]

    patch.setattr(ledger_rows, "shipment_movements", early)


def _shipments_count_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(stored_requests.SqlRequestStore, "add_shipment", lambda *_: True)


def _answers_are_lost(patch: pytest.MonkeyPatch) -> None:
    """The order does not hear what its request was answered."""
    patch.setattr(requests, "_answered", lambda count, line, given: count)


def _waiting_orders_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(publish_quantities, "waiting_demand", lambda *_: WaitingDemand({}, {}))


def _holds_are_not_guarded(patch: pytest.MonkeyPatch) -> None:
    """A cart is given whatever it asks for."""
    patch.setattr(soft_holds, "_KEEP", soft_holds._KEEP.replace("- :floor", "- :floor + 1000000000"))
    seen = stock_view.read_stock

    def generous(*given: Any) -> Any:
        view = seen(*given)
        located = {
            where: {sku: each._replace(quantity=each.quantity + 20) for sku, each in here.items()}
            for where, here in view.located.items()
        }
        return replace(view, located=located)

    patch.setattr(hold_stock, "read_stock", generous)


def _ordered_units_stay_held(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        ledger, "_PROMISE", ledger._PROMISE.replace("soft_held = soft_held - :taken", "soft_held = soft_held")
    )


def _holds_outlast_their_orders(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Work, "let_go", lambda *_: None)


def _holds_never_expire(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(registry, "expire_hold", lambda *_: None)


def _raised_orders_are_raised_by_too_much(patch: pytest.MonkeyPatch) -> None:
    added = lifecycle.add_demand
    patch.setattr(lifecycle, "add_demand", lambda count, units: added(count, units + 3))


def _raised_orders_are_not_raised(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(lifecycle, "add_demand", lambda count, units: count)


def _answers_are_refused(patch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise DataError("No.", code="ack.unknown-request")

    patch.setattr(registry, "record_acknowledgement", refuse)


def _parcels_are_counted_by_half(patch: pytest.MonkeyPatch) -> None:
    units = record_shipment._units

    def half(*given: Any) -> Mapping[int, Decimal]:
        return {number: max(Decimal(1), shipped // 2) for number, shipped in units(*given).items()}

    patch.setattr(record_shipment, "_units", half)


def _channels_are_not_filled_up(patch: pytest.MonkeyPatch) -> None:
    """What a channel was told is taken for what it shows."""
    patch.setattr(showing, "shown", lambda publication, _: publication.confirmed)


def _kits_are_told_by_their_first_part(patch: pytest.MonkeyPatch) -> None:
    """A channel hears of a kit when some of it left."""

    def eager(record: OrderRecord, units: Mapping[LineId, Decimal]) -> Mapping[LineId, Decimal]:
        first = {parts[0]: sold.line.line_id for sold in record.order.kits for parts in [tuple(parts_of(sold))]}
        return {**sold_units(record, units), **{first[part]: count for part, count in units.items() if part in first}}

    patch.setattr(record_shipment, "sold_units", eager)


def _kits_are_routed_part_by_part(patch: pytest.MonkeyPatch) -> None:
    def apart(record: OrderRecord) -> list[Demand]:
        return [
            Demand(need.line_id, need.sku, demand.quantity * need.units, demand.excluded)
            for demand in open_demands(record)
            for need in demand.needs
        ]

    patch.setattr(route_order, "open_demands", apart)


def _waiting_orders_leave_kits_alone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(publish_quantities, "blocked_sets", lambda *_: Decimal(0))


def _kits_of_what_moved_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Network, "kits_with", lambda *_: [])


@pytest.mark.parametrize(
    ("plant", "laws"),
    [
        (_kits_are_told_by_their_first_part, {"kit"}),
        (_kits_are_routed_part_by_part, {"kit"}),
        (_waiting_orders_leave_kits_alone, {"shown"}),
        (_kits_of_what_moved_are_forgotten, {"shown"}),
        (_channels_are_not_filled_up, {"shown"}),
        (_counts_are_not_asked, {"6 twice is once", "6 order is no matter", "oversell"}),
        (_counts_are_believed_too_much, {"6 twice is once", "6 order is no matter", "oversell"}),
        (_nothing_is_released, {"7 a hold is what is to come", "5 closed means nothing held"}),
        (_cancelled_stock_stays_held, {"7 a hold is what is to come", "5 closed means nothing held"}),
        (_promises_are_not_guarded, {"3 promises are covered"}),
        (_shortages_are_forgotten, {"doubt"}),
        (_a_balance_forgets, {"2 sums are balances", "oversell"}),
        (_rows_are_dated_back, {"2 sums are balances, in time"}),
        (_shipments_count_again, {"6 twice is once", "6 order is no matter", "oversell", "shelf", "fair"}),
        (_answers_are_lost, {"4 units are conserved", "fair"}),
        (_waiting_orders_are_forgotten, {"shown"}),
        (_holds_are_not_guarded, {"3 promises are covered"}),
        (_ordered_units_stay_held, {"2 sums are balances"}),
        (_holds_outlast_their_orders, {"5 closed means nothing held"}),
        (_holds_never_expire, {"5 closed means nothing held", "shown"}),
        (_raised_orders_are_raised_by_too_much, {"shipped", "kit"}),
        (_raised_orders_are_not_raised, {"demand"}),
        (_answers_are_refused, {"fair"}),
        (
            _parcels_are_counted_by_half,
            {"shipped", "6 twice is once", "6 order is no matter", "oversell", "shelf", "fair"},
        ),
    ],
    ids=lambda value: value.__name__.strip("_") if callable(value) else "",
)
def test_a_planted_fault_is_found(monkeypatch: pytest.MonkeyPatch, plant: Break, laws: set[str]) -> None:
    plant(monkeypatch)
    failure = _found()
    assert failure.broken[0].law in laws
    assert f"--seed {failure.seed} --steps {failure.length}" in failure.command


def test_market_finds_that_promises_are_not_guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    _promises_are_not_guarded(monkeypatch)
    assert {each.law for each in _found(Part.MARKET).broken} >= {"market"}


def test_crowd_finds_stock_that_stays_held(monkeypatch: pytest.MonkeyPatch) -> None:
    _nothing_is_released(monkeypatch)
    assert _found(Part.CROWD).broken[0].law in {"7 a hold is what is to come", "5 closed means nothing held"}


def test_a_failure_is_repeated_by_its_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    _a_balance_forgets(monkeypatch)
    found = _found()
    again = _found(seed=found.seed)
    assert (found.seed, found.step, found.broken) == (again.seed, again.step, again.broken)
