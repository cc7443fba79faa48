"""The wheels as a user gets them: built, installed into an empty environment, and the demo runs from there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

ROOT = Path(__file__).resolve().parents[2]
DISTRIBUTIONS = {
    "crossdock": ROOT,
    "crossdock_filedrop": ROOT / "connectors" / "filedrop",
    "crossdock_shopify": ROOT / "connectors" / "shopify",
    "crossdock_x12_retailer": ROOT / "connectors" / "x12_retailer",
    "crossdock_x12_supplier": ROOT / "connectors" / "x12_supplier",
    "crossdock_x12_warehouse": ROOT / "connectors" / "x12_warehouse",
    "crossdock_ongoing": ROOT / "connectors" / "ongoing",
}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an environment's commands; nothing of this checkout can be seen from it."""
    folder = tmp_path_factory.mktemp("wheels")
    for source in DISTRIBUTIONS.values():
        run([sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder / "dist"), str(source)])
    wheels = {path.name.split("-")[0]: path for path in (folder / "dist").glob("*.whl")}
    assert DISTRIBUTIONS.keys() == wheels.keys()
    run([sys.executable, "-m", "venv", str(folder / "env")])
    commands = folder / "env" / "bin"
    chosen = [str(path) + ("[simulator]" if name == "crossdock_shopify" else "") for name, path in wheels.items()]
    quiet = ["-q", "--disable-pip-version-check", "-c", str(ROOT / "constraints.txt")]
    run([str(commands / "python"), "-m", "pip", "install", *quiet, *chosen])
    return commands


def test_init_writes_a_configuration_that_is_valid(installed: Path, tmp_path: Path) -> None:
    run([str(installed / "hub"), "init", "shop"], tmp_path)
    run([str(installed / "hub"), "config", "validate", "--config", "shop/hub.yaml"], tmp_path)


def test_every_connector_is_found(installed: Path, tmp_path: Path) -> None:
    run([str(installed / "hub"), "init"], tmp_path)
    listed = json.loads(run([str(installed / "hub"), "connector", "list", "--json"], tmp_path))
    names = {each["connector"] for each in listed["connectors"]}
    assert {"filedrop", "shopify", "x12_retailer", "x12_supplier", "x12_warehouse", "ongoing"} <= names


def test_demo_runs_from_the_wheels(installed: Path, tmp_path: Path) -> None:
    shown = json.loads(run([str(installed / "hub"), "demo", "--orders", "20", "--json"], tmp_path))
    assert shown["passed"]


def run(words: list[str], folder: Path | None = None) -> str:
    """Run to the end; its output, or a failure that shows it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout
