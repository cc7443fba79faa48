"""Runs ``hub edi`` on files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result


def run(*words: str | Path, stdin: bytes | None = None) -> Result:
    from hub.cli.main import app

    return CliRunner().invoke(app, ["edi", *map(str, words)], input=stdin)


def json_lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, without any configuration, in which the commands run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CROSSDOCK_CONFIG", raising=False)
    return tmp_path


def file(folder: Path, text: str | bytes, name: str = "one.x12") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path
