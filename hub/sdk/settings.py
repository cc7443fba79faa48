"""Connector settings: a pydantic model per connector, secrets only by reference.

A secret is written ``${env:NAME}`` or ``${file:PATH}`` in the configuration and is resolved once, at start; an inline
secret is a ConfigurationError. Nothing here ever puts a value into an error or a repr.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ConfigDict, SecretStr

from hub.errors import ConfigurationError

Secret = Annotated[SecretStr, "secret"]
"""The type of a settings field that must be given by reference."""

Referable = Annotated[str, "referable"]
"""The type of a text, no secret, that may be given by reference: a public key that lies in a file."""

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
    place: str | Callable[..., str],
) -> dict[str, Any]:
    """``values`` with each secret reference replaced by its SecretStr, also within lists, mappings and models, and that
    of a Referable by its text.

    Raises ConfigurationError ``configuration.inline-secret`` for a secret written out and
    ``configuration.missing-secret`` for a reference that leads nowhere. ``place`` names the connection, or gives the
    place of the setting that these steps lead to.
    """
    return _Resolver(schemes, place).model(model, values, ())


def secrets_in(settings: object) -> Iterator[SecretStr]:
    """Every secret of settings, wherever in them it stands."""
    if isinstance(settings, SecretStr):
        yield settings
    elif isinstance(settings, BaseModel):
        for _, value in settings:
            yield from secrets_in(value)
    elif isinstance(settings, Mapping):
        for value in settings.values():
            yield from secrets_in(value)
    elif isinstance(settings, list | tuple):
        for value in settings:
            yield from secrets_in(value)


_Steps = tuple[str | int, ...]


@dataclass(frozen=True)
class _Resolver:
    schemes: Mapping[str, SecretScheme]
    place: str | Callable[..., str]

    def model(self, model: type[BaseModel], values: Mapping[str, Any], steps: _Steps) -> dict[str, Any]:
        resolved = dict(values)
        for name, field in model.model_fields.items():
            if values.get(name) is not None:
                kind = SecretStr if "secret" in field.metadata else field.annotation
                given = self._revealed(field.metadata, values[name], (*steps, name))
                resolved[name] = self.value(kind, given, (*steps, name))
        return resolved

    def _revealed(self, metadata: Sequence[object], given: Any, steps: _Steps) -> Any:
        """What a reference of a Referable leads to; anything else as it is."""
        if "referable" in metadata and isinstance(given, str) and _REFERENCE.match(given):
            return self.secret(given, steps).get_secret_value()
        return given

    def value(self, kind: Any, given: Any, steps: _Steps) -> Any:
        """``given`` for a field of the type ``kind``; what does not fit the type is left for its validation."""
        if kind is SecretStr:
            return self.secret(given, steps)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return self.model(kind, given, steps) if isinstance(given, Mapping) else given
        kinds = get_args(kind)
        if isinstance(given, Mapping) and len(kinds) == 2 and _is_type_of(kind, Mapping):
            return {key: self.value(kinds[1], each, (*steps, key)) for key, each in given.items()}
        if isinstance(given, list | tuple) and _is_type_of(kind, Sequence):
            return [self.value(kinds[0], each, (*steps, number)) for number, each in enumerate(given)]
        for each in () if _is_type_of(kind, Collection) else kinds:
            given = given if isinstance(given, SecretStr) else self.value(each, given, steps)
        return given

    def secret(self, given: Any, steps: _Steps) -> SecretStr:
        where = f"{self.place}.{'.'.join(map(str, steps))}" if isinstance(self.place, str) else self.place(*steps)
        name = steps[-1]
        found = _REFERENCE.match(str(given))
        if found is None:
            raise ConfigurationError(
                f"The secret {name} is written out.",
                code="configuration.inline-secret",
                cure="Write a reference such as ${env:NAME} or ${file:PATH} and keep the value outside.",
                place=where,
            )
        scheme = self.schemes.get(found["scheme"])
        value = scheme(found["name"]) if scheme else None
        if value is None:
            raise ConfigurationError(
                f"The reference {found[0]} of {name} leads to nothing.",
                code="configuration.missing-secret",
                cure="Set it, or correct the reference (known schemes: " + ", ".join(sorted(self.schemes)) + ").",
                place=where,
            )
        return SecretStr(value)


def _is_type_of(kind: Any, wanted: type) -> bool:
    origin = get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, wanted)
