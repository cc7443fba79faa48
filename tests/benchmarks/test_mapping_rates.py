"""How long compiled mappings take, as a multiple of plain Python that does the same.

Nothing is judged here; docs/reference/benchmarks.md says what the figures should be.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1200)]


def test_mappings_beside_plain_python(pytestconfig: pytest.Config) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.mapping_rates"], check=True, capture_output=True, text=True
    )
    found = json.loads(done.stdout)
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print("\n\n| what | us | times plain Python |\n|---|---:|---:|")
        for name, plain in (("order mapped", "order by hand"), ("stock row fed", "stock row by csv and int")):
            print(f"| {name} | {found[name] * 1e6:.2f} | {found[name] / found[plain]:.1f} |")
    assert 4 == len(found)
