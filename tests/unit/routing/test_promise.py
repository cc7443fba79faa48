"""When a location ships and a carrier delivers: by hand, over changes of the clock, and against a walk over days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.calendar import Calendar, Capacity, CarrierCollection, read_days
from hub.routing.promise import Backlog, DeliveryDays, Room, ShippingDays, WorkingDays, room

NEW_YORK = ZoneInfo("America/New_York")
WEEK = "mon-fri"
DAY = timedelta(days=1)


def at(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def shipped(
    now: datetime,
    calendar: Calendar | None = None,
    *,
    lead: int = 0,
    collection: CarrierCollection | None = None,
    capacity: Capacity | None = None,
    backlog: Backlog | None = None,
) -> str:
    days = ShippingDays(calendar, collection, lead, capacity or Capacity())
    day = days.ship_day(now, backlog or Backlog())
    return date.fromordinal(day).isoformat() if day is not None else "never"


SHOP = Calendar(timezone="America/New_York", days=WEEK, cut_off=time(14), closed=(date(2026, 11, 26),))


@pytest.mark.parametrize(
    ("now", "lead", "day"),
    [
        ("2026-11-23 13:59", 0, "2026-11-23"),
        ("2026-11-23 14:00", 0, "2026-11-23"),
        ("2026-11-23 14:01", 0, "2026-11-24"),
        ("2026-11-23 14:01", 1, "2026-11-25"),
        ("2026-11-25 15:00", 0, "2026-11-27"),  # Thanksgiving is closed
        ("2026-11-27 15:00", 0, "2026-11-30"),  # over the weekend
        ("2026-11-28 09:00", 0, "2026-11-30"),  # told on a Saturday
        ("2026-11-28 09:00", 2, "2026-12-02"),
    ],
)
def test_cut_off_weekend_and_closed_date(now: str, lead: int, day: str) -> None:
    assert day == shipped(at(now), SHOP, lead=lead)


def test_cut_off_is_in_the_locations_own_time() -> None:
    assert "2026-11-23" == shipped(at("2026-11-23 18:59", ZoneInfo("UTC")), SHOP)
    assert "2026-11-24" == shipped(at("2026-11-23 19:01", ZoneInfo("UTC")), SHOP)


def test_the_day_is_the_locations_own() -> None:
    tokyo = Calendar(timezone="Asia/Tokyo", days="mon-sun")
    assert "2026-11-24" == shipped(at("2026-11-23 20:00", ZoneInfo("UTC")), tokyo)


@pytest.mark.parametrize(
    ("utc", "day"),
    [
        ("2026-03-06 18:59", "2026-03-06"),  # Friday before the clock goes forward: 13:59
        ("2026-03-06 19:01", "2026-03-09"),
        ("2026-03-09 17:59", "2026-03-09"),  # Monday after it: 13:59 again
        ("2026-03-09 18:01", "2026-03-10"),
        ("2026-10-30 17:59", "2026-10-30"),  # Friday before it goes back
        ("2026-10-30 18:01", "2026-11-02"),
        ("2026-11-02 18:59", "2026-11-02"),  # Monday after it
        ("2026-11-02 19:01", "2026-11-03"),
    ],
)
def test_cut_off_stays_at_two_when_the_clock_changes(utc: str, day: str) -> None:
    assert day == shipped(at(utc, ZoneInfo("UTC")), SHOP)


def test_cut_off_in_an_hour_that_comes_twice_is_the_first_one() -> None:
    calendar = Calendar(timezone="America/New_York", days="mon-sun", cut_off=time(1, 30))
    days = [
        shipped(datetime(2026, 11, 1, hour, minute, tzinfo=UTC), calendar)
        for hour, minute in [(5, 15), (5, 30), (5, 45), (6, 15), (6, 45)]
    ]
    assert ["2026-11-01", "2026-11-01", "2026-11-02", "2026-11-02", "2026-11-02"] == days


def test_cut_off_in_an_hour_that_is_left_out_is_as_long_after_midnight() -> None:
    calendar = Calendar(timezone="America/New_York", days="mon-sun", cut_off=time(2, 30))
    days = [shipped(datetime(2026, 3, 8, 7, minute, tzinfo=UTC), calendar) for minute in (29, 30, 31)]
    assert ["2026-03-08", "2026-03-08", "2026-03-09"] == days


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [("America/Havana", datetime(2026, 11, 1, 4, tzinfo=UTC)), ("Africa/Cairo", datetime(2026, 4, 23, 22, tzinfo=UTC))],
    ids=["twice", "never"],
)
def test_midnight_that_comes_twice_or_never_parts_the_days(zone: str, midnight: datetime) -> None:
    days = ShippingDays(Calendar(timezone=zone, days="mon-sun"), None, 0)
    half_an_hour = timedelta(minutes=30)
    next_day = days.ship_day(midnight + half_an_hour)
    assert next_day == (days.ship_day(midnight - half_an_hour) or 0) + 1
    assert next_day == days.ship_day(midnight + half_an_hour)


def test_carriers_collect_on_their_own_days_and_until_their_own_time() -> None:
    collection = CarrierCollection(days="mon,wed,fri", cut_off=time(12), closed=(date(2026, 11, 27),))
    calendar = Calendar(timezone="America/New_York", days=WEEK)
    assert "2026-11-23" == shipped(at("2026-11-23 11:59"), calendar, collection=collection)
    assert "2026-11-25" == shipped(at("2026-11-23 12:01"), calendar, collection=collection)
    assert "2026-11-25" == shipped(at("2026-11-23 12:01"), calendar, lead=1, collection=collection)
    assert "2026-11-30" == shipped(at("2026-11-25 12:01"), calendar, collection=collection)


def test_backlog_is_worked_off_first() -> None:
    calendar = Calendar(timezone="America/New_York", days=WEEK)
    some = Capacity(orders=40)
    assert "2026-11-23" == shipped(at("2026-11-23 09:00"), calendar, capacity=some, backlog=Backlog(39))
    assert "2026-11-24" == shipped(at("2026-11-23 09:00"), calendar, capacity=some, backlog=Backlog(40))
    assert "2026-11-25" == shipped(at("2026-11-23 09:00"), calendar, capacity=some, backlog=Backlog(95))


@pytest.mark.parametrize(
    ("capacity", "backlog", "found"),
    [
        (Capacity(), Backlog(1000, 5000), Room(0, -1, -1)),
        (Capacity(orders=40), Backlog(39, 100), Room(0, 1, -1)),
        (Capacity(units=100), Backlog(3, 250), Room(2, -1, 50)),
        (Capacity(orders=10, units=100), Backlog(10, 250), Room(2, 10, 50)),
        (Capacity(orders=10, units=100), Backlog(35, 20), Room(3, 5, 100)),
    ],
)
def test_room_of_the_first_day_that_is_not_full(capacity: Capacity, backlog: Backlog, found: Room) -> None:
    assert found == room(capacity, backlog)


def test_without_a_calendar_every_day_is_worked() -> None:
    assert "2026-11-28" == shipped(at("2026-11-28 23:59", ZoneInfo("UTC")))


def test_location_that_never_works_never_ships() -> None:
    closed = tuple(date(2026, 1, 1) + DAY * each for each in range(3000))
    assert "never" == shipped(at("2026-11-23 09:00"), Calendar(days="mon-sun", closed=closed))


@pytest.mark.parametrize(
    ("now", "left"),
    [("2026-11-23 13:20", 2400), ("2026-11-23 14:40", -2400), ("2026-11-28 09:00", None), ("2026-11-26 09:00", None)],
)
def test_seconds_until_the_cut_off_of_today(now: str, left: int | None) -> None:
    assert left == ShippingDays(SHOP, None, 0).seconds_left(at(now))


@pytest.mark.parametrize(
    ("shipped_on", "transit", "delivers", "day"),
    [
        ("2026-11-27", 0, "mon-sat", "2026-11-27"),
        ("2026-11-27", 1, "mon-fri", "2026-11-30"),
        ("2026-11-27", 1, "mon-sat", "2026-11-30"),  # it moves Monday to Friday
        ("2026-11-24", 3, "mon-fri", "2026-11-30"),  # Thanksgiving does not move
        ("2026-12-23", 1, "mon-fri", "2026-12-28"),  # nothing is delivered at Christmas, then a weekend
        ("2026-12-23", 1, "mon-sat", "2026-12-26"),
    ],
)
def test_days_on_the_way_and_of_delivery(shipped_on: str, transit: int, delivers: str, day: str) -> None:
    closed = [date(2026, 11, 26)]
    moves = WorkingDays(read_days("mon-fri"), closed)
    days = DeliveryDays(moves, WorkingDays(read_days(delivers), [*closed, date(2026, 12, 24), date(2026, 12, 25)]))
    found = days.delivery_day(date.fromisoformat(shipped_on).toordinal(), transit)
    assert date.fromisoformat(day).toordinal() == found


weekdays = st.frozensets(st.integers(0, 6), min_size=1)
some_days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
closures = st.frozensets(some_days, max_size=40)


def walked(day: date, count: int, days: frozenset[int], closed: frozenset[date]) -> date:
    """The naive way: one day after the other."""
    while True:
        if day.weekday() in days and day not in closed:
            if count == 0:
                return day
            count -= 1
        day += DAY


@given(some_days, st.integers(0, 60), weekdays, closures)
def test_tables_agree_with_a_walk_over_days(
    day: date, count: int, days: frozenset[int], closed: frozenset[date]
) -> None:
    found = WorkingDays(days, closed).after(day.toordinal(), count)
    assert walked(day, count, days, closed).toordinal() == found


ZONES = [
    "Asia/Beirut",
    "Africa/Cairo",
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "UTC",
]
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001
# The hours around which clocks change in either direction; in Havana, Beirut and Cairo about midnight.
changes = st.sampled_from(
    [
        datetime(2026, 3, 8, 7, tzinfo=UTC),
        datetime(2026, 11, 1, 6, tzinfo=UTC),
        datetime(2026, 3, 29, 1, tzinfo=UTC),
        datetime(2026, 10, 25, 1, tzinfo=UTC),
        datetime(2026, 4, 4, 15, tzinfo=UTC),
        datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
        datetime(2026, 3, 28, 22, tzinfo=UTC),
        datetime(2026, 10, 24, 21, tzinfo=UTC),
        datetime(2026, 4, 23, 22, tzinfo=UTC),
        datetime(2026, 10, 29, 21, tzinfo=UTC),
        datetime(2026, 11, 1, 5, tzinfo=UTC),
    ]
)
near_changes = st.builds(lambda moment, minutes: moment + timedelta(minutes=minutes), changes, st.integers(-3000, 3000))
clocks = st.times().map(lambda each: each.replace(microsecond=0)) | st.sampled_from([time(1, 30), time(2, 30), time(2)])


def told_in_time(now: datetime, zone: ZoneInfo, cut_off: time) -> bool:
    """Whether the clock of that day has not yet shown the cut-off: looked for minute by minute and second by second
    from its first to its last moment."""
    day = now.astimezone(zone).date()
    midnight = datetime.combine(day, time(), zone).astimezone(UTC)
    first = midnight + (datetime.combine(day, cut_off, UTC) - datetime.combine(day, time(), UTC))
    # Where the clock changed between midnight and the cut-off, the first moment that shows it lies beside.
    for hours in (-1, -0.5, 0, 0.5, 1):
        moment = first + timedelta(hours=hours)
        shown = moment.astimezone(zone)
        if shown.date() == day and shown.time().replace(fold=0) == cut_off:
            return now <= moment
    return now <= first


@given(moments | near_changes, st.sampled_from(ZONES), weekdays, closures, clocks | st.none(), st.integers(0, 9))
def test_ship_day_agrees_with_the_clock_on_the_wall(
    now: datetime, zone: str, days: frozenset[int], closed: frozenset[date], cut_off: time | None, lead: int
) -> None:
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    calendar = Calendar(
        timezone=zone, days=",".join(names[each] for each in sorted(days)), cut_off=cut_off, closed=tuple(closed)
    )
    local = now.astimezone(ZoneInfo(zone)).date()
    late = cut_off is not None and not told_in_time(now, ZoneInfo(zone), cut_off)
    begun = local + DAY if late else local
    found = ShippingDays(calendar, None, lead).ship_day(now)
    assert walked(begun, lead, days, closed).toordinal() == found


calendars = st.builds(Calendar, timezone=st.sampled_from(ZONES), cut_off=clocks | st.none())
collections = st.none() | st.builds(CarrierCollection, days=st.sampled_from(["mon-fri", "mon,wed"]), cut_off=clocks)


@given(st.lists(moments | near_changes, min_size=2, max_size=8), calendars, collections, st.integers(0, 3))
def test_whoever_is_told_later_never_ships_earlier(
    told: list[datetime], calendar: Calendar, collection: CarrierCollection | None, lead: int
) -> None:
    days = ShippingDays(calendar, collection, lead)
    found = [days.ship_day(now) or 0 for now in sorted(told)]
    assert sorted(found) == found


@given(
    near_changes,
    st.lists(st.tuples(st.integers(-1500, 1500), st.integers(0, 30)), min_size=2, max_size=12),
    calendars,
    collections,
    st.integers(0, 2),
)
def test_what_was_asked_before_changes_no_answer(
    about: datetime,
    asked: list[tuple[int, int]],
    calendar: Calendar,
    collection: CarrierCollection | None,
    lead: int,
) -> None:
    capacity = Capacity(orders=10)
    days = ShippingDays(calendar, collection, lead, capacity)
    for minutes, orders in asked:
        now = about + timedelta(minutes=minutes)
        fresh = ShippingDays(calendar, collection, lead, capacity)
        assert fresh.ship_day(now, Backlog(orders)) == days.ship_day(now, Backlog(orders))


@given(some_days, st.integers(0, 12), weekdays, weekdays, closures, closures)
def test_delivery_agrees_with_a_walk_over_days(
    day: date,
    transit: int,
    moves: frozenset[int],
    delivers: frozenset[int],
    still: frozenset[date],
    shut: frozenset[date],
) -> None:
    arrives = walked(day + DAY, transit - 1, moves, still) if transit else day
    expected = walked(arrives, 0, delivers, shut)
    days = DeliveryDays(WorkingDays(moves, still), WorkingDays(delivers, shut))
    assert expected.toordinal() == days.delivery_day(day.toordinal(), transit)
