"""Hostile files are refused for what they are, in little memory."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.unit.mapping.records.bombs import bombs, opened_apart

MOST_MB = 100


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from /proc")
def test_hostile_files_are_refused_in_little_memory(tmp_path: Path) -> None:
    files = list(bombs())
    codes, peak_mb = opened_apart(tmp_path, files)
    assert [(bomb.name, bomb.code) for bomb in files] == [
        (bomb.name, code) for bomb, code in zip(files, codes, strict=True)
    ]
    assert peak_mb < MOST_MB
