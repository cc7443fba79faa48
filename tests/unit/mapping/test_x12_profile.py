"""x12.yaml: it lies over its template, every error names the file at fault, and each setting says what holds."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hub.errors import ConfigurationError
from hub.mapping.config import load_setup
from hub.mapping.overlay import overlaid, read_overlaid
from hub.mapping.partner import load_partner
from hub.mapping.shipped import shipped_mappings
from hub.mapping.x12_profile import X12Party, X12Profile, X12TestParties
from hub.mapping.yaml_file import validate
from hub.model.identity import LocationId, PartnerId
from hub.model.network import InvoiceTolerance
from hub.model.stock import FeedMode

PARTIES = "us: {id: TOYHUB}\npartner: {id: NORTHWIND}\n"


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    folder = tmp_path / "templates" / "x12"
    folder.mkdir(parents=True)
    (folder / "plain.yaml").write_text(
        'version: "005010"\nitem_ids: [UP, VN]\nline_codes: {"00": accepted, "03": rejected}\n'
        'needs: {"856": [TD5]}\ndelimiters: {element: "|"}\n'
    )
    return folder


def profile(**changes: Any) -> X12Profile:
    return X12Profile(**{"us": X12Party(id="TOYHUB"), "partner": X12Party(id="NORTHWIND"), **changes})


def read(folder: Path, text: str, *templates: Path) -> X12Profile:
    path = folder / "x12.yaml"
    path.write_text(text)
    return validate(X12Profile, read_overlaid(X12Profile, [path], templates=templates), path)


def test_own_values_lie_over_the_template_key_by_key(tmp_path: Path, templates: Path) -> None:
    text = f'template: plain\n{PARTIES}item_ids: [SK]\nline_codes: {{"03": backordered}}\nneeds: {{"810": [BIG04]}}\n'
    found = read(tmp_path, text, templates)
    assert ("005010", ("SK",)) == (found.version, found.item_ids)
    assert {"00": "accepted", "03": "backordered"} == dict(found.line_codes)
    assert {"856": ("TD5",), "810": ("BIG04",)} == dict(found.needs)
    assert found.delimiters is not None
    assert ("|", ">") == (found.delimiters.element, found.delimiters.component)


def test_null_replaces_what_the_template_says_of_a_mapping(tmp_path: Path, templates: Path) -> None:
    assert read(tmp_path, f"template: plain\n{PARTIES}delimiters: null\n", templates).delimiters is None


@pytest.mark.parametrize(
    ("ground", "own", "expected"),
    [
        ({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}}, {"a": {"b": 1, "c": 3}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": {"b": 1}}, {"a": None}, {"a": None}),
        ({"a": 1}, {}, {"a": 1}),
    ],
)
def test_overlay_is_deep_for_mappings_only(ground: Any, own: Any, expected: Any) -> None:
    assert expected == overlaid(ground, own)


def test_users_template_hides_the_shipped_one_of_its_name(tmp_path: Path) -> None:
    mine = tmp_path / "templates" / "x12" / "small-supplier.yaml"
    mine.parent.mkdir(parents=True)
    mine.write_text("usage: T\n")
    folder = tmp_path / "partners" / "acme"
    folder.mkdir(parents=True)
    (folder / "partner.yaml").write_text("name: Acme\n")
    (folder / "x12.yaml").write_text(f"template: small-supplier\n{PARTIES}")
    found = load_partner(PartnerId("acme"), [tmp_path / "partners", shipped_mappings() / "partners"]).x12
    assert found is not None
    assert ("T", "standard") == (found.usage, found.strictness)


def test_unknown_template_is_told_with_those_there_are(tmp_path: Path, templates: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, f"{PARTIES}template: plane\n", templates)
    assert ("configuration.unknown-template", "Known: plain.") == (caught.value.code, caught.value.cure)
    assert f"{tmp_path / 'x12.yaml'}:3:1" == caught.value.place


def test_fault_of_the_template_is_placed_in_the_template(tmp_path: Path, templates: Path) -> None:
    (templates / "plain.yaml").write_text("item_ids: [UP]\nusage: X\n")
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, f"template: plain\n{PARTIES}", templates)
    assert f"{templates / 'plain.yaml'}:2:1" == caught.value.place


def test_fault_of_ones_own_value_is_placed_in_ones_own_file(tmp_path: Path, templates: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, f"template: plain\n{PARTIES}line_codes:\n  XX: perhaps\n", templates)
    assert f"{tmp_path / 'x12.yaml'}:5:3" == caught.value.place


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("line_codes: {04: rejected}", "The key 04 is no text"),
        ('needs: {"856": [man]}', "needs"),
        ('needs: {"856": ["MAN GM"]}', "needs"),
        ("version: 004010", "Quote it"),
        ('version: "4010"', "version"),
        ("receives: [846]", "Quote it"),
        ('receives: ["84"]', "receives"),
        ("severities: {x12.se-count: fatal}", "severities"),
        ("strictness: harsh", "strictness"),
        ("timezone: America/Nowhere", "no time zone"),
        ("encoding: utf-16", "cannot be the encoding"),
        ("encoding: klingon", "cannot be the encoding"),
        ('file_name: "{set}.edi"', "must hold {number}"),
        ('file_name: "{number}-{what}.edi"', "may stand in braces"),
        ('file_name: "{number.real}.edi"', "may stand in braces"),
        ('file_name: "../{number}.edi"', "no folder"),
        ('delimiters: {element: "~"}', "a character of its own"),
        ('delimiters: {element: "A"}', "no letter"),
        ('substitute: "*"', "one of the delimiters"),
        ("units: {BX: 0}", "units"),
        ("invoice_price_percent: -1", "invoice_price_percent"),
        ("ship_notice_shapes: [SXI]", "ship_notice_shapes"),
        ("guard: 0.2", "spelling"),
    ],
)
def test_wrong_value_is_told_with_its_line(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, f"{PARTIES}{line}\n")
    assert caught.value.place.startswith(f"{tmp_path / 'x12.yaml'}:3:")
    assert words in str(caught.value)


def test_test_identifiers_hold_while_test_data_is_agreed() -> None:
    tests = X12TestParties(us=X12Party(id="TOYHUBT"))
    assert ("TOYHUB", "NORTHWIND") == (profile(test=tests).ours.id, profile(test=tests).theirs.id)
    found = profile(test=tests, usage="T")
    assert ("TOYHUBT", "NORTHWIND") == (found.ours.id, found.theirs.id)


def test_release_of_a_set_goes_before_the_release_of_all() -> None:
    found = profile(version="004010VICS", versions={"850": "005010VICS"})
    assert ("005010VICS", "004010VICS") == (found.version_of("850"), found.version_of("997"))


def test_only_agreed_sets_are_sent_and_receipts_always() -> None:
    assert profile().may_send("850")
    assert [False, True, True] == [profile(sends=("940",)).may_send(name) for name in ("850", "940", "997")]


@pytest.mark.parametrize(
    ("file", "report_type", "purpose", "expected"),
    [
        ("stock.edi", "SI", "00", FeedMode.FULL),
        ("Stock_HOURLY_7.edi", "DD", "00", FeedMode.DELTA),
        ("stock.edi", "SI", "04", FeedMode.DELTA),
        ("stock.edi", "DD", "04", FeedMode.FULL),
    ],
)
def test_feed_mode_goes_by_file_then_report_then_purpose(
    file: str, report_type: str, purpose: str, expected: FeedMode
) -> None:
    found = profile(
        feed_files={"*_hourly_*": FeedMode.DELTA}, feeds={"DD": FeedMode.FULL, "04": FeedMode.DELTA}
    ).feed_mode(file, report_type, purpose)
    assert expected is found


def test_invoice_tolerance_of_the_partner_is_that_of_its_locations(tmp_path: Path) -> None:
    folder = tmp_path / "mappings" / "partners" / "acme"
    folder.mkdir(parents=True)
    (folder / "partner.yaml").write_text("name: Acme\n")
    (folder / "x12.yaml").write_text(f'{PARTIES}invoice_price_percent: 2.5\ninvoice_total_amount: "0.05"\n')
    (tmp_path / "hub.yaml").write_text(
        "connections:\n  acme: {connector: x12_supplier, partner: acme}\n"
        "locations:\n  acme: {kind: dropship, connection: acme}\n"
    )
    location = load_setup(tmp_path / "hub.yaml").network.location(LocationId("acme"))
    assert location is not None
    assert InvoiceTolerance(price_percent=Decimal("2.5"), total_amount=Decimal("0.05")) == location.invoices
