"""JSON Schema of every configuration file, for editors (``hub config schema``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from hub.mapping.fields.mapping_file import MappingFile
from hub.mapping.file_schema import Schema
from hub.mapping.hub_file import HubConfig
from hub.mapping.partner_file import CountingFile, PartnerFile
from hub.mapping.rules.rule_file import RuleFile
from hub.mapping.x12_profile import X12Profile
from hub.model.tariff import RatesFile

FILES: dict[str, type[BaseModel]] = {
    "hub": HubConfig,
    "partner": PartnerFile,
    "counting": CountingFile,
    "x12": X12Profile,
    "document": MappingFile,
    "rules": RuleFile,
    "rates": RatesFile,
}
"""File name without its ending to the model it is checked against."""

_NULL = {"type": "null"}
_ABOUT = ("title", "description", "default", "examples")


def json_schema(file: str) -> Schema:
    """The JSON Schema of one of ``FILES`` by itself.

    A file may be laid over another (ADR 0029), so nothing has to stand in it, and null may stand for any key: it takes
    away what the file below says. Only in lists, which stand whole, is what is required required.
    """
    schema = FILES[file].model_json_schema()
    parts = schema.pop("$defs", {})
    outside = _outside_lists(schema, parts)
    parts = {name: _laid_over(part) if name in outside else part for name, part in parts.items()}
    said = {**_laid_over(schema), "title": f"{file}.yaml", "$defs": parts}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **said}


def schema_files() -> dict[str, Schema]:
    """All of them by the names of the files that editors are led to."""
    return {f"{file}.schema.json": json_schema(file) for file in FILES}


def _outside_lists(schema: Schema, parts: dict[str, Schema]) -> set[str]:
    """The ``parts`` that stand somewhere outside of a list."""
    found, left = set[str](), list(_references(schema))
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left.extend(_references(parts[name]))
    return found


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].rpartition("/")[2]
        for key, below in node.items():
            if key not in {"items", "prefixItems"}:
                yield from _references(below)
    elif isinstance(node, list):
        for below in node:
            yield from _references(below)


def _laid_over(schema: Schema) -> Schema:
    """``schema`` of what may be a part only: nothing is required, and each key may be null."""
    made = {word: said for word, said in schema.items() if word != "required"}
    for word in made.keys() & {"properties", "patternProperties"}:
        made[word] = {key: _or_null(_laid_over(below)) for key, below in made[word].items()}
    if isinstance(made.get("additionalProperties"), dict):
        made["additionalProperties"] = _or_null(_laid_over(made["additionalProperties"]))
    for word in made.keys() & {"anyOf", "oneOf"}:
        made[word] = [_laid_over(each) for each in made[word]]
    return made


def _or_null(schema: Schema) -> Schema:
    if _NULL in schema.get("anyOf", ()) or schema.get("type") == "null" or not schema:
        return schema
    about = {word: schema[word] for word in _ABOUT if word in schema}
    said = {word: value for word, value in schema.items() if word not in about}
    return {**about, "anyOf": [said, _NULL]} if said else schema
