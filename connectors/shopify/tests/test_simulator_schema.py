"""The simulator may only claim shapes that Shopify publishes."""

from __future__ import annotations

from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    parse,
    validate,
)

from hub_shopify.operations import OPERATIONS
from hub_shopify.simulator_schema import schema


def test_each_shape_of_the_simulator_exists_in_the_official_schema(contract: GraphQLSchema) -> None:
    theirs = contract
    wrong: list[str] = []
    for name, ours in schema().type_map.items():
        if name.startswith("__"):
            continue
        their = theirs.type_map.get(name)
        if type(their) is not type(ours):
            wrong.append(f"{name}: {type(their).__name__}")
        elif isinstance(ours, GraphQLEnumType) and isinstance(their, GraphQLEnumType):
            wrong += [f"{name}.{value}" for value in ours.values if value not in their.values]
        elif isinstance(ours, (GraphQLObjectType, GraphQLInputObjectType)) and isinstance(
            their, (GraphQLObjectType, GraphQLInputObjectType)
        ):
            wrong += field_differences(name, ours, their)
        else:
            assert isinstance(ours, GraphQLScalarType)
    assert [] == wrong


def field_differences(name: str, ours: Any, theirs: Any) -> list[str]:
    wrong = []
    for field_name, field in ours.fields.items():
        their = theirs.fields.get(field_name)
        if their is None or str(their.type) != str(field.type):
            wrong.append(f"{name}.{field_name}: {field.type} is {their and their.type}")
            continue
        for argument, value in getattr(field, "args", {}).items():
            if argument not in their.args or str(their.args[argument].type) != str(value.type):
                wrong.append(f"{name}.{field_name}({argument})")
        required = [a for a, v in getattr(their, "args", {}).items() if str(v.type).endswith("!")]
        wrong += [f"{name}.{field_name} lacks {a}" for a in required if a not in field.args]
    if isinstance(ours, GraphQLInputObjectType):
        wrong += [
            f"{name} lacks {f}" for f, v in theirs.fields.items() if str(v.type).endswith("!") and f not in ours.fields
        ]
    return wrong


def test_every_operation_runs_on_the_simulators_schema() -> None:
    assert {} == {n: e for n, text in OPERATIONS.items() if (e := validate(schema(), parse(text)))}
