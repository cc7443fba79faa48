"""A changed configuration replaces the running one as a whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.bootstrap import open_hub
from hub.cli.reloading import Reloader
from tests.fakes.installation import CANARY, Booth, Installation, connection


@pytest.fixture
def reloader(installation: Installation) -> Iterator[Reloader]:
    hub = open_hub(installation.config, environment={"BOOTH_TOKEN": CANARY})
    made = Reloader(hub, hub.engine())
    yield made
    hub.storage.close()


def running(reloader: Reloader) -> list[str]:
    return sorted(reloader._engine.configuration.connections)


def test_nothing_is_read_while_nothing_changes(reloader: Reloader) -> None:
    assert not reloader.reload_if_changed()


def test_a_new_connection_is_taken_and_the_unchanged_one_kept(reloader: Reloader, installation: Installation) -> None:
    kept = reloader._engine.configuration.connections
    installation.configure({"booth": connection(), "second": connection()})
    assert reloader.reload_if_changed()
    assert ["booth", "second"] == running(reloader)
    assert all(reloader._engine.configuration.connections[name] is one for name, one in kept.items())


def test_a_change_made_while_the_hub_starts_is_taken(installation: Installation) -> None:
    hub = open_hub(installation.config, environment={"BOOTH_TOKEN": CANARY})
    installation.configure({"booth": connection(), "second": connection()})
    reloader = Reloader(hub, hub.engine())
    try:
        assert reloader.reload_if_changed()
        assert ["booth", "second"] == running(reloader)
        assert not reloader.reload_if_changed()
    finally:
        hub.storage.close()


@pytest.mark.parametrize(
    "text",
    [
        "connections: {",
        "connections: {booth: {}}",
        '{"connections": {"booth": {"connector": "nothing", "partner": "booth"}}}',
        '{"connections": {"booth": {"connector": "booth", "partner": "booth", "settings": {"token": "${env:NONE}"}}}}',
    ],
    ids=["no yaml", "incomplete", "unknown connector", "missing secret"],
)
def test_an_invalid_configuration_is_refused_and_told(
    reloader: Reloader, installation: Installation, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    installation.config.write_text(text)
    assert not reloader.reload_if_changed()
    assert ["booth"] == running(reloader)
    assert "config_refused" in capsys.readouterr().out
    assert not reloader.reload_if_changed()


def test_another_database_needs_a_restart(reloader: Reloader, installation: Installation) -> None:
    installation.configure(database="sqlite:///other.db")
    assert not reloader.reload_if_changed()
    assert not (installation.folder / "other.db").exists()


def test_a_connector_that_fails_to_open_leaves_what_runs(
    reloader: Reloader, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Booth, context: object) -> None:
        raise KeyError(CANARY)

    monkeypatch.setattr(Booth, "__init__", broken)
    installation.configure({"booth": connection(), "second": connection()})
    assert not reloader.reload_if_changed()
    assert ["booth"] == running(reloader)


def test_a_mapping_counts_as_configuration(reloader: Reloader, tmp_path: Path) -> None:
    (tmp_path / "mappings/partners/booth/items.csv").write_text("sku,VN\nKITE,B-2\n")
    assert reloader.reload_if_changed()
