"""What the house rules look at: the checkout's own tracked files, and nothing an editor left behind."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CONNECTORS = tuple(sorted(path.parent for path in ROOT.glob("connectors/*/pyproject.toml")))


# What a checkout grows by being used; only looked at where git cannot say what is tracked.
GROWN = {"__pycache__", "build", "demo-run", "dist", "node_modules"}


@cache
def tracked_files() -> tuple[Path, ...]:
    """Files git tracks, or would track after the next commit, as absolute paths."""
    try:
        paths = _files_git_knows()
    except (FileNotFoundError, subprocess.CalledProcessError):
        paths = _files_of_an_unpacked_archive()
    return tuple(sorted(path for path in paths if path.is_file()))


def _files_git_knows() -> list[Path]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name]


def _files_of_an_unpacked_archive() -> list[Path]:
    return [
        path
        for path in ROOT.rglob("*")
        if not any(part in GROWN or _is_hidden(part) for part in path.relative_to(ROOT).parts)
    ]


def _is_hidden(part: str) -> bool:
    return part.startswith(".") and part not in {".ci", ".github", ".gitignore", ".pre-commit-config.yaml"}


def python_modules() -> tuple[Path, ...]:
    """Every Python file of the project: core, connectors, tests."""
    return tuple(path for path in tracked_files() if path.suffix == ".py")


def shipped_modules() -> tuple[Path, ...]:
    """Python files that users install: hub and the connector packages, without any tests."""
    return tuple(path for path in python_modules() if is_shipped(path))


def is_shipped(path: Path) -> bool:
    first, *rest = path.relative_to(ROOT).parts
    return first == "hub" or (first == "connectors" and len(rest) > 1 and rest[1].startswith("hub_"))


def markdown_pages() -> tuple[Path, ...]:
    return tuple(path for path in tracked_files() if path.suffix == ".md")


def shown(path: Path) -> str:
    """A path as people read it in a failure: from the root of the checkout."""
    return path.relative_to(ROOT).as_posix()


def hub_packages() -> frozenset[str]:
    """Names of the packages and modules directly under hub."""
    children = (path.relative_to(ROOT / "hub").parts[0] for path in shipped_modules() if "hub" == _top(path))
    return frozenset(name.removesuffix(".py") for name in children) - {"__init__", "__main__"}


def _top(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


def import_contracts() -> dict[str, dict[str, Any]]:
    """The import-linter contracts of pyproject.toml by id."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return {contract["id"]: contract for contract in settings["contracts"]}


def root_packages() -> frozenset[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return frozenset(settings["root_packages"])


def imported_names(source: str) -> frozenset[str]:
    """Absolute modules that a source imports, with each of their parents: ``http.server`` gives ``http`` too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    parts = [name.split(".") for name in names]
    return frozenset(".".join(words[:end]) for words in parts for end in range(1, len(words) + 1))
