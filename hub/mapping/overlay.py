"""Files laid over each other key by key (ADR 0029); each entry keeps the place where it was written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from hub.errors import ConfigurationError
from hub.mapping.file_schema import takes_null
from hub.mapping.yaml_file import read_yaml
from hub.mapping.yaml_nodes import Mark, YamlMap, mark_of, place_of

TakesNull = Callable[[tuple[str, ...]], bool]


def overlaid(ground: Any, own: Any, null_is_a_value: TakesNull = lambda _: True, steps: tuple[str, ...] = ()) -> Any:
    """``own`` over ``ground``: mappings key by key at any depth, all else (lists too) as a whole.

    A key that is null in ``own`` takes the key of ``ground`` away, except where ``null_is_a_value``, told the way to
    it. Neither document is changed.
    """
    if not (isinstance(ground, Mapping) and isinstance(own, Mapping)):
        return own
    found = YamlMap()
    for key, value in ground.items():
        found.put(key, value, mark_of(ground, key))
    for key, value in own.items():
        way = (*steps, key)
        if value is None and key in ground and not null_is_a_value(way):
            del found[key]
        else:
            found.put(key, overlaid(ground.get(key), value, null_is_a_value, way), mark_of(own, key))
    return found


def read_overlaid(
    model: type[BaseModel], files: Sequence[Path], *, templates: Sequence[Path] = (), over: Any = None
) -> Any:
    """What ``files`` of a model, the uppermost first, say together; not yet checked against the model.

    ``over``: a document to lie over them. ``templates``: folders of those that the files may start from (``template``),
    if the model knows them. Raises ConfigurationError naming the file at fault.
    """
    document = layers_to_one(model, [*([] if over is None else [over]), *map(read_yaml, files)])
    if "template" in model.model_fields:
        document = layers_to_one(model, _with_templates(document, files[0], template_files(templates)))
    return document


def layers_to_one(model: type[BaseModel], layers: Sequence[Any]) -> Any:
    """Documents of one model, the uppermost first, as one."""
    *upper, found = layers
    for each in reversed(upper):
        found = overlaid(found, each, lambda way: takes_null(model, way))
    return found


def _with_templates(document: Any, path: Path, templates: Mapping[str, Path]) -> list[Any]:
    """``document`` and the templates it starts from by its key ``template``, the uppermost first; a template may start
    from another.

    Raises ConfigurationError ``configuration.unknown-template``, ``configuration.template-cycle``.
    """
    layers, chain = [document], list[str]()
    while isinstance(name := _template_of(layers[-1]), str) and name:
        place = place_of(layers[-1], ("template",), path)
        if name in chain:
            raise ConfigurationError(
                f"The templates start from each other: {' > '.join((*chain, name))}.",
                code="configuration.template-cycle",
                cure="Take template out of one of them.",
                place=place,
            )
        if name not in templates:
            raise ConfigurationError(
                f"There is no template {name}.",
                code="configuration.unknown-template",
                cure=f"Known: {', '.join(sorted(templates)) or 'none'}.",
                place=place,
            )
        chain.append(name)
        path = templates[name]
        layers.append(read_yaml(path))
    return layers


def template_files(folders: Sequence[Path]) -> dict[str, Path]:
    """Every template by its name; a name in an earlier folder hides it in later ones."""
    return {path.stem: path for folder in reversed(folders) for path in sorted(folder.glob("*.yaml"))}


def _template_of(document: Any) -> Any:
    return document.get("template") if isinstance(document, Mapping) else None


class Entry(NamedTuple):
    """One key of a document. ``opens``: it is a mapping whose entries follow, and ``value`` is None."""

    steps: tuple[str, ...]
    value: Any
    opens: bool
    mark: Mark | None


def entries(document: Any, above: tuple[str, ...] = ()) -> Iterator[Entry]:
    """Every key of a document in its order, and where it was written; lists stand whole."""
    for key, value in document.items():
        opens = isinstance(value, Mapping) and bool(value)
        yield Entry((*above, key), None if opens else value, opens, mark_of(document, key))
        if opens:
            yield from entries(value, (*above, key))
