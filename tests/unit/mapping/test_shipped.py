"""Mappings that installed connectors bring: found without loading them, between the user's and the hub's."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.mapping.config import load_setup
from hub.mapping.shipped import CONNECTORS, mapping_folders, shipped_mappings
from hub.model.identity import PartnerId
from hub.plugins import discover

TEMPLATE = """\
document: stock
format:
  kind: csv
  columns: {code: {required: true}, free: {required: true}, shelf: {}}
about: {mode: {value: full}}
fields:
  item.VN: code
  available: free
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A connector's package with mappings; it cannot be loaded."""
    package = tmp_path / "site" / "hub_northgate"
    templates = package / "mappings" / "templates" / "documents"
    templates.mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('must not be loaded for its mappings')\n")
    (templates / "northgate-stock.yaml").write_text(TEMPLATE)
    about = tmp_path / "site" / "northgate-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: northgate\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[{CONNECTORS}]\nnorthgate = hub_northgate.plugin\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    return package


def a_setup(folder: Path, mapping: str) -> Path:
    partner = folder / "mappings" / "partners" / "acme"
    (partner / "documents").mkdir(parents=True)
    (partner / "partner.yaml").write_text("name: Acme\n")
    (partner / "documents" / "stock.yaml").write_text(mapping)
    (folder / "hub.yaml").write_text("partners: [acme]\n")
    return folder / "hub.yaml"


def test_mappings_of_connectors_lie_between_the_users_and_the_hubs(package: Path, tmp_path: Path) -> None:
    folders = mapping_folders(tmp_path)
    assert (tmp_path, shipped_mappings()) == (folders[0], folders[-1])
    assert package / "mappings" in folders
    [broken] = [each for each in discover().broken if each.distribution == "northgate"]
    assert "RuntimeError: must not be loaded for its mappings" == broken.reason


def test_partner_overrides_a_field_of_what_a_connector_ships(package: Path, tmp_path: Path) -> None:
    setup = a_setup(
        tmp_path / "own", "template: northgate-stock\nfields: {available: {from: shelf, using: [number]}}\n"
    )
    mapping = load_setup(setup).partners[PartnerId("acme")].mappings["stock"]
    places = {each.name: path.text for each in mapping.fields if (path := each.only_path())}
    assert {"item.VN": "code", "available": "shelf"} == places


def test_users_own_template_hides_that_of_a_connector(package: Path, tmp_path: Path) -> None:
    path = a_setup(tmp_path / "own", "template: northgate-stock\n")
    own = tmp_path / "own" / "mappings" / "templates" / "documents" / "northgate-stock.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(TEMPLATE.replace("available: free", "on_hand: free"))
    mapping = load_setup(path).partners[PartnerId("acme")].mappings["stock"]
    assert ["item.VN", "on_hand"] == [each.name for each in mapping.fields]
