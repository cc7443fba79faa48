"""A configured installation."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.installation import PLUGINS, Installation, logs_as_they_were

__all__ = ["installation", "logs_as_they_were"]


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> Installation:
    """Configured with one booth, on a migrated database."""
    monkeypatch.setattr("hub.bootstrap.discover", lambda: PLUGINS)
    monkeypatch.setattr("hub.plugins.discover", lambda: PLUGINS)
    made = Installation(tmp_path)
    made.configure()
    return made
