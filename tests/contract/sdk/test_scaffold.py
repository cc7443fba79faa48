"""What ``hub connector new`` writes is code that passes lint, types and its own conformance tests, for every kind."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from hub.errors import ConfigurationError
from hub.sdk.scaffold import KINDS, new_connector

ROOT = Path(__file__).parents[3]
CONFIG = ROOT / "pyproject.toml"
MODULES = {"plugin", "settings", "connector", "client", "wire", "translate", "faults", "simulator"}


def run(*command: str, folder: Path) -> None:
    """A tool over what was written; fails with what it said."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "MYPYPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert 0 == done.returncode, done.stdout[-4000:] + done.stderr[-2000:]


def lint(*folders: Path) -> None:
    places = [str(folder) for folder in folders]
    sources = ("--config", f"src={places}")
    run("ruff", "check", "--no-cache", "--config", str(CONFIG), *sources, *places, folder=folders[0])
    run("ruff", "format", "--check", "--no-cache", "--config", str(CONFIG), *places, folder=folders[0])


def check_whole(kind: str, target: Path) -> None:
    """Lint, strict types and the conformance tests of a new connector."""
    new_connector("acme_wms", kind, target)
    folder = target / "acme_wms"
    lint(folder)
    cache = ("--cache-dir", str(target / "mypy"), "--config-file", str(CONFIG), "--strict")
    run("mypy", *cache, "hub_acme_wms", *map(str, sorted(folder.glob("tests/*.py"))), folder=folder)
    quiet = ("-q", "-p", "no:cacheprovider", "-p", "no:benchmark", "--import-mode=importlib")
    run("pytest", *quiet, "-c", os.devnull, f"--rootdir={folder}", "tests", folder=folder)


def test_new_file_connector_passes_lint_types_and_conformance(tmp_path: Path) -> None:
    check_whole("file", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"file"}))
def test_new_connector_passes_lint_types_and_conformance(kind: str, tmp_path: Path) -> None:
    check_whole(kind, tmp_path)


def test_lint_holds_whatever_the_name(tmp_path: Path) -> None:
    names = {"a": "short", "northwind_warehouses": "long", "p1_24": "numbered"}
    for name, folder in names.items():
        for kind in KINDS:
            new_connector(name, kind, tmp_path / folder / kind)
    lint(*(tmp_path / folder / kind / name for name, folder in names.items() for kind in KINDS))


@pytest.mark.parametrize("kind", KINDS)
def test_new_connector_has_every_room(kind: str, tmp_path: Path) -> None:
    written = {str(path.relative_to(tmp_path)) for path in new_connector("acme_wms", kind, tmp_path)}
    rooms = {f"acme_wms/hub_acme_wms/{name}.py" for name in MODULES}
    pages = {f"acme_wms/{name}" for name in ("pyproject.toml", "README.md", "CHANGELOG.md", "quality.toml")}
    tests = {"acme_wms/tests/test_conformance.py", "acme_wms/tests/test_translate.py"}
    assert set() == (rooms | pages | tests | {"acme_wms/hub_acme_wms/py.typed"}) - written
    project = tomllib.loads((tmp_path / "acme_wms/pyproject.toml").read_text())["project"]
    assert {"acme_wms": "hub_acme_wms.plugin"} == project["entry-points"]["hub.connectors"]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_left_for_later_without_saying_so(kind: str, tmp_path: Path) -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "NotImplemented", "$")
    texts = {path.name: path.read_text() for path in new_connector("acme_wms", kind, tmp_path)}
    found = {
        name: mark
        for name, text in texts.items()
        for mark in marks
        if mark in text.replace('$"', "").replace("${{env", "").replace("${env", "")
    }
    assert {} == found


@pytest.mark.parametrize(
    "name", ["", "Acme", "acme-wms", "1st", "_acme", "acme__wms", "../acme", "class", "a" * 21, "ä"]
)
def test_name_that_cannot_be_a_package_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        new_connector(name, "rest", tmp_path)
    assert "configuration.connector-name" == caught.value.code
    assert [] == list(tmp_path.iterdir())


def test_unknown_kind_is_refused_and_the_known_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="rest, soap, x12, file") as caught:
        new_connector("acme", "carrier_pigeon", tmp_path)
    assert "configuration.connector-kind" == caught.value.code


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "acme").mkdir()
    with pytest.raises(ConfigurationError) as caught:
        new_connector("acme", "rest", tmp_path)
    assert "configuration.connector-exists" == caught.value.code
    assert [] == list((tmp_path / "acme").iterdir())
