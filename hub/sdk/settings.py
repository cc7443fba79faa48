"""Connector settings: a pydantic model per connector, secrets only by reference.

A secret is written ``${env:NAME}`` or ``${file:PATH}`` in the configuration and is resolved once, at start; an inline
secret is a ConfigurationError. Nothing here ever puts a value into an error or a repr.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ConfigDict, SecretStr

from hub.errors import ConfigurationError

Secret = Annotated[SecretStr, "secret"]
"""The type of a settings field that must be given by reference."""

_REFERENCE = re.compile(r"^\$\{(?P<scheme>[a-z]+):(?P<name>[^}]+)\}$")

SecretScheme = Callable[[str], str | None]
"""Gives the secret of a name, None where there is none."""


class ConnectorSettings(BaseModel):
    """Base of every connector's settings: strict names, no input echoed."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def secret_schemes(environment: Mapping[str, str] | None = None) -> dict[str, SecretScheme]:
    """The built-in ways to name a secret: ``env`` and ``file``."""
    variables = os.environ if environment is None else environment

    def from_file(name: str) -> str | None:
        path = Path(name)
        return path.read_text(encoding="utf-8").strip() if path.is_file() else None

    return {"env": variables.get, "file": from_file}


def resolve_secrets(
    model: type[BaseModel],
    values: Mapping[str, Any],
    schemes: Mapping[str, SecretScheme],
    place: str | Callable[[str], str],
) -> dict[str, Any]:
    """``values`` with each secret reference replaced by its SecretStr.

    Raises ConfigurationError ``configuration.inline-secret`` for a secret written out and
    ``configuration.missing-secret`` for a reference that leads nowhere. ``place`` names the connection, or gives the
    place of a setting of that name.
    """
    resolved = dict(values)
    for name, field in model.model_fields.items():
        if name not in values or values[name] is None or not _is_secret(field.annotation, field.metadata):
            continue
        where = f"{place}.{name}" if isinstance(place, str) else place(name)
        found = _REFERENCE.match(str(values[name]))
        if found is None:
            raise ConfigurationError(
                f"The secret {name} is written out.",
                code="configuration.inline-secret",
                cure="Write a reference such as ${env:NAME} or ${file:PATH} and keep the value outside.",
                place=where,
            )
        scheme = schemes.get(found["scheme"])
        value = scheme(found["name"]) if scheme else None
        if value is None:
            raise ConfigurationError(
                f"The secret reference {found[0]} of {name} leads to nothing.",
                code="configuration.missing-secret",
                cure="Set it, or correct the reference (known schemes: " + ", ".join(sorted(schemes)) + ").",
                place=where,
            )
        resolved[name] = SecretStr(value)
    return resolved


def _is_secret(annotation: Any, metadata: list[Any]) -> bool:
    if "secret" in metadata or annotation is SecretStr:
        return True
    if get_origin(annotation) is Annotated:
        return _is_secret(get_args(annotation)[0], list(get_args(annotation)[1:]))
    return any(_is_secret(argument, []) for argument in get_args(annotation))
