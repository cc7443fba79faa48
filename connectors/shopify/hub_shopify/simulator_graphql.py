"""Executes requests with graphql-core against the simulator's schema, and charges for them.

The cost model is ours, in Shopify's shape: an object costs 1, a mutation 10, a connection a quarter of
its ``first`` children. It exists so that throttling happens, not to predict a real shop's bill.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from hub_shopify.simulator_book import Tally
from hub_shopify.simulator_mutations import MUTATIONS
from hub_shopify.simulator_resolvers import RESOLVERS, read_attribute
from hub_shopify.simulator_schema import SDL
from hub_shopify.simulator_state import Assignment, FulfilmentOrder, Order, Shop, ThrottlePlan
from hub_shopify.simulator_stock import KeyMemory
from hub_shopify.simulator_webhooks import WebhookSender

MOST_COST_OF_ONE_QUERY = 1_000


@cache
def executable_schema() -> GraphQLSchema:
    schema = build_schema(SDL)
    for place, resolver in (RESOLVERS | MUTATIONS).items():
        type_name, field_name = place.split(".")
        owner = schema.type_map[type_name]
        assert isinstance(owner, GraphQLObjectType)
        owner.fields[field_name].resolve = resolver
    return schema


@dataclass(slots=True)
class CostBucket:
    """Leaky bucket of cost points; guarded by the shop's lock."""

    plan: ThrottlePlan
    monotonic: Callable[[], float] = time.monotonic
    level: float = 0.0
    seen_at: float = 0.0

    def take(self, cost: float) -> bool:
        """Charge this cost, or leave the bucket as it is and say False."""
        now = self.monotonic()
        self.level = max(0.0, self.level - (now - self.seen_at) * self.plan.restore_per_second)
        self.seen_at = now
        if self.level + cost > self.plan.maximum:
            return False
        self.level += cost
        return True

    def status(self, cost: float, actual: float | None) -> dict[str, Any]:
        return {
            "requestedQueryCost": cost,
            "actualQueryCost": actual,
            "throttleStatus": {
                "maximumAvailable": self.plan.maximum,
                "currentlyAvailable": int(self.plan.maximum - self.level),
                "restoreRate": self.plan.restore_per_second,
            },
        }


class GraphqlEndpoint:
    """One request in, one JSON-ready answer out. The context object of every resolver."""

    def __init__(self, shop: Shop, tally: Tally, webhooks: WebhookSender, plan: ThrottlePlan, domain: str) -> None:
        self.shop = shop
        self.tally = tally
        self.keys = KeyMemory(shop, tally)
        self.bucket = CostBucket(plan)
        self.shop_facts = {
            "id": "gid://shopify/Shop/1",
            "name": "Toy shop",
            "myshopify_domain": domain,
            "currency_code": shop.currency,
        }
        # Marker set earlier in the same request: the caller's own reference for what follows.
        self.reference = ""
        self.on_request: Callable[[dict[str, Any]], None] | None = None
        self._webhooks = webhooks
        self._documents: dict[str, DocumentNode | list[GraphQLError]] = {}

    def announce(self, topic: str, order: Order) -> None:
        self._webhooks.announce(topic, order)

    def book_assignment(self, moved: FulfilmentOrder) -> None:
        """Write a move that came under a reference into the shop's books."""
        if self.reference and moved.location.is_store:
            known = self.shop.assignments.setdefault(self.reference, Assignment(self.reference, moved.location))
            known.moved.append(moved)
            known.times += 1

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Parse and validate once per text, charge, execute; errors are top-level on HTTP 200."""
        if self.on_request:
            self.on_request(request)
        document = self._document(str(request.get("query", "")))
        if isinstance(document, list):
            return {"errors": [error.formatted for error in document]}
        variables = request.get("variables") or {}
        with self.shop.lock:
            self.tally.requests += 1
            cost = _Cost(document, variables).total()
            if cost > MOST_COST_OF_ONE_QUERY:
                message = f"Query cost is {cost}, which exceeds the single query max cost limit (1000)."
                return {"errors": [{"message": message, "extensions": {"code": "MAX_COST_EXCEEDED"}}]}
            if not self.bucket.take(cost):
                self.tally.throttled += 1
                return throttled(self.bucket.status(cost, None))
            self.reference = ""
            result = execute_sync(
                executable_schema(),
                document,
                variable_values=variables,
                context_value=self,
                field_resolver=read_attribute,
            )
            answer: dict[str, Any] = dict(result.formatted)
            actual = min(cost, _objects(result.data))
            self.bucket.level -= cost - actual
            answer["extensions"] = {"cost": self.bucket.status(cost, actual)}
            return answer

    def _document(self, text: str) -> DocumentNode | list[GraphQLError]:
        if text not in self._documents:
            try:
                document = parse(text)
            except GraphQLError as error:
                return [error]
            errors = validate(executable_schema(), document)
            self._documents[text] = errors or document
        return self._documents[text]


def throttled(cost: dict[str, Any]) -> dict[str, Any]:
    """What Shopify says when the bucket is empty: HTTP 200 with an error."""
    return {
        "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
        "extensions": {"cost": cost},
    }


def _objects(node: Any) -> int:
    """What a request really cost: Shopify gives back what its answer did not hold."""
    if isinstance(node, dict):
        return 1 + sum(_objects(value) for value in node.values())
    return sum(_objects(value) for value in node) if isinstance(node, list) else 0


class _Cost:
    def __init__(self, document: DocumentNode, variables: dict[str, Any]) -> None:
        self._fragments: dict[str, SelectionSetNode] = {}
        self._variables = variables
        for definition in document.definitions:
            if isinstance(definition, OperationDefinitionNode):
                self._operation = definition
            elif isinstance(definition, FragmentDefinitionNode):
                self._fragments[definition.name.value] = definition.selection_set

    def total(self) -> int:
        flat = 10 if self._operation.operation.value == "mutation" else 0
        return flat + round(self._of(self._operation.selection_set))

    def _of(self, selections: SelectionSetNode) -> float:
        cost = 0.0
        for node in selections.selections:
            if isinstance(node, FragmentSpreadNode):
                cost += self._of(self._fragments[node.name.value])
            elif isinstance(node, FieldNode) and node.selection_set:
                inner = self._of(node.selection_set)
                first = self._first(node)
                cost += 1 + inner if first is None else 2 + first * inner / 4
        return cost

    def _first(self, node: FieldNode) -> int | None:
        for argument in node.arguments or ():
            if argument.name.value == "first":
                value = argument.value
                if isinstance(value, VariableNode):
                    return int(self._variables.get(value.name.value) or 0)
                return int(getattr(value, "value", 0))
        return None
