"""What an 846 says of an item's future: dated quantities and the marks of an item that the partner gives up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from hub.edi.documents.inventory import InventoryAdvice, StockLine, StockQuantity
from hub.edi.documents.parts import Schedule
from hub.mapping.codebook import Codebook, PartnerItem
from hub.mapping.x12_profile import X12Profile
from hub.model.identity import LocationId
from hub.model.quantity import to_base
from hub.model.stock import CountBasis, ExpectedSupply, ItemOutlook
from hub.sdk.x12.translate.reading import date_named, item_named, profile_of, units_each
from hub.sdk.x12.translate.sites import line_site, location_code, storable

LEVELS = frozenset({CountBasis.AVAILABLE, CountBasis.ON_HAND})
"""Figures that say how much there is, not how much is to come."""

_COMING = frozenset({CountBasis.ON_ORDER, CountBasis.IN_TRANSIT})


def outlooks(line: StockLine, advice: InventoryAdvice, codebook: Codebook) -> Iterator[ItemOutlook]:
    """What one item's future is, by location; nothing of an item or a site that is not mapped.

    A dated quantity on order or in transit comes in addition, and so does a SCH. A dated quantity that is available
    or on hand is what there will be by then: what it exceeds the present one by is to come.
    """
    item, profile = item_named(line.ids, codebook), profile_of(codebook)
    here = codebook.location_for(line_site(line, advice, profile))
    if item is None:
        return
    gone = discontinued(line, profile, advice.date)
    expected: dict[LocationId, list[ExpectedSupply]] = {here: []} if gone and here is not None else {}
    for location, supply in _supplies(line, item, here, codebook):
        expected.setdefault(location, []).append(supply)
    for location, found in expected.items():
        in_order = tuple(sorted(found, key=lambda each: each.day))
        yield ItemOutlook(sku=item.sku, location=location, expected=in_order, discontinued=gone)


def discontinued(line: StockLine, profile: X12Profile, today: dt.date | None) -> bool:
    """Whether one of the profile's marks stands at the item; a DTM counts from its day on, where the 846 has one."""
    codes = {f"PID*{item.code}" for item in line.item_codes}
    references = {f"REF*{item.qualifier}*{item.value}" for item in line.references}
    ends = {f"DTM*{item.qualifier}" for item in line.dates if today and item.date and item.date <= today}
    return not (codes | references | ends).isdisjoint(profile.discontinued)


def _supplies(
    line: StockLine, item: PartnerItem, here: LocationId | None, codebook: Codebook
) -> Iterator[tuple[LocationId, ExpectedSupply]]:
    profile = profile_of(codebook)
    for quantity, day in _dated(line, profile):
        where = codebook.location_for(location_code(quantity.site, profile)) if quantity.site else here
        basis = profile.quantities.get(quantity.qualifier)
        if where is None or basis not in LEVELS | _COMING:
            continue
        amount = _eaches(quantity.amount, quantity.unit, item, profile)
        more = amount - _before(line, quantity, day, item, profile) if amount and basis in LEVELS else amount
        if not amount or more is None or more > 0:
            yield where, ExpectedSupply(day=day, quantity=more or None)
    for schedule in line.schedules:
        where = _schedule_site(schedule, here, codebook)
        if where is not None and schedule.date is not None and schedule.date_qualifier in profile.expected_dates:
            amount = _eaches(schedule.quantity, schedule.unit, item, profile)
            yield where, ExpectedSupply(day=schedule.date, quantity=amount or None)
    dated = date_named(line.dates, *profile.expected_dates)
    if dated is not None and dated.date is not None and here is not None:
        yield here, ExpectedSupply(day=dated.date)


def _dated(line: StockLine, profile: X12Profile) -> Iterator[tuple[StockQuantity, dt.date]]:
    for quantity in line.quantities:
        found = date_named(quantity.dates, *profile.expected_dates)
        if found is not None and found.date is not None:
            yield quantity, found.date


def _before(line: StockLine, level: StockQuantity, day: dt.date, item: PartnerItem, profile: X12Profile) -> Decimal:
    """The most that there is of the same quantity before that day, present or dated."""
    alike = [each for each in line.quantities if (each.qualifier, each.site) == (level.qualifier, level.site)]
    present = [each for each in alike if not each.dates]
    earlier = [each for each, when in _dated(line, profile) if each in alike and when < day]
    amounts = (_eaches(each.amount, each.unit, item, profile) for each in (*present, *earlier))
    return max((amount for amount in amounts if amount is not None and amount > 0), default=Decimal(0))


def _schedule_site(schedule: Schedule, here: LocationId | None, codebook: Codebook) -> LocationId | None:
    """The location of a SCH that names a site, else the item's own."""
    named = schedule.entity in profile_of(codebook).site_entities and schedule.name
    return codebook.location_for(schedule.name) if named else here


def _eaches(amount: Decimal | None, unit: str, item: PartnerItem, profile: X12Profile) -> Decimal | None:
    """None where it cannot be told how many they are."""
    each = units_each(unit, item, profile)
    if amount is None or amount < 0 or each is None or not storable(amount, each):
        return None
    return to_base(amount, each)
