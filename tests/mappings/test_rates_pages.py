"""The tables that the pages on rates show are tables that the hub reads, and say what the pages say of them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

from hub.mapping.config import load_setup
from hub.model.item import OUNCE, POUND
from hub.model.network import Network
from hub.routing.carriage import Ask, Carried
from hub.routing.promise import ShippingDays
from hub.routing.tariffs import TariffBook
from tests.architecture.source_tree import ROOT
from tests.fakes.installation import Installation, installation
from tests.mappings.broken_setups import write

__all__ = ["installation"]

HOW_TO = "docs/how-to/ship-by-your-own-rate-tables.md"
REFERENCE = "docs/reference/rates.md"


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)


def as_riverside(text: str) -> str:
    """Of the set-up that the tests have, whose only location is called booth."""
    return text.replace("riverside", "booth")


def write_how_to(folder: Path) -> None:
    catalogue, rates, zones = map(as_riverside, blocks(HOW_TO, "csv"))
    terms, calendar, locations, routing = map(as_riverside, blocks(HOW_TO, "yaml"))
    files = {
        "mappings/catalogue.csv": catalogue,
        "mappings/rates/parcelpost.csv": rates,
        "mappings/zones/parcelpost.csv": zones,
        "mappings/rates.yaml": terms,
    }
    write(
        folder,
        {
            "files": files,
            "append": {"mappings/partners/booth/partner.yaml": calendar, "hub.yaml": routing},
            "replace": {"hub.yaml": ["locations:\n  booth: {kind: warehouse, connection: booth}\n", locations]},
        },
    )


def carried(network: Network, postal: str, ask: Ask) -> Carried:
    book = TariffBook(network)
    found = book.carriage(network.locations[0], book.destination("US", "", postal)).freight(ask)
    assert isinstance(found, Carried), found
    return found


def test_tables_of_the_guide_are_valid(installation: Installation) -> None:
    write_how_to(installation.folder)
    said = " ".join(installation.run("config", "validate").stdout.split())
    [shown] = re.findall(r"is valid: .*? channels(, .*? zone rows)\.", (ROOT / HOW_TO).read_text())
    assert shown in said


def test_guide_ships_by_the_cheapest_service_in_time(installation: Installation) -> None:
    write_how_to(installation.folder)
    network = load_setup(installation.config).network
    location = network.locations[0]
    shipping = ShippingDays(location.calendar, location.collection, location.lead_days, location.capacity)
    monday = date(2026, 11, 23).toordinal()
    assert monday == shipping.ship_day(datetime(2026, 11, 23, 18, 59, tzinfo=UTC))
    found = carried(network, "90210", Ask(monday, monday, due=monday + 2, service="express"))
    freight = found.freight[0]
    # 34.00 and 14.5 % of fuel; by ground it would be six days late, at 8.00 a day.
    assert (38_930, "parcelpost air") == (freight.prices[1], str(TariffBook(network).services[freight.services[1]]))
    assert monday + 8 == found.delivered[1]


def test_parcel_of_the_reference_costs_what_it_says(tmp_path: Path) -> None:
    rates, zones = map(as_riverside, blocks(REFERENCE, "csv"))
    [terms] = blocks(REFERENCE, "yaml")
    files = {"mappings/rates/t.csv": rates, "mappings/zones/z.csv": zones, "mappings/rates.yaml": terms}
    write(tmp_path, {"files": files})
    network = load_setup(tmp_path / "hub.yaml").network
    ground = next(table for table in network.tariffs.rates if table.service == "ground")
    weight = 4 * POUND + 4 * OUNCE
    assert (POUND, 9_950) == (ground.step, ground.zones["2"][-(-weight // ground.step)])
