"""A simulated shop, capability objects wired to it, and where the official schemas are."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest
import shopify_builders as builders
from graphql import GraphQLSchema, build_client_schema, get_operation_ast, parse, validate
from graphql.execution import get_variable_values

from hub.mapping.codebook import Codebook
from hub.sdk.context import ConnectionContext
from hub_shopify.settings import ShopifySettings
from hub_shopify.simulator import ShopifySimulator

SUPPORTED_VERSIONS = ("2026-10", "2026-04")
CapabilityT = TypeVar("CapabilityT")
Connect = Callable[..., Any]


def contracts_folder() -> Path:
    default = Path(__file__).resolve().parents[3].parent / "shared" / "contracts"
    return Path(os.environ.get("CROSSDOCK_CONTRACTS", default))


def contract_file(version: str) -> Path:
    return contracts_folder() / "shopify" / f"admin_{version}.json.gz"


def official(version: str) -> dict[str, Any]:
    path = contract_file(version)
    if not path.exists():
        pytest.skip(f"LOUD SKIP: Shopify's official schema {version} is not here (set CROSSDOCK_CONTRACTS)")
    with gzip.open(path) as handle:
        data: dict[str, Any] = json.load(handle)
    return data


@cache
def official_schema(version: str) -> GraphQLSchema:
    # assume_valid: graphql-core rejects the official schema for an interface/deprecation rule
    return build_client_schema(official(version)["data"], assume_valid=True)


@pytest.fixture(scope="session", params=SUPPORTED_VERSIONS)
def contract(request: pytest.FixtureRequest) -> GraphQLSchema:
    return official_schema(request.param)


@pytest.fixture(scope="session")
def official_schemas() -> list[GraphQLSchema]:
    """Every supported version that is here; ``contract`` skips loudly for those that are not."""
    present = [version for version in SUPPORTED_VERSIONS if contract_file(version).exists()]
    return [official_schema(version) for version in present]


@pytest.fixture(scope="session")
def faults_of(official_schemas: list[GraphQLSchema]) -> Callable[[Mapping[str, Any]], list[str]]:
    """What Shopify's own schemas say against a request body we sent: its query and its variables."""
    valid: set[str] = set()

    def faults(request: Mapping[str, Any]) -> list[str]:
        document = parse(request["query"])
        found: list[str] = []
        for schema in official_schemas:
            if request["query"] not in valid:
                found += [error.message for error in validate(schema, document)]
            operation = get_operation_ast(document)
            assert operation is not None
            values = get_variable_values(schema, operation.variable_definitions or (), request["variables"])
            found += [error.message for error in values] if isinstance(values, list) else []
        valid.add(request["query"])
        return found

    return faults


@pytest.fixture
def scenario() -> dict[str, Any]:
    return builders.scenario()


@pytest.fixture
def shop(
    scenario: Mapping[str, Any], faults_of: Callable[[Mapping[str, Any]], list[str]]
) -> Iterator[ShopifySimulator]:
    """Running; at the end every request it got is held against the official schemas."""
    simulator = ShopifySimulator(scenario)
    sent: list[dict[str, Any]] = []
    simulator.server.endpoint.on_request = sent.append
    simulator.start()
    yield simulator
    simulator.stop()
    assert [] == [fault for request in sent for fault in faults_of(request)]


@pytest.fixture
def codebook() -> Codebook:
    return builders.CODEBOOK


@pytest.fixture
def connect(shop: ShopifySimulator) -> Connect:
    """``connect(Orders, page_size=2)``: a capability object wired to the simulated shop."""

    def opened(capability: Callable[[ConnectionContext[ShopifySettings]], CapabilityT], **changes: Any) -> CapabilityT:
        return capability(builders.wired(shop, **changes))

    return opened


@pytest.fixture
def address() -> dict[str, str]:
    return builders.ADDRESS
