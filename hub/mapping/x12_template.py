"""A partner's x12.yaml over the template it starts from (mappings/templates/x12)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hub.errors import ConfigurationError
from hub.mapping.x12_profile import X12Profile
from hub.mapping.yaml_file import place_of, read_yaml, validate


def read_profile(path: Path, templates: Sequence[Path]) -> X12Profile:
    """The x12.yaml at ``path``, laid over the template it names, taken from the first of ``templates`` that has it.

    Raises ConfigurationError naming file, line and column: of the template where the fault lies there, and
    ``configuration.unknown-template`` with the names there are.
    """
    own = _read(path)
    name = own.get("template") if isinstance(own, Mapping) else None
    if not isinstance(name, str) or not name:
        return validate(X12Profile, own, path)
    below = template_files(templates)
    if name not in below:
        raise ConfigurationError(
            f"There is no template {name}.",
            code="configuration.unknown-template",
            cure=f"Known: {', '.join(sorted(below)) or 'none'}.",
            place=place_of(own, ("template",), path),
        )
    ground = _read(below[name])
    return validate(X12Profile, overlaid(ground, own), path, written=((own, path), (ground, below[name])))


def template_files(folders: Sequence[Path]) -> dict[str, Path]:
    """Every template by its name; a name in an earlier folder hides it in later ones."""
    return {path.stem: path for folder in reversed(folders) for path in sorted(folder.glob("*.yaml"))}


def overlaid(ground: Any, own: Any) -> Any:
    """``own`` over ``ground``: mappings key by key at any depth, all else (lists too) as a whole."""
    if not (isinstance(ground, Mapping) and isinstance(own, Mapping)):
        return own
    return {**ground, **{key: overlaid(ground.get(key), value) for key, value in own.items()}}


def _read(path: Path) -> Any:
    """The document, all of whose keys are text: without quotes 04 would be 4, which is another code."""
    found = read_yaml(path)
    for steps in _numbers(found, ()):
        raise ConfigurationError(
            f"{'.'.join(map(str, steps))} is a number where a code is wanted.",
            code="configuration.invalid",
            cure="Quote it: identifiers are text.",
            place=place_of(found, steps, path),
        )
    return found


def _numbers(node: Any, steps: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if not isinstance(key, str):
                yield (*steps, key)
            yield from _numbers(value, (*steps, key))
