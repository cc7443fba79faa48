"""Configuration: every error names file, line, column and cure; folders overlay each other; secrets by reference."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from hub.errors import ConfigurationError
from hub.mapping.config import load_setup
from hub.mapping.item_lots import lots_of
from hub.mapping.items_file import read_items
from hub.mapping.partner import load_partner
from hub.mapping.schema import FILES, json_schema
from hub.mapping.shipped import shipped_mappings
from hub.model.identity import ConnectionId, LocationId, PartnerId, Sku
from hub.model.lot import Lot
from hub.model.network import NetOf
from hub.sdk.settings import ConnectorSettings, Secret, resolve_secrets, secret_schemes

HUB = """\
database: sqlite:///hub.db
connections:
  acme:
    connector: x12_supplier
    partner: acme
    settings:
      mailbox: folder:/mail
locations:
  acme-main:
    kind: dropship
    connection: acme
channels: {}
"""


SHOP = "channels:\n  shop:\n    connection: acme\n"


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def merchant(tmp_path: Path) -> Path:
    write(tmp_path, "mappings/partners/acme/partner.yaml", "name: Acme\nlocation: acme-main\n")
    write(tmp_path, "mappings/partners/acme/items.csv", "sku,VN,unit,units_each\nA,100,CA,12\nB,0200,,\n")
    return write(tmp_path, "hub.yaml", HUB)


def test_setup_that_holds_together_gives_the_network(merchant: Path) -> None:
    setup = load_setup(merchant)
    [location] = setup.network.locations
    assert ("acme-main", "acme", "dropship") == (location.location, location.partner, location.kind)
    assert setup.database_url == f"sqlite:///{merchant.parent / 'hub.db'}"


def test_limits_of_a_channel_and_of_one_of_its_items(merchant: Path) -> None:
    limits = (
        "    buffer: 2\n    quota: 50\n    quota_from: 2026-11-02\n    items:\n"
        "      A: {ring_fence: 20, buffer: 0, multiple: 6}\n"
    )
    merchant.write_text(HUB.replace("channels: {}", SHOP + limits))
    [channel] = load_setup(merchant).network.channels
    assert (0, None, 50, 20, 6) == tuple(channel.limits(Sku("A")).model_dump().values())
    assert (2, None, 50, 0, 1) == tuple(channel.limits(Sku("B")).model_dump().values())
    assert datetime(2026, 11, 2, tzinfo=UTC) == channel.quota_since(datetime(2026, 11, 9, 12, tzinfo=UTC))


def test_locations_of_several_owners_share_a_site_and_its_connection(merchant: Path) -> None:
    lent = "  acme-lent: {kind: warehouse, connection: acme, owner: birch, site: acme-main}\nchannels: {}\n"
    merchant.write_text(HUB.replace("channels: {}\n", lent))
    ours, theirs = load_setup(merchant).network.locations
    assert [("acme", "acme-main"), ("birch", "acme-main")] == [(it.stock_owner, it.ships_from) for it in (ours, theirs)]
    other = HUB.replace("locations:", "  birch: {connector: x12_supplier, partner: acme}\nlocations:")
    merchant.write_text(other.replace("channels: {}\n", lent.replace("connection: acme", "connection: birch")))
    with pytest.raises(ConfigurationError) as caught:
        load_setup(merchant)
    assert ("configuration.site", True) == (caught.value.code, "hub.yaml:13:" in caught.value.place)


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("kind: dropship", "kind: dropshop", ":10:", "kind"),
        ("    connection: acme", "    connection: acne", ":11:", "There is no connection acne"),
        ("    connector: x12_supplier", "    connector: 12", ":4:", "Quote it"),
        ("    partner: acme", "    partner: nobody", ":5:", "no mapping folder"),
        ("channels: {}", "chanels: {}", ":12:", "spelling"),
        ("channels: {}", "channels: {", ":", "no valid YAML"),
        ("channels: {}", SHOP + "    quota_hours: 24\n", ":13:", "need a quota"),
        ("channels: {}", SHOP + "    quota: 5\n    quota_hours: 1\n    quota_from: 2026-11-02\n", ":13:", "exclude"),
        ("channels: {}", SHOP + "    budget: {updates: 0, within_seconds: 60}\n", ":15:", "updates"),
        ("channels: {}", SHOP + "    items: {A: {quotas: 3}}\n", ":15:", "quotas"),
    ],
)
def test_error_names_line_and_cure(merchant: Path, old: str, new: str, place: str, words: str) -> None:
    merchant.write_text(HUB.replace(old, new))
    with pytest.raises(ConfigurationError) as caught:
        load_setup(merchant)
    assert f"{merchant}{place}" in str(caught.value)
    assert words in str(caught.value)


def test_users_folder_is_laid_over_the_shipped_one_key_by_key(tmp_path: Path) -> None:
    write(tmp_path, "lowmere/counting.yaml", "rule:\n  basis: on_hand\n")
    write(tmp_path, "lowmere/partner.yaml", "tables:\n  carriers: {FDX: FedEx}\n")
    write(tmp_path, "lowmere/items.csv", "sku,VN\nA,1\n")
    partner = load_partner(PartnerId("lowmere"), [tmp_path, shipped_mappings() / "partners"])
    rule = partner.counting_rule(LocationId("lowmere"))
    assert ("on_hand", NetOf.ACKNOWLEDGED) == (rule.basis, rule.net_of)
    assert {"UPSN": "UPS", "FDX": "FedEx"} == partner.about.tables["carriers"]
    assert ["A"] == [item.sku for item in partner.items]
    assert "LOWMERE" == (partner.x12.partner.id if partner.x12 else "")


def test_null_takes_a_shipped_key_away(tmp_path: Path) -> None:
    write(tmp_path, "lowmere/counting.yaml", "rule: {net_of: null}\nexamples: null\n")
    write(tmp_path, "lowmere/partner.yaml", "location: null\ntables: {carriers: {UPSN: null}}\n")
    partner = load_partner(PartnerId("lowmere"), [tmp_path, shipped_mappings() / "partners"])
    assert (NetOf.NONE, ()) == (partner.counting.rule.net_of, partner.counting.examples)
    assert (None, {"carriers": {}}) == (partner.about.location, dict(partner.about.tables))


def test_codebook_translates_both_ways_and_keeps_leading_zeros(merchant: Path) -> None:
    codebook = load_setup(merchant).partners[PartnerId("acme")].codebook(ConnectionId("acme"))
    found = codebook.item_for([("UP", "9"), ("VN", "0200")])
    assert ("B", Decimal(1)) == ((found.sku, found.units_each) if found else None)
    assert codebook.item_for([("VN", "200")]) is None
    assert Decimal(12) == codebook.item_of(Sku("A")).units_each


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("sku,unit\n,EA\n", ":2"),
        ("sku,units_each\nA,none\n", ":2"),
        ("sku,units_each\nA,0\n", ":2"),
        ("item\nA\n", ":1"),
    ],
)
def test_bad_item_row_is_named(tmp_path: Path, text: str, place: str) -> None:
    path = write(tmp_path, "items.csv", text)
    with pytest.raises(ConfigurationError) as caught:
        read_items(path)
    assert f"{path}{place}" == caught.value.place


def test_every_file_has_a_schema() -> None:
    assert all("properties" in json_schema(file) for file in FILES)


class Settings(ConnectorSettings):
    """One secret, one that may be left out."""

    token: Secret
    other: Secret | None = None
    name: str = ""


def test_secret_is_resolved_by_reference_only(tmp_path: Path) -> None:
    schemes = secret_schemes({"TOKEN": "canary-1"})
    resolved = resolve_secrets(Settings, {"token": "${env:TOKEN}", "name": "x"}, schemes, "connections.acme")
    assert "canary-1" == SecretStr.get_secret_value(resolved["token"])
    with pytest.raises(ConfigurationError) as caught:
        resolve_secrets(Settings, {"token": "canary-2"}, schemes, "connections.acme")
    assert "configuration.inline-secret" == caught.value.code
    assert "canary-2" not in str(caught.value)
    with pytest.raises(ConfigurationError) as caught:
        resolve_secrets(Settings, {"token": "${env:MISSING}"}, schemes, "connections.acme")
    assert "configuration.missing-secret" == caught.value.code


def test_secret_from_a_file_loses_its_line_end(tmp_path: Path) -> None:
    path = write(tmp_path, "token", "canary-3\n")
    resolved = resolve_secrets(Settings, {"other": f"${{file:{path}}}"}, secret_schemes({}), "here")
    assert "canary-3" == SecretStr.get_secret_value(resolved["other"])


def test_stream_is_polled_by_seconds_or_by_cron(merchant: Path) -> None:
    merchant.write_text(HUB.replace("    settings:", '    poll: {mailbox: "*/5 * * * *", other: 2.5}\n    settings:'))
    assert {"mailbox": "*/5 * * * *", "other": 2.5} == load_setup(merchant).config.connections[
        ConnectionId("acme")
    ].poll


def test_location_sells_by_the_lots_of_its_partners_items(merchant: Path) -> None:
    rows = "sku,VN,unit,units_each,minimum,multiple\nA,100,CA,12,24,\nB,0200,EA,1,,\nC,300,CA,6,,1\n"
    write(merchant.parent, "mappings/partners/acme/items.csv", rows)
    [location] = load_setup(merchant).network.locations
    packing = lots_of(load_setup(merchant).partners[PartnerId("acme")].items, whole_units=True)
    assert {Sku("A"): (Lot(minimum=Decimal(24)),), Sku("C"): (Lot(),)} == location.lots
    assert {Sku("A"): (Lot(minimum=Decimal(24), multiple=Decimal(12)),), Sku("C"): (Lot(),)} == packing
