"""Commands configure the logs of their own process; here they are put back as they were."""

from __future__ import annotations

from tests.fakes.installation import logs_as_they_were

__all__ = ["logs_as_they_were"]
