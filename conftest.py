"""For every test, the core's and the connectors': no deadline that a busy machine could miss.

Sockets outside loopback are blocked by the pytest options in pyproject.toml.
"""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("crossdock", deadline=None)
settings.load_profile("crossdock")
