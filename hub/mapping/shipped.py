"""Mappings that come with packages: the hub's own, and those of connectors, found without loading any of them."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path

CONNECTORS = "hub.connectors"
"""The group of entry points by which packages offer connectors."""


def mapping_folders(own: Path | None = None) -> tuple[Path, ...]:
    """Every folder that is laid out as ``mappings`` is, the uppermost first: the user's ``own``, those of installed
    connectors by the names of their packages, and the hub's."""
    return (*([] if own is None else [own]), *_of_connectors(), shipped_mappings())


def shipped_mappings() -> Path:
    """The mappings the hub ships: inside the wheel, or beside the package in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_mappings"
    return inside if inside.is_dir() else package.parent / "mappings"


def _of_connectors() -> list[Path]:
    packages = sorted({_package_of(entry) for entry in entry_points(group=CONNECTORS)})
    return [folder for name in packages for folder in _inside(name) if folder.is_dir()]


def _package_of(entry: EntryPoint) -> str:
    return entry.module.partition(".")[0]


def _inside(package: str) -> list[Path]:
    """``mappings`` in a package that is installed; a top-level package is found without being run."""
    spec = find_spec(package)
    places = spec.submodule_search_locations if spec else None
    return [Path(place) / "mappings" for place in places or ()]
