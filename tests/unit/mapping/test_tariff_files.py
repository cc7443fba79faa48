"""Tables of freight as merchants keep them: rates, zones, places, reserve prices and rates.yaml."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from hub.errors import ConfigurationError
from hub.mapping.config import load_setup
from hub.mapping.setup_diff import setup_diff
from hub.model.identity import LocationId, Sku
from hub.model.item import GRAM, KILOGRAM, OUNCE, POUND
from hub.model.network import Network
from hub.model.prices import GOALS, Goal
from hub.model.tariff import RateTable, Reserve, Terms, ZoneEntry

HUB = """\
connections:
  booth: {connector: booth, partner: booth}
locations:
  east: {kind: warehouse, connection: booth}
  west: {kind: store, connection: booth}
"""
RATES = "carrier,service,zone,up_to,unit,price\nparcelpost,ground,2,1,lb,8.00\nparcelpost,ground,2,2,lb,9.00\n"


HEAD = "carrier,service,zone,up_to,unit,price,each\n"


def write(folder: Path, **files: str) -> Path:
    """A set-up with files by names in which ``__`` stands for a slash; their endings follow from their folders."""
    texts = {"partners__booth__partner": "name: Booth\n", **files}
    folder.mkdir(exist_ok=True)
    (folder / "hub.yaml").write_text(texts.pop("hub", HUB))
    for name, text in texts.items():
        ending = "yaml" if name in {"rates", "partners__booth__partner"} else "csv"
        path = folder / "mappings" / f"{name.replace('__', '/')}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / "hub.yaml"


def network(folder: Path, **files: str) -> Network:
    return load_setup(write(folder, **files)).network


def tables(folder: Path, *texts: str) -> tuple[RateTable, ...]:
    return network(folder, **{f"rates__t{number}": text for number, text in enumerate(texts)}).tariffs.rates


def test_set_up_without_tables_has_none(tmp_path: Path) -> None:
    found = network(tmp_path)
    assert ((), {}, {}, {}) == (
        found.tariffs.rates, found.tariffs.zones, found.tariffs.places, found.tariffs.reserves,
    )  # fmt: skip
    assert GOALS[Goal.COST] == found.prices


def test_rows_of_rates_become_one_grid(tmp_path: Path) -> None:
    expected = RateTable("parcelpost", "ground", POUND, {"2": (8000, 8000, 9000)})
    assert (expected,) == tables(tmp_path, RATES)


def test_zones_as_columns_are_the_same_table(tmp_path: Path) -> None:
    wide = "carrier,service,up_to,unit,zone 2,zone 8\nparcelpost,ground,1,lb,8.00,11.00\nparcelpost,ground,2,lb,9.00,\n"
    expected = RateTable("parcelpost", "ground", POUND, {"2": (8000, 8000, 9000), "8": (11000, 11000)})
    assert (expected,) == tables(tmp_path, wide)


def test_each_further_unit_of_weight(tmp_path: Path) -> None:
    more = HEAD + "road,eco,1,2,kg,5.00,\nroad,eco,1,5,kg,0.80,1\nroad,eco,1,6,kg,9.00,\n"
    expected = RateTable("road", "eco", KILOGRAM, {"1": (5000, 5000, 5000, 5800, 6600, 7400, 9000)})
    assert (expected,) == tables(tmp_path, more)


def test_begun_units_are_whole_ones(tmp_path: Path) -> None:
    [found] = tables(tmp_path, HEAD + "road,eco,1,500,g,5.00,\nroad,eco,1,2,kg,1.00,1\n")
    assert (500 * GRAM, (5000, 5000, 6000, 6000, 7000)) == (found.step, found.zones["1"])


def test_ounces_and_pounds_share_a_step(tmp_path: Path) -> None:
    [found] = tables(tmp_path, HEAD + "p,g,1,4,oz,4.00,\np,g,1,12,oz,5.00,\np,g,1,2,lb,8.00,\n")
    assert (4 * OUNCE, (4000, 4000, 5000, 5000, 8000, 8000, 8000, 8000, 8000)) == (found.step, found.zones["1"])


def test_files_of_a_folder_make_tables_together(tmp_path: Path) -> None:
    more = "carrier,service,zone,up_to,unit,price\nparcelpost,ground,8,1,lb,11.00\nparcelpost,air,8,1,lb,30\n"
    found = tables(tmp_path, RATES, more)
    assert [("air", {"8"}), ("ground", {"2", "8"})] == [(each.service, set(each.zones)) for each in found]


def us_table() -> str:
    """Zones 2 to 8 by the pound to 150 lb, as carriers of the United States publish them."""
    lines = ["carrier,service,up_to,unit," + ",".join(f"zone {zone}" for zone in range(2, 9))]
    for pounds in range(1, 151):
        prices = (f"{7 + zone * 0.9 + pounds * (0.25 + zone * 0.08):.2f}" for zone in range(2, 9))
        lines.append(f"parcelpost,ground,{pounds},lb,{','.join(prices)}")
    return "\n".join(lines)


def eu_table() -> str:
    """Zones by the kilogram to 31.5 kg, as carriers of the European Union publish them."""
    breaks = ["0.5", "1", "2", "3", "5", "10", "15", "20", "31.5"]
    rows = [f"paket,standard,{zone},{kg},kg,{3 + zone * 2 + float(kg):.2f}" for zone in range(1, 5) for kg in breaks]
    return "carrier,service,zone,up_to,unit,price\n" + "\n".join(rows)


def test_real_shapes_of_the_united_states_and_the_european_union(tmp_path: Path) -> None:
    paket, parcelpost = tables(tmp_path, us_table(), eu_table())
    assert (POUND, [151] * 7) == (parcelpost.step, [len(each) for each in parcelpost.zones.values()])
    assert (KILOGRAM // 2, [64] * 4) == (paket.step, [len(each) for each in paket.zones.values()])
    assert (5500, 36_500) == (paket.zones["1"][0], paket.zones["1"][-1])
    assert (9210, 70_300) == (parcelpost.zones["2"][0], parcelpost.zones["2"][-1])


def test_chart_of_zones(tmp_path: Path) -> None:
    chart = (
        "from,to,zone,carrier,service,transit_days\n"
        "east,US 900-902,8,,,\n"
        "US-NJ,US-ca,7,parcelpost,ground,4\n"
        "US 070,US,5,parcelpost,,\n"
        ",*,9,,ground,0\n"
    )
    assert {
        ("", ""): {"@east": {f"US 90{each}": ZoneEntry("8") for each in range(3)}},
        ("parcelpost", "ground"): {"US-NJ": {"US-CA": ZoneEntry("7", 4)}},
        ("parcelpost", ""): {"US 070": {"US": ZoneEntry("5")}},
        ("", "ground"): {"*": {"*": ZoneEntry("9", 0)}},
    } == network(tmp_path, rates__t=RATES, zones__z=chart).tariffs.zones


def test_postal_codes_of_any_country(tmp_path: Path) -> None:
    chart = "from,to,zone\neast,GB SW1A 1AA,1\neast,NL 1012 ab,2\neast,CA k1a,3\n"
    found = network(tmp_path, zones__z=chart).tariffs.zones[("", "")]["@east"]
    assert {"GB SW1A1AA", "NL 1012AB", "CA K1A"} == set(found)


def test_places_and_reserve_prices(tmp_path: Path) -> None:
    found = network(
        tmp_path,
        places="area,latitude,longitude\nUS 100-101,40.75,-73.99\n",
        **{"reserve-prices": "location,sku,price,last_units\nwest,ROBOT,1.50,3\nwest,KITE,0.25,\n"},
    ).tariffs
    assert {"US 100": (40.75, -73.99), "US 101": (40.75, -73.99)} == found.places
    assert {
        (LocationId("west"), Sku("ROBOT")): Reserve(1500, 3),
        (LocationId("west"), Sku("KITE")): Reserve(250, None),
    } == found.reserves


TERMS = """\
carriers:
  parcelpost:
    dimensional: {divisor: 139, unit: in3/lb}
    fuel_percent: "14.5"
    transit_days: {"2": 1}
    moves: mon-sat
    closed: [2026-12-25]
    services:
      ground: {residential: "4.10", transit_days: 2}
