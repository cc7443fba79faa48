"""YAML files with their positions: every error names file, line, column and the cure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from hub.errors import ConfigurationError
from hub.mapping.faults import joined
from hub.mapping.file_schema import description, is_private, known_keys, known_values
from hub.mapping.yaml_composer import NULLS, Composer
from hub.mapping.yaml_nodes import Steps, deepest_mark, has, place_of

ModelT = TypeVar("ModelT", bound=BaseModel)

MAX_BYTES = 4 * 2**20
_WANTED = {
    **dict.fromkeys(("model", "dict", "mapping"), "Write a mapping."),
    **dict.fromkeys(("tuple", "list"), "Write a list."),
    "bool": "Write true or false.",
    "date": "Write YYYY-MM-DD.",
    "decimal": "Write a number.",
    "finite": "Write a number.",
    "float": "Write a number.",
    "int": "Write a whole number.",
    "time": 'Write a time of day such as "14:00".',
}
"""What to write, by the first word of the kind of a fault."""
_LIMITS = {"ge": "not below", "gt": "above", "le": "not above", "lt": "below"}
_NEAR = 0.7
_MOST_NAMED, _MOST_COMPARED = 12, 60


def read_yaml(path: Path) -> Any:
    """The document of a YAML 1.2 file, with positions (YamlMap, YamlList); an empty file is an empty mapping.

    Raises ConfigurationError naming the place: ``configuration.unreadable``; ``configuration.yaml``;
    ``configuration.too-large`` beyond limits of size, depth and aliases; ``configuration.tag``;
    ``configuration.duplicate-key`` and ``configuration.invalid`` for keys, all of them at once.
    """
    text = _text(path)
    # libyaml finds the events; what they mean is ours to say, by YAML 1.2.
    composer = Composer(yaml.parse(text, Loader=yaml.CSafeLoader), path)
    try:
        found = composer.document()
    except yaml.MarkedYAMLError as error:
        raise _no_yaml(error, text, path) from None
    except yaml.YAMLError as error:
        raise ConfigurationError(
            "This is no valid YAML.",
            code="configuration.yaml",
            cure="Save it anew as UTF-8 text without control characters.",
            place=str(path),
        ) from error
    composer.faults.raise_all()
    return {} if found is None else found


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"The file cannot be read ({type(error).__name__}).",
            code="configuration.unreadable",
            cure="Check that it exists, is UTF-8 and may be read.",
            place=str(path),
        ) from error
    if len(content) > MAX_BYTES:
        raise ConfigurationError(
            f"The file is larger than {MAX_BYTES // 2**20} MiB.",
            code="configuration.too-large",
            cure="Split it; rows of items belong into items.csv.",
            place=str(path),
        )
    return text


def _no_yaml(error: yaml.MarkedYAMLError, text: str, path: Path) -> ConfigurationError:
    lines = text.splitlines()
    mark = error.problem_mark
    if error.context_mark and (mark is None or mark.line >= len(lines)):
        # Something is open at the end of the file: where it was opened says more.
        mark = error.context_mark
    place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent:
        words, cure = "A tab indents this line.", "Indent with spaces: YAML takes no tabs."
    else:
        words = f"This is no valid YAML: {error.problem}."
        cure = "Check colons, indentation, quotes and brackets there and just before."
    return ConfigurationError(words, code="configuration.yaml", cure=cure, place=place)


def validate(model: type[ModelT], loaded: Any, path: Path, *, under: Sequence[str] = ()) -> ModelT:
    """``loaded``, or the part of it at ``under``, as a model. Raises ConfigurationError ``configuration.invalid`` with
    all wrong values, each with file, line, column and the cure.

    ``loaded`` may be put together from several files (``overlay.overlaid``); ``path`` stands for what none of them
    says.
    """
    try:
        return model.model_validate_json(json.dumps(_at(loaded, under)).encode())
    except ValidationError as error:
        raise faults_of(model, error, loaded, path, under=under) from None


def faults_of(
    model: type[BaseModel],
    error: ValidationError,
    loaded: Any,
    path: Path,
    *,
    under: Sequence[str] = (),
    code: str = "configuration.invalid",
) -> ConfigurationError:
    """Every wrong value that ``error`` tells of, in ``loaded`` or the part of it at ``under``."""
    found: dict[Steps, ConfigurationError] = {}
    part = _at(loaded, under)
    for each in error.errors(include_input=False, include_url=False):
        steps = _steps_of(each, part)
        whole = (*under, *steps)
        fault = ConfigurationError(
            f"{_name_of(whole) or 'The document'}: {each['msg'].removeprefix('Value error, ')}.",
            code=code,
            cure=_cure(model, each, part, steps),
            place=place_of(loaded, whole, path),
        )
        found.setdefault(steps, fault)
    # A value that may take several forms is wrong in each of them: what goes deepest says most.
    return joined([fault for steps, fault in found.items() if not any(_leads_to(steps, other) for other in found)])


def _at(loaded: Any, steps: Steps) -> Any:
    """The part at ``steps``; none where the document has none."""
    node = loaded
    for step in steps:
        node = node[step] if has(node, step) else {}
    return node


def _name_of(steps: Steps) -> str:
    """Long keys shortened: a message is for reading."""
    return ".".join(str(step)[:_MOST_COMPARED] for step in steps)


def _leads_to(steps: Steps, other: Steps) -> bool:
    return len(steps) < len(other) and other[: len(steps)] == steps


def _steps_of(detail: Mapping[str, Any], loaded: Any) -> Steps:
    """The way to the value at fault, without steps that name the kind of one of several forms."""
    steps: list[int | str] = []
    node = loaded
    *inner, last = detail["loc"] or ("",)
    for step in inner:
        if has(node, step):
            steps.append(step)
            node = node[step]
    if has(node, last) or detail["type"] == "missing":
        steps.append(last)
    return tuple(steps)


def _cure(model: type[BaseModel], detail: Mapping[str, Any], loaded: Any, steps: Steps) -> str:
    kind = detail["type"]
    if kind == "missing":
        return "Add it."
    if kind == "extra_forbidden" and steps:
        return _instead(str(steps[-1]), known_keys(model, steps[:-1]), "Remove it or correct its spelling")
    mark = deepest_mark(loaded, steps)
    if mark and mark.text in NULLS:
        return "Remove it: null is no value of this key, and no file below says it."
    if kind == "string_type" and mark and mark.text:
        return "Quote it." if is_private(model, steps) else f'Quote it: "{mark.text}". Identifiers are text.'
    words = known_values(model, steps)
    if words:
        return _instead(str(_at(loaded, steps)), words, "Correct its spelling")
    return _WANTED.get(kind.partition("_")[0]) or _by_meaning(model, detail, steps)


def _by_meaning(model: type[BaseModel], detail: Mapping[str, Any], steps: Steps) -> str:
    limits = detail.get("ctx", {})
    for name, words in _LIMITS.items():
        if name in limits:
            return f"Write a number {words} {limits[name]}."
    if detail["type"] == "value_error":
        return "Correct it as the message says."
    meaning = description(model, steps).partition("\n")[0].rstrip(".")
    return f"Correct it. Its meaning: {meaning}." if meaning else "Correct it; the reference says what may stand there."


def _instead(given: str, known: Sequence[str], advice: str) -> str:
    near = get_close_matches(given[:_MOST_COMPARED], known, n=1, cutoff=_NEAR)
    if near:
        return f"{advice}: did you mean {near[0]}?"
    return f"{advice}. Known: {', '.join(known)}." if 0 < len(known) <= _MOST_NAMED else f"{advice}."


__all__ = ["MAX_BYTES", "faults_of", "place_of", "read_yaml", "validate"]
