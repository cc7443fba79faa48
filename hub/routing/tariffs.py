"""The merchant's tables made ready for routing: what each location costs, and what carries its parcels where, by when.

A ``Tariffs`` of ``hub.model`` is what was written; a ``TariffBook`` is made of it once for a network and answers from
look-ups. A location that a table does not cover gets a ``NotCarried`` with the reason: nothing here raises.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from hub.model.calendar import Days, read_days
from hub.model.identity import LocationId, Sku
from hub.model.item import whole_units
from hub.model.network import Location, Network
from hub.model.prices import Prices
from hub.model.tariff import WEIGHT_UNITS, RateTable, Reserve, Terms
from hub.routing.carriage import Carriage, Conditions, Leg, NotCarried, Service
from hub.routing.freight import grid_of, mills, parcel_prices, shipment_prices
from hub.routing.handling import Handling, handling_of
from hub.routing.problem import NEVER
from hub.routing.promise import DeliveryDays, ShippingDays, WorkingDays
from hub.routing.zones import Destination, Zones

_MOST_CARRIAGES = 200_000


class TariffBook:
    """All tables of a network, compiled. Money is whole mills, days are ordinals."""

    def __init__(self, network: Network) -> None:
        tariffs = network.tariffs
        self._network = network
        self._tables = tariffs.rates
        self._terms = [self._terms_of(table) for table in tariffs.rates]
        self._grids = [grid_of(*each) for each in zip(self._tables, self._terms, strict=True)]
        self._sold = tariffs.terms.sold
        self._reserves = tariffs.reserves
        self._countries = {name: each.closed for name, each in tariffs.terms.countries.items()}
        self._zones = Zones(tariffs)
        late_day = None if network.prices.late_day is None else mills(network.prices.late_day)
        self._conditions = Conditions(late_day, mills(network.prices.per_day), self._used_for)
        self._handling: dict[LocationId, Handling] = {}
        self._shipping: dict[LocationId, ShippingDays] = {}
        self._carriages: dict[tuple[LocationId, Destination], Carriage] = {}
        self._alike: dict[tuple[object, ...], Carriage] = {}
        self._prices: dict[tuple[int, str, int], tuple[int, ...]] = {}
        self._days: dict[tuple[int, str], DeliveryDays] = {}
        self._usable: dict[str, frozenset[int]] = {}
        self.rank = mills(network.prices.rank)
        """Mills for each step down in the order of locations."""
        self.services = tuple(Service(table.carrier, table.service) for table in self._tables)
        """What ``services`` of a Freight are indices of."""
        self.names = {number: str(service) for number, service in enumerate(self.services)}
        """The services for people."""
        default = tariffs.terms.default_weight
        self.default_weight = whole_units(default.weight, WEIGHT_UNITS[default.unit]) if default else 0
        """What an item weighs that nobody has weighed, in units of weight."""
        self.heaviest_each = min(
            (
                table.step * (len(prices) - 1)
                for table, terms in zip(self._tables, self._terms, strict=True)
                for prices in table.zones.values()
                if terms.most_parcels > 1
            ),
            default=NEVER,
        )
        """Weight of the heaviest each that every service carries in one parcel of several."""

    @property
    def prices(self) -> Prices:
        """The prices of the goal."""
        return self._network.prices

    def handling(self, location: Location) -> Handling:
        """What a location costs beside the freight. Where no table prices its freight, a shipment is one parcel."""
        found = self._handling.get(location.location)
        if found is None:
            found = handling_of(location.cost, self._network.prices)
            if next(self._serves(location), None) is None:
                found = found._replace(fixed_by_name=(*found.fixed_by_name, ("parcel", found.parcel)))
            self._handling[location.location] = found
        return found

    def shipping(self, location: Location) -> ShippingDays:
        """When a location ships."""
        found = self._shipping.get(location.location)
        if found is None:
            found = ShippingDays(location.calendar, location.collection, location.lead_days, location.capacity)
            self._shipping[location.location] = found
        return found

    def reserve(self, location: LocationId, sku: Sku) -> Reserve | None:
        """The price on an item's stock at a location, where the table names one."""
        return self._reserves.get((location, sku)) if self._reserves else None

    def due_day(self, service: str, promised_by: date | None, ordered: int) -> int | None:
        """When an order is due: by its own date, or within the days that its service was sold with."""
        if promised_by is not None:
            return promised_by.toordinal()
        sold = self._sold.get(service)
        return None if sold is None or sold.within_days is None else ordered + sold.within_days

    def destination(self, country: str, region: str, postal_code: str) -> Destination:
        """A place as far as tables tell it from others; asked once for an order."""
        return self._zones.destination(country, region, postal_code)

    def carriage(self, location: Location, destination: Destination) -> Carriage:
        """What carries parcels from a location to a destination of this book."""
        key = (location.location, destination)
        found = self._carriages.get(key)
        if found is None:
            if len(self._carriages) >= _MOST_CARRIAGES:
                self._carriages.clear()
            found = self._carriages[key] = self._carriage(location, destination)
        return found

    def _used_for(self, service: str) -> frozenset[int]:
        """The services that may carry an order without a date."""
        found = self._usable.get(service)
        if found is None:
            sold = self._sold.get(service)
            words = (sold.use if sold else ()) or (service,)
            named = frozenset(index for index, each in enumerate(self.services) if each.service in words)
            found = self._usable[service] = named or frozenset(range(len(self.services)))
        return found

    def _terms_of(self, table: RateTable) -> Terms:
        carrier = self._network.tariffs.terms.carriers.get(table.carrier)
        return carrier.terms(table.service) if carrier else Terms()

    def _serves(self, location: Location) -> Iterator[int]:
        """The services that may collect at a location."""
        for index, table in enumerate(self._tables):
            if location.carriers is None or table.carrier in location.carriers:
                yield index

    def _carriage(self, location: Location, destination: Destination) -> Carriage:
        extra = self.handling(location).parcel
        found = [self._leg(index, extra, location, destination) for index in self._serves(location)]
        legs = tuple(each for each in found if isinstance(each, Leg))
        missing = tuple(each for each in found if isinstance(each, NotCarried))
        key = (extra, destination.country, *((leg.number, leg.zone, leg.transit_days) for leg in legs), *missing)
        return self._alike.setdefault(key, Carriage(self._conditions, legs, missing))

    def _leg(self, index: int, extra: int, location: Location, destination: Destination) -> Leg | NotCarried:
        service, terms = self.services[index], self._terms[index]
        entry = self._zones.entry(*service, location.location, location.place, destination)
        if entry is None:
            # Without the postal code: the words are kept, and that is a person's.
            where = destination.country or "a place without a country"
            return NotCarried("no-zone", f"No table names a zone of {service} from {location.location} to {where}.")
        rates = self._tables[index].zones
        if entry.zone not in rates:
            return NotCarried("no-rate", f"The rates of {service} name no zone {entry.zone}.")
        transit = entry.transit_days
        if transit is None:
            given = terms.transit_days
            transit = given.get(entry.zone) if isinstance(given, Mapping) else given
        return Leg(
            number=index,
            service=service,
            zone=entry.zone,
            parcel_steps=len(rates[entry.zone]),
            grid=self._grids[index],
            prices=self._priced(index, entry.zone, extra),
            residential=self._priced(index, entry.zone, extra + mills(terms.residential)),
            hazmat=terms.hazmat,
            transit_days=transit,
            days=self._delivery(index, destination.country),
        )

    def _priced(self, index: int, zone: str, extra: int) -> tuple[int, ...]:
        key = (index, zone, extra)
        found = self._prices.get(key)
        if found is None:
            terms = self._terms[index]
            parcel = parcel_prices(self._tables[index].zones[zone], terms, extra + mills(terms.per_parcel))
            found = self._prices[key] = shipment_prices(parcel, terms.most_parcels)
        return found

    def _delivery(self, index: int, country: str) -> DeliveryDays:
        key = (index, country)
        found = self._days.get(key)
        if found is None:
            terms = self._terms[index]
            delivers = _working(terms.delivers, (*terms.closed, *self._countries.get(country, ())))
            found = self._days[key] = DeliveryDays(_working(terms.moves, terms.closed), delivers)
        return found


def _working(days: Days, closed: Iterable[date]) -> WorkingDays:
    return WorkingDays(read_days(days), closed)
