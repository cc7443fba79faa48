"""A mailbox kind that a package of its own brings, from its entry point to a connection that reads by it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

import pytest

from hub.bootstrap import Hub, open_hub
from hub.errors import ConfigurationError
from hub.mapping.shipped import CONNECTORS
from hub.model.identity import ConnectionId
from hub.plugins import discover
from hub.sdk.hookspecs import hookimpl
from hub.transport.folder_mailbox import FolderMailbox
from hub.transport.mailbox import Mailbox, MailboxOpener, MailboxSettings

HUB = """\
connections:
  acme:
    connector: x12_supplier
    partner: acme
    settings:
      mailbox: toy://slot-7
      mailbox_options: {shelf: acme}
      receive_marker: "{name}.done"
"""


class ToyExchange:
    """A network that keeps a slot per company: folders below one root."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def open(
        self, settings: MailboxSettings, /, *, now: Callable[[], float], sleep: Callable[[float], None]
    ) -> Mailbox:
        return FolderMailbox(str(self._root / settings.options["shelf"]), now=now, sleep=sleep, stable_seconds=0)


def package(monkeypatch: pytest.MonkeyPatch, module: str, offered: Mapping[str, MailboxOpener]) -> EntryPoint:
    """An installed package that offers these mailbox kinds."""

    @hookimpl
    def hub_transports() -> Mapping[str, MailboxOpener]:
        return offered

    made = ModuleType(module)
    vars(made)["hub_transports"] = hub_transports
    monkeypatch.setitem(sys.modules, module, made)
    return EntryPoint(module, module, CONNECTORS)


def hub_with(folder: Path, monkeypatch: pytest.MonkeyPatch, *packages: EntryPoint) -> Hub:
    """A merchant's hub, and these packages beside those that are installed."""
    found = discover([*entry_points(group=CONNECTORS), *packages])
    monkeypatch.setattr("hub.bootstrap.discover", lambda: found)
    partner = folder / "mappings" / "partners" / "acme"
    partner.mkdir(parents=True)
    (partner / "partner.yaml").write_text("name: Acme\n")
    (folder / "hub.yaml").write_text(HUB)
    return open_hub(folder / "hub.yaml", environment={})


def test_connection_reads_a_mailbox_of_the_kind_that_a_package_brings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = tmp_path / "exchange" / "acme" / "outbound"
    received.mkdir(parents=True)
    for name in ("846.edi", "846.edi.done", "855.edi"):
        (received / name).write_bytes(b"ISA" if name.endswith(".edi") else b"")
    toy = package(monkeypatch, "crossdock_toy", {"toy": ToyExchange(tmp_path / "exchange").open})
    live = hub_with(tmp_path, monkeypatch, toy).connection(ConnectionId("acme"))
    source = live.source("mailbox")
    assert source is not None
    page = source.fetch(None)
    source.settle(page)
    assert ["846.edi"] == [document.meta["file"] for document in page.documents]
    assert ["846.edi", "846.edi.done"] == sorted(path.name for path in (received / "done").iterdir())


def test_address_that_no_package_opens_names_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = package(monkeypatch, "crossdock_van", {"van": ToyExchange(tmp_path).open})
    hub = hub_with(tmp_path, monkeypatch, other)
    with pytest.raises(ConfigurationError) as caught:
        hub.connection(ConnectionId("acme"))
    assert "transport.mailbox-kind" == caught.value.code
    assert "toy:" in caught.value.message
    assert "van: (crossdock_van)" in caught.value.cure


@pytest.mark.parametrize(
    ("offered", "named"),
    [
        ([("first_van", "van"), ("second_van", "van")], ("first_van", "second_van")),
        ([("other_sftp", "sftp")], ("crossdock", "other_sftp")),
        ([("shouting", "VAN:")], ("shouting",)),
    ],
)
def test_packages_that_cannot_both_be_right_stop_the_start_by_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, offered: list[tuple[str, str]], named: tuple[str, ...]
) -> None:
    opener = ToyExchange(tmp_path).open
    packages = [package(monkeypatch, module, {scheme: opener}) for module, scheme in offered]
    with pytest.raises(ConfigurationError) as caught:
        discover(packages)
    assert "configuration.transport-clash" == caught.value.code
    assert all(name in caught.value.message for name in named)
