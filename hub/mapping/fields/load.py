"""``documents/NAME.yaml`` of a partner: over what is shipped, over the template that it names, checked and compiled."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from hub.errors import ConfigurationError
from hub.mapping.fields.compile import CompiledMapping, compile_mapping
from hub.mapping.fields.mapping_file import MappingFile
from hub.mapping.overlay import read_overlaid
from hub.mapping.yaml_file import validate
from hub.mapping.yaml_nodes import place_of

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)


def read_mapping(
    name: str, files: Sequence[Path], templates: Sequence[Path], tables: Mapping[str, Mapping[str, str]]
) -> CompiledMapping:
    """The mapping that ``files``, the uppermost first, say together. ``templates``: folders of those it may start from;
    ``tables`` are the partner's.

    Raises ConfigurationError with file, line, column and cure.
    """
    document = read_overlaid(MappingFile, files, templates=templates)
    file = validate(MappingFile, document, files[0])
    return compile_mapping(name, file, tables, lambda steps: place_of(document, steps, files[0]))


def mapping_files(folders: Sequence[Path]) -> dict[str, list[Path]]:
    """Every mapping by its name, with its files, the uppermost first. ``folders`` are those of its ``documents``.

    Raises ConfigurationError ``configuration.path`` for a name that is none.
    """
    found: dict[str, list[Path]] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.yaml")):
            if not _NAME.fullmatch(path.stem):
                raise ConfigurationError(
                    f"{path.name} is no name of a mapping.",
                    code="configuration.path",
                    cure="Use small letters, digits, - and _.",
                    place=str(path),
                )
            found.setdefault(path.stem, []).append(path)
    return found
