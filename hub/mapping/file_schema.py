"""What the JSON Schema of a model says of single entries of its file: which keys and values there are, and null."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pydantic import BaseModel
from pydantic.errors import PydanticInvalidForJsonSchema

from hub.mapping.yaml_nodes import Steps

Schema = dict[str, Any]


@lru_cache(maxsize=32)
def schema_of(model: type[BaseModel]) -> Schema:
    """The JSON Schema of ``model``, made once; one that takes anything where a type has none."""
    try:
        return model.model_json_schema()
    except PydanticInvalidForJsonSchema:
        return {}


def known_keys(model: type[BaseModel], steps: Steps) -> list[str]:
    """The keys that the mapping at ``steps`` may have, in the order of the model; none where it takes any."""
    found: dict[str, None] = {}
    for each in _at(model, steps):
        found.update(dict.fromkeys(each.get("properties", {})))
    return list(found)


def known_values(model: type[BaseModel], steps: Steps) -> list[str]:
    """The words that may stand at ``steps``; none where any may."""
    found = [
        word for each in _at(model, steps) for word in each.get("enum", (each["const"],) if "const" in each else ())
    ]
    return [word for word in found if isinstance(word, str)]


def takes_null(model: type[BaseModel], steps: Steps) -> bool:
    """Whether null is a value that the entry at ``steps`` may have."""
    return any(each.get("type") == "null" for each in _at(model, steps))


def description(model: type[BaseModel], steps: Steps) -> str:
    """What the entry at ``steps`` means; empty where the model does not say."""
    return next((each["description"] for each in _at(model, steps) if "description" in each), "") if steps else ""


def is_private(model: type[BaseModel], steps: Steps) -> bool:
    """Whether the value at ``steps`` is a secret or a person's and must not be repeated."""
    return any(each.get("writeOnly") for each in _at(model, steps))


def _at(model: type[BaseModel], steps: Steps) -> list[Schema]:
    """Every form that the entry at ``steps`` may take."""
    root = schema_of(model)
    forms = list(_forms(root, root))
    for step in steps:
        forms = [form for each in forms for below in _below(each, step) for form in _forms(below, root)]
    return forms


def _below(schema: Schema, step: int | str) -> Iterator[Schema]:
    if isinstance(step, int):
        items = schema.get("items")
    else:
        items = schema.get("properties", {}).get(step) or schema.get("additionalProperties")
        items = items or next(iter(schema.get("patternProperties", {}).values()), None)
    if isinstance(items, dict):
        yield items


def _forms(schema: Schema, root: Schema) -> Iterator[Schema]:
    """``schema`` with its references followed, taken apart where it is one of several; what stands beside a reference
    or beside the forms holds for each."""
    beside = {key: value for key, value in schema.items() if key not in {"$ref", "anyOf", "oneOf"}}
    if "$ref" in schema:
        below = [root["$defs"][schema["$ref"].rpartition("/")[2]]]
    else:
        below = schema.get("anyOf") or schema.get("oneOf") or []
    if not below:
        yield schema
    for each in below:
        yield from ({**form, **beside} for form in _forms(each, root))
