"""Networks to prove with: every way of counting that there is, in every mixture; or the user's own."""

from __future__ import annotations

import random
from decimal import Decimal

from hub.model.fulfilment import RequestKind
from hub.model.identity import ChannelId, ConnectionId, LocationId, PartnerId
from hub.model.network import Channel, CountingRule, Location, MissingMeans, NetOf, Network
from hub.model.shipping_cost import ShippingCost
from hub.model.stock import CountBasis

# A shelf that empties honestly zeroes as much of a report as it likes; the guard against files that were cut off has
# tests of its own.
_UNGUARDED = Decimal(1)

RULES = (
    CountingRule(basis=CountBasis.ON_HAND),
    CountingRule(basis=CountBasis.ON_HAND, missing=MissingMeans.ZERO),
    CountingRule(basis=CountBasis.AVAILABLE, net_of=NetOf.NONE),
    CountingRule(basis=CountBasis.AVAILABLE, net_of=NetOf.SENT),
    CountingRule(basis=CountBasis.AVAILABLE, net_of=NetOf.SENT, missing=MissingMeans.ZERO),
    CountingRule(basis=CountBasis.AVAILABLE, net_of=NetOf.ACKNOWLEDGED),
    CountingRule(basis=CountBasis.AVAILABLE, net_of=NetOf.ACKNOWLEDGED, missing=MissingMeans.ZERO),
)


def drawn_network(rng: random.Random) -> Network:
    """Two to four locations, some of one site, each with a way of counting of its own, and one or two channels."""
    rules = rng.sample(RULES, rng.randint(2, 4))
    locations = tuple(_location(rng, f"depot-{number}", rule) for number, rule in enumerate(rules, 1))
    channels = tuple(_channel(rng, f"shop-{number}", locations) for number in range(1, rng.randint(2, 3)))
    return Network(locations=locations, channels=channels, max_splits=rng.randint(1, 4), max_attempts=50)


def unguarded(network: Network) -> Network:
    """The network, believing honest reports of empty shelves, by partners that read requests at once."""
    return network.model_copy(
        update={
            "locations": tuple(
                each.model_copy(update={"counting": _open(each.counting)}) for each in network.locations
            ),
            # What waits for a budget is told some day; a history that has come to rest shows it now.
            "channels": tuple(each.model_copy(update={"budget": None}) for each in network.channels),
        }
    )


def _open(rule: CountingRule) -> CountingRule:
    # Its depots read every request at once.
    return rule.model_copy(update={"guard_fraction": _UNGUARDED, "net_of_cutoff": None})


def _location(rng: random.Random, name: str, rule: CountingRule) -> Location:
    return Location(
        location=LocationId(name),
        kind=rng.choice(tuple(RequestKind)),
        partner=PartnerId(name),
        connection=ConnectionId(name),
        site=rng.choice(("", "", "mill")),
        counting=_open(rule),
        cost=ShippingCost(per_request=Decimal(rng.randint(1, 9)), per_unit=Decimal(rng.randint(0, 2))),
        safety_stock=Decimal(rng.choice((0, 0, 0, 2))),
        pack_multiple=rng.random() < 0.15,
    )


def _channel(rng: random.Random, name: str, locations: tuple[Location, ...]) -> Channel:
    sells_from = rng.sample(locations, rng.randint(max(1, len(locations) - 1), len(locations)))
    return Channel(
        channel=ChannelId(name),
        connection=ConnectionId(name),
        sells_from=tuple(each.location for each in sells_from),
        buffer=Decimal(rng.choice((0, 0, 1))),
        cap=rng.choice((None, Decimal(5), Decimal(20))),
        quota=rng.choice((None, None, Decimal(60))),
        ring_fence=Decimal(rng.choice((0, 0, 4))),
        acknowledge=rng.random() < 0.3,
        invoice=rng.random() < 0.3,
    )
