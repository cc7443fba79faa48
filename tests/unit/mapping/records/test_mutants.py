"""Damaged files of every kind: typed findings and nothing else (`make fuzz` runs thousands of them)."""

from __future__ import annotations

from tests.fuzz.record_laws import broken_record_laws
from tests.fuzz.record_mutants import formats, mutant


def test_damaged_files_give_typed_findings_only() -> None:
    mutants = [mutant(seed) for seed in range(300)]
    assert {one.kind for one in formats()} == {one.form.kind for one in mutants}
    assert [] == [(seed, line) for seed, one in enumerate(mutants) for line in broken_record_laws(one)]
