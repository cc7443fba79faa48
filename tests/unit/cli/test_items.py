"""``hub item units``: which conversion holds on a day, what says so, and the lots of each location."""

from __future__ import annotations

from contextlib import closing

import pytest

from hub.model.identity import ConnectionId
from tests.fakes.installation import Installation, connection

ITEMS = """sku,VN,unit,units_each,since,until,minimum,multiple
TEA,1,CA,12,,2026-11-30,24,
TEA,1,CA,10,2026-12-01,,,5
TEA,1,FT,1/3,,,,
CUP,2,EA,1,,,,
"""
PROFILE = "us: {id: TOYHUB}\npartner: {id: DEPOT}\nunits: {CA: 6, PL: 480}\n"


@pytest.fixture
def shop(installation: Installation) -> Installation:
    folder = installation.folder / "mappings" / "partners" / "depot"
    folder.mkdir(parents=True)
    (folder / "partner.yaml").write_text("name: Depot\nlocation: depot\n")
    (folder / "items.csv").write_text(ITEMS)
    (folder / "x12.yaml").write_text(PROFILE)
    installation.configure(
        {"shop": connection(), "depot": {**connection(), "partner": "depot"}},
        channels={"shop": {"connection": "shop", "sells_from": ["depot", "loose"]}},
        locations={
            "depot": {"kind": "dropship", "connection": "depot", "pack_multiple": True},
            "loose": {"kind": "dropship", "connection": "depot"},
        },
    )
    return installation


def held(shop: Installation, *words: str) -> dict[str, tuple[str, str]]:
    found = shop.json("item", "units", *words)
    return {row["unit"]: (row["units_each"], row["because"]) for row in found["units"] if row["holds"]}


def test_conversion_of_the_day_is_shown_with_what_says_so(shop: Installation) -> None:
    november = held(shop, "TEA", "--on", "2026-11-30")
    assert ("12", "items.csv") == november["CA"]
    assert ("1/3", "items.csv") == november["FT"]
    assert ("480", "units in x12.yaml") == november["PL"]
    assert ("12", "X12 code") == november["DZ"]
    assert ("10", "items.csv") == held(shop, "TEA", "--on", "2026-12-01")["CA"]
    text = shop.run("item", "units", "TEA", "--on", "2026-12-01").stdout
    assert all(word in text for word in ("Units of TEA on 2026-12-01", "units in x12.yaml", "2026-11-30", "no"))


def test_lots_of_the_day_are_shown_by_location(shop: Installation) -> None:
    def lots(day: str) -> list[tuple[str, str, str, str]]:
        rows = shop.json("item", "units", "TEA", "--on", day)["lots"]
        return [(row["location"], row["minimum"], row["multiple"], row["because"]) for row in rows]

    assert [("depot", "24", "12", "items.csv"), ("loose", "24", "1", "items.csv")] == lots("2026-11-30")
    assert [("depot", "0", "5", "items.csv"), ("loose", "0", "5", "items.csv")] == lots("2026-12-01")


def test_pack_that_was_learnt_from_a_count_says_so(shop: Installation) -> None:
    with closing(shop.storage()) as storage, storage.begin() as uow:
        uow.refs.put("pack", "depot/CUP", ConnectionId("depot"), "depot/CUP/4")
    [lot] = shop.json("item", "units", "CUP")["lots"]
    assert ("depot", "4", "counted in such packs, pack_multiple") == (lot["location"], lot["multiple"], lot["because"])
    assert "Lots" in shop.run("item", "units", "CUP").stdout


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["NONE"], "cli.unknown-sku"),
        (["TEA", "--partner", "nobody"], "cli.unknown-partner"),
    ],
)
def test_what_is_not_there_is_named(shop: Installation, words: list[str], code: str) -> None:
    done = shop.run("item", "units", *words)
    assert code == shop.json("item", "units", *words)["code"]
    assert 0 != done.exit_code
