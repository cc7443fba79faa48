"""The kit judges rightly: a good connector passes everything, a broken one fails exactly the check it breaks."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import hub.sdk.testing as kit

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
MODULES = ("broken_sources", "broken_sinks", "broken_http", "broken_rest")

# Faults that make a connector wait are tried on two connectors only: the good one, and the one that guesses then.
QUICK = "not ((timeout or never-ending) and not (TestGoodHttp or TestGuessing))"


def connectors() -> dict[str, str]:
    """Test class to the check it is expected to fail, empty for the good ones."""
    found: dict[str, str] = {}
    for module in MODULES:
        loaded = vars(importlib.import_module(f"tests.contract.sdk.{module}"))
        found |= {
            f"{module}.{name}": cls.fails
            for name, cls in loaded.items()
            if name.startswith("Test") and hasattr(cls, "fails")
        }
    return found


CONNECTORS = connectors()


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, set[str]]:
    """Checks that failed by test class, all classes in one run of pytest."""
    report = tmp_path_factory.mktemp("kit") / "report.xml"
    modules = [str(HERE / f"{module}.py") for module in MODULES]
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-o", "addopts=", "-k", QUICK),
        *("-p", "no:cacheprovider", "-p", "no:benchmark", "-p", "no:xdist"),
        *("--import-mode=importlib", f"--rootdir={ROOT}", f"--junitxml={report}", *modules),
    ]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert report.exists(), run.stdout[-3000:] + run.stderr[-3000:]
    found: dict[str, set[str]] = {name: set() for name in CONNECTORS}
    ran: set[str] = set()
    for case in ET.parse(report).iter("testcase"):
        name = ".".join(case.attrib["classname"].split(".")[-2:])
        ran.add(name)
        if case.find("failure") is not None or case.find("error") is not None:
            found[name].add(case.attrib["name"].partition("[")[0])
    assert set(CONNECTORS) == ran
    return found


@pytest.mark.parametrize("name", sorted(name for name, check in CONNECTORS.items() if not check))
def test_well_behaved_connector_passes_everything(failed: Mapping[str, set[str]], name: str) -> None:
    assert set() == failed[name]


@pytest.mark.parametrize("name", sorted(name for name, check in CONNECTORS.items() if check))
def test_broken_connector_fails_exactly_the_check_it_breaks(failed: Mapping[str, set[str]], name: str) -> None:
    assert {CONNECTORS[name]} == failed[name]


def test_every_check_of_the_kit_has_a_connector_that_breaks_it() -> None:
    contracts = [cls for name, cls in vars(kit).items() if name.endswith("Contract")]
    checks = {check for cls in contracts for check in dir(cls) if check.startswith("test_")}
    assert set() == checks - set(CONNECTORS.values())
