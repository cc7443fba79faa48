"""YAML files with their positions: every error names file, line, column and the cure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from hub.errors import ConfigurationError

ModelT = TypeVar("ModelT", bound=BaseModel)


def read_yaml(path: Path) -> Any:
    """The document of a YAML 1.2 file, with positions (ruamel round-trip); an empty file is an empty mapping.

    Raises ConfigurationError ``configuration.unreadable`` or ``configuration.yaml`` naming the place.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"The file cannot be read ({type(error).__name__}).",
            code="configuration.unreadable",
            cure="Check that it exists, is UTF-8 and may be read.",
            place=str(path),
        ) from error
    try:
        loaded = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise ConfigurationError(
            f"This is no valid YAML: {error.problem}.", code="configuration.yaml", place=place
        ) from None
    except YAMLError as error:
        raise ConfigurationError("This is no valid YAML.", code="configuration.yaml", place=str(path)) from error
    return {} if loaded is None else loaded


def validate(
    model: type[ModelT],
    loaded: Any,
    path: Path,
    *,
    under: Sequence[str] = (),
    written: Sequence[tuple[Any, Path]] = (),
) -> ModelT:
    """``loaded`` as a model. Raises ConfigurationError ``configuration.invalid`` for the first wrong value, with
    its line and column and, for a number where text is wanted, the advice to quote it.

    ``written`` are the documents that ``loaded`` was put together from, the uppermost first.
    """
    try:
        return model.model_validate_json(_as_json(loaded))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        steps = [*under, *(str(step) for step in first["loc"])]
        raise ConfigurationError(
            f"{'.'.join(steps) or 'The document'}: {first['msg'].removeprefix('Value error, ')}.",
            code="configuration.invalid",
            cure=_cure(first["type"], error.error_count()),
            place=_deepest(written or ((loaded, path),), first["loc"]),
        ) from None


def _deepest(written: Sequence[tuple[Any, Path]], steps: Sequence[int | str]) -> str:
    """The place in that document which says most of the way to the value; the first of them where several do."""
    loaded, path = max(written, key=lambda one: _depth(one[0], steps))
    return place_of(loaded, steps, path)


def _depth(node: Any, steps: Sequence[int | str]) -> int:
    for depth, step in enumerate(steps):
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return depth
    return len(steps)


def place_of(loaded: Any, steps: Sequence[int | str], path: Path) -> str:
    """``file:line:column`` of the deepest step that is in the document; steps that are not in it are passed over."""
    node, line, column = loaded, 0, 0
    for step in steps:
        marks = getattr(node, "lc", None)
        try:
            if isinstance(node, Mapping) and step in node:
                line, column = marks.key(step) if marks else (line, column)
            elif isinstance(node, Sequence) and isinstance(step, int):
                line, column = marks.item(step) if marks else (line, column)
            else:
                # The kind of one of several forms: no step in the document.
                continue
            node = node[step]
        except (KeyError, IndexError, TypeError):
            break
    return f"{path}:{line + 1}:{column + 1}"


def _as_json(loaded: Any) -> bytes:
    # Strict models take text for dates and Decimals only from JSON; identifiers must be text either way.

    def plain(value: Any) -> str:
        return value.isoformat() if isinstance(value, date | datetime) else str(value)

    return json.dumps(loaded, default=plain).encode()


def _cure(kind: str, count: int) -> str:
    more = f" ({count - 1} more after this one.)" if count > 1 else ""
    if kind == "string_type":
        return "Quote it: identifiers are text." + more
    if kind == "extra_forbidden":
        return "Remove it or correct its spelling." + more
    if kind == "missing":
        return "Add it." + more
    return more.strip()
