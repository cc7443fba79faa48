"""Texts as partners write them, to exact values and back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.mapping.fields.values import FieldKind, ValueFault, reader_of, writer_of
from hub.mapping.records.format import Locale

PLAIN = Locale()
GERMAN = Locale(
    decimal=",", thousands=".", date=("%d.%m.%Y",), moment=("%d.%m.%Y %H:%M",), timezone="Europe/Berlin",
    true_words=("ja",), false_words=("nein",),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", "12"), (" 1.234,50 ", "1234.50"), ("-3,5", "-3.5"), ("7-", "-7"), (",5", "0.5"), ("+4", "4"), ("007", "7")],
)
def test_numbers_are_read_as_the_locale_writes_them(text: str, number: str) -> None:
    assert Decimal(number) == reader_of(FieldKind.NUMBER, GERMAN)(text)


@pytest.mark.parametrize(
    "text", ["1,234,5", "1.23", "12.34,5", "x", "1 2", "--1", "-1-", "1e5", "NaN", "٣", "0x10", ","]
)
def test_what_is_no_number_or_two_is_refused(text: str) -> None:
    with pytest.raises(ValueFault) as caught:
        reader_of(FieldKind.NUMBER, GERMAN)(text)
    assert "mapping.value" == caught.value.code


def test_thousands_are_read_only_where_the_locale_has_them() -> None:
    with pytest.raises(ValueFault):
        reader_of(FieldKind.NUMBER, PLAIN)("1,234")
    assert Decimal("1.234") == reader_of(FieldKind.NUMBER, PLAIN)("1.234")


def test_no_more_digits_than_a_number_can_have_are_worked_on() -> None:
    with pytest.raises(ValueFault):
        reader_of(FieldKind.NUMBER, PLAIN)("9" * 100_000)


def test_identifiers_keep_their_zeros_and_long_ones_every_digit() -> None:
    read = reader_of(FieldKind.TEXT, PLAIN)
    assert ["00123", "820982911946154508", None] == [read(each) for each in ("00123", 820982911946154508, "")]


def test_days_and_moments_are_of_the_locale() -> None:
    assert date(2026, 3, 1) == reader_of(FieldKind.DAY, GERMAN)("01.03.2026")
    assert datetime(2026, 7, 1, 8, 30, tzinfo=UTC) == reader_of(FieldKind.MOMENT, GERMAN)("01.07.2026 10:30")
    assert datetime(2026, 7, 1, 10, 30, tzinfo=UTC) == reader_of(FieldKind.MOMENT, PLAIN)("2026-07-01T12:30+02:00")


@pytest.mark.parametrize(
    ("kind", "text"), [(FieldKind.DAY, "2026-02-30"), (FieldKind.MOMENT, "soon"), (FieldKind.FLAG, "2")]
)
def test_what_cannot_be_is_refused_with_a_cure(kind: FieldKind, text: str) -> None:
    with pytest.raises(ValueFault) as caught:
        reader_of(kind, PLAIN)(text)
    assert text in caught.value.message
    assert caught.value.cure


def test_yes_and_no_are_words_of_the_locale() -> None:
    read = reader_of(FieldKind.FLAG, GERMAN)
    assert [True, False, True] == [read("JA"), read(" nein "), read(True)]
    assert True is writer_of(FieldKind.FLAG, GERMAN)(True)


@given(st.dates(min_value=date(1000, 1, 1)), st.datetimes(timezones=st.just(UTC)))
def test_days_and_moments_that_are_written_are_read_again(day: date, moment: datetime) -> None:
    minute = moment.replace(second=0, microsecond=0)
    assert day == reader_of(FieldKind.DAY, GERMAN)(writer_of(FieldKind.DAY, GERMAN)(day))
    assert minute == reader_of(FieldKind.MOMENT, PLAIN)(writer_of(FieldKind.MOMENT, PLAIN)(minute))


def test_several_values_where_one_is_wanted_are_refused() -> None:
    with pytest.raises(ValueFault) as caught:
        reader_of(FieldKind.TEXT, PLAIN)(["a", "b"])
    assert "mapping.several-values" == caught.value.code


@pytest.mark.parametrize("text", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00"])
def test_moment_that_utc_has_no_day_for_is_a_fault(text: str) -> None:
    with pytest.raises(ValueFault) as caught:
        reader_of(FieldKind.MOMENT, Locale())(text)
    assert "mapping.value" == caught.value.code
