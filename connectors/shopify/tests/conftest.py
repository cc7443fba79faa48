"""Where the official schemas are; absent copies skip loudly, they are never vendored."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

SUPPORTED_VERSIONS = ("2026-10", "2026-04")


def contracts_folder() -> Path:
    default = Path(__file__).resolve().parents[3].parent / "shared" / "contracts"
    return Path(os.environ.get("CROSSDOCK_CONTRACTS", default))


def official(version: str) -> dict[str, Any]:
    path = contracts_folder() / "shopify" / f"admin_{version}.json.gz"
    if not path.exists():
        pytest.skip(f"LOUD SKIP: Shopify's official schema {version} is not here (set CROSSDOCK_CONTRACTS)")
    with gzip.open(path) as handle:
        data: dict[str, Any] = json.load(handle)
    return data


@pytest.fixture(scope="session", params=SUPPORTED_VERSIONS)
def contract(request: pytest.FixtureRequest) -> dict[str, Any]:
    return official(request.param)
