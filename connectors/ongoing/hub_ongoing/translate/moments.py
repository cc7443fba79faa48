"""The warehouse's clock readings, which have no offset, against moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from hub.errors import DataError


def warehouse_time(moment: datetime, zone: tzinfo) -> datetime:
    """``moment`` as the warehouse's clock shows it, without offset; never later than any reading after it.

    In the hour that autumn repeats, a clock reading stands for two moments, so a query from 02:40 before the change
    would miss 02:10 after it: then the earlier reading is given.
    """
    local = moment.astimezone(zone)
    later = (moment + timedelta(hours=1)).astimezone(zone)
    if (later.utcoffset() or timedelta()) < (local.utcoffset() or timedelta()):
        local -= timedelta(hours=1)
    return local.replace(tzinfo=None, microsecond=0)


def read_moment(text: str, zone: tzinfo, path: str) -> datetime | None:
    """A moment of an answer in UTC; one without offset is the warehouse's. None for an empty text."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise DataError("A moment can't be read.", code="ongoing.bad-moment", path=path, value=text) from None
    aware = found if found.tzinfo is not None else found.replace(tzinfo=zone)
    return aware.astimezone(UTC)
