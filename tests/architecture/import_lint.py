"""Runs import-linter on a checkout, the real one or a copy with a breach planted in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.source_tree import ROOT, is_shipped, python_modules

_RUN = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"


@dataclass(frozen=True)
class Verdict:
    """What import-linter said: whether all held, and its words."""

    kept: bool
    text: str


def lint(root: Path, *contracts: str) -> Verdict:
    """Check the packages below ``root``, all contracts or the named ones.

    ``root`` comes first on the path, ahead of the packages that the environment has installed.
    """
    search_path = [root, *sorted(path.parent for path in root.glob("connectors/*/pyproject.toml"))]
    limits = [argument for contract in contracts for argument in ("--contract", contract)]
    run = subprocess.run(
        [sys.executable, "-P", "-c", _RUN, "--no-logo", "--no-cache", *limits],
        cwd=root,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, search_path)), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return Verdict(run.returncode == 0, run.stdout + run.stderr)


def copy_checkout(destination: Path) -> Path:
    """Copy what users install, with its settings, into ``destination``."""
    settings = [ROOT / "pyproject.toml", *ROOT.glob("connectors/*/pyproject.toml")]
    for source in [*settings, *filter(is_shipped, python_modules())]:
        copy = destination / source.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
    return destination


def plant(root: Path, module: str, line: str) -> Path:
    """Add ``line`` to ``module`` (``hub.plugins``) or, where that is a package, to a new module in it."""
    parts = module.split(".")
    base = root if parts[0] == "hub" else root / "connectors" / parts[0].removeprefix("hub_")
    place = base.joinpath(*parts)
    target = place / "planted.py" if place.is_dir() else place.with_suffix(".py")
    with target.open("a") as file:
        file.write(f"\n{line}\n")
    return target
