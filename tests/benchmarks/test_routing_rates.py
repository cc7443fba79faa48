"""What routing saves beside other policies and how fast it decides: the short form of ``tests.benchmarks.routing``.

Nothing is judged here but that all fill the same and nobody is cheaper; docs/reference/benchmarks.md says what the
figures should be.
"""

from __future__ import annotations

import pytest

from tests.benchmarks.routing import academic, policies
from tests.benchmarks.routing.generator import Setting

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1200)]


def test_kernel_beside_policies(pytestconfig: pytest.Config) -> None:
    outcomes = policies.compare(Setting(orders=5_000))
    _show(pytestconfig, f"{policies.table([outcomes])}\n\n{policies.footnote([outcomes])}")
    assert outcomes[-1].mills_per_order == min(each.mills_per_order for each in outcomes)


def test_policies_beside_the_bound_of_the_academic_family(pytestconfig: pytest.Config) -> None:
    gaps = academic.gaps(seed=1, orders=2_000)
    _show(pytestconfig, academic.table({1: gaps}))
    assert 0 <= min(gaps.values())


def _show(pytestconfig: pytest.Config, text: str) -> None:
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(f"\n\n{text}")
