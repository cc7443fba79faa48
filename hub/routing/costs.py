"""What a location asks for an order, landed: handling, freight and days until delivery as one bid, or why it can't.

Worked: a request at 0.40, a line of 2 units at 0.35 each, and 9.20 of freight that is one day late at 8.00 a day: the
bid's fixed cost is 0.40, its curve (0, 0.35, 0.70), its freight 17.20, of which 8.00 are for days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from hub.model.identity import LocationId, Sku
from hub.model.item import ItemFacts
from hub.model.order import Order
from hub.routing.candidates import Demand, Site
from hub.routing.carriage import NO_FREIGHT, Ask, Carried, NotCarried
from hub.routing.handling import Handling
from hub.routing.pooling import Curve
from hub.routing.promise import NO_BACKLOG, Backlog
from hub.routing.question import Bid
from hub.routing.tariffs import TariffBook
from hub.routing.zones import Destination

_ZERO = Decimal(0)


class Wanted(NamedTuple):
    """What an order needs of whoever ships it. ``destination`` None: it is picked up. ``ask``: of the carrier, as if it
    left today; ``rank``: the order of locations, where routing prices it."""

    now: datetime
    destination: Destination | None
    ask: Ask
    rank: Mapping[LocationId, int]


def wanted_of(
    book: TariffBook,
    order: Order,
    demands: Iterable[Demand],
    items: Mapping[Sku, ItemFacts],
    now: datetime,
    ranked: Iterable[LocationId] = (),
) -> Wanted:
    """What an order needs now; ``ranked``: its locations, the first one first."""
    facts = [items[need.sku] for demand in demands for need in demand.needs if need.sku in items]
    to = order.ship_to
    today = now.toordinal()
    ask = Ask(
        today=today,
        shipped=today,
        due=book.due_day(order.service, order.promised_by, order.placed_at.toordinal()),
        service=order.service,
        residential=to is not None and not to.company,
        hazmat=any(each.hazmat for each in facts),
        one_parcel=any((each.weight or 0) > book.heaviest_each for each in facts),
    )
    place = book.destination(to.country, to.region, to.postal_code) if to else Destination("")
    ranks = {location: step for step, location in enumerate(ranked)}
    return Wanted(now, None if order.pickup_at else place, ask, ranks)


def landed_bid(
    book: TariffBook, site: Site, wanted: Wanted, items: Mapping[Sku, ItemFacts], backlog: Backlog = NO_BACKLOG
) -> Bid | NotCarried:
    """The bid of a site; why it takes no part where it does not work, or nothing carries its parcels there in time."""
    location = site.location
    shipping = book.shipping(location)
    ships_on = shipping.ship_day(wanted.now, backlog)
    if ships_on is None:
        return NotCarried("never", f"{location.location} does not work on any day of the next years.")
    carried: Carried | NotCarried = NO_FREIGHT
    if wanted.destination is not None:
        ask = wanted.ask
        if ask.shipped != ships_on:
            ask = ask._replace(shipped=ships_on)
        carried = book.carriage(location, wanted.destination).freight(ask)
    if isinstance(carried, NotCarried):
        return carried
    handling = book.handling(location)
    left = shipping.room(backlog)
    extras = (
        ("load", handling.loaded(left.orders, location.capacity.orders) if handling.load else 0),
        ("rank", book.rank * wanted.rank.get(location.location, 0)),
    )
    return Bid(
        site=site,
        fixed_by_name=(*handling.fixed_by_name, *extras),
        curve=_Curves(book, handling, site, items).of,
        freight=carried.freight,
        services=book.names,
        days_cost=carried.days_cost,
        delivered=carried.delivered,
        ships_on=ships_on,
        room=None if left.units < 0 else left.units,
    )


class _Curves(NamedTuple):
    """The curves of demands at one site."""

    book: TariffBook
    handling: Handling
    site: Site
    items: Mapping[Sku, ItemFacts]

    def of(self, demand: Demand, most: int, step: Decimal) -> Curve:
        """Mills by steps of ``step`` sets; of a kit those of its parts together."""
        curves = [
            self.handling.curve(
                most,
                _exact(self.site.available.get(need.sku, _ZERO)),
                item=self.items.get(need.sku),
                per_step=_exact(need.units * step),
                reserve=self.book.reserve(self.site.id, need.sku),
            )
            for need in demand.needs
        ]
        return curves[0] if len(curves) == 1 else tuple(map(sum, zip(*curves, strict=True)))


def _exact(amount: Decimal) -> int | Fraction:
    whole = int(amount)
    return whole if whole == amount else Fraction(amount)
