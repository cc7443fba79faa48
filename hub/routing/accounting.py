"""A plan's cost by name: what its shipments come to, item by item, and what another plan would cost more or save."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from hub.model.identity import LocationId
from hub.model.routing import PlannedShipment
from hub.routing.boxes import freight_of
from hub.routing.problem import Shipment
from hub.routing.question import Bid, Question

_ZERO = Decimal(0)


def money(mills: int) -> Decimal:
    """Mills as an amount of the currency.

    >>> money(10950), money(351)
    (Decimal('10.95'), Decimal('0.351'))
    """
    amount = Decimal(mills).scaleb(-3)
    cents = amount.quantize(Decimal("0.01"))
    return cents if cents == amount else amount


def planned(question: Question, shipments: Sequence[Shipment], bids: Mapping[LocationId, Bid]) -> list[PlannedShipment]:
    """The shipments of a plan with their costs by name; ``bids`` by location."""
    return [_planned(question, each, bids) for each in shipments]


def _planned(question: Question, shipment: Shipment, bids: Mapping[LocationId, Bid]) -> PlannedShipment:
    pools = question.pools[shipment.offer]
    # Of what is asked once for a shipment the dearest of its pools counts: hub.routing.question.
    bid = max((bids[location] for location in pools), key=lambda each: each.fixed)
    offer = question.problem.offers[shipment.offer]
    costs = dict(bid.fixed_by_name)
    costs["lines and units"] = sum(curve[steps] for curve, steps in zip(offer.curves, shipment.amounts, strict=True))
    problem = question.problem
    weight = sum(a * b for a, b in zip(problem.weights, shipment.amounts, strict=True))
    volume = sum(a * b for a, b in zip(problem.volumes, shipment.amounts, strict=True))
    freight, service = freight_of(offer, weight, volume)
    extra = bid.days_cost.get(service, 0)
    costs["freight"], costs["days"] = freight - extra, extra
    return PlannedShipment(
        locations=pools,
        costs={name: money(mills) for name, mills in costs.items() if mills},
        cost=money(shipment.cost),
        service=bid.services.get(service, ""),
        ships_on=_day(bid.ships_on),
        delivered_on=_day(bid.delivered.get(service)),
    )


def _day(ordinal: int | None) -> date | None:
    return None if ordinal is None else date.fromordinal(ordinal)


def differences(
    chosen: Sequence[PlannedShipment], other: Sequence[PlannedShipment], split: Decimal
) -> dict[str, Decimal]:
    """By name, what ``other`` costs more than ``chosen``; ``split`` is the price of each further shipment."""
    one, two = _totals(chosen, split), _totals(other, split)
    found = {name: two.get(name, _ZERO) - one.get(name, _ZERO) for name in sorted({*one, *two})}
    return {name: amount for name, amount in found.items() if amount}


def _totals(shipments: Sequence[PlannedShipment], split: Decimal) -> dict[str, Decimal]:
    total = {"split": split * max(0, len(shipments) - 1)}
    for shipment in shipments:
        for name, amount in shipment.costs.items():
            total[name] = total.get(name, _ZERO) + amount
    return total