sold:
  express: {within_days: 2, use: [ground]}
countries:
  US: {closed: [2026-11-26]}
distances: {unit: mi, up_to: {"2": 150}, beyond: "8"}
default_weight: {weight: 8, unit: oz}
"""


def test_terms_of_carriers(tmp_path: Path) -> None:
    terms = network(tmp_path, rates__t=RATES, rates=TERMS).tariffs.terms
    found = terms.carriers["parcelpost"].terms("ground")
    assert (Decimal("14.5"), Decimal("4.10"), 2, "mon-sat") == (
        found.fuel_percent, found.residential, found.transit_days, found.moves,
    )  # fmt: skip
    assert {"2": 1} == terms.carriers["parcelpost"].terms("air").transit_days
    assert isinstance(found, Terms)
    assert ("8", ("ground",)) == (terms.distances.beyond if terms.distances else "", terms.sold["express"].use)


def test_goal_and_prices_of_routing(tmp_path: Path) -> None:
    hub = HUB + 'routing: {goal: speed, prices: {split: "1.5", late_day: null}}\n'
    found = network(tmp_path, hub=hub).prices
    assert (Decimal(3), Decimal("1.5"), None) == (found.per_day, found.split, found.late_day)


def test_calendar_of_the_partner_and_the_locations_own_settings(tmp_path: Path) -> None:
    partner = "name: Booth\ncalendar: {days: mon-sat}\ncalendars:\n  west: {timezone: America/Los_Angeles}\n"
    hub = HUB.replace(
        "west: {",
        "west: {capacity: {orders: 40}, carriers: [parcelpost], collection: {days: 'mon,wed', cut_off: '15:00'}, ",
    )
    found = network(tmp_path, hub=hub, partners__booth__partner=partner, rates__t=RATES)
    east, west = found.locations
    assert ("mon-sat", "America/Los_Angeles") == (
        east.calendar.days if east.calendar else "", west.calendar.timezone if west.calendar else "",
    )  # fmt: skip
    assert (40, ("parcelpost",), "mon,wed") == (
        west.capacity.orders, west.carriers, west.collection.days if west.collection else "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("rates__t", HEAD + ",ground,2,1,lb,8,\n", "Column carrier: It is empty."),
        ("rates__t", HEAD + "p,g,2,1,lbs,8,\n", "Column unit: There is no lbs."),
        ("rates__t", HEAD + "p,g,2,0,lb,8,\n", "Column up_to: 0 is no number above zero."),
        ("rates__t", HEAD + "p,g,2,1,lb,8.1234,\n", "Column price: 8.1234 has more than 3 decimal places."),
        (
            "rates__t",
            "carrier,service,up_to,unit,zone 2\np,g,1,lb,$8\n",
            "Column zone 2: $8 is no number of zero or more.",
        ),
        ("zones__z", "from,to,zone\neasst,US,2\n", "Column from: easst is no location and no area."),
        ("zones__z", "to,zone\nusa,2\n", "Column to: usa is no area."),
        ("zones__z", "to,zone\nGB AB-CD,2\n", "Column to: AB-CD are no prefixes from one to another."),
        ("zones__z", "to,zone,transit_days\nUS,2,1.5\n", "Column transit_days: 1.5 is no whole number up to 365."),
        ("places", "area,latitude,longitude\nUS,91,0\n", "Column latitude: 91 is no number from -90 to 90."),
        ("reserve-prices", "location,sku,price\nnorth,R,1\n", "Column location: There is no north."),
    ],
)
def test_fault_of_a_table_names_line_and_column(tmp_path: Path, name: str, text: str, said: str) -> None:
    """What else can be wrong: tests/mappings/broken/rates.yaml."""
    with pytest.raises(ConfigurationError) as caught:
        network(tmp_path, **{name: text})
    assert said == caught.value.message
    assert caught.value.place.endswith(f"{name.replace('__', '/')}.csv:2")


def test_fault_that_shows_in_two_rows_names_both(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        tables(tmp_path, HEAD + "p,g,2,1,lb,8,\np,g,2,1,lb,9,\n")
    first = tmp_path / "mappings/rates/t0.csv:2"
    assert f"Column up_to: It is not above that of {first}, of the same service and zone." == caught.value.message


def test_faults_of_all_tables_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        network(
            tmp_path,
            rates__t=HEAD + "p,g,2,1,lbs,8,\np,g,2,2,lb,x,\n",
            places="area,latitude,longitude\nUS,91,0\n",
            catalogue="sku\n\nKITE\nKITE\n",
        )
    assert ["catalogue.csv:4", "t.csv:2", "t.csv:3", "places.csv:2"] == [
        each.place.rpartition("/")[2] for each in caught.value.each()
    ]


def test_what_two_set_ups_differ_in_names_rows_of_tables(tmp_path: Path) -> None:
    chart = "from,to,zone\neast,US 1,2\neast,US,8\n"
    old = load_setup(write(tmp_path / "old", rates__t=RATES, zones__z=chart, catalogue="sku,tags\nKITE,slow\nLAMP,\n"))
    new = load_setup(
        write(
            tmp_path / "new",
            rates__t=RATES.replace("9.00", "9.50"),
            zones__z=chart.replace("US,8", "US,9"),
            catalogue="sku,tags\nKITE,\nLAMP,\n",
            rates="carriers: {parcelpost: {fuel_percent: 12}}\n",
            places="area,latitude,longitude\nUS 1,40.75,-73.99\n",
        )
    )
    found = [
        (each.file, each.key, each.old and each.old.shown, each.new and each.new.shown) for each in setup_diff(old, new)
    ]
    assert [
        ("catalogue.csv", "KITE", "tags ('slow',)", "no facts"),
        ("rates.yaml", "carriers.parcelpost.fuel_percent", None, "12"),
        ("rates", "parcelpost ground, zone 2", "8.000 to 9.000", "8.000 to 9.500"),
        ("zones", "east to US", "8", "9"),
        ("places.csv", "US 1", None, "40.75, -73.99"),
    ] == found
