"""What a distribution imports, it declares: the wheels work where nothing else is installed."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from hub import __version__
from tests.architecture.source_tree import CONNECTORS, ROOT, imported_names, root_packages, shipped_modules


def declared(folder: Path) -> frozenset[str]:
    """Distributions that ``folder`` declares, its extras for users included; the developers' tools are not."""
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    extras = project.get("optional-dependencies", {})
    wanted = [line for name, lines in extras.items() if name != "dev" for line in lines]
    return frozenset(map(normalised, [*project["dependencies"], *wanted]))


def normalised(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def imported(modules: Iterable[Path]) -> frozenset[str]:
    """Distributions that ``modules`` import; a name that no installed distribution has stands for itself."""
    names = {name for path in modules for name in imported_names(path.read_text()) if "." not in name}
    distributions = packages_distributions()
    foreign = names - sys.stdlib_module_names - root_packages() - {"__future__"}
    return frozenset(normalised(distributions.get(name, [name])[0]) for name in foreign)


def test_core_declares_all_that_it_imports() -> None:
    modules = [path for path in shipped_modules() if path.is_relative_to(ROOT / "hub")]
    assert sorted(imported(modules) - declared(ROOT)) == []


@pytest.mark.parametrize("connector", CONNECTORS, ids=lambda folder: folder.name)
def test_connector_declares_all_that_it_imports_beyond_the_core(connector: Path) -> None:
    modules = [path for path in shipped_modules() if path.is_relative_to(connector)]
    assert sorted(imported(modules) - declared(connector) - declared(ROOT)) == []


@pytest.mark.parametrize("connector", CONNECTORS, ids=lambda folder: folder.name)
def test_connector_admits_this_core(connector: Path) -> None:
    project = tomllib.loads((connector / "pyproject.toml").read_text())["project"]
    core = next(need for need in map(Requirement, project["dependencies"]) if need.name == "crossdock")
    assert core.specifier.contains(__version__)


@pytest.mark.parametrize("connector", CONNECTORS, ids=lambda folder: folder.name)
def test_connector_is_found_by_an_entry_point_that_names_its_plugin(connector: Path) -> None:
    project = tomllib.loads((connector / "pyproject.toml").read_text())["project"]
    assert {connector.name: f"hub_{connector.name}.plugin"} == project["entry-points"]["hub.connectors"]
    assert (connector / f"hub_{connector.name}" / "plugin.py").is_file()
