"""Text as partners write it to exact values, and values to text as they want it.

A number is a Decimal from its first digit to its last, an identifier is text with all of its zeros. What could be read
in two ways is refused: ``1,234`` is a number only where the locale says what its comma is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from hub.errors import DataError
from hub.mapping.records.format import Locale

Value = object
"""Of a field: str, Decimal, date, aware datetime, bool, or None where there is none."""

Convert = Callable[[Value], Value]

_SHOWN = 40
_DIGITS = 40


class FieldKind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    MOMENT = "moment"
    FLAG = "flag"


class ValueFault(DataError):  # noqa: N818  a fault becomes a Problem of one field, whose code and words it has
    """A value that cannot be what its field holds."""

    default_code = "mapping.value"


def fault(message: str, cure: str, *, code: str = "mapping.value") -> ValueFault:
    """A ValueFault; ``message`` may name the value by ``shown``."""
    return ValueFault(message, code=code, cure=cure)


def shown(value: Value) -> str:
    """A value in a message: short, on one line."""
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def reader_of(kind: FieldKind, locale: Locale) -> Convert:
    """Makes a value of that kind from what a record holds. It raises ValueFault; empty text is None."""
    match kind:
        case FieldKind.TEXT:
            return as_text
        case FieldKind.NUMBER:
            return _number_reader(locale)
        case FieldKind.DAY:
            return _day_reader(locale)
        case FieldKind.MOMENT:
            return _moment_reader(locale)
        case FieldKind.FLAG:
            return _flag_reader(locale)


def writer_of(kind: FieldKind, locale: Locale) -> Convert:
    """Makes what a record holds of a value of that kind: text of days and moments, as the locale has them; numbers and
    flags stay what they are, for the format knows how it writes them. None stays None."""
    match kind:
        case FieldKind.NUMBER | FieldKind.FLAG:
            return lambda value: value
        case FieldKind.DAY:
            form = locale.date[0]
            return lambda value: value.strftime(form) if isinstance(value, date) else as_text(value)
        case FieldKind.MOMENT:
            return lambda value: _moment_text(value, locale)
        case FieldKind.TEXT:
            return as_text


def as_text(value: Value) -> Value:
    """Text of a plain value: numbers without exponent, days and moments as ISO 8601."""
    match value:
        case None | "":
            return None
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case datetime() | date():
            return value.isoformat()
        case _:
            raise fault(
                f"There are several values where one is wanted: {shown(value)}.",
                "Name one of them by its place, such as items[0], or map them as lines.",
                code="mapping.several-values",
            )


def _number_reader(locale: Locale) -> Convert:
    mark, group = re.escape(locale.decimal), re.escape(locale.thousands) if locale.thousands else ""
    whole = rf"\d{{1,3}}(?:{group}\d{{3}})+|\d+" if group else r"\d+"
    form = re.compile(rf"(?P<sign>[+-]?)(?P<whole>{whole})?(?:{mark}(?P<part>\d+)?)?(?P<after>-?)", re.ASCII)

    def read(value: Value) -> Value:
        if isinstance(value, Decimal):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return Decimal(value)
        text = as_text(value)
        if text is None:
            return None
        assert isinstance(text, str)
        found = form.fullmatch(text.strip())
        if found is None or not (found["whole"] or found["part"]) or (found["sign"] and found["after"]):
            hint = f"digits, {locale.decimal!r} before decimals"
            hint += f", {locale.thousands!r} between thousands" if locale.thousands else ""
            raise fault(f"{shown(text)} is no number.", f"It is read as {hint}: correct it, or the format's locale.")
        digits = (found["whole"] or "0").replace(locale.thousands, "") if locale.thousands else found["whole"] or "0"
        if len(digits) + len(found["part"] or "") > _DIGITS:
            raise fault(f"A number of more than {_DIGITS} digits.", "Correct the file.")
        minus = "-" if "-" in (found["sign"], found["after"]) else ""
        return Decimal(f"{minus}{digits}.{found['part']}" if found["part"] else f"{minus}{digits}")

    return read


def _day_reader(locale: Locale) -> Convert:
    forms = locale.date

    def read(value: Value) -> Value:
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        text = as_text(value)
        if text is None:
            return None
        for form in forms:
            try:
                return datetime.strptime(str(text).strip(), form).date()  # noqa: DTZ007  a day has no zone
            except ValueError:
                continue
        raise fault(f"{shown(text)} is no date.", f"It is read as {' or '.join(forms)}: correct it, or locale.date.")

    return read


def _moment_reader(locale: Locale) -> Convert:
    zone = ZoneInfo(locale.timezone)

    def read(value: Value) -> Value:
        if isinstance(value, datetime):
            return _in_utc(value, zone)
        text = as_text(value)
        if text is None:
            return None
        found = _moment(str(text).strip(), tuple(locale.moment))
        if found is None:
            forms = " or ".join(locale.moment) or "ISO 8601, such as 2026-11-20T09:30"
            raise fault(f"{shown(text)} is no moment.", f"It is read as {forms}: correct it, or locale.moment.")
        return _in_utc(found, zone)

    return read


def _in_utc(moment: datetime, zone: ZoneInfo) -> datetime:
    """The same moment in UTC; in ``zone`` where it names none."""
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        raise fault(f"{shown(moment)} lies beyond all calendars.", "Correct the file.") from None


def _moment(text: str, forms: tuple[str, ...]) -> datetime | None:
    for form in forms:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007  the locale's zone follows
        except ValueError:
            continue
    if forms:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _moment_text(value: Value, locale: Locale) -> Value:
    if not isinstance(value, datetime):
        return as_text(value)
    local = value.astimezone(ZoneInfo(locale.timezone))
    return local.strftime(locale.moment[0]) if locale.moment else local.isoformat()


def _flag_reader(locale: Locale) -> Convert:
    words = {word.lower(): True for word in locale.true_words} | {word.lower(): False for word in locale.false_words}

    def read(value: Value) -> Value:
        if isinstance(value, bool):
            return value
        text = as_text(value)
        if text is None:
            return None
        found = words.get(str(text).strip().lower())
        if found is None:
            raise fault(f"{shown(text)} is neither yes nor no.", f"Known: {', '.join(words)}. Name it in the locale.")
        return found

    return read
