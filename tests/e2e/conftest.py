"""One quiet world that the traces share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.shop_world import ShopWorld, shop_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopWorld]:
    """Partners that behave, and the daemon."""
    with shop_world(tmp_path_factory.mktemp("world") / "toys") as running:
        yield running
