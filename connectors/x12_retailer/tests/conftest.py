"""A retailer at work, and a connection to one that is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from retailer import Retailer, connection, simulator

from hub_x12_retailer.connector import X12Retailer


@pytest.fixture
def retailer(tmp_path: Path) -> Iterator[Retailer]:
    at_work = Retailer(tmp_path / "mailbox")
    at_work.simulator.start()
    yield at_work
    at_work.simulator.stop()


@pytest.fixture
def connector(tmp_path: Path) -> X12Retailer:
    (tmp_path / "inbound").mkdir()
    return connection(simulator(tmp_path))
