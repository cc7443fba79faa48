"""Every operation we ship is held to Shopify's own schema (partners.md 5.1)."""

from __future__ import annotations

import pytest
from graphql import (
    GraphQLSchema,
    NoDeprecatedCustomRule,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
    validate,
)
from graphql.language import FieldNode

from hub_shopify.operations import OPERATIONS


def roots(text: str) -> list[tuple[OperationDefinitionNode, FieldNode]]:
    operations = [d for d in parse(text).definitions if isinstance(d, OperationDefinitionNode)]
    return [(op, f) for op in operations for f in op.selection_set.selections if isinstance(f, FieldNode)]


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_operation_validates_and_uses_nothing_deprecated(name: str, contract: GraphQLSchema) -> None:
    rules = [*specified_rules, NoDeprecatedCustomRule]
    assert [] == [e.message for e in validate(contract, parse(OPERATIONS[name]), rules)]


def test_every_mutation_that_demands_a_key_carries_idempotent(contract: GraphQLSchema) -> None:
    assert contract.mutation_type is not None
    keyed = {
        name
        for name, field in contract.mutation_type.fields.items()
        if "idempotency key is required" in (field.description or "")
    }
    assert "inventorySetQuantities" in keyed
    for text in OPERATIONS.values():
        for operation, field in roots(text):
            if operation.operation is OperationType.MUTATION:
                marked = any(d.name.value == "idempotent" for d in field.directives or ())
                assert (field.name.value in keyed) == marked


def test_operation_names_match_their_table_keys() -> None:
    names = {key: roots(text)[0][0].name for key, text in OPERATIONS.items()}
    assert {key: key for key in OPERATIONS} == {key: n.value if n else None for key, n in names.items()}
