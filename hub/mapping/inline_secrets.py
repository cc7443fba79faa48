"""Secrets stand outside the files: settings whose names say that they are secret hold references only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hub.errors import ConfigurationError
from hub.mapping.faults import Faults
from hub.mapping.yaml_file import place_of

_SECRET_NAME = re.compile(r"(?:.*[_-])?(?:password|passwd|passphrase|secret|token|api[_-]?key)", re.IGNORECASE)
_REFERENCE = re.compile(r"\$\{(?:env:[A-Za-z_][A-Za-z0-9_]*|file:[^}\s][^}]*)\}")
_CURE = "Write ${env:NAME} or ${file:PATH} and keep the value outside."


def is_secret_name(name: str) -> bool:
    """Whether a setting of that name (``access_token``) holds a secret, as far as a name says."""
    return _SECRET_NAME.fullmatch(name) is not None


def shown_value(steps: Sequence[str], value: Any) -> Any:
    """What an entry of a configuration file may be shown as: of contacts and secrets only that they are there."""
    # hub.yaml lays contacts over a partner's, beneath `partners`.
    hidden = "contacts" in steps or is_secret_name(steps[-1])
    return "***" if hidden and value is not None else value


def check_secrets(document: Any, path: Path, faults: Faults) -> None:
    """Adds ``configuration.inline-secret`` for each setting of a connection that holds a secret written out, and
    ``configuration.reference`` for each reference that is none; no error repeats a value.

    ``document`` is a hub.yaml or partner.yaml, right or not.
    """
    for steps, value in _settings(document):
        text = value if isinstance(value, str) else ""
        place = place_of(document, steps, path)
        name = ".".join(map(str, steps))
        if text.startswith("${"):
            if not _REFERENCE.fullmatch(text):
                words = f"{name} is no reference that can be followed."
                faults.add(ConfigurationError(words, code="configuration.reference", cure=_CURE, place=place))
        elif is_secret_name(str(steps[-1])) and value not in (None, "", True, False):
            words = f"The secret {name} is written out."
            cure = f"{_CURE} Change the secret: it has been in a file."
            faults.add(ConfigurationError(words, code="configuration.inline-secret", cure=cure, place=place))


def _settings(document: Any) -> Iterator[tuple[tuple[int | str, ...], Any]]:
    connections = document.get("connections") if isinstance(document, Mapping) else None
    for name, connection in connections.items() if isinstance(connections, Mapping) else ():
        if isinstance(connection, Mapping):
            yield from _leaves(connection.get("settings"), ("connections", name, "settings"))


def _leaves(node: Any, steps: tuple[int | str, ...]) -> Iterator[tuple[tuple[int | str, ...], Any]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _leaves(value, (*steps, key))
    elif isinstance(node, list):
        for position, value in enumerate(node):
            yield from _leaves(value, (*steps, position))
    else:
        yield steps, node
