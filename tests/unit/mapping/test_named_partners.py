"""A partner's folder brings its connections and locations; hub.yaml lies over them key by key."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest

from hub.errors import ConfigurationError
from hub.mapping.config import Setup, load_setup
from hub.mapping.inline_secrets import is_secret_name
from hub.mapping.partner import load_partner
from hub.model.identity import ConnectionId, LocationId, PartnerId

NORTHWIND = """\
name: Northwind Toys
contacts:
  orders: {mail: orders@northwind.example, phone: "+1 555 0100"}
connections:
  northwind:
    connector: x12_supplier
    settings: {mailbox: "folder:/mail", usage: T}
locations:
  northwind: {kind: dropship, connection: northwind, lead_days: 2}
calendar: {timezone: America/New_York, days: mon-sat, cut_off: "14:00", closed: [2026-12-25]}
calendars:
  northwind: {timezone: America/Chicago}
location: northwind
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    partner = tmp_path / "mappings" / "partners" / "northwind"
    partner.mkdir(parents=True)
    (partner / "partner.yaml").write_text(NORTHWIND)
    return tmp_path


def setup(folder: Path, text: str) -> Setup:
    path = folder / "hub.yaml"
    path.write_text(text)
    return load_setup(path)


@pytest.mark.parametrize("named", ["[northwind]", "{northwind: }", "{northwind: {}}"])
def test_a_named_partner_brings_its_connections_and_locations(folder: Path, named: str) -> None:
    found = setup(folder, f"partners: {named}\n")
    connection = found.config.connections[ConnectionId("northwind")]
    assert ("x12_supplier", "northwind") == (connection.connector, connection.partner)
    [location] = found.network.locations
    assert ("northwind", "northwind", 2) == (location.location, location.partner, location.lead_days)
    assert found.place("locations", "northwind", "lead_days").endswith("northwind/partner.yaml:9:54")


def test_hub_yaml_lies_over_what_a_partner_brings(folder: Path) -> None:
    own = "locations:\n  northwind: {lead_days: 5}\nconnections: {northwind: {enabled: false}}\n"
    found = setup(folder, f"partners: [northwind]\n{own}")
    [location] = found.network.locations
    assert (5, "dropship") == (location.lead_days, location.kind)
    assert not found.config.connections[ConnectionId("northwind")].enabled
    assert f"{folder / 'hub.yaml'}:3:15" == found.place("locations", "northwind", "lead_days")


def test_what_lies_over_partner_yaml_may_be_anything_of_it(folder: Path) -> None:
    over = "calendar: {cut_off: '15:30'}, locations: {northwind: {safety_stock: 3}}"
    found = setup(folder, f"partners:\n  northwind: {{{over}}}\n")
    about = found.partners[PartnerId("northwind")].about
    assert about.calendar is not None
    assert (time(15, 30), (date(2026, 12, 25),)) == (about.calendar.cut_off, about.calendar.closed)
    assert 3 == found.network.locations[0].safety_stock


def test_null_takes_away_what_a_partner_brings(folder: Path) -> None:
    found = setup(folder, "partners: [northwind]\nlocations: {northwind: null}\n")
    assert ((), ["northwind"]) == (found.network.locations, list(found.config.connections))


def test_a_partner_that_only_a_connection_names_brings_nothing(folder: Path) -> None:
    found = setup(folder, "connections:\n  mine: {connector: x12_supplier, partner: northwind}\n")
    assert (["mine"], ()) == (list(found.config.connections), found.network.locations)


def test_a_clash_of_two_partners_names_both_places(folder: Path) -> None:
    other = folder / "mappings" / "partners" / "southwind"
    other.mkdir()
    (other / "partner.yaml").write_text(NORTHWIND.replace("name: Northwind Toys", "name: Southwind"))
    with pytest.raises(ConfigurationError) as caught:
        setup(folder, "partners: [northwind, southwind]\n")
    first, second = caught.value.each()
    assert ["configuration.partner-clash"] * 2 == [first.code, second.code]
    assert first.place.endswith("southwind/partner.yaml:5:3")
    assert "northwind/partner.yaml:5:3" in first.message
    mended = "partners: {northwind: , southwind: {connections: {northwind: null}, locations: {northwind: null}}}\n"
    assert ["northwind"] == list(setup(folder, mended).config.connections)


def test_a_partner_named_twice_is_read_once(folder: Path) -> None:
    assert 1 == len(setup(folder, "partners: [northwind, northwind]\n").network.locations)


def test_a_fault_of_a_partner_is_told_once_and_not_what_follows_from_it(folder: Path) -> None:
    about = folder / "mappings" / "partners" / "northwind" / "partner.yaml"
    about.write_text(NORTHWIND.replace("location: northwind\n", "locaton: northwind\n"))
    more = (
        "connections: {mine: {connector: x12_supplier, partner: northwind}}\nlocations: {northwind: {lead_days: 9}}\n"
    )
    with pytest.raises(ConfigurationError) as caught:
        setup(folder, f"partners: [northwind]\n{more}weeb: {{port: 0}}\n")
    assert [f"{about}:13:1", f"{folder / 'hub.yaml'}:4:1"] == [each.place for each in caught.value.each()]


def test_a_location_has_its_own_calendar_or_that_of_all(folder: Path) -> None:
    about = load_partner(PartnerId("northwind"), [folder / "mappings" / "partners"]).about
    own, all_others = about.calendar_at(LocationId("northwind")), about.calendar_at(LocationId("elsewhere"))
    assert own is not None
    assert all_others is about.calendar
    assert ("America/Chicago", None) == (own.timezone, own.cut_off)


def test_contacts_are_not_shown_by_what_is_logged(folder: Path) -> None:
    partner = load_partner(PartnerId("northwind"), [folder / "mappings" / "partners"])
    assert "555" not in repr(partner)
    assert "orders@" not in repr(partner)


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        *((name, True) for name in ("password", "access_token", "webhook_secret", "api_key", "apiKey", "PASSPHRASE")),
        *((name, False) for name in ("token_url", "tokens_per_call", "host_key", "username", "secretary")),
    ],
)
def test_a_name_says_whether_it_is_secret(name: str, secret: bool) -> None:
    assert secret is is_secret_name(name)
