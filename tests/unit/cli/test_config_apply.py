"""``hub config apply`` and ``restore``: what is refused, what is put in place, and the way back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hub.cli.lock import only_daemon
from hub.mapping.config import load_setup
from tests.fakes.installation import Installation
from tests.unit.cli.test_config_diff import change, draft, receive, shop

__all__ = ["draft", "shop"]

PARTNER = "mappings/partners/booth"
LINES = "Item,Qty\nB-1,3\n"


@pytest.fixture
def proved(draft: Path, shop: Installation) -> Path:
    """The draft with a sample of each of its mappings, and what each has to say."""
    samples = draft / PARTNER / "samples"
    for name, body in (("stock/count.csv", LINES), ("orders/one.json", order())):
        path = samples / name
        path.parent.mkdir(parents=True)
        path.write_text(body)
        found = shop.run("mapping", "test", name, "--write", "--config", str(draft / "hub.yaml"))
        assert 0 == found.exit_code, found.output
    return draft


def order() -> str:
    return json.dumps({"id": "7", "buyer": "Casey Canary", "street": "x", "lines": [{"sku": "B-1", "qty": 2}]})


def files(folder: Path) -> dict[str, bytes]:
    paths = [folder / "hub.yaml", *(folder / "mappings").rglob("*")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths if path.is_file()}


def apply(shop: Installation, draft: Path, *words: str, ends: int = 0) -> Any:
    found = shop.run("config", "apply", str(draft), "--json", *words)
    assert ends == found.exit_code, found.output
    return json.loads(found.stdout)


def test_draft_comes_in_place_and_can_be_taken_back(shop: Installation, proved: Path) -> None:
    before = files(shop.folder)
    change(proved, "hub.yaml", '"per_request": "5"', '"per_request": "9"')
    said = apply(shop, proved, "--yes")
    assert files(shop.folder) == files(proved)
    assert "hub.yaml" in said["written"]
    assert {"setting": 1} == said["counts"]
    found = shop.run("config", "restore", said["backup"], "--yes")
    assert 0 == found.exit_code
    assert files(shop.folder) == before


def test_draft_that_is_the_same_is_not_applied(shop: Installation, proved: Path) -> None:
    apply(shop, proved, "--yes")
    said = apply(shop, proved, "--yes")
    assert [None, [], []] == [said["backup"], said["written"], said["removed"]]


def test_dry_run_shows_what_would_change_and_changes_nothing(shop: Installation, proved: Path) -> None:
    receive(shop, "stock", LINES)
    change(proved, "items.csv", "KITE,B-1,EA,1", "KITE,B-1,CA,6")
    for sample in ("stock/count.csv", "orders/one.json"):
        shop.run("mapping", "test", sample, "--write", "--config", str(proved / "hub.yaml"))
    before = files(shop.folder)
    found = shop.run("config", "apply", str(proved), "--dry-run")
    assert 5 == found.exit_code
    assert "KITE at east: 3 -> 18" in found.stdout
    assert f"{PARTNER}/items.csv would be written" in found.stdout
    assert files(shop.folder) == before


def test_sample_that_fails_refuses_the_draft(shop: Installation, proved: Path) -> None:
    before = files(shop.folder)
    change(proved, "documents/stock.yaml", "on_hand: Qty", "available: Qty")
    said = apply(shop, proved, "--yes", ends=3)
    assert "mapping.samples" == said["code"]
    assert "booth stock/count.csv (different)" in said["message"]
    assert files(shop.folder) == before


def test_mapping_without_a_sample_is_refused_unless_that_is_allowed(shop: Installation, proved: Path) -> None:
    (proved / PARTNER / "samples" / "orders" / "one.json").unlink()
    said = apply(shop, proved, "--yes", ends=3)
    assert ("mapping.untested", "No sample proves booth orders.") == (said["code"], said["message"])
    apply(shop, proved, "--yes", "--allow-untested")


def test_sample_of_which_nothing_is_expected_proves_nothing(shop: Installation, proved: Path) -> None:
    (proved / PARTNER / "samples" / "orders" / "one.expected.json").unlink()
    assert "mapping.untested" == apply(shop, proved, "--yes", ends=3)["code"]


def test_draft_that_does_not_hold_together_is_refused(shop: Installation, proved: Path) -> None:
    change(proved, "documents/stock.yaml", "on_hand: Qty", "on_hnd: Qty")
    assert "mapping.unknown-name" == apply(shop, proved, "--yes", ends=3)["code"]


def test_connection_with_wrong_settings_refuses_the_draft(shop: Installation, proved: Path) -> None:
    change(proved, "hub.yaml", '"token"', '"tokn"')
    assert "configuration.settings" == apply(shop, proved, "--yes", ends=3)["code"]


def test_nobody_who_says_yes_leaves_everything(shop: Installation, proved: Path) -> None:
    before = files(shop.folder)
    found = shop.run("config", "apply", str(proved))
    assert 2 == found.exit_code
    assert "cli.not-confirmed" in found.stderr
    assert files(shop.folder) == before


def test_draft_with_its_mappings_elsewhere_is_refused(shop: Installation, proved: Path) -> None:
    text = json.loads((proved / "hub.yaml").read_text())
    (proved / "mappings").rename(proved.parent / "maps")
    (proved / "hub.yaml").write_text(json.dumps({**text, "mappings": "../maps"}))
    assert "configuration.path" == apply(shop, proved, "--yes", ends=3)["code"]


def test_draft_beside_the_present_file_shares_its_mappings(shop: Installation, proved: Path) -> None:
    apply(shop, proved, "--yes")
    beside = shop.folder / "hub.next.yaml"
    beside.write_text(shop.config.read_text().replace('"per_request": "5"', '"per_request": "9"'))
    assert ["hub.yaml"] == apply(shop, beside, "--yes")["written"]
    assert "9" in shop.config.read_text()


def test_configuration_that_is_wrong_can_be_replaced_and_put_back(shop: Installation, proved: Path) -> None:
    shop.config.write_text("connections: [nonsense\n")
    found = shop.run("config", "apply", str(proved), "--yes")
    assert 0 == found.exit_code, found.output
    assert load_setup(shop.config).config.connections
    shop.config.write_text("connections: [nonsense\n")
    [first] = shop.json("config", "restore")["backups"]
    assert 0 == shop.run("config", "restore", first, "--yes").exit_code
    assert "connections: [nonsense\n" == shop.config.read_text()


def test_connection_that_cannot_be_made_now_can_be_mended(shop: Installation, proved: Path) -> None:
    shop.config.write_text(shop.config.read_text().replace("env:BOOTH_TOKEN", "env:NOT_SET"))
    receive(shop, "stock", LINES)
    said = apply(shop, proved, "--yes")
    assert {"setting": 1} == said["counts"]


def test_backup_that_is_not_there_is_told_with_those_that_are(shop: Installation, proved: Path) -> None:
    first = apply(shop, proved, "--yes")["backup"]
    found = shop.run("config", "restore", "../draft", "--yes", "--json")
    assert 2 == found.exit_code
    assert ("cli.unknown-backup", f"Known: {first}.") == tuple(
        json.loads(found.stdout)[key] for key in ("code", "cure")
    )


def test_running_hub_and_what_needs_a_restart_are_told(shop: Installation, proved: Path) -> None:
    change(proved, "hub.yaml", '"port": 0', '"port": 1')
    with only_daemon(shop.config):
        found = shop.run("config", "apply", str(proved), "--yes")
    assert "The running hub takes it now" in found.stdout
    assert "Restart it for web." in found.stdout


def test_files_changed_while_they_are_looked_at_are_not_applied(
    shop: Installation, proved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*_: object) -> bool:
        change(proved, "hub.yaml", '"per_request": "5"', '"per_request": "9"')
        return True

    monkeypatch.setattr("hub.cli.session.Session.confirmed", meanwhile)
    found = shop.run("config", "apply", str(proved))
    assert 3 == found.exit_code
    assert "configuration.changed-meanwhile" in found.stderr
    assert '"9"' not in shop.config.read_text()
