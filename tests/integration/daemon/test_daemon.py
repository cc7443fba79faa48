"""The real process: it serves, reloads what is valid, keeps what runs, ends when told, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

CANARY = "canary-secret-51c2"
PATIENCE_SECONDS = 40.0


class Daemon:
    """``hub run`` on ``folder``/hub.yaml."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "hub.yaml"
        self.log = folder / "hub.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.address = ""

    def configure(self, *connections: str, **more: Any) -> None:
        """A connection is a folder mailbox of the same name, with a secret it does not need."""
        for name in connections:
            partner = self.folder / "mappings" / "partners" / name
            partner.mkdir(parents=True, exist_ok=True)
            (partner / "partner.yaml").write_text(f"name: {name}\nlocation: {name}\n")
            (partner / "x12.yaml").write_text(f"us: {{id: HUB}}\npartner: {{id: {name.upper()}}}\n")
        fresh = self.folder / "fresh.yaml"
        with fresh.open("w") as stream:
            json.dump({"web": {"port": 0}, "connections": {n: self._mailbox(n) for n in connections}, **more}, stream)
        # As editors do: the whole file at once.
        fresh.replace(self.config)

    def _mailbox(self, name: str) -> dict[str, Any]:
        folder = self.folder / "mail" / name
        for each in ("inbound", "outbound/done"):
            (folder / each).mkdir(parents=True, exist_ok=True)
        settings = {"mailbox": f"folder:{folder}", "password": "${env:CANARY_SECRET}"}
        return {"connector": "x12_supplier", "partner": name, "settings": settings}

    def command(self) -> list[str]:
        return [sys.executable, "-m", "hub.cli.main", "run", "--json", "--config", str(self.config)]

    def environment(self) -> dict[str, str]:
        return {**os.environ, "CANARY_SECRET": CANARY}

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), env=self.environment(), stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL
            )
        assert self.process.stdout is not None
        assert select.select([self.process.stdout], [], [], PATIENCE_SECONDS)[0], self.logged()
        line = self.process.stdout.readline()
        assert line, self.logged()
        ready = json.loads(line)
        assert ready["schema"] == "crossdock.run/1"
        self.address = ready["address"]

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.address + path, timeout=PATIENCE_SECONDS) as answer:
            return json.load(answer)

    def connections(self) -> list[str]:
        return [one["connection"] for one in self.get("/health")["connections"]]

    def logged(self) -> str:
        return self.log.read_text()

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.logged().splitlines() if line.startswith("{")]

    def said(self, event: str) -> bool:
        return any(each["event"] == event for each in self.events())

    def end(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE_SECONDS)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None
        return code


def until(condition: Callable[[], bool]) -> bool:
    """Whether it comes true before patience ends."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    made = Daemon(tmp_path)
    made.configure("alder")
    made.start()
    yield made
    if made.process is not None:
        made.end(signal.SIGKILL)


def test_it_serves_and_ends_with_zero_when_told(daemon: Daemon) -> None:
    assert ["alder"] == daemon.connections()
    assert 0 == daemon.end(signal.SIGTERM)
    assert daemon.said("hub_stopped")


def test_a_valid_change_is_taken_and_an_invalid_one_is_refused(daemon: Daemon) -> None:
    assert until(lambda: daemon.said("config_watched"))
    daemon.configure("alder", "birch")
    assert until(lambda: daemon.connections() == ["alder", "birch"]), daemon.logged()
    daemon.config.write_text("connections: {alder: {connector: nothing}}\n")
    assert until(lambda: daemon.said("config_refused")), daemon.logged()
    assert ["alder", "birch"] == daemon.connections()
    (refused,) = [each for each in daemon.events() if each["event"] == "config_refused"]
    assert ("configuration.invalid", True) == (refused["code"], "hub.yaml:1" in refused["place"])
    daemon.configure("birch")
    assert until(lambda: daemon.connections() == ["birch"]), daemon.logged()


def test_a_changed_mapping_is_taken(daemon: Daemon) -> None:
    assert until(lambda: daemon.said("config_watched"))
    mapping = daemon.folder / "mappings" / "partners" / "alder" / "partner.yaml"
    mapping.write_text("name: Alder\nlocation: alder\nsites: {MAIN: alder}\n")
    assert until(lambda: daemon.said("config_reloaded")), daemon.logged()


def test_a_mapping_in_a_new_folder_is_taken_beside_a_busy_database(daemon: Daemon) -> None:
    shutil.rmtree(daemon.folder / "mappings")
    daemon.config.write_text(daemon.config.read_text().replace('"partner": "alder"', '"partner": "casebridge"'))
    assert until(lambda: daemon.said("config_reloaded")), daemon.logged()
    overlay = daemon.folder / "mappings" / "partners" / "casebridge"
    overlay.mkdir(parents=True)
    busy = threading.Event()
    writer = threading.Thread(target=keep_writing, args=(daemon.folder / "hub.db-journal", busy))
    writer.start()
    try:
        (overlay / "partner.yaml").write_text("name: Casebridge\nlocation: [wrong]\n")
        assert until(lambda: daemon.said("config_refused")), daemon.logged()
    finally:
        busy.set()
        writer.join()


def keep_writing(path: Path, ended: threading.Event) -> None:
    while not ended.wait(0.02):
        path.write_text(str(time.monotonic()))


def test_a_hangup_reads_everything_again(daemon: Daemon) -> None:
    assert daemon.process is not None
    daemon.process.send_signal(signal.SIGHUP)
    assert until(lambda: daemon.said("config_reloaded")), daemon.logged()


def test_a_second_hub_on_the_same_configuration_is_refused_and_the_first_goes_on(daemon: Daemon) -> None:
    done = subprocess.run(
        daemon.command(), env=daemon.environment(), capture_output=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert (3, "configuration.already-running") == (done.returncode, json.loads(done.stdout)["code"])
    assert ["alder"] == daemon.connections()


def test_a_killed_hub_comes_up_again(daemon: Daemon) -> None:
    assert -signal.SIGKILL == daemon.end(signal.SIGKILL)
    daemon.start()
    assert ["alder"] == daemon.connections()


def test_no_secret_is_in_any_output(daemon: Daemon) -> None:
    pages = [daemon.get("/health"), daemon.get("/openapi.json"), daemon.get("/api/v1/orders")]
    with urllib.request.urlopen(daemon.address + "/metrics", timeout=PATIENCE_SECONDS) as answer:
        pages.append(answer.read().decode())
    with pytest.raises(urllib.error.HTTPError) as refused:
        daemon.get("/api/v1/orders/nope")
    pages.append(refused.value.read().decode())
    assert 0 == daemon.end(signal.SIGTERM)
    texts = json.dumps(pages) + daemon.logged()
    assert CANARY not in texts
    for path in daemon.folder.rglob("*"):
        if path.is_file():
            assert CANARY.encode() not in path.read_bytes(), path


def test_a_taken_port_is_a_configuration_error(daemon: Daemon, tmp_path: Path) -> None:
    second = Daemon(tmp_path / "second")
    second.folder.mkdir()
    second.configure(web={"port": int(daemon.address.rpartition(":")[2])})
    done = subprocess.run(
        second.command(), env=second.environment(), capture_output=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert (3, "configuration.port") == (done.returncode, json.loads(done.stdout)["code"])
