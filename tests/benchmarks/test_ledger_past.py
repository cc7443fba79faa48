"""What a question about the past costs after a million entries, with day sums and after compaction.

Nothing is judged but that the answers are the same; docs/reference/benchmarks.md has the figures.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.benchmarks.figures import RESULTS

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

ENTRIES, DAYS = 1_000_000, 1_000


def test_a_million_entries_of_one_item(durable_url: str, pytestconfig: pytest.Config) -> None:
    command = [sys.executable, "-m", "tests.benchmarks.ledger_past", durable_url, str(ENTRIES), str(DAYS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=3000, check=True)
    found = json.loads(done.stdout)
    path = RESULTS.with_name(f"ledger-past-{durable_url.partition(':')[0]}.json")
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(f"\n\n{durable_url.partition(':')[0]}\n{json.dumps(found, indent=1)}\n\n{path}", flush=True)
    assert found["ms with sums"].keys() == found["ms before"].keys()
