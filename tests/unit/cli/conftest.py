"""Commands configure the logs of their own process; here they are put back as they were. A configured installation."""

from __future__ import annotations

from tests.fakes.installation import installation, logs_as_they_were

__all__ = ["installation", "logs_as_they_were"]
