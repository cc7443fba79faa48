"""A made-up country of the United States' size and shape: places where people live, by a seed.

No real place, code or census figure is in it. The outline is drawn by hand from whole degrees; where people live thins
out towards the west, as it does there, and how many follows a power law.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from random import Random
from typing import NamedTuple

OUTLINE = (
    (-124, 48), (-95, 49), (-83, 46), (-82, 42), (-76, 44), (-69, 47), (-67, 45), (-70, 42), (-74, 40), (-76, 35),
    (-81, 31), (-80, 25), (-83, 29), (-90, 29), (-97, 26), (-101, 30), (-106, 32), (-115, 32), (-120, 34), (-124, 40),
)  # fmt: skip
"""Corners as (degrees east, degrees north)."""

EMPTY_WEST = (-104, -118)
"""Between these degrees few people live."""

ZONE_BREAKS_MILES = (50, 150, 300, 600, 1000, 1400, 1800)
"""Zone 0 up to the first, zone 7 beyond the last."""

ZONES = len(ZONE_BREAKS_MILES) + 1
_EARTH_RADIUS_MILES = 3958.8


class Town(NamedTuple):
    """Degrees, and how many people live there."""

    longitude: float
    latitude: float
    people: int


def towns(count: int, seed: int) -> list[Town]:
    """So many towns, the biggest first."""
    random = Random(f"towns {seed}")
    places: list[tuple[float, float]] = []
    while len(places) < count:
        longitude, latitude = random.uniform(-124, -67), random.uniform(25, 49)
        if _inside(longitude, latitude) and random.random() < _settled(longitude):
            places.append((longitude, latitude))
    return [Town(*place, people=int(9_000_000 / (rank + 2) ** 0.8)) for rank, place in enumerate(places)]


def _settled(longitude: float) -> float:
    east, west = EMPTY_WEST
    if longitude > -97:
        return 1.0
    return 0.15 if west < longitude < east else 0.5


def _inside(longitude: float, latitude: float) -> bool:
    """Whether an odd number of edges lies north of the point."""
    crossed = False
    for (x1, y1), (x2, y2) in zip(OUTLINE, (*OUTLINE[1:], OUTLINE[0]), strict=True):
        if (x1 > longitude) != (x2 > longitude):
            crossed ^= latitude < y1 + (longitude - x1) * (y2 - y1) / (x2 - x1)
    return crossed


def miles(one: Town, other: Town) -> float:
    """Along a great circle."""
    north, south = math.radians(one.latitude), math.radians(other.latitude)
    half_east = math.radians(one.longitude - other.longitude) / 2
    chord = math.sin((north - south) / 2) ** 2 + math.cos(north) * math.cos(south) * math.sin(half_east) ** 2
    return 2 * _EARTH_RADIUS_MILES * math.asin(math.sqrt(chord))


def zone(distance_miles: float) -> int:
    """0 to 7."""
    return bisect_left(ZONE_BREAKS_MILES, distance_miles)
