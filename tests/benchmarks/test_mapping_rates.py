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


def test_a_big_file_of_stock_through_the_hub(pytestconfig: pytest.Config) -> None:
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print("\n\n| rows known of 300,000 | seconds | CPU seconds | MB before | peak MB |\n|---|---:|---:|---:|---:|")
        for known in (300_000, 5_000):
            command = [sys.executable, "-m", "tests.benchmarks.file_feed", str(known)]
            found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            print(f"| {known:,} | {' | '.join(f'{value:.1f}' for value in found.values())} |")
            assert 4 == len(found)
