"""What every inbound document needs: the profile, items, units, and instants from dates without a zone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from zoneinfo import ZoneInfo

from hub.edi.documents.parts import DateReference, ProductIds
from hub.errors import DataError
from hub.mapping.codebook import Codebook, PartnerItem
from hub.mapping.gtin import has_wrong_check_digit
from hub.mapping.x12_profile import X12Profile
from hub.model.quantity import Units, to_base
from hub.sdk.capabilities import Problem
from hub.sdk.x12.translate.faults import profile_error

EACHES = frozenset({"", "EA", "PC", "UN", "EACH"})
CASES = frozenset({"CA", "CS", "CT", "BX", "PK"})
FIXED: Mapping[str, Units] = MappingProxyType({"DZ": Decimal(12), "PR": Decimal(2)})
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


def profile_of(codebook: Codebook) -> X12Profile:
    """The partner's x12.yaml. Raises DataError ``x12.missing-profile``."""
    if codebook.x12 is None:
        raise profile_error("x12.missing-profile", f"Partner {codebook.partner} has no X12 profile.", "ISA")
    return codebook.x12


def item_named(ids: ProductIds, codebook: Codebook) -> PartnerItem | None:
    """Our item for the partner's id pairs, those its profile names before the document's others; None where it is
    unmapped or they name different SKUs, which `item_at` tells."""
    found = item_at(ids, codebook, "")
    return None if isinstance(found, Problem) else found


def item_at(ids: ProductIds, codebook: Codebook, path: str) -> PartnerItem | Problem:
    """Our item likewise; a problem at ``path`` where there is none, or not one alone: its line waits."""
    try:
        found = codebook.item_for(ids, profile_of(codebook).item_ids)
    except DataError as error:
        return Problem(path, error.code, error.message, error.cure, error.value, waits_for=ids)
    return found or _unmapped(ids, codebook, path)


def _unmapped(ids: ProductIds, codebook: Codebook, path: str) -> Problem:
    named = ", ".join(f"{name} {value}" for name, value in ids)
    wrong = [f"{name} {value}" for name, value in ids if has_wrong_check_digit(name, value)]
    misread = f" The check digit of {', '.join(wrong)} is wrong." if wrong else ""
    return Problem(
        path=path,
        code="data.unmapped-item",
        message=f"Item {named} of partner {codebook.partner} is not mapped.{misread}",
        cure=f"Add it to mappings/partners/{codebook.partner}/items.csv; its documents are then read again.",
        value=named,
        waits_for=ids,
    )


def book_of(day: dt.date | None, codebook: Codebook, received: dt.datetime) -> Codebook:
    """The codebook of a document's own day, in its partner's time; of one that names none, of the day it came."""
    return codebook.on(day or local_date(received, codebook))


def local_date(moment: dt.datetime, codebook: Codebook) -> dt.date:
    """The day that it is then where the partner is."""
    return moment.astimezone(ZoneInfo(profile_of(codebook).timezone)).date()


def units_each(unit: str, item: PartnerItem | None, profile: X12Profile) -> Units | None:
    """How many eaches one of ``unit`` holds for this item; None for a unit nobody told us.

    What items.csv says of the item goes before what the profile says of the unit. Of an item that is not mapped only
    units that are the same for all items are known.
    """
    own = item.of_unit(unit) if item is not None else None
    if own is not None:
        return own
    if unit in profile.units:
        return profile.units[unit]
    if unit in EACHES:
        return Decimal(1)
    if item is not None and unit in CASES and item.unit in CASES:
        return item.units_each
    return FIXED.get(unit)


def eaches(quantity: Decimal, unit: str, item: PartnerItem | None, codebook: Codebook, path: str) -> Decimal | Problem:
    """So many of ``unit`` as eaches; a problem for a unit nobody told us, and for what is no exact number of eaches."""
    each = units_each(unit, item, profile_of(codebook))
    if each is None:
        return unknown_unit(unit, path)
    try:
        return to_base(quantity, each)
    except DataError as error:
        return Problem(path, error.code, error.message, error.cure, f"{quantity:f} {unit}")


def unknown_unit(unit: str, path: str) -> Problem:
    """The unit has no known size for the item."""
    return Problem(
        path=path,
        code="data.unknown-unit",
        message=f"Unit {unit} has no known number of eaches for this item.",
        cure="Give the item's unit and units_each in items.csv, or the unit under units in x12.yaml, and reprocess.",
        value=unit,
    )


def currency_of(named: str, set_id: str, code: str) -> str:
    """The currency a document names, US dollars where it names none. Raises DataError ``code`` for what is none."""
    currency = named or "USD"
    if not _CURRENCY.fullmatch(currency):
        raise DataError(
            f"The {set_id} names no currency that there is.",
            code=code,
            cure="Ask the partner for a corrected document.",
            path=f"{set_id}/CUR",
            value=currency,
        )
    return currency


def instant(date: dt.date | None, time: dt.time | None, zone: str, fallback: dt.datetime) -> dt.datetime:
    """A partner's local date and time in UTC; without a time, the end of that day or ``fallback`` if earlier.

    ``fallback`` also for a date at the end of the calendar, which has no instant in UTC.
    """
    if date is None:
        return fallback
    local = dt.datetime.combine(date, time or dt.time(23, 59, 59), ZoneInfo(zone))
    try:
        found = local.astimezone(dt.UTC)
    except OverflowError:
        return fallback
    return found if time is not None else min(found, fallback)


def earliest(date: dt.date | None, time: dt.time | None, zone: str, fallback: dt.datetime) -> dt.datetime:
    """The first moment that a partner's local date and time may mean: without a time, the start of that day.

    For counts and arrivals: what left since the start of the day is taken off a count that may have seen it go, and
    goods that a count of the day may have seen are not added to it. Too little is shown until the next count, never
    too much.
    """
    return instant(date, time or dt.time.min, zone, fallback)


def latest(at: dt.datetime, received: dt.datetime) -> dt.datetime:
    """The last moment a time may mean that was given to the minute or to the second, at most ``received``.

    A departure must not look earlier than it was: a count taken just before it would seem to include it already,
    and its units would be promised twice.
    """
    if at.microsecond:
        return at
    coarse = dt.timedelta(seconds=59, milliseconds=990) if at.second == 0 else dt.timedelta(milliseconds=990)
    return max(at, min(at + coarse, received))


def date_named(dates: Iterable[DateReference], *qualifiers: str) -> DateReference | None:
    """The first date with one of the qualifiers that could be read."""
    return next((item for item in dates if item.qualifier in qualifiers and item.date), None)


def line_number(text: str) -> int | None:
    """The number of our line that the partner echoes; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and int(text) > 0 else None


def sscc(label: str) -> str:
    """18 digits; 20 digits carry the application identifier 00 in front; anything else is no SSCC."""
    digits = label[2:] if len(label) == 20 and label.startswith("00") else label
    return digits if len(digits) == 18 and digits.isascii() and digits.isdigit() else ""
