"""A big CSV file of stock through the whole hub: from the mailbox to the ledger, on SQLite.

``python -m tests.benchmarks.file_feed KNOWN`` prints one JSON object: seconds and CPU seconds for a file of 300,000
rows of which KNOWN name an item of ours, and the most memory held before and after, in MB.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from hub.bootstrap import open_hub
from hub.cli.run import spare_collector
from hub.model.identity import Sku
from tests.benchmarks.mapping_rates import ROWS, STOCK_MAPPING, stock_file
from tests.benchmarks.x12_readers import peak_mb


def set_up(folder: Path, known: int) -> Path:
    """A supplier whose file waits in its mailbox; gives hub.yaml."""
    partner, mail = folder / "mappings/partners/mega", folder / "mail"
    for path in (partner / "documents", mail / "outbound", mail / "inbound"):
        path.mkdir(parents=True)
    (partner / "partner.yaml").write_text("name: Mega\nlocation: mega\n")
    (partner / "counting.yaml").write_text("rule: {basis: available, missing: zero}\n")
    (partner / "documents/stock.yaml").write_text(STOCK_MAPPING)
    items = "".join(f"SKU-{number:06d},VN-{number:06d}\n" for number in range(known))
    (partner / "items.csv").write_text(f"sku,VN\n{items}")
    (mail / "outbound/stock.csv").write_bytes(stock_file())
    settings = {"mailbox": f"folder:{mail}", "receive": {"stock": "*.csv"}, "stable_seconds": 0}
    found = {
        "connections": {"mega": {"connector": "filedrop", "partner": "mega", "settings": settings}},
        "locations": {"mega": {"kind": "dropship", "connection": "mega"}},
    }
    path = folder / "hub.yaml"
    path.write_text(json.dumps(found))
    return path


def taken_in(known: int) -> dict[str, float]:
    """Take the file in once. Raises AssertionError where not every known row is in the ledger."""
    spare_collector()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with TemporaryDirectory() as folder:
        hub = open_hub(set_up(Path(folder), known), environment={})
        engine, before = hub.engine(), peak_mb()
        began, cpu = time.perf_counter(), time.process_time()
        engine.run_until_idle()
        found = {
            "seconds": time.perf_counter() - began,
            "cpu": time.process_time() - cpu,
            "peak_mb_before": before,
            "peak_mb": peak_mb(),
        }
        with hub.storage.read() as uow:
            last = uow.ledger.balances([Sku(f"SKU-{known - 1:06d}")])
        hub.storage.close()
        assert [(known - 1) * 7 % 1000] == [row.on_hand for row in last]
    return found


if __name__ == "__main__":
    print(json.dumps(taken_in(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)))
