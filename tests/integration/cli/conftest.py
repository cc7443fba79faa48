"""A configured installation."""

from __future__ import annotations

from tests.fakes.installation import installation, logs_as_they_were

__all__ = ["installation", "logs_as_they_were"]
